import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Instant } from '../../shared/domain/instant.ts';
import {
  contextConstructed,
  objectIdentifier,
  sequence,
  time,
  unsignedInteger,
} from '../../shared/pki/der/write.ts';
import { basicConstraints, encodeExtension } from '../../shared/pki/extensions.ts';
import { OID } from '../../shared/pki/oids.ts';
import { toPem } from '../../shared/pki/pem.ts';
import { nameOf, signRequest } from './csr.ts';

/** A name with its P-256 key. */
export interface Party {
  readonly name: string;
  readonly key: KeyObject;
}

let certificates = 0;

/** PEM of a certificate with nothing in it but names, key, validity and whether it is a CA. */
export function tinyCertificate(
  subject: Party,
  issuer: Party,
  [notBefore, notAfter]: readonly [Instant, Instant],
  ca: boolean,
): string {
  certificates += 1;
  const constraints = { oid: OID.basicConstraints, critical: true, value: basicConstraints(ca) };
  const contents = sequence(
    contextConstructed(0, unsignedInteger(Uint8Array.of(2))),
    unsignedInteger(Uint8Array.of(1, certificates >> 8, certificates & 255)),
    sequence(objectIdentifier(OID.ecdsaWithSHA256)),
    nameOf(issuer.name),
    sequence(time(notBefore), time(notAfter)),
    nameOf(subject.name),
    createPublicKey(subject.key).export({ format: 'der', type: 'spki' }),
    contextConstructed(3, sequence(encodeExtension(constraints))),
  );
  // A certificate and a request are signed in the same way.
  return toPem('CERTIFICATE', signRequest(contents, issuer.key));
}
