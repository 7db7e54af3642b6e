import type { ProfileName } from '../../domain/profile.ts';
import type { TrustPeer } from './fields/trust.ts';
import { DEFAULT_DIRECTORIES, joinPath, normalizePath, type OperatingSystem } from './paths.ts';
import type { ResolvedDeployment } from './resolved-deployment.ts';
import { peersAtProxy } from './route.ts';

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

/** The paths that flags and settings name. A CA is undefined if the system's CAs verify the peer. */
export interface KitPaths {
  readonly certificate: string;
  readonly key: string;
  /** Fleetseal's roots. */
  readonly ca: string;
  readonly fleetServerCa: string | undefined;
  readonly elasticsearchCa: string | undefined;
}

/** The paths of a deployment. */
export function kitPaths(deployment: ResolvedDeployment): KitPaths {
  const { certificate, key } = kitFileNames(deployment.profile);
  return {
    certificate: inDirectory(deployment, certificate),
    key: inDirectory(deployment, key),
    ca: inDirectory(deployment, CA_FILES.ca),
    fleetServerCa: caPath(deployment, 'fleetServer'),
    elasticsearchCa: caPath(deployment, 'elasticsearch'),
  };
}

/** The file with the CA of a peer; undefined if the system's CAs verify it. */
export function caPath(deployment: ResolvedDeployment, peer: TrustPeer): string | undefined {
  const trust = deployment.trust[peer];
  if (trust === 'system') return undefined;
  if (trust === 'fleetseal') return inDirectory(deployment, CA_FILES.ca);
  return 'path' in trust ? trust.path : inDirectory(deployment, ownCaOf(deployment, peer).name);
}

/** The file of a CA that was given as PEM. Peers behind a terminating proxy have the file of the proxy. */
export function ownCaOf({ asked, profile }: ResolvedDeployment, peer: TrustPeer): OwnCa {
  return OWN_CAS[peersAtProxy(asked, profile).includes(peer) ? 'proxy' : peer];
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

/** The path of a file in the directory of the deployment. */
export function inDirectory(deployment: ResolvedDeployment, file: string): string {
  return joinPath(deployment.os, deployment.directory, file);
}
