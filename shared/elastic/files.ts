import type { ProfileName } from '../domain/profile.ts';
import type { ResolvedDeployment, TrustPeer } from './deployment.ts';
import type { KitCertificate, KitFile } from './kit.ts';
import { DEFAULT_DIRECTORIES, joinPath, normalizePath, type OperatingSystem } from './paths.ts';
import { peersAtProxy } from './proxy/route.ts';
import { powershellCommand } from './syntax/powershell.ts';

/** The names of the files that a kit writes: the certificate and its key are named by their profile. */
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

/** The paths of the files that a kit of the profile may write for the certificate: they are no place for others. */
export function ownPaths(
  os: OperatingSystem,
  profile: ProfileName,
  directory = DEFAULT_DIRECTORIES[os],
): readonly string[] {
  const names = Object.values(kitFileNames(profile));
  return names.map((name) => joinPath(os, normalizePath(os, directory), name));
}

/** What `install --unprivileged` creates, on every system (elastic-agent, internal/pkg/agent/install/install.go). */
export const UNPRIVILEGED = { user: 'elastic-agent-user', group: 'elastic-agent' } as const;

/** The paths that flags and settings name. A CA is undefined where the system's own verify the peer. */
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

/** The file that holds the CA of a peer; undefined where the system's own verify it. */
export function caPath(deployment: ResolvedDeployment, peer: TrustPeer): string | undefined {
  const trust = deployment.trust[peer];
  if (trust === 'system') return undefined;
  if (trust === 'fleetseal') return inDirectory(deployment, CA_FILES.ca);
  return 'path' in trust ? trust.path : inDirectory(deployment, ownCaOf(deployment, peer).name);
}

/** The file of a CA that was given as PEM. Behind a terminating proxy all peers there are the proxy. */
function ownCaOf({ asked, profile }: ResolvedDeployment, peer: TrustPeer): OwnCa {
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

/** The files in the order in which a host should write them: those that others build on first, the key's guard early. */
export function kitFiles(deployment: ResolvedDeployment, certificate: KitCertificate): readonly KitFile[] {
  const { trust } = deployment;
  const files: (KitFile | false)[] = [
    certificateFile(deployment, certificate),
    keyFile(deployment),
    passphraseFile(deployment),
    (trust.fleetServer === 'fleetseal' || trust.elasticsearch === 'fleetseal') &&
      rootsFile(deployment, certificate),
    trustFile(deployment, 'fleetServer'),
    trustFile(deployment, 'elasticsearch'),
  ];
  return files.filter((file) => file !== false);
}

/** Leaf first: the agent takes the first certificate for the key's own (crypto/tls, X509KeyPair). */
export function certificateFile(
  deployment: ResolvedDeployment,
  { certificatePem, chainPem }: KitCertificate,
  purpose = 'the certificate, followed by its issuers',
): KitFile {
  const { certificate } = kitFileNames(deployment.profile);
  return publicFile(deployment, certificate, [certificatePem, ...chainPem].map(lines).join(''), purpose);
}

/** The key of the certificate. */
export function keyFile(deployment: ResolvedDeployment): KitFile {
  const { key } = kitFileNames(deployment.profile);
  return secretFile(deployment, inDirectory(deployment, key), 'the private key, made on this host');
}

/** The passphrase of the key; false where the key is not encrypted. */
export function passphraseFile(deployment: ResolvedDeployment): KitFile | false {
  const purpose = 'the passphrase of the private key and nothing else: no newline at the end';
  const { keyPassphraseFile: path } = deployment;
  return path !== undefined && secretFile(deployment, path, purpose);
}

/** What verifies certificates of fleetseal. */
export function rootsFile(
  deployment: ResolvedDeployment,
  { caBundlePem }: KitCertificate,
  purpose = "fleetseal's roots",
): KitFile {
  return publicFile(deployment, CA_FILES.ca, lines(caBundlePem), purpose);
}

/** The file of a CA that the caller gave as PEM; false where there is none to write. */
export function trustFile(deployment: ResolvedDeployment, peer: TrustPeer): KitFile | false {
  const trust = deployment.trust[peer];
  if (typeof trust !== 'object' || !('pem' in trust)) return false;
  const { name, verifies } = ownCaOf(deployment, peer);
  // The listener of this host shows fleetseal's certificate: the other CA is that of agents.
  const second =
    peer === 'fleetServer' &&
    deployment.profile === 'fleet-server' &&
    deployment.asked.fleetServer?.listenerCertificatePath === undefined;
  const purpose = second ? 'a CA whose agents are let in too' : `the CA that verifies ${verifies}`;
  return publicFile(deployment, name, lines(trust.pem), purpose);
}

/** Readable by all: root's on Unix; on Windows the inherited list lets users read (C:\ProgramData). */
export function publicFile(d: ResolvedDeployment, name: string, contents: string, purpose: string): KitFile {
  const path = inDirectory(d, name);
  if (d.os === 'windows') return { path, mode: null, owner: null, group: null, acl: null, contents, purpose };
  return { path, mode: '0644', owner: 'root', group: rootGroup(d), acl: null, contents, purpose };
}

/** Readable by the agent's account alone. */
export function secretFile(d: ResolvedDeployment, path: string, purpose: string): KitFile {
  const access = d.os === 'windows' ? windowsAccess(d, path) : { ...unixAccess(d), acl: null };
  return { path, ...access, contents: null, purpose };
}

/**
 * `install --unprivileged` enrolls as the account that it creates (install_enroll.go), so the key must be readable for
 * that account before it exists: through its group, which can be created beforehand. An account of one's own exists.
 */
function unixAccess(d: ResolvedDeployment): { mode: string; owner: string; group: string } {
  const { unprivileged, user, group } = d.agent;
  if (d.os === 'container') return { mode: '0600', owner: String(d.containerUid), group: 'root' };
  if (!unprivileged) return { mode: '0600', owner: 'root', group: rootGroup(d) };
  if (user !== undefined) return { mode: '0600', owner: user, group: group ?? rootGroup(d) };
  return { mode: '0640', owner: 'root', group: group ?? UNPRIVILEGED.group };
}

/** Inherited rights go. */
function windowsAccess(d: ResolvedDeployment, path: string) {
  const acl = [powershellCommand(['icacls', path, '/inheritance:r', '/grant:r', ...windowsGrants(d)])];
  return { mode: null, owner: null, group: null, acl };
}

/** For icacls: SYSTEM and Administrators, by their well-known SIDs, keep all, the agent's group may read. */
export function windowsGrants({ agent }: ResolvedDeployment): readonly string[] {
  const readers = agent.unprivileged ? [`${agent.group ?? UNPRIVILEGED.group}:(R)`] : [];
  return ['*S-1-5-18:(F)', '*S-1-5-32-544:(F)', ...readers];
}

function rootGroup(deployment: ResolvedDeployment): string {
  return deployment.os === 'macos' ? 'wheel' : 'root';
}

/** The path of a file in the directory of the deployment. */
export function inDirectory(deployment: ResolvedDeployment, file: string): string {
  return joinPath(deployment.os, deployment.directory, file);
}

/** PEM with `\n`, one at the end, so that files can be joined. */
export function lines(pem: string): string {
  return `${pem.replaceAll('\r\n', '\n').trim()}\n`;
}
