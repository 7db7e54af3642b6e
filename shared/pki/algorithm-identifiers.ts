import type { KeyKind } from '../domain/key-kind.ts';
import {
  contextConstructed,
  type Der,
  NULL,
  objectIdentifier,
  sequence,
  unsignedInteger,
} from './der/write.ts';
import { OID } from './oids.ts';

/** Signature algorithms of requests, by key family. */
export interface RequestSignature {
  readonly name: string;
  readonly family: 'rsa' | 'ec' | 'ed25519';
  /** Null for Ed25519, which hashes by itself. */
  readonly hash: 'sha256' | 'sha384' | 'sha512' | null;
  /** Octets of salt, for RSASSA-PSS only. */
  readonly saltLength?: number;
}

/** Hex of an AlgorithmIdentifier's DER. */
export function identifierHex(oid: string, ...parameters: readonly Der[]): string {
  return Buffer.from(sequence(objectIdentifier(oid), ...parameters)).toString('hex');
}

/**
 * RSASSA-PSS in its common form (RFC 4055 section 3.1): MGF1 with the same hash, salt as long as the hash, default
 * trailer. Any other parameters have another encoding and are not found in the table.
 */
function pssIdentifier(hash: 'sha256' | 'sha384' | 'sha512', saltLength: number): string {
  const hashIdentifier = sequence(objectIdentifier(OID[hash]), NULL);
  return identifierHex(
    OID.rsassaPss,
    sequence(
      contextConstructed(0, hashIdentifier),
      contextConstructed(1, sequence(objectIdentifier(OID.mgf1), hashIdentifier)),
      contextConstructed(2, unsignedInteger(Uint8Array.of(saltLength))),
    ),
  );
}

function rsaRows(hash: 'sha256' | 'sha384' | 'sha512', saltLength: number): [string, RequestSignature][] {
  const name = `${hash}WithRSAEncryption` as const;
  const oid = OID[name];
  const row: RequestSignature = { name, family: 'rsa', hash };
  return [
    // RFC 4055 section 5: NULL is written, and its absence must be accepted.
    [identifierHex(oid, NULL), row],
    [identifierHex(oid), row],
    [pssIdentifier(hash, saltLength), { name: `RSASSA-PSS with ${hash}`, family: 'rsa', hash, saltLength }],
  ];
}

/** By the hex of their AlgorithmIdentifier's DER: an identifier with any other parameters is another identifier. */
export const REQUEST_SIGNATURES: ReadonlyMap<string, RequestSignature> = new Map([
  ...rsaRows('sha256', 32),
  ...rsaRows('sha384', 48),
  ...rsaRows('sha512', 64),
  [identifierHex(OID.ecdsaWithSHA256), { name: 'ecdsa-with-SHA256', family: 'ec', hash: 'sha256' }],
  [identifierHex(OID.ecdsaWithSHA384), { name: 'ecdsa-with-SHA384', family: 'ec', hash: 'sha384' }],
  [identifierHex(OID.ecdsaWithSHA512), { name: 'ecdsa-with-SHA512', family: 'ec', hash: 'sha512' }],
  [identifierHex(OID.ed25519), { name: 'Ed25519', family: 'ed25519', hash: null }],
]);

/** The kinds of key by the hex of their AlgorithmIdentifier's DER (RFC 3279, RFC 5480, RFC 8410). */
export const KEY_KINDS: ReadonlyMap<string, KeyKind> = new Map([
  [identifierHex(OID.rsaEncryption, NULL), 'rsa'],
  [identifierHex(OID.ecPublicKey, objectIdentifier(OID.secp256r1)), 'p256'],
  [identifierHex(OID.ecPublicKey, objectIdentifier(OID.secp384r1)), 'p384'],
  [identifierHex(OID.ecPublicKey, objectIdentifier(OID.secp521r1)), 'p521'],
  [identifierHex(OID.ed25519), 'ed25519'],
]);

/** The family that a kind of key signs with. */
export function keyFamily(kind: KeyKind): RequestSignature['family'] {
  return kind === 'rsa' || kind === 'ed25519' ? kind : 'ec';
}
