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

function identifier(oid: string, ...parameters: readonly Der[]): string {
  return Buffer.from(sequence(objectIdentifier(oid), ...parameters)).toString('hex');
}

/**
 * RSASSA-PSS in its common form (RFC 4055 section 3.1): MGF1 with the same hash, salt as long as the hash, default
 * trailer. Any other parameters have another encoding and are not found in the table.
 */
function pssIdentifier(hash: 'sha256' | 'sha384' | 'sha512', saltLength: number): string {
  const hashIdentifier = sequence(objectIdentifier(OID[hash]), NULL);
  return identifier(
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
    [identifier(oid, NULL), row],
    [identifier(oid), row],
    [pssIdentifier(hash, saltLength), { name: `RSASSA-PSS with ${hash}`, family: 'rsa', hash, saltLength }],
  ];
}

/** By the hex of their AlgorithmIdentifier's DER: an identifier with any other parameters is another identifier. */
export const REQUEST_SIGNATURES: ReadonlyMap<string, RequestSignature> = new Map([
  ...rsaRows('sha256', 32),
  ...rsaRows('sha384', 48),
  ...rsaRows('sha512', 64),
  [identifier(OID.ecdsaWithSHA256), { name: 'ecdsa-with-SHA256', family: 'ec', hash: 'sha256' }],
  [identifier(OID.ecdsaWithSHA384), { name: 'ecdsa-with-SHA384', family: 'ec', hash: 'sha384' }],
  [identifier(OID.ecdsaWithSHA512), { name: 'ecdsa-with-SHA512', family: 'ec', hash: 'sha512' }],
  [identifier(OID.ed25519), { name: 'Ed25519', family: 'ed25519', hash: null }],
]);

/** The kinds of key by the hex of their AlgorithmIdentifier's DER (RFC 3279, RFC 5480, RFC 8410). */
export const KEY_KINDS: ReadonlyMap<string, KeyKind> = new Map([
  [identifier(OID.rsaEncryption, NULL), 'rsa'],
  [identifier(OID.ecPublicKey, objectIdentifier(OID.secp256r1)), 'p256'],
  [identifier(OID.ecPublicKey, objectIdentifier(OID.secp384r1)), 'p384'],
  [identifier(OID.ecPublicKey, objectIdentifier(OID.secp521r1)), 'p521'],
  [identifier(OID.ed25519), 'ed25519'],
]);

/** The family that a kind of key signs with. */
export function keyFamily(kind: KeyKind): RequestSignature['family'] {
  return kind === 'rsa' || kind === 'ed25519' ? kind : 'ec';
}
