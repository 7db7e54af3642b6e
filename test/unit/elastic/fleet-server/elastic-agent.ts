import { enrollArguments, isAbsolute, VARIABLES } from '../enrolling.ts';

/**
 * What Elastic Agent makes of its arguments when it enrolls, with a Fleet Server of its own or without: cmd/enroll.go
 * (addEnrollFlags, validateEnrollFlags), cmd/install.go, cmd/enroll_cmd.go (prepareFleetTLS), enroll/enroll.go
 * (CreateFleetServerBootstrapConfig), configuration/fleet_server.go (ElasticsearchFromConnStr), cmd/container.go
 * (buildEnrollArgs), restated. Where the agent would start and fail at its first handshake, this fails. It shares no
 * code with the renderer.
 */
type Kind = 'text' | 'path' | 'switch' | 'list';

/** Kind, first version as a number that sorts (8.13 is 813), and the only command that has it. */
const FLAGS: Readonly<Record<string, readonly [Kind, number, ('install' | 'enroll')?]>> = {
  url: ['text', 802],
  'enrollment-token': ['text', 802],
  'certificate-authorities': ['text', 802],
  'ca-sha256': ['text', 802],
  insecure: ['switch', 802],
  'elastic-agent-cert': ['path', 813],
  'elastic-agent-cert-key': ['path', 813],
  'elastic-agent-cert-key-passphrase': ['path', 816],
  'fleet-server-es': ['text', 802],
  'fleet-server-es-ca': ['path', 802],
  'fleet-server-es-ca-trusted-fingerprint': ['text', 802],
  'fleet-server-es-insecure': ['switch', 802],
  'fleet-server-insecure-http': ['switch', 802],
  'fleet-server-timeout': ['text', 802],
  'fleet-server-es-cert': ['path', 813],
  'fleet-server-es-cert-key': ['path', 813],
  'fleet-server-service-token': ['text', 802],
  'fleet-server-service-token-path': ['path', 808],
  'fleet-server-policy': ['text', 802],
  'fleet-server-host': ['text', 802],
  'fleet-server-port': ['text', 802],
  'fleet-server-cert': ['path', 802],
  'fleet-server-cert-key': ['path', 802],
  'fleet-server-cert-key-passphrase': ['path', 808],
  'fleet-server-client-auth': ['text', 813],
  tag: ['list', 802],
  header: ['list', 802],
  'proxy-url': ['text', 802],
  'proxy-header': ['list', 802],
  'proxy-disabled': ['switch', 802],
  'delay-enroll': ['switch', 802],
  id: ['text', 819],
  'replace-token': ['text', 819],
  'enroll-timeout': ['text', 819],
  force: ['switch', 802, 'enroll'],
  'non-interactive': ['switch', 802, 'install'],
  unprivileged: ['switch', 815, 'install'],
  user: ['text', 817, 'install'],
  group: ['text', 817, 'install'],
};

export interface Host {
  readonly windows: boolean;
  /** 816 for 8.16. */
  readonly version: number;
}

interface Certificate {
  readonly certificate: string;
  readonly key: string;
  readonly passphrase?: string | undefined;
}

/** The configuration that the agent would store. */
export interface Enrolled {
  readonly url: string;
  readonly token: string | undefined;
  /** For Fleet Server, and on its own host for the certificates of agents too. */
  readonly authorities: readonly string[];
  readonly agent: Certificate | undefined;
  /** Between the agent and Fleet Server; on the host of one, between it and Elasticsearch. */
  readonly proxy: {
    readonly url: string | undefined;
    readonly header: string | undefined;
    readonly disabled: boolean;
  };
  /** Of the service, which install alone makes. */
  readonly account?: Account | undefined;
  readonly server?:
    | (Certificate & {
        readonly clientAuth: string;
        readonly host: string;
        readonly port: number;
        readonly policy: string | undefined;
        readonly elasticsearch: {
          readonly url: string;
          readonly ca: string | undefined;
          readonly fingerprint: string | undefined;
          readonly tokenPath: string;
          readonly client: Certificate | undefined;
        };
      })
    | undefined;
}

export interface Account {
  readonly unprivileged: boolean;
  readonly user: string | undefined;
  readonly group: string | undefined;
}

type Flags = ReadonlyMap<string, string>;

