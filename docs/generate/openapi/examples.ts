import { EXAMPLES } from '../kits/examples.ts';
import { requestsOf } from '../kits/requests.ts';

/** Bodies that the description shows, by a name for programs. */
export type NamedExamples = Readonly<Record<string, { readonly summary: string; readonly value: object }>>;

/** Some of the examples of docs/kits.md, by their titles. */
const TITLES = {
  agent: 'Agent on Linux, 9.5',
  movingOver: 'Agent on Linux, moved over',
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
