import { malformedCsr } from './errors.ts';

/** The octets that the contents of each structure begin with; headers of variable length come as `..`. */
const OTHERS: readonly { readonly begins: RegExp; readonly what: string }[] = [
  // RSAPrivateKey (RFC 8017), ECPrivateKey (RFC 5915), PrivateKeyInfo (RFC 5958), PFX (RFC 7292): a version first.
  {
    begins: /^0201(?:00|01|03)/,
    what: 'contains a private key, which must never leave its host. Make a new key, and send only the CSR made with it.',
  },
  // TBSCertificate (RFC 5280 section 4.1): its version is tagged [0].
  {
    begins: /^30(?:..|81..|82....)a003020102/,
    what: 'contains a certificate. Send the CSR that was made with its key.',
  },
  // SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), EncryptedPrivateKeyInfo (RFC 5958): an algorithm first.
  {
    begins: /^30..06/,
    what: 'contains only a key. Send the CSR that was made with the key: openssl req -new -key agent.key',
  },
];

/** Refuses what else people have in DER, naming it. @throws AppError `malformed_csr`. */
export function refuseOtherStructures(der: Uint8Array): void {
  const header = (der[1] ?? 0) < 0x80 ? 2 : 2 + ((der[1] ?? 0) & 0x7f);
  const start = Buffer.from(der.subarray(header, header + 12)).toString('hex');
  const found = der[0] === 0x30 ? OTHERS.find(({ begins }) => begins.test(start)) : undefined;
  if (found !== undefined) throw malformedCsr(`The csr field ${found.what}`);
}
