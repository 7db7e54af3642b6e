import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { AgentCommands } from '../../../shared/elastic/kit/agent-commands.ts';
import type { Kit } from '../../../shared/elastic/kit/kit.ts';
import { composeVariables, daemonSetVariables, dockerVariables } from './containers.ts';
import { eckPaths, eckVariables, isOfEck } from './eck-pods.ts';
import { connectionsOf, flagsOf, type SslSettings } from './flags.ts';
import {
  agentAfter,
  type FleetOutput,
  type FleetServerHost,
  hostPolicy,
  outputPolicy,
} from './fleet-policy.ts';

/** Who is connected to; `own` is Fleet Server as its own agent reaches it, by `localhost`. */
export type Peer = 'fleetServer' | 'own' | 'elasticsearch' | 'logstash' | 'kafka';

/** A connection that a part of a kit configures: of a client to a peer, or a listener for agents. */
export interface Connection {
  /** As in `outputs[].yaml`. */
  readonly part: string;
  readonly to: Peer | 'listener';
  readonly yaml: string;
  /** Where in the YAML `ssl` is. @default - at its root */
  readonly at?: string;
}

type Found = Omit<Connection, 'part'>;
type Read = (value: never, kit: Kit, index: number) => readonly Found[];

/**
 * Every part of a kit that holds TLS settings of agents and Fleet Server, and how they come out of it. A text that no
 * line here or in {@link ELSEWHERE} names stops the test: see {@link strayTexts}.
 */
const READ: Readonly<Record<string, Read>> = {
  'elasticAgent.install.arguments': (flags: readonly string[]) => flagConnections(flags),
  'elasticAgent.enroll.arguments': (flags: readonly string[]) => flagConnections(flags),
  'elasticAgent.environment': (variables: Record<string, string>) => flagConnections(flagsOf(variables)),
  'elasticAgent.docker.arguments': (argv: readonly string[]) =>
    flagConnections(flagsOf(dockerVariables(argv))),
  'elasticAgent.docker.compose': (text: string) => flagConnections(flagsOf(composeVariables(text))),
  'fleetServer.install.arguments': (flags: readonly string[]) => flagConnections(flags),
  'fleetServer.enroll.arguments': (flags: readonly string[]) => flagConnections(flags),
  'fleetServer.environment': (variables: Record<string, string>) => flagConnections(flagsOf(variables)),
  'fleetServer.docker.arguments': (argv: readonly string[]) =>
    flagConnections(flagsOf(dockerVariables(argv))),
  'fleetServer.docker.compose': (text: string) => flagConnections(flagsOf(composeVariables(text))),
  'kubernetes.patches': (patch: string) =>
    flagConnections(flagsOf(isOfEck(patch) ? eckVariables(patch) : daemonSetVariables(patch))),
  'fleetSettings.fleetServerHost.create.body': hostConnections,
  'fleetSettings.fleetServerHost.update.body': hostConnections,
  'fleetSettings.fleetServerHost.command': (command: string, kit) =>
    hostConnections(posted(command, kit), kit),
  'migration.agentPolicy.body': policyConnections,
  'migration.agentPolicy.command': (command: string, kit) => policyConnections(posted(command, kit), kit),
  'output.yaml': (yaml: string, kit) => {
    const at = (kit.outputs ?? []).findIndex((output) => output.yaml === yaml);
    return [{ to: peerOf(kit, at), yaml: outOfPods(kit, filled(kit, at, yaml)) }];
  },
  'outputs[].yaml': (yaml: string, kit, i) => [{ to: peerOf(kit, i), yaml: filled(kit, i, yaml) }],
  'outputs[].standalone': (text: string, kit, i) => {
    const yaml = filled(kit, i, text);
    return [{ to: peerOf(kit, i), yaml, at: `outputs.${Object.keys(parse(yaml).outputs)[0]}` }];
  },
  'outputs[].kibanaYml': (text: string, kit, i) =>
    outputConnections(parse(filled(kit, i, text))['xpack.fleet.outputs'][0], kit, i),
  'outputs[].clients.beatsYml': (text: string) => [
    client('elasticsearch', parse(text)['output.elasticsearch'].ssl),
  ],
  'outputs[].kibanaApi.create.body': (body: object, kit, i) =>
    outputConnections(JSON.parse(filled(kit, i, JSON.stringify(body, null, 2))), kit, i),
  'outputs[].kibanaApi.update.body': (body: object, kit, i) =>
    outputConnections(JSON.parse(filled(kit, i, JSON.stringify(body, null, 2))), kit, i),
  'outputs[].kibanaApi.command': (command: string, kit, i) => outputConnections(posted(command, kit), kit, i),
};

