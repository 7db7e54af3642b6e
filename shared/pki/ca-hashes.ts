import { createHash } from 'node:crypto';
import { type CaHashes, CERT_ID_HASHES, type CertIdHash } from '../domain/ocsp.ts';
import { publicKeyOf, subjectOf } from './certificate.ts';
import { publicKeyBits } from './public-key-bits.ts';

/**
 * How OCSP requests name a CA (RFC 6960 section 4.1.1), by each hash.
 * @throws TypeError where it is not a certificate.
 */
export function caHashesOf(certificate: Uint8Array): Readonly<Record<CertIdHash, CaHashes>> {
  const [name, key] = [subjectOf(certificate), publicKeyBits(publicKeyOf(certificate))];
  const entries = CERT_ID_HASHES.map((hash) => {
    const digest = (octets: Uint8Array) => createHash(hash).update(octets).digest('hex');
    return [hash, { nameHash: digest(name), keyHash: digest(key) }] as const;
  });
  return Object.fromEntries(entries) as Record<CertIdHash, CaHashes>;
}
