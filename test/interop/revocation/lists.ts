import { X509Certificate } from 'node:crypto';
import { plus, systemClock } from '../../../shared/domain/instant.ts';
import type { RevocationReason, RevokedEntry } from '../../../shared/domain/revocation.ts';
import { parseSerialNumber, type SerialNumber } from '../../../shared/domain/serial-number.ts';
import type { ListScope } from '../../../shared/pki/crl/list.ts';
import { prepareList } from '../../../shared/pki/crl/prepare-list.ts';
import { signPrepared } from '../../../shared/pki/sign-prepared.ts';
import type { SigningCa } from '../authority.ts';

const HOUR = 3600;

/** What a list says, and when. */
export interface ListSpec {
  readonly scope?: ListScope | undefined;
  readonly revoked?: readonly RevokedEntry[];
  /** Whether its time is over. @default false */
  readonly expired?: boolean;
}

/** A list of the CA, as the service makes it, DER. */
export async function listOf(ca: SigningCa, { scope, revoked = [], expired = false }: ListSpec) {
  const now = systemClock();
  const thisUpdate = plus(now, expired ? -3 * HOUR : -60);
  const plan = {
    number: BigInt(now) * 1_000_000_000n,
    thisUpdate,
    nextUpdate: plus(thisUpdate, 2 * HOUR),
    scope,
  };
  const sorted = revoked.toSorted((a, b) => (a.serialNumber < b.serialNumber ? -1 : 1));
  const { prepared } = await prepareList(plan, ca, [sorted]);
  return (await signPrepared(prepared, ca.sign)).der;
}

/** That a certificate was revoked an hour ago. */
export function revokedEntry(
  serialNumber: SerialNumber,
  reason: RevocationReason = 'keyCompromise',
): RevokedEntry {
  const now = systemClock();
  return {
    serialNumber,
    revokedAt: plus(now, -4 * HOUR),
    reason,
    notAfter: plus(now, 90 * 24 * HOUR),
  };
}

/** Its serial number. */
export function serialOf(certificate: Uint8Array): SerialNumber {
  const serial = parseSerialNumber(new X509Certificate(certificate).serialNumber);
  if (serial === undefined) throw new Error('not a serial number of ours');
  return serial;
}

/** The same with a signature that is wrong in its last bit. */
export function forged(der: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(der);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy;
}