/** @throws Error with what the agent, or its first handshake, would fail on. */
export function enrollment(argv: readonly string[], host: Host): Enrolled {
  const [command, ...rest] = argv;
  if (command !== 'install' && command !== 'enroll') throw new Error(`unknown command ${command}`);
  const flags = read(command, rest, host);
  if (!flags.has(command === 'install' ? 'non-interactive' : 'force')) throw new Error('would prompt');
  const url = flags.get('url');
  if (!url?.startsWith('https://')) throw new Error('connection to fleet-server is insecure');
  for (const open of ['insecure', 'fleet-server-es-insecure', 'fleet-server-insecure-http'])
    if (flags.has(open)) throw new Error(`--${open} switches verification off`);
  const server = flags.has('fleet-server-es') ? bootstrap(flags) : undefined;
  const token = flags.get('enrollment-token');
  if (server === undefined && token === undefined) throw new Error('would install a standalone agent');
  const authorities = flags.get('certificate-authorities')?.split(',') ?? [];
  for (const path of authorities)
    if (!isAbsolute(path, host.windows)) throw new Error('--certificate-authorities must be absolute paths');
  const agent = pair(flags, 'elastic-agent-cert', 'elastic-agent-cert-key-passphrase');
  if (server !== undefined) {
    if (server.clientAuth !== 'none' && authorities.length === 0)
      throw new Error("agents would be verified by the system's CAs");
    if (server.clientAuth === 'required' && agent === undefined)
      throw new Error('remote error: tls: certificate required');
  }
  samePassphrase([agent, server, server?.elasticsearch.client]);
  const account = command === 'install' ? accountOf(flags, host) : undefined;
  return { url, token, authorities, agent, proxy: proxyOf(flags), account, server };
}

function accountOf(flags: Flags, { windows }: Host): Account {
  const [user, group] = [flags.get('user'), flags.get('group')];
  const unprivileged = flags.has('unprivileged');
  if (windows && user !== undefined) throw new Error('--user needs --password on Windows');
  if (!unprivileged && (user ?? group) !== undefined) throw new Error('an account for a privileged agent');
  return { unprivileged, user, group };
}

function proxyOf(flags: Flags): Enrolled['proxy'] {
  const [url, header] = [flags.get('proxy-url'), flags.get('proxy-header')];
  const disabled = flags.has('proxy-disabled');
  if (disabled && url !== undefined) throw new Error('a proxy that is not used');
  if (header !== undefined && !header.includes('=')) throw new Error('--proxy-header is dropped in silence');
  return { url, header, disabled };
}

function read(command: string, argv: readonly string[], { windows, version }: Host): Flags {
  const flags = new Map<string, string>();
  for (const argument of argv) {
    const [, name = '', , value] = /^--([a-z][a-z0-9-]*)(=(.*))?$/s.exec(argument) ?? [];
    const [kind, since = 0, only] = FLAGS[name] ?? [];
    if (kind === undefined) throw new Error(`unknown flag: ${argument}`);
    if (since > version) throw new Error(`--${name} does not exist in ${version}`);
    if (only !== undefined && only !== command) throw new Error(`--${name} is not of ${command}`);
    if ((kind === 'switch') !== (value === undefined) || value === '')
      throw new Error(`bad form: ${argument}`);
    if (kind !== 'list' && flags.has(name)) throw new Error(`--${name} twice`);
    // Paths that take one file are never split.
    if (kind === 'path' && (!isAbsolute(value ?? '', windows) || value?.includes(',')))
      throw new Error(`--${name} must be provided as an absolute path`);
    flags.set(name, value ?? 'true');
  }
  if (flags.has('delay-enroll') && flags.has('fleet-server-host'))
    throw new Error('--delay-enroll cannot be used with --fleet-server-host');
  return flags;
}

function bootstrap(flags: Flags): NonNullable<Enrolled['server']> {
  const listener = pair(flags, 'fleet-server-cert', 'fleet-server-cert-key-passphrase');
  if (listener === undefined) throw new Error('would listen with a certificate of its own making');
  const clientAuth = flags.get('fleet-server-client-auth') ?? 'none';
  if (!['none', 'optional', 'required'].includes(clientAuth))
    throw new Error('--fleet-server-client-auth must be one of [none, optional, required]');
  const port = Number(flags.get('fleet-server-port') ?? 8220);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error('not a uint16');
  if (port === 8221) throw new Error('listen tcp 127.0.0.1:8221: bind: address already in use');
  const host = flags.get('fleet-server-host') ?? '0.0.0.0';
  const policy = flags.get('fleet-server-policy');
  return { ...listener, clientAuth, host, port, policy, elasticsearch: elasticsearch(flags) };
}

