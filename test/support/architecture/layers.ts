import { posix } from 'node:path';

/**
 * A folder that the arrows speak of: `domain` for `shared/domain`, `functions/enroll`, `infra`, `infra/local`,
 * `infra/settings`, `cli`, `docs`, `test`; `ports` for a use case's `ports.ts`, `http/problem` for that file. The name says nothing of deeper
 * folders.
 */
export type Layer = string;

const USE_CASES = ['issuance', 'revocation', 'rotation', 'restore', 'archive'];
const PURE = ['domain', 'errors'];

/**
 * Which layers each layer may import besides itself. A layer that is not listed may import nothing and be imported by
 * `test` only, so that a new folder has to be entered here.
 */
const ARROWS: Readonly<Record<Layer, readonly Layer[]>> = {
  domain: [],
  errors: ['domain'],
  pki: [...PURE, 'pki/trust-anchor'],
  // The form of strings in requests, as schemas.
  schema: PURE,
  elastic: [...PURE, 'hosts', 'schema'],
  // What a root must be is said once: of the setting, and of what an administrator adds.
  'pki/trust-anchor': [...PURE, 'pki'],
  'pki/external-root': [...PURE, 'pki', 'pki/trust-anchor'],
  // Texts, generated from files; they import nothing.
  hosts: [],
  ports: PURE,
  issuance: [...PURE, 'pki', 'pki/trust-anchor', 'pki/external-root', 'ports'],
  revocation: [...PURE, 'pki', 'ports'],
  // A renewal is one more way to a certificate.
  rotation: [...PURE, 'pki', 'pki/trust-anchor', 'pki/external-root', 'ports', 'issuance'],
  // What a restored ledger lacks is revoked and blocked again.
  restore: [...PURE, 'pki', 'ports', 'revocation'],
  archive: [...PURE, 'ports'],
  // What every way to a certificate hands out.
  delivery: [...PURE, 'elastic', 'hosts', 'issuance', 'rotation'],
  kms: [...PURE, 'ports'],
  kibana: [...PURE, 'ports'],
  // The table's attribute names are in config, because infra needs the same ones.
  store: [...PURE, 'ports', 'config'],
  publish: [...PURE, 'ports', 'config'],
  stacks: [...PURE, 'ports'],
  config: ['errors'],
  // Metrics are said once, for functions and alarms.
  observability: ['errors', 'config'],
  // What requests and answers of several functions have in common is said in the words of domain.
  http: ['domain', 'errors', 'observability', 'config', 'http/problem', 'schema'],
  'http/problem': PURE,
  // Closed lists (key specs, problem codes with title and status, routes) are said once.
  // Bundles hold the scripts of hosts; cdk.json, the feature flags of CDK.
  infra: ['config', ...PURE, 'hosts', 'http/problem', 'infra/settings', 'cdk.json'],
  'infra/local': ['config', ...PURE, 'http/problem', 'infra'],
  'infra/settings': [...PURE, 'pki/trust-anchor', 'pki/external-root'],
  // Its version, and the settings that `fleetseal init` asks for.
  cli: [...PURE, 'package.json', 'infra/settings'],
};

type Rooms = Readonly<Record<string, readonly string[]>>;

/** Which other rooms each room of the local cloud may import. */
const LOCAL_CLOUD: Rooms = {
  service: [],
  template: [],
  iam: ['service', 'template'],
  kms: ['service', 'template'],
  dynamodb: ['service', 'template'],
  s3: ['service', 'template'],
  secretsmanager: ['service', 'template'],
  events: ['service', 'template'],
  cloudtrail: ['service', 'template'],
  sqs: ['service', 'template'],
  logs: ['service', 'template'],
  cloudformation: ['service', 'template'],
  lambda: ['cloudformation', 'iam', 'service', 'template'],
  gateway: ['iam', 'lambda', 'service', 'template'],
  cloudfront: ['gateway', 'iam', 'service', 'template'],
};

/** What every section of a kit may import: what is asked, what is answered, and what writes it. */
const SECTION = ['deployment', 'kit', 'files', 'syntax'];

