import type { CertificateRecord } from '../domain/certificate-record.ts';
import type { CommonName } from '../domain/common-name.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { AppError } from '../errors/app-error.ts';
import {
  type RevocationRequest,
  type RevokeDependencies,
  type RevokedRecord,
  revokeWithUnconfirmed,
} from './revoke-certificate.ts';

/** What revokes more than one certificate also needs. */
export interface RevokeManyDependencies extends RevokeDependencies {
  /** How long the request may still take. */
  readonly remainingMilliseconds: () => number;
}

/** Names whose certificates are revoked at the same time. */
const CONCURRENCY = 16;

/** Nothing more is begun when less time is left: one revocation takes less, with all its retries. */
const LAST_START_MILLISECONDS = 8000;

/** What was reached of a number of records. */
export interface RevokedInTime {
  readonly revoked: readonly RevokedRecord[];
  /** Whether all were reached. */
  readonly complete: boolean;
}

/** Whether there is time to begin something more. */
export function hasTime({ remainingMilliseconds }: RevokeManyDependencies): boolean {
  return remainingMilliseconds() >= LAST_START_MILLISECONDS;
}

/**
 * Revokes records until all are or the time is used; those of one name one after the other, since each changes the name.
 * One that others keep changing is left over, and does not keep the rest from being revoked.
 *
 * @param revoke - one of them, and what goes with it. @default - where a key is compromised, an unconfirmed successor
 * @returns in the order given, each with what went with it.
 */
export async function revokeInTime(
  deps: RevokeManyDependencies,
  records: readonly CertificateRecord[],
  request: RevocationRequest,
  revoke: (
    ...of: Parameters<typeof revokeWithUnconfirmed>
  ) => Promise<readonly RevokedRecord[]> = revokeWithUnconfirmed,
): Promise<RevokedInTime> {
  const done = new Map<SerialNumber, readonly RevokedRecord[]>();
  const queues = queuesOfNames(records);
  const work = async () => {
    for (let queue = queues.shift(); queue !== undefined; queue = queues.shift())
      for (const record of queue) {
        if (!hasTime(deps)) return;
        const revoked = await unlessBusy(revoke(deps, record, request));
        if (revoked !== undefined) done.set(record.serialNumber, revoked);
      }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  } finally {
    // Where one fails, the others begin nothing more.
    queues.length = 0;
  }
  const all = records.flatMap(({ serialNumber }) => done.get(serialNumber) ?? []);
  const revoked = [...new Map(all.map((record) => [record.serialNumber, record])).values()];
  return { revoked, complete: records.every(({ serialNumber }) => done.has(serialNumber)) };
}

function queuesOfNames(records: readonly CertificateRecord[]): CertificateRecord[][] {
  const queues = new Map<CommonName, CertificateRecord[]>();
  for (const record of records) queues.set(record.name, [...(queues.get(record.name) ?? []), record]);
  return [...queues.values()];
}

async function unlessBusy<Result>(action: Promise<Result>): Promise<Result | undefined> {
  try {
    return await action;
  } catch (error) {
    if (error instanceof AppError && error.code === 'try_again') return undefined;
    throw error;
  }
}
