import { DAY } from './duration.ts';
import { KEY_KINDS, type KeyKind } from './key-kind.ts';

/** What kind of certificate it is: the name of a row in {@link PROFILES}. */
export type ProfileName =
  | 'agent'
  | 'fleet-server'
  | 'output-client'
  | 'output-server'
  | 'proxy'
  | 'eck-metrics';

export interface Profile {
  readonly name: ProfileName;
  /** Extended key usages (RFC 5280 section 4.2.1.12), in the order of encoding. */
  readonly extendedKeyUsage: readonly ('serverAuth' | 'clientAuth')[];
  /** Whether the identity's SPIFFE ID is a subject alternative name. */
  readonly uri: boolean;
  /** DNS names: `token` as far as the token allows, `required` at least one, `never` none. */
  readonly dns: 'token' | 'required' | 'never';
  /** IP addresses: as far as the token allows, or none. */
  readonly ip: 'token' | 'never';
  /** RSA keys of servers also say keyEncipherment (RFC 3279 section 2.3.1), for TLS 1.2 without forward secrecy. */
  readonly keyEnciphermentForRsa: boolean;
  readonly keyKinds: readonly KeyKind[];
  readonly lifetimeSeconds: { readonly default: number; readonly min: number; readonly max: number };
  /** What it is for, one sentence for listings and docs. */
  readonly purpose: string;
}

const CLIENT = { default: 30 * DAY, min: 600, max: 90 * DAY };
const SERVER = { default: 90 * DAY, min: 600, max: 397 * DAY };

/** The table that decides what a certificate of each profile holds. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  agent: {
    name: 'agent',
    extendedKeyUsage: ['clientAuth'],
    uri: true,
    dns: 'token',
    ip: 'never',
    keyEnciphermentForRsa: false,
    keyKinds: KEY_KINDS,
    lifetimeSeconds: CLIENT,
    purpose: 'Elastic Agent to Fleet Server, proxies and outputs',
  },
  'fleet-server': {
    name: 'fleet-server',
    extendedKeyUsage: ['serverAuth', 'clientAuth'],
    uri: true,
    dns: 'token',
    ip: 'token',
    keyEnciphermentForRsa: true,
    keyKinds: KEY_KINDS,
    lifetimeSeconds: SERVER,
    purpose: 'the three roles of a Fleet Server host: listener, its own agent, client to Elasticsearch',
  },
  'output-client': {
    name: 'output-client',
    extendedKeyUsage: ['clientAuth'],
    uri: true,
    dns: 'never',
    ip: 'never',
    keyEnciphermentForRsa: false,
    keyKinds: KEY_KINDS,
    lifetimeSeconds: CLIENT,
    purpose: 'a client certificate shared by all agents of a policy; revoking it affects them all',
  },
  'output-server': {
    name: 'output-server',
    extendedKeyUsage: ['serverAuth'],
    uri: false,
    dns: 'token',
    ip: 'token',
    keyEnciphermentForRsa: true,
    keyKinds: KEY_KINDS,
    lifetimeSeconds: SERVER,
    purpose: 'Elasticsearch, Logstash and Kafka listeners',
  },
  proxy: {
    name: 'proxy',
    extendedKeyUsage: ['serverAuth', 'clientAuth'],
    uri: false,
    dns: 'token',
    ip: 'token',
    keyEnciphermentForRsa: true,
    keyKinds: KEY_KINDS,
    lifetimeSeconds: SERVER,
    purpose: 'a proxy that terminates TLS',
  },
  'eck-metrics': {
    name: 'eck-metrics',
    extendedKeyUsage: ['serverAuth'],
    uri: false,
    dns: 'required',
    ip: 'never',
    keyEnciphermentForRsa: true,
    keyKinds: KEY_KINDS,
    lifetimeSeconds: SERVER,
    purpose: "the ECK operator's metrics endpoint",
  },
};

export const PROFILE_NAMES = Object.keys(PROFILES) as readonly ProfileName[];

/** The longest that a certificate of any profile is valid. Seconds. */
export const MAX_LEAF_LIFETIME_SECONDS = Math.max(
  ...Object.values(PROFILES).map(({ lifetimeSeconds }) => lifetimeSeconds.max),
);

/** How far before its issuing a leaf's validity starts: Fleet Server tolerates no clock skew, so 5 minutes do. Seconds. */
export const LEAF_BACKDATE_SECONDS = 300;

/** The same for CA certificates: 1 hour. Seconds. */
export const CA_BACKDATE_SECONDS = 3600;
