import { toRfc3339 } from '../../domain/instant.ts';
import { REQUEST_SIGNATURES } from '../algorithm-identifiers.ts';
import { describeAnyOid } from '../oid-names.ts';
import { OID } from '../oids.ts';
import { validityOf } from '../parse-tbs.ts';
import type { ExternalCa } from './ca-certificate.ts';
import {
  basicConstraintsOf,
  constraintsOf,
  extendedKeyUsagesOf,
  extensionValue,
  keyUsageOf,
} from './extensions.ts';

/*
 * What every CA of a path must keep to, so that each reader of ours accepts what is below it: Go in Elastic Agent and Fleet
 * Server, Java in Elasticsearch, Logstash and Kafka, OpenSSL in proxies. Each rule returns what is wrong, with the way out,
 * to follow the name of the certificate.
 */

/** Returns what is wrong. */
export type Rule = (ca: ExternalCa) => string | undefined;

/** RSA from 2,048 bits; Go refuses keys above 8,192 in a handshake (crypto/tls, `maxRSAKeySize`). */
const RSA_BITS = { min: 2048, max: 8192 } as const;

/** Curves by OpenSSL's names. */
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];

/** Its key is of a kind that all readers know. */
export const key: Rule = ({ x509: { publicKey } }) => {
  const { modulusLength = 0, namedCurve = '' } = publicKey.asymmetricKeyDetails ?? {};
  const isRsa = publicKey.asymmetricKeyType === 'rsa';
  if (isRsa && modulusLength >= RSA_BITS.min && modulusLength <= RSA_BITS.max) return undefined;
  if (publicKey.asymmetricKeyType === 'ec' && CURVES.includes(namedCurve)) return undefined;
  return 'must have an RSA key of 2,048 to 8,192 bits, or an elliptic one on P-256, P-384 or P-521: use a CA with such a key';
};

/** Go refuses certificates that are signed with SHA-1, and Java those with MD5; a root's own signature is not looked at. */
export const signature: Rule = ({ parsed }) => {
  const known = REQUEST_SIGNATURES.get(Buffer.from(parsed.signature).toString('hex'));
  if (known !== undefined && known.family !== 'ed25519' && known.saltLength === undefined) return undefined;
  return 'must be signed with RSA (PKCS #1 v1.5) or ECDSA, and SHA-256, SHA-384 or SHA-512: have it issued again with such a signature';
};

/** Positive, and 20 octets at most (RFC 5280 section 4.1.2.2). */
export const serialNumber: Rule = ({ parsed: { serialNumber: octets } }) => {
  const isPositive = (octets[0] ?? 0x80) < 0x80 && octets.some((octet) => octet !== 0);
  return isPositive && octets.length <= 20
    ? undefined
    : 'must have a positive serial number of 20 octets at most (RFC 5280 section 4.1.2.2): have it issued again with such a number';
};

export const role: Rule = (ca) => {
  if (!basicConstraintsOf(ca).isCa)
    return 'must be the certificate of a CA (basicConstraints CA:TRUE): have it issued again as a subordinate CA';
  return keyUsageOf(ca).keyCertSign
    ? undefined
    : 'must have the key usage keyCertSign: have it issued again as a subordinate CA';
};

/** Extensions that are understood, and may be critical. */
const KNOWN: readonly string[] = [OID.basicConstraints, OID.keyUsage, OID.extKeyUsage, OID.nameConstraints];

export const criticalExtensions: Rule = ({ parsed }) => {
  const unknown = parsed.extensions.filter(({ critical, oid }) => critical && !KNOWN.includes(oid));
  if (unknown.length === 0) return undefined;
  const named = unknown.map(({ oid }) => describeAnyOid(oid)).join(', ');
  return `must have no critical extension that verifiers may not know, but has ${named}: have it issued again without`;
};

export const duplicateExtensions: Rule = ({ parsed }) => {
  const oids = parsed.extensions.map(({ oid }) => oid);
  const twice = oids.find((oid, index) => oids.indexOf(oid) !== index);
  return (
    twice && `must have each extension once, but has ${describeAnyOid(twice)} twice: have it issued again`
  );
};

/** Go, Java and Windows let a purpose pass only if every CA of the path has it, or limits none. */
export const purposes: Rule = (ca) => {
  const allowed = extendedKeyUsagesOf(ca);
  if (allowed === undefined || [OID.clientAuth, OID.serverAuth].every((oid) => allowed.includes(oid)))
    return undefined;
  return 'must have no extended key usage, or one with both clientAuth and serverAuth: have it issued again with that';
};

export const knownConstraints: Rule = (ca) =>
  constraintsOf(ca) === 'unknown'
    ? 'has name constraints of a form that this service does not keep to, so that verifiers could refuse what it issues: have it issued without, or as the setting nameConstraints writes them (permitted DNS names and networks; where DNS names alone are permitted, all addresses excluded, as in the CSR)'
    : undefined;

/** The key identifiers by which verifiers build paths (RFC 5280 sections 4.2.1.1 and 4.2.1.2). */
export const keyIdentifiers: Rule = (ca) => {
  const missing = [
    extensionValue(ca, OID.subjectKeyIdentifier) ? [] : ['subjectKeyIdentifier'],
    extensionValue(ca, OID.authorityKeyIdentifier) ? [] : ['authorityKeyIdentifier'],
  ].flat();
  return missing.length === 0
    ? undefined
    : `must have the extension ${missing.join(' and ')}, by which verifiers find it: have it issued again with that`;
};

/** The rule that at most so many CAs may follow is kept. @param below - CAs between it and the certificates of hosts */
export function pathLength(
  ca: ExternalCa,
  below: number,
  way = 'use a CA with room for them',
): string | undefined {
  const { pathLength: limit } = basicConstraintsOf(ca);
  return limit === undefined || limit >= below
    ? undefined
    : `lets at most ${limit} CAs follow (pathLenConstraint), and ${below} ${below === 1 ? 'does' : 'do'}: ${way}`;
}

/** When it is valid, at `now`: seconds since 1970. */
export function validity({ parsed }: ExternalCa, now: number): string | undefined {
  const { notBefore, notAfter } = validityOf(parsed);
  if (now > notAfter) return `must be valid, but expired at ${toRfc3339(notAfter)}: have it issued again`;
  return now < notBefore
    ? `must be valid, but is not valid before ${toRfc3339(notBefore)}: install it then, or check the clock of its CA`
    : undefined;
}

/** What is wrong by these rules; an extension that cannot be read is. */
export function broken(ca: ExternalCa, rules: readonly Rule[]): readonly string[] {
  try {
    return rules.map((rule) => rule(ca)).filter((problem) => problem !== undefined);
  } catch {
    return ['has an extension that does not have the form of RFC 5280: have it issued again'];
  }
}