/** Parts whose texts name certificates or keys and are tried elsewhere, or are words. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  files: 'written to the hosts here',
  'elasticAgent.install.shell':
    'the arguments, quoted: test/exhaustive/agent-arguments.test.ts, with real shells',
  'elasticAgent.install.powershell': 'the arguments, quoted',
  'elasticAgent.enroll.shell': 'the arguments, quoted',
  'elasticAgent.enroll.powershell': 'the arguments, quoted',
  'fleetServer.install.shell': 'the arguments, quoted',
  'fleetServer.install.powershell': 'the arguments, quoted',
  'fleetServer.enroll.shell': 'the arguments, quoted',
  'fleetServer.enroll.powershell': 'the arguments, quoted',
  'elasticAgent.docker.prepare': 'a directory for the state',
  'elasticAgent.docker.shell': 'the arguments, quoted: test/exhaustive/agent-arguments.test.ts',
  'fleetServer.docker.prepare': 'a directory for the state',
  'fleetServer.docker.shell': 'the arguments, quoted',
  'fleetSettings.proxy': 'has no certificate: see fleet_proxy_without_certificate',
  keyEncryption: 'run by keys.ts',
  serviceEnvironment: 'read by onHost; run by test/unit/hosts/service-variable.test.ts',
  'outputs[].fill': 'run here',
  'outputs[].clients.kibanaYml': "of Node.js: test/e2e/elasticsearch-clients.test.ts, with Node.js' TLS",
  'outputs[].clients.curl': 'test/e2e/elasticsearch-clients.test.ts, with curl',
  'outputs[].clients.logstash':
    'of Java: test/unit/elastic/outputs/clients.test.ts, its words; no Logstash ran',
  outputServers: 'of Java: java-checks.ts',
  proxy: 'run by ../proxies',
  'kubernetes.manifests': 'scripts, run by ../pods and ../eck',
  'kubernetes.helmValues': "of ECK's operator: ../eck",
  'kubernetes.commands': 'run by ../eck, or what applies the other parts',
  'kubernetes.tokenRequest': 'has no certificate',
  'migration.steps': 'words',
  notes: 'words',
};

/** Every part that this module reads. */
export const READ_PARTS: readonly string[] = Object.keys(READ);

/** All connections that the kit configures. */
export function connectionsIn(kit: Kit): readonly Connection[] {
  return READ_PARTS.flatMap((part) =>
    valuesAt(kit, part.split('.')).flatMap(
      ({ value, index }) =>
        READ[part]?.(value as never, kit, index).map((found) => ({ part, ...onHost(kit, found) })) ?? [],
    ),
  );
}

/**
 * With the variables that the agent replaces in outputs, by those that the kit's script sets for its service (elastic-agent,
 * transpiler/vars.go; tried with its own code of 8.19.0, 9.0.0 and 9.5.2). Windows takes slashes for backslashes.
 */
function onHost({ serviceEnvironment = {} }: Kit, found: Found): Found {
  if (!found.yaml.includes('${env.')) return found;
  const { shell, powershell } = serviceEnvironment;
  const [, name, value] =
    /^ *\$?name ?= ?'?(\w+)'?\n *\$?value ?= ?'?([^'\n]+)/m.exec(shell ?? powershell ?? '') ?? [];
  const replaced = (text: string) => {
    const path = text.replaceAll(`\${env.${name}}`, `${value}`);
    return powershell === undefined || path === text ? path : path.replaceAll('/', '\\');
  };
  const settings = parse(found.yaml, (_, each) => (typeof each === 'string' ? replaced(each) : each));
  return { ...found, yaml: stringify(settings, { lineWidth: 0 }) };
}

/** Values at a path, in which `name[]` stands for all entries of a list. */
function valuesAt(
  from: unknown,
  [name, ...rest]: readonly string[],
  index = 0,
): { value: unknown; index: number }[] {
  if (from === undefined) return [];
  if (name === undefined) return [{ value: from, index }];
  const [, key = name, list] = /^(.*?)(\[\])?$/.exec(name) ?? [];
  const value = (from as Readonly<Record<string, unknown>>)[key];
  if (list === undefined) return valuesAt(value, rest, index);
  return ((value as readonly unknown[] | undefined) ?? []).flatMap((each, i) => valuesAt(each, rest, i));
}