/** The same for kits: what is asked and what is answered lie below the sections. */
const KITS: Rooms = {
  syntax: [],
  deployment: [],
  kit: ['deployment'],
  files: ['deployment', 'kit', 'syntax'],
  'command-line': SECTION,
  kibana: SECTION,
  kubernetes: SECTION,
  containers: [...SECTION, 'command-line', 'kubernetes'],
  agent: [...SECTION, 'command-line', 'containers'],
  'fleet-server': [...SECTION, 'command-line', 'containers', 'agent'],
  'key-encryption': SECTION,
  'service-environment': SECTION,
  migration: [...SECTION, 'command-line', 'containers', 'key-encryption', 'kibana', 'service-environment'],
  outputs: [...SECTION, 'kibana'],
  'output-servers': [...SECTION, 'outputs'],
  expectations: SECTION,
  'fleet-settings': [...SECTION, 'kibana'],
  proxy: SECTION,
  'eck-agents': [...SECTION, 'kubernetes', 'containers', 'agent', 'fleet-server'],
  'eck-metrics': [...SECTION, 'kubernetes'],
};

/** The layers with rooms, the folders within them. The files beside the rooms may import all of them. */
const HOUSES: Readonly<Record<Layer, Rooms>> = { 'infra/local': LOCAL_CLOUD, elastic: KITS };

/** The layer that the file at `path` belongs to. */
export function layerOf(path: string): Layer {
  const [top = '', second = '', third] = path.split('/');
  if (path === 'shared/http/problem.ts') return 'http/problem';
  const [, anchor] = /^shared\/(pki\/(?:trust-anchor|external-root))\.ts$/.exec(path) ?? [];
  if (anchor !== undefined) return anchor;
  if (top === 'shared') return USE_CASES.includes(second) && third === 'ports.ts' ? 'ports' : second;
  if (top === 'functions') return `functions/${second}`;
  if (top === 'infra' && (second === 'local' || second === 'settings')) return `infra/${second}`;
  return top;
}

/** What package.json names of the repository's files: `#host-scripts`, which bundles replace. */
export type Subpaths = Readonly<Record<string, string>>;

/** The file of the repository that an import of `from` names; undefined for packages. */
export function resolveImport(from: string, specifier: string, subpaths: Subpaths): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier);
  const file = subpaths[specifier];
  return file === undefined ? undefined : posix.normalize(file);
}

/** Why the file at `from` may not import the file at `to`; undefined where it may. */
export function forbiddenArrow(from: string, to: string): string | undefined {
  const [source, target] = [layerOf(from), layerOf(to)];
  if (source === target) return forbiddenRoom(source, roomOf(from), roomOf(to));
  if (source === 'test') return undefined;
  if (target === 'test') return 'nothing imports test';
  if (source === 'docs') return forbiddenForDocs(to);
  if (source.startsWith('functions/')) {
    if (target.startsWith('functions/')) return 'a function never imports another function';
    return to.startsWith('shared/') ? undefined : 'functions import shared only';
  }
  const allowed = ARROWS[source];
  if (allowed === undefined)
    return `${source} is no folder that the tree knows (test/support/architecture/layers.ts)`;
  if (allowed.includes(target)) return undefined;
  return `${source} may import ${allowed.length === 0 ? 'nothing' : allowed.join(', ')}; not ${target}`;
}

/** Generated documents read what the code says: all of shared, the functions' contracts, the tables of infra, the commands. */
function forbiddenForDocs(to: string): string | undefined {
  return /^(shared\/|functions\/[^/]+\/(request|response)\.ts$|infra\/(functions|settings\/settings)\.ts$|cli\/(program|exit-codes|terminal)\.ts$)/.test(
    to,
  )
    ? undefined
    : 'docs reads shared, requests and responses of functions, infra/functions.ts, infra/settings/settings.ts and the commands of cli';
}

/** The room of a file of a layer with rooms; undefined for the files beside the rooms. */
function roomOf(path: string): string | undefined {
  const [, , room, file] = path.split('/');
  return file === undefined ? undefined : room;
}

function forbiddenRoom(
  layer: Layer,
  source: string | undefined,
  target: string | undefined,
): string | undefined {
  const rooms = HOUSES[layer];
  if (rooms === undefined || source === undefined || source === target) return undefined;
  const allowed = rooms[source];
  if (allowed === undefined)
    return `${layer}/${source} is not a room that the tree knows (test/support/architecture/layers.ts)`;
  if (target !== undefined && allowed.includes(target)) return undefined;
  const may = allowed.length === 0 ? 'no other room' : allowed.join(', ');
  return `${layer}/${source} may import ${may}; not ${target ?? 'the files beside the rooms'}`;
}
