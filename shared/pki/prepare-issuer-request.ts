import { verify } from 'node:crypto';
import type { CaKeySpec } from '../domain/authority.ts';
import type { NameConstraints } from '../domain/name-constraints.ts';
import { SIGNATURE_ALGORITHMS } from '../domain/signature-algorithm.ts';
import { assembleSigned } from './assemble-signed.ts';
import { caExtensions } from './ca-extensions.ts';
import { issuerCommonName } from './ca-names.ts';
import { checkStrictDer } from './der/check-strict.ts';
import { contentsOf, encodingOf, ofTag, readChildren, readWhole } from './der/read.ts';
import { contextConstructed, objectIdentifier, sequence, setOfOne, unsignedInteger } from './der/write.ts';
import { encodeExtension } from './extensions.ts';
import { keyIdentifier } from './key-identifier.ts';
import { sameBytes } from './lint/rule.ts';
import { OID } from './oids.ts';
import { type Prepared, prepare } from './prepared.ts';
import { commonNameOnly } from './tbs.ts';

export interface IssuerRequestPlan {
  /** Name of the authority. */
  readonly authority: string;
  /** For example `issuer-1`. */
  readonly issuerId: string;
  readonly keySpec: CaKeySpec;
  /** DER SubjectPublicKeyInfo of the issuer's key, which signs the request. */
  readonly publicKey: Uint8Array;
  /** @default - no limits */
  readonly nameConstraints?: NameConstraints | undefined;
}

const SEQUENCE = 0x30;

/** v1, the only version there is (RFC 2986 section 4.1). */
const VERSION = unsignedInteger(Uint8Array.of(0));

/**
 * Prepares the certification request of an issuer (PKCS #10, RFC 2986) for the CA that certifies it: the name and key of
 * the issuer, and the extensions that its certificate needs. The same plan always gives the same bytes.
 *
 * Its signature is good for nothing else: the signed fields (INTEGER, Name, SubjectPublicKeyInfo, attributes) are not those
 * of a certificate, a revocation list or an OCSP response in any version.
 *
 * @throws AppError `internal` where the bytes do not read back as the plan.
 */
export function prepareIssuerRequest(plan: IssuerRequestPlan): Prepared<'certification request'> {
  const { issuerId, keySpec, publicKey } = plan;
  const subject = commonNameOnly(issuerCommonName(plan.authority, issuerId));
  const attributes = contextConstructed(0, extensionRequest(plan));
  const fields = [VERSION, subject, publicKey, attributes];
  const info = sequence(...fields);
  const assemble = (signature: Uint8Array) => assembleSigned(info, keySpec, signature);
  return prepare({
    kind: 'certification request',
    tbs: info,
    signer: { keySpec, publicKey },
    about: { issuerId },
    checks: {
      strictDer: () => [checkStrictDer(assemble(Uint8Array.of(0)))].filter((one) => one !== undefined),
      readBack: () => (readsBack(info, fields) ? [] : ['the fields are not those of the plan']),
    },
    assemble,
    verify: (der, key) => {
      const [signed, , bits] = readChildren(readWhole(der, SEQUENCE));
      if (signed === undefined || bits === undefined || !sameBytes(encodingOf(signed), info)) return false;
      // The first octet of a BIT STRING counts unused bits.
      return verify(SIGNATURE_ALGORITHMS[keySpec].hash, info, key, contentsOf(bits).subarray(1));
    },
  });
}

/** DER SubjectPublicKeyInfo in a request that this file made. @throws TypeError where it is none. */
export function publicKeyOfRequest(csr: Uint8Array): Uint8Array {
  const [info] = readChildren(readWhole(csr, SEQUENCE));
  const [, , publicKey] = readChildren(ofTag(info, SEQUENCE));
  return encodingOf(ofTag(publicKey, SEQUENCE));
}

/** What the certificate is to have. CAs may copy it, or decide by themselves: what comes back is checked. */
function extensionRequest({ publicKey, nameConstraints }: IssuerRequestPlan) {
  const identifier = keyIdentifier(publicKey);
  const extensions = caExtensions({
    keyIdentifier: identifier,
    issuerKeyIdentifier: identifier,
    pathLength: 0,
    nameConstraints,
  }).filter(({ oid }) => oid !== OID.authorityKeyIdentifier);
  const list = sequence(...extensions.map(encodeExtension));
  return sequence(objectIdentifier(OID.extensionRequest), setOfOne(list));
}

function readsBack(info: Uint8Array, fields: readonly Uint8Array[]): boolean {
  const read = readChildren(readWhole(info, SEQUENCE)).map(encodingOf);
  return read.length === fields.length && read.every((field, i) => sameBytes(field, fields[i] ?? info));
}
