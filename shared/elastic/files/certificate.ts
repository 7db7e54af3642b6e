import type { ResolvedDeployment, TrustPeer } from '../deployment.ts';
import type { KitCertificate, KitFile } from '../kit.ts';
import { publicFile, secretFile } from './access.ts';
import { CA_FILES, inDirectory, kitFileNames, ownCaOf } from './paths.ts';

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

/** PEM with `\n`, one at the end, so that files can be joined. */
export function lines(pem: string): string {
  return `${pem.replaceAll('\r\n', '\n').trim()}\n`;
}
