import { OUTPUT_TYPES } from '../deployment/fields/outputs.ts';
import { TRUST_PEERS, type TrustPeer } from '../deployment/fields/trust.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import type { KitPart } from '../kit/kit.ts';
import { type Note, warning } from '../kit/note.ts';
import type { Section } from '../kit/section.ts';
import { cloudNotes } from './cloud-notes.ts';

/*
 * What a kit expects of the servers that its host connects to, as the first of its notes: profiles agent, fleet-server,
 * output-client and proxy.
 *
 * - Every peer is verified by fleetseal's roots unless `trust` names another CA. A server with a certificate of its own
 *   fails only when a client connects, with a message that names no field: so the kit says it beforehand.
 * - Servers whose CA the deployment names are not mentioned; nor is Elastic Cloud, which the system's CAs verify.
 * - Behind a terminating proxy, the proxy is what the host connects to.
 * - What servers expect of their clients is in their own kits: output-servers/ and proxy/.
 */

/** Which servers must present certificates of fleetseal. */
export const expectationsSection: Section = {
  profiles: ['agent', 'fleet-server', 'output-client', 'proxy'],
  fields: [],
  rules: [],
  render: ({ deployment }): KitPart => {
    const peers = peersOf(deployment).filter((peer) => deployment.trust[peer] === 'fleetseal');
    const own = peers.length === 0 ? [] : [note(peers.map((peer) => seenFrom(deployment, peer)))];
    return { notes: [...own, ...pathNotes(deployment), ...cloudNotes(deployment)] };
  },
};

interface Server {
  readonly title: string;
  /** Of its certificate. */
  readonly profile: string;
  /** In `trust`. */
  readonly field: TrustPeer;
}

const SERVERS: Readonly<Record<TrustPeer, Server>> = {
  fleetServer: { title: 'Fleet Server', profile: 'fleet-server', field: 'fleetServer' },
  elasticsearch: { title: 'Elasticsearch', profile: 'output-server', field: 'elasticsearch' },
  logstash: { title: 'Logstash', profile: 'output-server', field: 'logstash' },
  kafka: { title: 'Kafka', profile: 'output-server', field: 'kafka' },
  proxy: { title: 'the proxy in front of Elastic Cloud', profile: 'proxy', field: 'proxy' },
};

/** The peers that the holder of the certificate connects to, in the order of `trust`. */
function peersOf({ profile, outputs }: ResolvedDeployment): readonly TrustPeer[] {
  const of = outputs.map(({ type }) => OUTPUT_TYPES[type]);
  const connects: readonly TrustPeer[] = {
    agent: ['fleetServer' as const, ...(of.length === 0 ? ['elasticsearch' as const] : of)],
    'fleet-server': ['elasticsearch' as const],
    proxy: ['fleetServer' as const, 'elasticsearch' as const],
    'output-client': of,
    'output-server': [],
    'eck-metrics': [],
  }[profile];
  return TRUST_PEERS.filter((peer) => connects.includes(peer));
}

function seenFrom({ atProxy }: ResolvedDeployment, peer: TrustPeer): Server {
  return SERVERS[atProxy.includes(peer) ? 'proxy' : peer];
}

function note(servers: readonly Server[]): Note {
  const fields = distinct(servers.map(({ field }) => `trust.${field}`));
  const titles = distinct(servers.map(({ title }) => title));
  const profiles = distinct(servers.map(({ profile }) => profile));
  const one = titles.length === 1;
  return {
    code: 'expects_certificates_of_fleetseal',
    severity: 'warning',
    message: `This kit expects ${list(titles, 'and')} to present ${one ? 'a certificate' : 'certificates'} of fleetseal (profile ${list(profiles, 'or')}). If ${one ? 'it' : 'one of them'} has another CA, set ${list(fields, 'or')} to "system", or to its pem or path.`,
    source: 'elastic-agent-libs transport/tlscommon/tls_config.go, makeVerifyConnection',
  };
}

/** Files that only the caller has, so no kit lists them. */
function pathNotes({ trust }: ResolvedDeployment): readonly Note[] {
  const paths = TRUST_PEERS.flatMap((peer) => {
    const choice = trust[peer];
    return typeof choice === 'object' && 'path' in choice ? [choice.path] : [];
  });
  return paths.length === 0
    ? []
    : [
        warning(
          'trust_paths_are_yours',
          `The kit does not have what trust names by path: put ${list(distinct(paths), 'and')} in place yourself, readable by every account, before you use the kit.`,
          'this service',
        ),
      ];
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

function list(texts: readonly string[], word: 'and' | 'or'): string {
  return texts.join(', ').replace(/, ([^,]*)$/, ` ${word} $1`);
}