/** The paths of texts with TLS settings that nobody reads. */
export function strayTexts(kit: Kit): readonly string[] {
  const known = [...READ_PARTS, ...Object.keys(ELSEWHERE)];
  const secrets = kit.files.map(({ path }) => path);
  const isTls = (path: string, text: string) =>
    secrets.some((secret) => text.includes(secret)) ||
    /-----BEGIN|\{\{file:/.test(text) ||
    /(^|[._])(ssl|tls|certificates?|cert|key|ca|crt|certificate_authorities)([._[]|$)/i.test(path);
  return textsIn(kit, '')
    .filter(([path, text]) => isTls(path, text))
    .map(([path]) => path.replace(/\[\d+\]/g, '[]'))
    .filter(
      (path) =>
        !known.some((part) => path === part || path.startsWith(`${part}.`) || path.startsWith(`${part}[`)),
    );
}

function textsIn(value: unknown, path: string): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) =>
    textsIn(each, Array.isArray(value) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`),
  );
}

function flagConnections(flags: readonly string[]): readonly Found[] {
  const { agent, listener, elasticsearch } = connectionsOf(flags);
  if (listener === undefined) return [client('fleetServer', agent)];
  return [
    ...ownAgent(agent),
    { to: 'listener', yaml: ssl(listener) },
    ...(elasticsearch === undefined ? [] : [client('elasticsearch', elasticsearch)]),
  ];
}

/** By localhost, whatever the certificate's names (enroll.go; enroll/options.go). */
function ownAgent(agent: SslSettings): readonly Found[] {
  return [client('own', { ...agent, verification_mode: 'certificate' })];
}

function hostConnections(body: FleetServerHost, kit: Kit): readonly Found[] {
  const { listener, elasticsearch, agent } = hostPolicy(body);
  return [
    ...(listener === undefined ? [] : [{ to: 'listener', yaml: ssl(listener) } as const]),
    ...(elasticsearch === undefined ? [] : [client('elasticsearch', elasticsearch)]),
    ...(agent === undefined ? [] : [client('fleetServer', agentAfter(agent, enrolled(kit)))]),
  ];
}

function policyConnections(
  { overrides }: { readonly overrides: { readonly fleet: { readonly ssl: SslSettings } } },
  kit: Kit,
): readonly Found[] {
  const agent = agentAfter(overrides.fleet.ssl);
  // On the host of Fleet Server, whose listener the settings of the host go to.
  const isServer = kit.files.some(({ path }) => /[\\/]fleet-server\.crt$/.test(path));
  return isServer ? ownAgent(agent) : [client('fleetServer', agent)];
}

/** What the agent was enrolled with; nothing where the kit does not say. */
function enrolled({ elasticAgent }: Kit): SslSettings | undefined {
  const { enroll, environment } = (elasticAgent ?? {}) as AgentCommands;
  const flags = enroll?.arguments ?? (environment && flagsOf(environment));
  return flags && connectionsOf(flags).agent;
}

function outputConnections(output: FleetOutput, kit: Kit, index: number): readonly Found[] {
  return [client(peerOf(kit, index), outputPolicy(output))];
}

/** Paths of ECK's pods, as the files of the Secret that they are. */
function outOfPods({ kubernetes }: Kit, yaml: string): string {
  const patch = kubernetes?.patches ?? '';
  if (!isOfEck(patch)) return yaml;
  return [...eckPaths(patch)].reduce((text, [path, file]) => text.replaceAll(path, file), yaml);
}

function peerOf({ outputs = [] }: Kit, index: number): Peer {
  const type = outputs[index]?.type ?? 'elasticsearch';
  return type === 'logstash' || type === 'kafka' ? type : 'elasticsearch';
}

function client(to: Peer, settings: SslSettings): Found {
  return { to, yaml: ssl(settings) };
}

function ssl(settings: SslSettings): string {
  return stringify({ ssl: settings }, { lineWidth: 0 });
}

/** What shells made of texts of kits, each once: a shell takes longer than a handshake. */
const MADE = new Map<string, string>();

/** The text after the kit's own command put the key into it, where it belongs there: one text a call, as a host does. */
function filled({ outputs = [] }: Kit, index: number, text: string): string {
  const fill = outputs[index]?.fill;
  if (fill === undefined) return text;
  const made = MADE.get(text) ?? execFileSync('sh', ['-c', fill], { input: text, encoding: 'utf8' });
  MADE.set(text, made);
  return made;
}

/**
 * What the kit's command sends to Kibana. Of commands that fill in no file, the directory is but a word; one of Windows is
 * written in several ways.
 */
function posted(command: string, { files: [file] }: Kit) {
  const directory =
    file?.path.startsWith('/') && !command.includes('{{file:') ? dirname(file.path) : undefined;
  const asked = directory === undefined ? command : command.replaceAll(directory, '/directory');
  const body = MADE.get(asked) ?? postedBody(asked);
  MADE.set(asked, body);
  return JSON.parse(directory === undefined ? body : body.replaceAll('/directory', directory));
}

/** A curl stands in that keeps the body. */
function postedBody(command: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-curl-'));
  try {
    const kept = join(directory, 'body');
    writeFileSync(join(directory, 'curl'), `#!/bin/sh\ncat > '${kept}'\nprintf '{}\\n200'\n`, {
      mode: 0o755,
    });
    const PATH = `${directory}:${process.env['PATH']}`;
    const env = {
      PATH,
      KIBANA_URL: 'https://kibana.example.com',
      KIBANA_API_KEY: 'a-key',
      AGENT_POLICY_ID: 'hosts',
    };
    execFileSync('sh', ['-c', command], { env, encoding: 'utf8' });
    return readFileSync(kept, 'utf8');
  } finally {
    rmSync(directory, { recursive: true });
  }
}
