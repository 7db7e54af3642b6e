import { createPublicKey } from 'node:crypto';
import { expect } from '@jest/globals';
import { AppError } from '../../../../shared/errors/app-error.ts';
import { decodeCsr } from '../../../../shared/pki/csr.ts';
import {
  bitString,
  contextConstructed,
  type Der,
  objectIdentifier,
  sequence,
  setOfOne,
  unsignedInteger,
} from '../../../../shared/pki/der/write.ts';
import { encodeExtension } from '../../../../shared/pki/extensions.ts';
import { OID } from '../../../../shared/pki/oids.ts';
import { toPem } from '../../../../shared/pki/pem.ts';
import { verifyCsr } from '../../../../shared/pki/verify-csr.ts';
import { type CsrOptions, makeCsr, makeKey, nameOf, signRequest } from '../../../support/csr.ts';

/** What decoding and verifying `text` ends with. */
export function outcome(text: string): { code: string; message: string } {
  try {
    verifyCsr(decodeCsr(text), { caKeySha256: [] });
    return { code: 'accepted', message: '' };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.errors.map(({ pointer }) => pointer)).toEqual(error.errors.map(() => '#/csr'));
    expect(error.errors.length).toBeGreaterThan(0);
    return { code: error.code, message: error.message };
  }
}

export const key = makeKey('p256');
export const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' });
export const good = makeCsr({ privateKey: key, commonName: 'web-01' });
export const made = (options: CsrOptions): string => makeCsr({ privateKey: key, ...options }).pem;
export const pem = (der: Uint8Array) => toPem('CERTIFICATE REQUEST', der);
export const san = (...names: readonly Der[]): Der =>
  encodeExtension({ oid: OID.subjectAltName, critical: false, value: sequence(...names) });
export const extension = (oid: string, value: Der): Der => encodeExtension({ oid, critical: false, value });
export const dn = (oid: string, value: Der): Der => setOfOne(sequence(objectIdentifier(oid), value));

/** A request with these parts of CertificationRequestInfo, well signed. */
export function withInfo(...parts: readonly Der[]): string {
  return pem(signRequest(sequence(...parts), key));
}

/** A request signed as the identifier says, with whatever signature. */
export function withAlgorithm(algorithm: Der, signature: Uint8Array = new Uint8Array(64)): string {
  const info = sequence(VERSION, nameOf('web-01'), publicKey, contextConstructed(0));
  return pem(sequence(info, algorithm, bitString(signature)));
}

export function withKey(spki: Der): string {
  return withInfo(VERSION, nameOf('web-01'), spki, contextConstructed(0));
}

export const VERSION = unsignedInteger(Uint8Array.of(0));
export const POINT = Buffer.from(publicKey).subarray(-65);
export const changed = (der: Uint8Array, at: number, value: number): Uint8Array => {
  const copy = Uint8Array.from(der);
  copy[at < 0 ? copy.length + at : at] = value;
  return copy;
};
/** What is inside the outer SEQUENCE. */
export function contentsOf(der: Uint8Array): Uint8Array {
  return der.subarray(der[1] === 0x81 ? 3 : 4);
}

/** The outer SEQUENCE with an indefinite length. */
export const indefinite = Buffer.concat([
  Uint8Array.of(0x30, 0x80),
  contentsOf(good.der),
  Uint8Array.of(0, 0),
]);

export interface Row {
  readonly name: string;
  readonly csr: string;
  readonly words: string;
}
