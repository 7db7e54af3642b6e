import { checkDeployment } from '../../../../shared/elastic/check-deployment.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import type { AgentSettings } from '../../../../shared/elastic/deployment/fields/agent.ts';
import { MODELS } from '../../../../shared/elastic/deployment/models.ts';
import { FEATURES, parseStackVersion } from '../../../../shared/elastic/deployment/versions.ts';
import { renderKit } from '../../../../shared/elastic/render-kit.ts';
import { AppError } from '../../../../shared/errors/app-error.ts';
import { PEM } from '../rendering.ts';
import { type Account, argumentsOfVariables, type Enrolled, enrollment, type Host } from './elastic-agent.ts';

const SYSTEMS = ['linux', 'macos', 'windows', 'container'] as const;

/** Each version of the table, the one just before it, and two of the future. */
export const VERSIONS: readonly (string | undefined)[] = [
  undefined,
  ...new Set(
    Object.values(FEATURES)
      .flat()
      .flatMap((version) => [before(version), version]),
  ),
  '9.6.0',
  '10.1.0',
];

/** The last version before: a release line ends at 99 here. */
function before(text: string): string {
  const { major, minor, patch } = parseStackVersion(text) ?? { major: 0, minor: 0, patch: 0 };
  if (patch > 0) return `${major}.${minor}.${patch - 1}`;
  return minor > 0 ? `${major}.${minor - 1}.99` : `${major - 1}.19.99`;
}

/** Every model with every profile whose kit has arguments. */
export const KINDS = Object.entries(MODELS).flatMap(([model, { profiles }]) =>
  (['agent', 'fleet-server'] as const)
    .filter((profile) => (profiles as readonly string[]).includes(profile))
    .map((profile) => ({ model, profile })),
);
const PASSPHRASES = ['none', 'where Elasticsearch is shown the certificate', 'where it is not'] as const;
const PROXIES: readonly (AgentSettings['proxy'] | 'forward')[] = [
  undefined,
  { url: 'http://proxy.example.com:3128' },
  { url: 'socks5://proxy.example.com:1080', headers: { 'X-Site': 'a=b' } },
  { disabled: true },
  'forward',
];
const PRIVILEGES: readonly Partial<Account>[] = [
  {},
  { unprivileged: true },
  { unprivileged: true, group: 'elastic' },
  { unprivileged: true, user: 'elastic' },
  { unprivileged: true, user: 'elastic', group: 'elastic' },
];

export interface Choice {
  readonly os: (typeof SYSTEMS)[number];
  readonly stackVersion: string | undefined;
  readonly kind: (typeof KINDS)[number];
  readonly passphrase: (typeof PASSPHRASES)[number];
  readonly proxy: (typeof PROXIES)[number];
  readonly privilege: (typeof PRIVILEGES)[number];
  readonly ownCa: boolean;
}

export function* choices(): Generator<Choice> {
  for (const kind of KINDS)
    for (const os of SYSTEMS)
      for (const stackVersion of VERSIONS)
        for (const passphrase of kind.profile === 'agent' ? PASSPHRASES.slice(0, 2) : PASSPHRASES)
          for (const proxy of PROXIES)
            for (const privilege of PRIVILEGES)
              for (const ownCa of [false, true])
                yield { os, stackVersion, kind, passphrase, proxy, privilege, ownCa };
}

const FORWARD = 'http://forward.example.com:3128';
export const FINGERPRINT = 'AB:'.repeat(31).concat('CD');

