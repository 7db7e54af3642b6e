import type { TrustPeer } from '../deployment/fields/trust.ts';
import { CA_FILES, inDirectory, kitFileNames, ownCaOf } from '../deployment/kit-paths.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import type { KitCertificate } from '../kit/kit.ts';
import type { KitFile } from '../kit/kit-file.ts';
import { publicPlace, secretPlace } from './access.ts';

/*
 * The files of a kit that several sections list: the certificate with its issuers, its key, fleetseal's roots, and CAs
 * that the caller gave as PEM. access.ts says who may read each.
 *
 * - A file stands at one path, whichever section lists it, and is the same everywhere: sections can overlap.
 * - Certificates are leaf first, then issuers, without the root: a new issuer needs no distribution. PEM ends with a
 *   line break, so that files can be joined.
 * - The key is never in a kit: it was made on the host, and the kit only says where it belongs.
 * - Secrets are readable by the account that runs the agent and by no other, on each system by its own means: mode,
 *   owner and group on Unix, an access control list on Windows. What is public has the permissions of its directory
 *   there.
 */

/** The files in the order in which a host should write them: first those that others depend on. */
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

/** Leaf first: the agent takes the first certificate as that of the key (crypto/tls, X509KeyPair). */
export function certificateFile(
  deployment: ResolvedDeployment,
  { certificatePem, chainPem }: KitCertificate,
  purpose = 'the certificate, followed by its issuers',
): KitFile {
  const { certificate } = kitFileNames(deployment.profile);
  const contents = [certificatePem, ...chainPem].map(lines).join('');
  return { ...publicPlace(deployment, certificate), role: 'certificate', source: 'kit', contents, purpose };
}

/** What the file of the certificate's key is, regardless of its place and access. */
export const HOST_KEY = { role: 'private-key', source: 'host-key', contents: null } as const;

/** The key of the certificate. */
export function keyFile(deployment: ResolvedDeployment): KitFile {
  const { key } = kitFileNames(deployment.profile);
  return {
    ...secretPlace(deployment, inDirectory(deployment, key)),
    ...HOST_KEY,
    purpose: 'the private key, created on this host',
  };
}

/** The passphrase of the key; false where the key is not encrypted. */
export function passphraseFile(deployment: ResolvedDeployment): KitFile | false {
  const { keyPassphraseFile: path } = deployment;
  if (path === undefined) return false;
  return {
    ...secretPlace(deployment, path),
    role: 'passphrase',
    source: 'host',
    contents: null,
    purpose:
      'the passphrase of the private key and nothing else, without a newline at the end: the script in keyEncryption creates it',
  };
}

/** The roots that verify certificates from fleetseal. */
export function rootsFile(
  deployment: ResolvedDeployment,
  { caBundlePem }: KitCertificate,
  purpose = "fleetseal's roots",
): KitFile {
  const contents = lines(caBundlePem);
  return { ...publicPlace(deployment, CA_FILES.ca), role: 'roots', source: 'kit', contents, purpose };
}

/** The file of a CA that the caller gave as PEM; false if there is none to write. */
export function trustFile(deployment: ResolvedDeployment, peer: TrustPeer): KitFile | false {
  const trust = deployment.trust[peer];
  if (typeof trust !== 'object' || !('pem' in trust)) return false;
  const { name, verifies } = ownCaOf(deployment, peer);
  // The listener of this host has fleetseal's certificate: the other CA is that of agents.
  const second =
    peer === 'fleetServer' &&
    deployment.profile === 'fleet-server' &&
    !deployment.fleetServer.listener.foreign;
  const purpose = second ? 'another CA whose agents may connect' : `the CA that verifies ${verifies}`;
  const contents = lines(trust.pem);
  return { ...publicPlace(deployment, name), role: 'peer-ca', source: 'kit', contents, purpose };
}

/** PEM with `\n` line breaks, one at the end, so that files can be joined. */
export function lines(pem: string): string {
  return `${pem.replaceAll('\r\n', '\n').trim()}\n`;
}
