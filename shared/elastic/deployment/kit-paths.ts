import type { ProfileName } from '../../domain/profile.ts';
import type { Trust, TrustPeer } from './fields/trust.ts';
import { DEFAULT_DIRECTORIES, joinPath, normalizePath, type OperatingSystem } from './paths.ts';

/** The names of the files of a kit: the certificate and its key are named after their profile. */
export function kitFileNames(profile: ProfileName) {
  return { certificate: `${profile}.crt`, key: `${profile}.key`, ...CA_FILES } as const;
}

/** The names of the files of CAs, by what they verify. */
export const CA_FILES = {
  ca: 'ca.crt',
  fleetServerCa: 'fleet-server-ca.crt',
  elasticsearchCa: 'elasticsearch-ca.crt',
  logstashCa: 'logstash-ca.crt',
  kafkaCa: 'kafka-ca.crt',
  proxyCa: 'proxy-ca.crt',
} as const;

/** The names of the files with which a proxy checks whether certificates are revoked. */
export const REVOCATION_FILES = {
  lists: 'crl/bundle.pem',
  script: 'refresh-revocation-lists.sh',
  envoySecret: 'envoy-clients.yaml',
} as const;

/** The names of files with secrets in the directory of a kit. */
export const SECRET_FILES = {
  serviceToken: 'service-token',
  enrollmentToken: 'fleet-enrollment-token.env',
} as const;

/** The paths of the files that a kit of the profile may have in its directory, which no other file may use. */
export function ownPaths(
  os: OperatingSystem,
  profile: ProfileName,
  directory = DEFAULT_DIRECTORIES[os],
): readonly string[] {
  const names = [
    ...Object.values(kitFileNames(profile)),
    ...(profile === 'proxy' ? Object.values(REVOCATION_FILES) : []),
    ...(profile === 'fleet-server' ? [SECRET_FILES.serviceToken] : []),
    ...(os === 'container' ? [SECRET_FILES.enrollmentToken] : []),
  ];
  return names.map((name) => joinPath(os, normalizePath(os, directory), name));
}

/** Where the files of a kit are, and which CA verifies each peer. */
export interface KitPlace {
  readonly os: OperatingSystem;
  readonly profile: ProfileName;
  readonly directory: string;
  /** Of the agent's service, on every host of the policy; undefined if all have the same directory. */
  readonly directoryVariable: string | undefined;
  readonly trust: Readonly<Record<TrustPeer, Trust>>;
  /** The peers that are reached through a terminating proxy, whose CA verifies them. */
  readonly atProxy: readonly TrustPeer[];
}

/** The paths that flags and settings name. */
export interface KitPaths {
  readonly certificate: string;
  readonly key: string;
  /** Fleetseal's roots. */
  readonly ca: string;
  /** The file with the CA of each peer; undefined if the system's CAs verify it. */
  readonly authorities: Readonly<Record<TrustPeer, string | undefined>>;
}

/** The paths of a deployment. */
export function kitPaths(place: KitPlace): KitPaths {
  const { certificate, key } = kitFileNames(place.profile);
  const authorityOf = (peer: TrustPeer) => caPath(place, peer);
  return {
    certificate: inDirectory(place, certificate),
    key: inDirectory(place, key),
    ca: inDirectory(place, CA_FILES.ca),
    authorities: {
      fleetServer: authorityOf('fleetServer'),
      elasticsearch: authorityOf('elasticsearch'),
      logstash: authorityOf('logstash'),
      kafka: authorityOf('kafka'),
      proxy: authorityOf('proxy'),
    },
  };
}

function caPath(place: KitPlace, peer: TrustPeer): string | undefined {
  const trust = place.trust[peer];
  if (trust === 'system') return undefined;
  if (trust === 'fleetseal') return inDirectory(place, CA_FILES.ca);
  return 'path' in trust ? trust.path : inDirectory(place, ownCaOf(place, peer).name);
}

/** The file of a CA that was given as PEM. Peers behind a terminating proxy have the file of the proxy. */
export function ownCaOf({ atProxy }: Pick<KitPlace, 'atProxy'>, peer: TrustPeer): OwnCa {
  return OWN_CAS[atProxy.includes(peer) ? 'proxy' : peer];
}

interface OwnCa {
  readonly name: string;
  readonly verifies: string;
}

const OWN_CAS: Readonly<Record<TrustPeer, OwnCa>> = {
  fleetServer: { name: CA_FILES.fleetServerCa, verifies: 'Fleet Server' },
  elasticsearch: { name: CA_FILES.elasticsearchCa, verifies: 'Elasticsearch' },
  logstash: { name: CA_FILES.logstashCa, verifies: 'Logstash' },
  kafka: { name: CA_FILES.kafkaCa, verifies: 'Kafka' },
  proxy: { name: CA_FILES.proxyCa, verifies: 'the proxy in front of Elastic Cloud' },
};

/**
 * A file below the directory as a policy names it, which hosts with other directories may share. Windows takes slashes
 * too.
 */
export function inPolicy({ directory, directoryVariable }: KitPlace, path: string): string {
  return directoryVariable === undefined
    ? path
    : `\${env.${directoryVariable}}${path.slice(directory.length).replaceAll('\\', '/').replace(/^\/?/, '/')}`;
}

/** The path of a file in the directory of the deployment. */
export function inDirectory({ os, directory }: Pick<KitPlace, 'os' | 'directory'>, file: string): string {
  return joinPath(os, directory, file);
}
