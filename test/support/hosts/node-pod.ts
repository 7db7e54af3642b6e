import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import { renderKit } from '../../../shared/elastic/render-kit.ts';
import type { Ran } from '../host-shell.ts';
import { type Pair, Pod, type PodOptions, type PodService, serialOf } from './pod.ts';

/** A node whose pods of Elastic's DaemonSet keep its certificate, by the ConfigMap of a kit. */
export class NodePod {
  readonly pod: Pod;
  readonly name = `node-${randomBytes(4).toString('hex')}`;

  constructor(service: PodService, keyKind: KeyKind = 'p256') {
    this.pod = new Pod(service);
    for (const name of ['node', 'settings', 'access', 'scratch']) mkdirSync(this.pod.path(name));
    const deployment = checkDeployment(
      {
        model: 'on-premises',
        os: 'container',
        stackVersion: '9.5.2',
        fleetUrl: 'https://fleet.example.com:8220',
        directory: this.pod.path('node'),
        container: { runtime: 'kubernetes', image: 'registry.example.com/tools:1' },
      },
      { profile: 'agent', keyKind },
    );
    const certificate = { name: 'node', keyKind, certificatePem: '', chainPem: [], caBundlePem: '' };
    const { data } = parse(renderKit({ deployment, certificate }).kubernetes?.manifests ?? '');
    for (const [name, text] of Object.entries<string>(data))
      writeFileSync(this.pod.path(`settings/${name}`), text.replaceAll('/fleetseal/', `${this.pod.root}/`));
    writeFileSync(this.pod.path('access/url'), service.local.url);
  }

  set token(token: string) {
    writeFileSync(this.pod.path('access/token'), token);
  }

  keep(options: PodOptions): Promise<Ran> {
    const environment = { NODE_NAME: this.name, TMPDIR: this.pod.path('scratch') };
    return this.pod.run([this.pod.path('settings/keep.sh')], { ...options, environment });
  }

  get pair(): Pair {
    const read = (name: string) => readFileSync(this.pod.path(`node/${name}`), 'utf8');
    return { certificate: read('agent.crt'), key: read('agent.key') };
  }

  get serial(): string {
    return serialOf(this.pair);
  }

  get files(): readonly string[] {
    return readdirSync(this.pod.path('node')).sort();
  }
}
