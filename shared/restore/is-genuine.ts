import { createHash, X509Certificate } from 'node:crypto';
import type { Issuer } from '../domain/authority.ts';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import { encodingOf, ofTag, readChildren, readWhole } from '../pki/der/read.ts';
import { prepareLeaf } from '../pki/prepare-leaf.ts';

const SEQUENCE = 0x30;

/**
 * Whether a record says what its certificate says, and one of these issuers signed it. The former table may be damaged, or
 * the reason for the restore: its word is not enough for a certificate that may be renewed with its names.
 */
export function isGenuine(record: CertificateRecord, issuers: readonly Issuer[]): boolean {
  const { certificate, tbsSha256, issuerId } = record;
  const issuer = issuers.find(({ id }) => id === issuerId);
  if (certificate === undefined || issuer?.certificate === undefined) return false;
  try {
    const { publicKey } = new X509Certificate(issuer.certificate);
    const [tbs] = readChildren(readWhole(certificate, SEQUENCE));
    const signed = createHash('sha256')
      .update(encodingOf(ofTag(tbs, SEQUENCE)))
      .digest('hex');
    const said = prepareLeaf(record, { certificate: issuer.certificate, keySpec: issuer.keySpec }).tbsSha256;
    return signed === tbsSha256 && said === tbsSha256 && new X509Certificate(certificate).verify(publicKey);
  } catch {
    // What cannot be read, or breaks a rule, is not what this service signed.
    return false;
  }
}

/** Whether one CA certificate is signed with the key of another. */
export function isCertifiedBy(certificate: Uint8Array, by: Uint8Array): boolean {
  try {
    return new X509Certificate(certificate).verify(new X509Certificate(by).publicKey);
  } catch {
    return false;
  }
}
