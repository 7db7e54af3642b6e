import type { CertificateRecord } from '../domain/certificate-record.ts';
import { revokedState } from '../domain/certificate-record.ts';
import { DAY } from '../domain/duration.ts';
import { releaseExclusively } from '../domain/exclusive-name.ts';
import { type Clock, type Instant, isOver, plus } from '../domain/instant.ts';
import { releaseName } from '../domain/name-record.ts';
import type { LeafRevocationReason, Revocation } from '../domain/revocation.ts';
import type { RandomBytes, SerialNumber } from '../domain/serial-number.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import { AppError } from '../errors/app-error.ts';
import type { BlockLedger, Pause, Released, RevocationLedger } from './ports.ts';

export interface RevokeDependencies {
  readonly ledger: Pick<
    RevocationLedger,
    'certificate' | 'certificates' | 'name' | 'exclusiveNames' | 'revoke'
  > &
    Pick<BlockLedger, 'blockKey'>;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly pause: Pause;
}

/** Why something is revoked, and by whom. */
export interface RevocationRequest {
  readonly reason: LeafRevocationReason;
  readonly comment?: string | undefined;
  /** ARN of the IAM principal, or the holder of the key. */
  readonly by: string;
  /** When it was revoked, where that is known from a published list. @default now */
  readonly at?: Instant | undefined;
}

/** A record that is REVOKED, or VOID; by this request or an earlier one. */
export type RevokedRecord = CertificateRecord & { readonly revocation: Revocation };

/** Before each further try, in milliseconds at most: another request wrote the record or one of its names. */
const PAUSES = [20, 50, 100, 200, 400, 800, 1000, 1000] as const;

/**
 * Revokes a certificate for good: ISSUED becomes REVOKED; RESERVED becomes VOID, even while it is being signed. Its name
 * and exclusive names go back to an earlier live holder, or are free. An expired certificate can be revoked too. The same
 * again changes nothing: the first time, reason and author stay; but where a key is reported as compromised later, it is
 * blocked then.
 *
 * @returns the record as it is then; undefined where there is none.
 * @throws AppError `try_again` where others keep changing the certificate's names.
 * @example await revokeCertificate(deps, serialNumber, { reason: 'keyCompromise', by: caller.principal })
 */
export async function revokeCertificate(
  deps: RevokeDependencies,
  serialNumber: SerialNumber,
  request: RevocationRequest,
): Promise<RevokedRecord | undefined> {
  const record = await deps.ledger.certificate(serialNumber);
  return record && revokeRecord(deps, record, request);
}

/** The same for a record that was read a moment ago. */
async function revokeRecord(
  deps: RevokeDependencies,
  read: CertificateRecord,
  request: RevocationRequest,
): Promise<RevokedRecord> {
  const { ledger, clock, random, pause } = deps;
  let record = read;
  for (const milliseconds of [...PAUSES, undefined]) {
    const earlier = revoked(record);
    if (earlier !== undefined) return keepFirst(deps, earlier, request);
    const { reason, comment, by: revokedBy, at: revokedAt = clock() } = request;
    const revocation = withoutUndefined({ revokedAt, reason, revokedBy, comment });
    const outcome = await ledger.revoke(record, revocation, await releasedBy(deps, record));
    if (outcome === 'revoked') return { ...record, state: revokedState(record.state), revocation };
    if (milliseconds !== undefined) await pause(((random(1)[0] ?? 0) / 256) * milliseconds);
    record = (await ledger.certificate(record.serialNumber)) ?? record;
  }
  const detail = `Other requests kept changing the names of certificate ${record.serialNumber}. Send the same request again.`;
  throw new AppError('try_again', detail, { retryAfterSeconds: 2 });
}

/** Longer than a certificate can be renewed after its expiry (setting `renewal.graceDays`, 30 at most). */
const RENEWABLE_SECONDS = 31 * DAY;

/**
 * The same, and then whatever renewed the certificate: while everything of a token or a name is looked for, a host may
 * renew what was not reached yet, and its new certificate would be missed. What was revoked before has no successor that
 * came since.
 *
 * @returns the given one first.
 */
export async function revokeWithSuccessor(
  deps: RevokeDependencies,
  record: CertificateRecord,
  request: RevocationRequest,
): Promise<readonly RevokedRecord[]> {
  const result = await revokeRecord(deps, record, request);
  const { successor, validity } = result;
  const isOld = isOver(plus(validity.notAfter, RENEWABLE_SECONDS), deps.clock());
  if (successor === undefined || record.revocation !== undefined || isOld) return [result];
  const next = await deps.ledger.certificate(successor.serialNumber);
  if (next === undefined || next.revocation !== undefined) return [result];
  return [result, ...(await revokeWithSuccessor(deps, next, request))];
}

/**
 * The same, and where the key is compromised a successor that nobody confirmed: a thief may have renewed with the stolen
 * key. One that was confirmed, or renewed itself, stays: its host proved to use it. The answer names it.
 *
 * @returns the given one first.
 */
export async function revokeWithUnconfirmed(
  deps: RevokeDependencies,
  record: CertificateRecord,
  request: RevocationRequest,
): Promise<readonly [RevokedRecord, ...RevokedRecord[]]> {
  const result = await revokeRecord(deps, record, request);
  const { successor } = result;
  if (request.reason !== 'keyCompromise' || successor === undefined || successor.confirmedAt !== undefined)
    return [result];
  const next = await deps.ledger.certificate(successor.serialNumber);
  if (next === undefined || next.successor !== undefined) return [result];
  return [result, ...(await revokeWithUnconfirmed(deps, next, request))];
}

function revoked(record: CertificateRecord): RevokedRecord | undefined {
  const { revocation } = record;
  return revocation && { ...record, revocation };
}

/** The first revocation stays; that its key is compromised counts all the same. */
async function keepFirst(
  { ledger, clock }: RevokeDependencies,
  record: RevokedRecord,
  { reason, comment, by }: RevocationRequest,
): Promise<RevokedRecord> {
  const { publicKeySha256 } = record;
  if (reason === 'keyCompromise' && record.revocation.reason !== reason)
    await ledger.blockKey(withoutUndefined({ publicKeySha256, at: clock(), by, reason, comment }));
  return record;
}

/** What the certificate holds, without it. */
async function releasedBy({ ledger }: RevokeDependencies, record: CertificateRecord): Promise<Released> {
  const { serialNumber, exclusiveDns } = record;
  const [name, exclusive] = await Promise.all([
    ledger.name(record.name),
    exclusiveDns ? ledger.exclusiveNames(record) : [],
  ]);
  const isHolder = name.holders.some((holder) => holder.serialNumber === serialNumber);
  return {
    name: isHolder ? releaseName(name, serialNumber) : undefined,
    exclusive: exclusive.flatMap((one) => releaseExclusively(one, serialNumber) ?? []),
  };
}