export function deploymentOf({
  os,
  stackVersion,
  kind,
  passphrase,
  proxy,
  privilege,
  ownCa,
}: Choice): Deployment {
  const root = os === 'windows' ? 'D:\\tls\\' : '/srv/tls/';
  const server = kind.profile === 'fleet-server';
  const onPremises = kind.model === 'on-premises';
  return {
    model: kind.model,
    os,
    stackVersion,
    ...(kind.model === 'cloud-proxy' ? {} : { fleetUrl: 'https://fleet.example.com:8220' }),
    ...(server ? {} : { fleetEnrollmentToken: 'dG9rZW4=' }),
    ...(passphrase === 'none' ? {} : { keyPassphraseFile: `${root}pass` }),
    agent: { ...privilege, ...(proxy === undefined || proxy === 'forward' ? {} : { proxy }) },
    ...(onPremises
      ? proxy === 'forward' && { proxy: { kind: 'forward', fleetUrl: FORWARD } }
      : {
          proxy: {
            ...(kind.model === 'cloud-proxy' ? { fleetUrl: 'https://proxy.example.com:8220' } : {}),
            elasticsearchUrl: 'https://proxy.example.com:9243',
            ...(proxy === 'forward' ? { kind: 'forward' } : {}),
          },
        }),
    trust: {
      ...(ownCa && kind.model !== 'cloud-proxy' ? { fleetServer: { pem: PEM.other } } : {}),
      ...(ownCa && kind.model !== 'on-premises' ? { proxy: { path: `${root}proxy.pem` } } : {}),
    },
    ...(server
      ? {
          fleetServer: {
            policyId: 'fleet-servers',
            ...(onPremises ? { elasticsearchUrl: 'https://es.example.com:9200' } : {}),
            ...(ownCa ? { elasticsearchCaFingerprint: FINGERPRINT, port: 8443, bindHost: '::' } : {}),
            ...(ownCa ? listenerFiles(root, passphrase !== 'none') : {}),
            elasticsearchClientCertificate: passphrase !== 'where it is not',
          },
        }
      : {}),
  };
}

/** The listener keeps the certificate that the other CA signed. */
function listenerFiles(root: string, encrypted: boolean): Deployment['fleetServer'] {
  return {
    listenerCertificatePath: `${root}fleet.crt`,
    listenerKeyPath: `${root}fleet.key`,
    ...(encrypted ? { listenerKeyPassphrasePath: `${root}fleet.pass` } : {}),
  };
}

function hostOf({ os, stackVersion }: Choice): Host {
  const [major = 0, minor = 0] = (stackVersion ?? '99.0').split('.').map(Number);
  return { windows: os === 'windows', version: major * 100 + minor };
}

/** Whether the agent could not do what is asked for, in the words of its sources. */
function isImpossible(choice: Choice): boolean {
  const { kind, passphrase, privilege, proxy, os } = choice;
  const { version } = hostOf(choice);
  const encrypted = passphrase !== 'none';
  const { unprivileged, user, group } = privilege;
  const account = (user ?? group) !== undefined;
  if (version < 813 || (proxy === 'forward' && (kind.model !== 'on-premises' || kind.profile !== 'agent')))
    return true;
  if (os === 'container') return encrypted || proxy !== undefined || account;
  return (
    (encrypted && version < 816) ||
    (encrypted && kind.profile === 'fleet-server' && passphrase !== 'where it is not') ||
    (unprivileged === true && version < 815) ||
    (account && version < 817) ||
    (user !== undefined && os === 'windows')
  );
}

/** What the agent should store. */
function meaningOf({ os, kind, passphrase, proxy: asked, ownCa }: Choice): Enrolled {
  const directories = { macos: '/usr/local/etc/fleetseal/', windows: 'C:\\ProgramData\\fleetseal\\' };
  const directory = os === 'macos' || os === 'windows' ? directories[os] : '/etc/fleetseal/';
  const root = os === 'windows' ? 'D:\\tls\\' : '/srv/tls/';
  const ca = `${directory}ca.crt`;
  const ownFleetCa = kind.model === 'cloud-proxy' ? `${root}proxy.pem` : `${directory}fleet-server-ca.crt`;
  const named = { certificate: `${directory}${kind.profile}.crt`, key: `${directory}${kind.profile}.key` };
  const identity = { ...named, ...(passphrase === 'none' ? {} : { passphrase: `${root}pass` }) };
  const proxy = {
    url: asked === 'forward' ? FORWARD : asked?.url,
    header: typeof asked === 'object' && asked.headers !== undefined ? 'X-Site=a=b' : undefined,
    disabled: typeof asked === 'object' && asked.disabled === true,
  };
  if (kind.profile === 'agent')
    return {
      url: kind.model === 'cloud-proxy' ? 'https://proxy.example.com:8220' : 'https://fleet.example.com:8220',
      token: 'dG9rZW4=',
      authorities: [ownCa ? ownFleetCa : ca],
      agent: identity,
      proxy,
      server: undefined,
    };
  const hosted = kind.model !== 'on-premises';
  const kept = {
    certificate: `${root}fleet.crt`,
    key: `${root}fleet.key`,
    ...(passphrase === 'none' ? {} : { passphrase: `${root}fleet.pass` }),
  };
  return {
    url: 'https://fleet.example.com:8220',
    token: undefined,
    authorities: ownCa ? [ownFleetCa, ca] : [ca],
    agent: identity,
    proxy,
    server: {
      ...(ownCa ? kept : identity),
      clientAuth: 'required',
      host: ownCa ? '::' : '0.0.0.0',
      port: ownCa ? 8443 : 8220,
      policy: 'fleet-servers',
      elasticsearch: {
        url: hosted ? 'https://proxy.example.com:9243' : 'https://es.example.com:9200',
        ca: hosted && ownCa ? `${root}proxy.pem` : ca,
        fingerprint: ownCa ? `${'ab'.repeat(31)}cd` : undefined,
        tokenPath: `${directory}service-token`,
        client: passphrase === 'where it is not' ? undefined : named,
      },
    },
  };
}

