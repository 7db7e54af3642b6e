import type { CaCertificate, IssuerFacts } from './certificate.ts';
import { contentsOf, encodingOf, ofTag, readChildren, readElement, readWhole } from './der/read.ts';

/** What revocation lists take over from the certificate of their CA. */
export type CaFacts = Pick<IssuerFacts, 'keySpec' | 'subject' | 'keyIdentifier' | 'publicKey'>;

const SEQUENCE = 0x30;

/** DER of the OBJECT IDENTIFIER 2.5.29.14, subjectKeyIdentifier. */
const SUBJECT_KEY_IDENTIFIER = Buffer.from('0603551d0e', 'hex');

/**
 * Reads the certificate of a CA (RFC 5280 section 4.1) without asn1js, which the functions that only publish need not
 * load.
 * @throws TypeError where it is not a certificate of version 3, or has no subject key identifier.
 */
export function caFacts({ certificate, keySpec }: CaCertificate): CaFacts {
  const [tbs] = readChildren(readWhole(certificate, SEQUENCE));
  const [, , , , , subject, publicKey, ...rest] = readChildren(ofTag(tbs, SEQUENCE));
  const extensions = readChildren(ofTag(rest.at(-1), 0xa3))[0];
  const identifier = readChildren(ofTag(extensions, SEQUENCE))
    .map(readChildren)
    .find(([oid]) => oid !== undefined && SUBJECT_KEY_IDENTIFIER.equals(encodingOf(oid)))
    ?.at(-1);
  return {
    keySpec,
    subject: encodingOf(ofTag(subject, SEQUENCE)),
    publicKey: encodingOf(ofTag(publicKey, SEQUENCE)),
    keyIdentifier: contentsOf(readElement(contentsOf(ofTag(identifier, 0x04)))),
  };
}