function elasticsearch(flags: Flags): NonNullable<Enrolled['server']>['elasticsearch'] {
  const url = flags.get('fleet-server-es') ?? '';
  if (!/^https:\/\/[^/?#@]+(\/[^?#]*)?$/.test(url)) throw new Error('invalid connection string');
  if (flags.has('fleet-server-service-token')) throw new Error('a secret in the list of processes');
  const tokenPath = flags.get('fleet-server-service-token-path');
  if (tokenPath === undefined) throw new Error('invalid connection string: must include a service token');
  const fingerprint = flags.get('fleet-server-es-ca-trusted-fingerprint');
  if (fingerprint !== undefined && !/^[0-9a-f]{64}$/i.test(fingerprint))
    throw new Error('encoding/hex: invalid byte');
  const client = pair(flags, 'fleet-server-es-cert');
  return { url, ca: flags.get('fleet-server-es-ca'), fingerprint, tokenPath, client };
}

function pair(flags: Flags, name: string, passphraseFlag?: string): Certificate | undefined {
  const [certificate, key] = [flags.get(name), flags.get(`${name}-key`)];
  const passphrase = passphraseFlag === undefined ? undefined : flags.get(passphraseFlag);
  if ((certificate === undefined) !== (key === undefined))
    throw new Error(`--${name} and its key go together`);
  if (certificate === undefined || key === undefined) {
    if (passphrase !== undefined) throw new Error(`--${name} must be provided when using its passphrase`);
    return undefined;
  }
  return { certificate, key, ...(passphrase === undefined ? {} : { passphrase }) };
}

/** One key file is encrypted or not: whoever reads it must know its passphrase. */
function samePassphrase(certificates: readonly (Certificate | undefined)[]): void {
  const passphrases = new Map<string, string | undefined>();
  for (const certificate of certificates) {
    if (certificate === undefined) continue;
    const { key, passphrase } = certificate;
    if (passphrases.has(key) && passphrases.get(key) !== passphrase)
      throw new Error(`no passphrase for ${key}`);
    passphrases.set(key, passphrase);
  }
}

/** Read only with FLEET_SERVER_ENABLE. */
const SERVER_VARIABLES: Readonly<Record<string, string>> = {
  FLEET_SERVER_ELASTICSEARCH_HOST: 'fleet-server-es',
  FLEET_SERVER_ELASTICSEARCH_CA: 'fleet-server-es-ca',
  FLEET_SERVER_ELASTICSEARCH_CA_TRUSTED_FINGERPRINT: 'fleet-server-es-ca-trusted-fingerprint',
  FLEET_SERVER_ES_CERT: 'fleet-server-es-cert',
  FLEET_SERVER_ES_CERT_KEY: 'fleet-server-es-cert-key',
  FLEET_SERVER_SERVICE_TOKEN_PATH: 'fleet-server-service-token-path',
  FLEET_SERVER_POLICY_ID: 'fleet-server-policy',
  FLEET_SERVER_HOST: 'fleet-server-host',
  FLEET_SERVER_PORT: 'fleet-server-port',
  FLEET_SERVER_CERT: 'fleet-server-cert',
  FLEET_SERVER_CERT_KEY: 'fleet-server-cert-key',
  FLEET_SERVER_CERT_KEY_PASSPHRASE: 'fleet-server-cert-key-passphrase',
  FLEET_SERVER_CLIENT_AUTH: 'fleet-server-client-auth',
};

/** The arguments that the container command makes of its variables. */
export function argumentsOfVariables(environment: Readonly<Record<string, string>>): readonly string[] {
  const { FLEET_ENROLL: enroll, FLEET_SERVER_ENABLE: enable, ...others } = environment;
  if (enroll !== '1' && enable !== '1') throw new Error('would run standalone');
  const known = enable === '1' ? { ...VARIABLES, ...SERVER_VARIABLES } : VARIABLES;
  return enrollArguments(others, known);
}