/** What install makes of the account. */
function accountMeant({ privilege }: Choice): Account {
  const { unprivileged = false, user, group } = privilege;
  return { unprivileged, user, group };
}

export const CERTIFICATE = {
  name: 'host-01',
  keyKind: 'rsa',
  certificatePem: PEM.leaf,
  chainPem: [PEM.issuer],
  caBundlePem: PEM.root,
} as const;

/** Every array named `arguments` of the kit, wherever it is; in a container those that its variables come to. */
function commandsOf(choice: Choice): readonly (readonly string[])[] {
  const deployment = checkDeployment(deploymentOf(choice), { profile: choice.kind.profile, keyKind: 'rsa' });
  const kit = renderKit({ deployment, certificate: CERTIFICATE });
  const environment = (kit.fleetServer ?? kit.elasticAgent)?.environment;
  return environment === undefined ? argumentsIn(kit) : [argumentsOfVariables(environment)];
}

export function argumentsIn(part: unknown): readonly (readonly string[])[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) =>
    name === 'arguments' ? [value] : argumentsIn(value),
  );
}

/** The arrays that the agent takes as they were meant; what it does not, as a sentence. */
function judge(choice: Choice): { accepted: number; problem?: string } {
  try {
    const commands = commandsOf(choice);
    const meant = JSON.stringify(sorted(meaningOf(choice)));
    const account = JSON.stringify(sorted(accountMeant(choice)));
    const wrong = commands.find((argv) => {
      const { account: made, ...enrolled } = enrollment(argv, hostOf(choice));
      const meantHere = argv[0] === 'install' ? account : undefined;
      return JSON.stringify(sorted(enrolled)) !== meant || JSON.stringify(sorted(made)) !== meantHere;
    });
    if (wrong !== undefined)
      return { accepted: 0, problem: `${wrong.join(' ')} is not ${meant}, ${account}` };
    return { accepted: commands.length };
  } catch (error) {
    if (error instanceof AppError) return { accepted: 0, problem: `refused: ${error.message}` };
    return { accepted: 0, problem: String(error) };
  }
}

/** The same value with its keys in order: one string per comparison, since there are thousands. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
}

/** What became of many choices. */
export interface Tally {
  readonly choices: number;
  /** Arrays of arguments that the agent takes as they were meant. */
  readonly accepted: number;
  /** Choices that no kit is rendered for. */
  readonly refused: number;
  /** What {@link isImpossible} makes of the same choices: the right values of the two above. */
  readonly expected: { readonly accepted: number; readonly refused: number };
  /** A sentence for each choice that was refused without need, or rendered where the agent can't do it. */
  readonly wrong: readonly string[];
}

export function tally(asked: Iterable<Choice>): Tally {
  const counts = { choices: 0, accepted: 0, refused: 0 };
  const expected = { accepted: 0, refused: 0 };
  const wrong: string[] = [];
  for (const choice of asked) {
    const { accepted, problem } = judge(choice);
    const refused = problem?.startsWith('refused:') ?? false;
    const impossible = isImpossible(choice);
    if (refused !== impossible || (problem !== undefined && !refused))
      wrong.push(`${JSON.stringify(choice)}: ${problem}`);
    counts.choices++;
    counts.accepted += accepted;
    counts.refused += refused ? 1 : 0;
    // A host has two arrays, to install and to enroll; a container has its variables.
    expected.accepted += impossible ? 0 : choice.os === 'container' ? 1 : 2;
    expected.refused += impossible ? 1 : 0;
  }
  return { ...counts, expected, wrong };
}
