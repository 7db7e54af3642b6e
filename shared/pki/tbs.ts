import type { CaKeySpec } from '../domain/authority.ts';
import type { Validity } from '../domain/validity.ts';
import { caAlgorithmIdentifier } from './ca-algorithm.ts';
import {
  contextConstructed,
  type Der,
  objectIdentifier,
  sequence,
  setOfOne,
  time,
  unsignedInteger,
  utf8String,
} from './der/write.ts';
import { type Extension, encodeExtension } from './extensions.ts';
import { OID } from './oids.ts';

/** Everything in a TBSCertificate (RFC 5280 section 4.1). */
export interface TbsFields {
  /** Hex. */
  readonly serialNumber: string;
  /** Of the key that will sign. */
  readonly keySpec: CaKeySpec;
  /** The Name in the issuer's certificate, byte for byte (RFC 5280 section 7.1 compares less strictly; verifiers vary). */
  readonly issuer: Der;
  readonly validity: Validity;
  readonly subject: Der;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Der;
  /** In the order of their encoding. */
  readonly extensions: readonly Extension[];
}

/** Version 3 in its INTEGER: v3(2). */
const VERSION_3 = contextConstructed(0, unsignedInteger(Uint8Array.of(2)));

/** The to-be-signed bytes: the same fields always give the same bytes. */
export function encodeTbs(fields: TbsFields): Der {
  return sequence(
    VERSION_3,
    unsignedInteger(Buffer.from(fields.serialNumber, 'hex')),
    caAlgorithmIdentifier(fields.keySpec),
    fields.issuer,
    sequence(time(fields.validity.notBefore), time(fields.validity.notAfter)),
    fields.subject,
    fields.publicKey,
    contextConstructed(3, sequence(...fields.extensions.map(encodeExtension))),
  );
}

/** `CN=<text>` as UTF8String: one RDN with one attribute, which every verifier reads alike. */
export function commonNameOnly(text: string): Der {
  return sequence(setOfOne(sequence(objectIdentifier(OID.commonName), utf8String(text))));
}
