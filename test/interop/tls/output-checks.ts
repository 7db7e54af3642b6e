import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import type { ProfileName } from '../../../shared/domain/profile.ts';
import type { Kit } from '../../../shared/elastic/kit.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import type { Check } from '../report.ts';
import { KEY_KINDS } from './cases.ts';
import { serverYaml, writeHost, writeKitHost } from './host.ts';
import type { Issued, Issuing } from './issue.ts';
import { verdict } from './judge.ts';
import { ENCRYPTED, type KeyForm, PLAIN } from './keys.ts';
import type { Library } from './library.ts';
import { HOST } from './names.ts';

type KitOutput = NonNullable<Kit['outputs']>[number];

/** Who writes to outputs, and in which form the kit gives them the settings. */
const WRITERS = [
  { profile: 'agent', form: 'path' },
  { profile: 'fleet-server', form: 'path' },
  { profile: 'output-client', form: 'path' },
  { profile: 'output-client', form: 'inline' },
] as const;

const TYPES = ['elasticsearch', 'remote_elasticsearch', 'logstash', 'kafka'] as const;

/** The texts of an output, each as the `ssl` settings that reach the agent, and where they are in it. */
const TEXTS: Readonly<
  Record<string, (output: KitOutput) => { readonly yaml: string; readonly at?: string }>
> = {
  'Advanced YAML': (output) => ({ yaml: filled(output, output.yaml) }),
  standalone: (output) => {
    const yaml = filled(output, output.standalone);
    return { yaml, at: `outputs.${Object.keys(parse(yaml).outputs)[0]}` };
  },
  'kibana.yml': (output) => inPolicy(parse(filled(output, output.kibanaYml))['xpack.fleet.outputs'][0]),
  'Kibana API': (output) =>
    inPolicy(JSON.parse(filled(output, JSON.stringify(output.kibanaApi.create.body, null, 2)))),
};

/** Every output of every writer, with every key kind, encrypted and not, in all texts of the kit. */
export async function outputChecks(
  directory: string,
  own: Issuing,
  libraries: readonly Library[],
): Promise<readonly Check[]> {
  const listener = writeHost(join(directory, 'output-server'), await own.issue('output-server', 'p256'));
  for (const library of libraries) {
    const { ok, error } = await library.do({ op: 'listen', server: 'output', yaml: serverYaml(listener) });
    if (!ok) throw new Error(`no output to write to: ${error}`);
  }
  const checks: Check[] = [];
  for (const { profile, form } of WRITERS) {
    for (const kind of KEY_KINDS) {
      const issued = await own.issue(profile, kind);
      for (const keyForm of [PLAIN, ENCRYPTED]) {
        const subject = `${profile} ${kind}, ${keyForm.name}, form ${form}`;
        const kit = ask(join(directory, subject.replace(/\W+/g, '-')), issued, keyForm, form);
        checks.push({ subject, judge: 'the kit', ...answered(kit, refuses(profile, kind, keyForm)) });
        if (!(kit instanceof AppError)) checks.push(...(await tried(libraries, kit, subject)));
      }
    }
  }
  return checks;
}

/** What no component could read: an encrypted Ed25519 key, and Fleet Server's for Elasticsearch. */
function refuses(profile: ProfileName, kind: KeyKind, { passphrase }: KeyForm): boolean {
  return passphrase && (kind === 'ed25519' || profile === 'fleet-server');
}

/** The kit, or the error that refuses it. */
function ask(directory: string, issued: Issued, keyForm: KeyForm, form: string): Kit | AppError {
  const types = TYPES.filter((type) => issued.profile !== 'fleet-server' || type === 'elasticsearch');
  const outputs = types.map((type, i) => ({
    type,
    name: `to ${type}`,
    form,
    hosts: [type === 'logstash' || type === 'kafka' ? `${HOST}:5044` : `https://${HOST}:9200`],
    isDefault: i === 0,
    ...(type === 'kafka' ? { kafka: { topic: 'events' } } : {}),
  }));
  try {
    return writeKitHost(directory, issued, keyForm, { outputs }).kit;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

function answered(kit: Kit | AppError, refused: boolean): Pick<Check, 'passed' | 'findings'> {
  const words = kit instanceof AppError ? kit.message : undefined;
  const passed = (words !== undefined) === refused;
  if (passed && words === undefined) return { passed, findings: [] };
  const text = words ?? 'served, though no component could read it';
  return { passed, findings: [{ severity: passed ? 'notice' : 'error', text }] };
}

/** One check per library and text, over all outputs of the kit. */
async function tried(libraries: readonly Library[], kit: Kit, subject: string): Promise<readonly Check[]> {
  const { outputs = [] } = kit;
  if (outputs.length === 0) throw new Error(`no outputs in the kit of ${subject}`);
  const checks: Check[] = [];
  for (const [text, settings] of Object.entries(TEXTS)) {
    const all = outputs.map((output) => ({ name: output.name, ...settings(output) }));
    for (const library of libraries) {
      const results = [];
      for (const { name, ...step } of all) {
        const loaded = await library.do({ op: 'load', client: 'output', host: HOST, ...step });
        const answer = loaded.ok
          ? await library.do({ op: 'dial', client: 'output', server: 'output' })
          : loaded;
        const { passed, findings } = verdict(answer, 'accepted');
        results.push({ passed, findings: findings.map((one) => ({ ...one, text: `${name}: ${one.text}` })) });
      }
      const findings = results.flatMap((result) => result.findings);
      checks.push({ subject, judge: `${text}, ${library.name}`, passed: findings.length === 0, findings });
    }
  }
  return checks;
}

/** The text after the kit's own command put the key into it, where it belongs there. */
function filled({ fill }: KitOutput, text: string): string {
  return fill === undefined ? text : execFileSync('sh', ['-c', fill], { input: text, encoding: 'utf8' });
}

interface FleetOutput {
  readonly ssl?: object;
  readonly secrets?: { readonly ssl?: { readonly key?: string } };
  readonly config?: { readonly ssl?: object };
  readonly config_yaml?: string;
}

/**
 * What reaches the agent: Kibana merges the fields and the YAML, whose `ssl` wins (full_agent_policy.ts,
 * transformOutputToFullPolicyOutput), and Fleet Server puts the secrets in.
 */
function inPolicy({ ssl, secrets, config, config_yaml }: FleetOutput): { readonly yaml: string } {
  const advanced = config ?? (config_yaml === undefined ? undefined : parse(config_yaml));
  const merged = { ...ssl, ...secrets?.ssl, ...advanced?.ssl };
  return { yaml: stringify({ ssl: merged }, { lineWidth: 0 }) };
}
