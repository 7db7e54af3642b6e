import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { Ran } from '../host-shell.ts';
import { listAt, textAt } from '../json.ts';
import { type Pair, Pod, type PodOptions, type PodService } from './pod.ts';

/**
 * Stands for kubectl and the API of a cluster with one Secret. It allows what the Role of the manifests allows, verb by verb
 * of the requests that kubectl sends, and knows no other command than the job's.
 */
const KUBECTL = `#!${process.execPath}
const fs = require('node:fs');
const root = process.env.CLUSTER;
const read = (name) => JSON.parse(fs.readFileSync(root + '/' + name, 'utf8'));
const [verb, kind, ...others] = process.argv.slice(2);
const option = (name) => others.find((word) => word.startsWith('--' + name + '='))?.slice(name.length + 3);
const fail = (words) => { console.error(words); process.exit(1); };
const require_ = (group, resource, name, ...verbs) => {
  for (const each of verbs)
    if (!read('rules.json').some((rule) => rule.apiGroups.includes(group) && rule.resources.includes(resource) && rule.resourceNames.includes(name) && rule.verbs.includes(each)))
      fail('Error from server (Forbidden): ' + resource + ' "' + name + '" is forbidden: cannot ' + each);
};
if (option('namespace') !== read('namespace.json')) fail('no such namespace');
fs.appendFileSync(root + '/asked', process.argv.slice(2).join(' ') + '\\n');
if (verb === 'get' && kind === 'secret') {
  require_('', 'secrets', others[0], 'get');
  const { data } = read('secret.json');
  const path = option('output').replace(/^jsonpath=/, '');
  process.stdout.write(path.replace(/\\{"\\\\n"\\}/g, '\\n').replace(/\\{\\.data\\.((?:[^}\\\\]|\\\\.)+)\\}/g, (_, name) => data[name.replace(/\\\\/g, '')] ?? ''));
} else if (verb === 'patch' && kind === 'secret' && option('type') === 'merge') {
  require_('', 'secrets', others[0], 'get', 'patch');
  const secret = read('secret.json');
  for (const [name, value] of Object.entries(JSON.parse(fs.readFileSync(option('patch-file'), 'utf8')).data)) {
    if (value === null) delete secret.data[name];
    else secret.data[name] = value;
  }
  if (!('tls.crt' in secret.data && 'tls.key' in secret.data)) fail('data[tls.crt]: Required value');
  fs.writeFileSync(root + '/secret.new', JSON.stringify(secret));
  fs.renameSync(root + '/secret.new', root + '/secret.json');
} else if (verb === 'rollout' && kind === 'restart') {
  const [workload, name] = others[0].split('/');
  require_('apps', workload + 's', name, 'get', 'patch');
} else fail('not expected: kubectl ' + process.argv.slice(2).join(' '));
`;

/** The CronJob of a kit in a cluster with the one Secret that it keeps. */
export class SecretJob {
  readonly pod: Pod;
  readonly #script: string;
  readonly #cluster: string;
  readonly #rules: readonly unknown[];

  /** @param manifests - of the kit @param token - @default - none in the Secret with the address of the service */
  constructor(service: PodService, manifests: string, token?: string) {
    this.pod = new Pod(service);
    this.pod.program('kubectl', KUBECTL);
    this.#cluster = this.pod.path('cluster');
    for (const name of ['cluster', 'token']) mkdirSync(this.pod.path(name));
    const documents = parseAllDocuments(manifests).map((document) => document.toJS());
    const found = (kind: string) => documents.find((document) => document.kind === kind);
    const job = found('CronJob');
    this.#script = textAt(job, 'spec.jobTemplate.spec.template.spec.containers.0.command.2')
      .replace('cd /renewal', `cd ${this.pod.path('renewal')}`)
      .replaceAll('/token/', `${this.pod.path('token')}/`);
    this.#rules = listAt(found('Role'), 'rules');
    this.mayRestart = true;
    this.#write('namespace.json', textAt(job, 'metadata.namespace'));
    this.data = {};
    writeFileSync(this.pod.path('token/url'), service.local.url);
    this.token = token;
  }

  set token(token: string | undefined) {
    rmSync(this.pod.path('token/token'), { force: true });
    if (token !== undefined) writeFileSync(this.pod.path('token/token'), token);
  }

  /** Whether the Role allows what it says of workloads, too. */
  set mayRestart(allowed: boolean) {
    this.#write(
      'rules.json',
      allowed ? this.#rules : this.#rules.filter((rule) => !listAt(rule, 'apiGroups').includes('apps')),
    );
  }

  /** Like a new pod: what the one before had in memory is gone. */
  run(options: PodOptions): Promise<Ran> {
    rmSync(this.pod.path('renewal'), { recursive: true, force: true });
    mkdirSync(this.pod.path('renewal'));
    const environment = { CLUSTER: this.#cluster, HOME: this.pod.path('renewal') };
    return this.pod.run(['-c', this.#script], { ...options, environment });
  }

  /** The entries of the Secret. */
  get data(): Readonly<Record<string, string>> {
    const { data } = JSON.parse(readFileSync(`${this.#cluster}/secret.json`, 'utf8'));
    return Object.fromEntries(
      Object.entries(data).map(([name, value]) => [name, Buffer.from(String(value), 'base64').toString()]),
    );
  }

  set data(entries: Readonly<Record<string, string>>) {
    const encoded = Object.entries({ 'tls.crt': '', 'tls.key': '', ...entries }).map(([name, value]) => [
      name,
      Buffer.from(value).toString('base64'),
    ]);
    this.#write('secret.json', { data: Object.fromEntries(encoded) });
  }

  get pair(): Pair {
    return { certificate: this.data['tls.crt'] ?? '', key: this.data['tls.key'] ?? '' };
  }

  /** The commands of kubectl so far. */
  get asked(): readonly string[] {
    return readFileSync(`${this.#cluster}/asked`, 'utf8').trim().split('\n');
  }

  #write(name: string, value: unknown): void {
    writeFileSync(`${this.#cluster}/${name}`, JSON.stringify(value));
  }
}
