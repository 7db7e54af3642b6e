import { EXAMPLES } from '../kits/examples.ts';
import { requestsOf } from '../kits/requests.ts';

/** Bodies that the description shows, by a name for programs. */
export type NamedExamples = Readonly<Record<string, { readonly summary: string; readonly value: object }>>;

/** Some of the examples of docs/kits.md, by their titles. */
const TITLES = {
  agent: 'Agent on Linux, 9.5',
  movingOver: 'Agent on Linux, moved from another CA',
  docker: 'Agent in a container',
  kubernetes: "Agents in the pods of Elastic's DaemonSet",
  eck: 'Agent that ECK runs',
  fleetServer: 'Fleet Server host',
  proxy: 'The proxy in front of Elastic Cloud',
  eckMetrics: 'ECK operator metrics, installed by Helm',
} as const;

type Name = keyof typeof TITLES;

/** Those with names that a token must allow; and in the cluster pods enroll, by a script of their kit. */
const SERVERS: readonly Name[] = ['fleetServer', 'proxy', 'eckMetrics'];

export const CREATE_TOKEN_EXAMPLES: NamedExamples = {
  fleetServers: {
    summary: 'Fleet Servers of a rack',
    value: {
      profile: 'fleet-server',
      names: { commonName: 'fleet-*', dns: ['*.example.com'], ip: ['203.0.113.0/24'] },
      maxUses: 3,
      expiresIn: 'PT24H',
      certificateLifetime: 'P90D',
      onExistingName: 'refuse',
      bind: { sourceCidr: ['198.51.100.0/24'] },
      description: 'fleet servers, rack 4',
    },
  },
  ...named(['agent', ...SERVERS], 'token'),
};

export const PROFILE_TOKEN_EXAMPLES: NamedExamples = {
  webTier: {
    summary: 'Agents of a tier, each under its own name',
    value: {
      names: { commonName: 'web-*' },
      maxUses: 20,
      expiresIn: 'PT24H',
      description: 'web tier, rack 4',
    },
  },
};

const STOLEN = { reason: 'keyCompromise', comment: 'laptop stolen' };

export const REVOKE_EXAMPLES: NamedExamples = {
  stolen: { summary: 'The key is known to others', value: STOLEN },
  decommissioned: {
    summary: 'The host is gone, and its name must not come back',
    value: { reason: 'cessationOfOperation', comment: 'decommissioned', block: true },
  },
};

export const REVOKE_MANY_EXAMPLES: NamedExamples = {
  two: {
    summary: 'Two hosts, in two notations',
    value: {
      serialNumbers: [
        '1fa2b3c4d5e6f708192a3b4c5d6e7f8091a2',
        '2F:A2:B3:C4:D5:E6:F7:08:19:2A:3B:4C:5D:6E:7F:80:91:A2',
      ],
      confirm: 2,
      ...STOLEN,
    },
  },
};

export const REVOKE_TOKEN_EXAMPLES: NamedExamples = {
  leaked: {
    summary: 'The token got into the wrong hands',
    value: { certificates: true, reason: 'privilegeWithdrawn', comment: 'token leaked' },
  },
};

export const BLOCK_NAME_EXAMPLES: NamedExamples = {
  retired: { summary: 'A name that must not be used again', value: { comment: 'retired 2026-11' } },
};

export const BLOCK_KEY_EXAMPLES: NamedExamples = {
  hash: {
    summary: 'By hash',
    value: {
      spkiSha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      comment: 'found in a repository',
    },
  },
};

export const CREATE_REPLACEMENT_EXAMPLES: NamedExamples = {
  issuer: {
    summary: 'All certificates of an issuer that shall retire',
    value: { selector: { issuer: 'issuer-1' }, by: '2026-12-24T00:00:00Z' },
  },
};

export const ACKNOWLEDGE_EXAMPLES: NamedExamples = {
  all: {
    summary: 'Every verifier outside of the fleet',
    value: {
      verifiers: [
        'Elasticsearch production',
        'Logstash ingest-1 and ingest-2',
        'Fleet Servers restarted 2026-11-28',
      ],
    },
  },
};

export const ADD_ROOT_EXAMPLES: NamedExamples = {
  oldRoot: {
    summary: 'The root of the CA that hosts move away from',
    value: {
      pem: [
        '-----BEGIN CERTIFICATE-----',
        'MIIBpjCCAUugAwIBAgIUCBMIhAn/b3nLZj/QcUSqBd7mVkQwCgYIKoZIzj0EAwIw',
        'IDENMAsGA1UECgwEQWNtZTEPMA0GA1UEAwwGT2xkIENBMB4XDTI2MTEyODA5Mzkx',
        'NVoXDTM2MTEyNTA5MzkxNVowIDENMAsGA1UECgwEQWNtZTEPMA0GA1UEAwwGT2xk',
        'IENBMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEFkdQIIb3zF2Tl8rji6Etn7Jx',
        'pWJ4CXCyYDi01ttUSLYCQa9dXa1WNtlfqnnZqD9GGVoPMTEyDpjPptfivKNQeKNj',
        'MGEwHQYDVR0OBBYEFH74SN1CYW8NmjwICOpDjDR0lS+bMB8GA1UdIwQYMBaAFH74',
        'SN1CYW8NmjwICOpDjDR0lS+bMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQD',
        'AgEGMAoGCCqGSM49BAMCA0kAMEYCIQDW2wtyHwjFQy3DgnV3AvQP4//aw0rbEU4V',
        'T/s7SWRQ3QIhAJtbtVFIaPATZmGo3+/Ar+rf23qDTjmiWwUhMelxsT5y',
        '-----END CERTIFICATE-----',
        '',
      ].join('\n'),
    },
  },
};

export const ENROLL_EXAMPLES = named(['agent', 'movingOver', 'docker', ...SERVERS], 'enroll');

export const RENDER_KIT_EXAMPLES = named(Object.keys(TITLES) as Name[], 'kit');

function named(names: readonly Name[], request: keyof ReturnType<typeof requestsOf>): NamedExamples {
  const entries = names.map((name) => {
    const example = EXAMPLES.find(({ title }) => title === TITLES[name]);
    if (example === undefined) throw new Error(`docs/kits.md has no example "${TITLES[name]}"`);
    return [name, { summary: example.title, value: requestsOf(example)[request] }];
  });
  return Object.fromEntries(entries);
}
