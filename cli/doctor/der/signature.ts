import { type KeyObject, verify } from 'node:crypto';
import { bitsOf, child, type Der, oidOf, TAG } from './reader.ts';

/** The hash of each signature algorithm that fleetseal and common CAs use; null where it is part of the algorithm. */
const HASHES: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
};

/** Whether a SEQUENCE of contents, algorithm and signature (as lists and OCSP responses are) is signed with the key. */
export function isSignedBy(signed: Der, key: KeyObject): boolean {
  const algorithm = oidOf(child(child(signed, 1, TAG.sequence), 0, TAG.oid));
  const hash = Object.hasOwn(HASHES, algorithm) ? HASHES[algorithm] : undefined;
  if (hash === undefined) throw new Error(`an unknown signature algorithm ${algorithm}`);
  return verify(hash, child(signed, 0).whole, key, bitsOf(child(signed, 2, TAG.bitString)));
}
