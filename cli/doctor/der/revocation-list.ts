import type { X509Certificate } from 'node:crypto';
import { child, children, integerHex, readDer, TAG, timeOf } from './reader.ts';
import { isSignedBy } from './signature.ts';

export interface RevocationList {
  /** Milliseconds since 1970, as the next. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** Whether the list has a serial number, in hex. */
  has(serialNumber: string): boolean;
}

/** @throws Error where it is not a whole list that the issuer signed (RFC 5280 section 5). */
export function readRevocationList(der: Uint8Array, issuer: X509Certificate): RevocationList {
  const list = readDer(der);
  if (!isSignedBy(list, issuer.publicKey)) throw new Error("the issuer's key did not sign it");
  const [, , , thisUpdate, nextUpdate, entries] = children(child(list, 0));
  if (thisUpdate === undefined || nextUpdate === undefined) throw new Error('it has no times');
  // Without entries, the extensions stand in their place.
  const revoked = entries?.tag === TAG.sequence ? children(entries) : [];
  return {
    thisUpdate: timeOf(thisUpdate),
    nextUpdate: timeOf(nextUpdate),
    has: (serialNumber) => revoked.some((entry) => integerHex(child(entry, 0, TAG.integer)) === serialNumber),
  };
}
