import type { CertificateRecord } from '../domain/certificate-record.ts';
import { AppError } from '../errors/app-error.ts';
import {
  type RevocationRequest,
  type RevokeDependencies,
  type RevokedRecord,
  revokeRecord,
} from './revoke-certificate.ts';

/** What revokes more than one certificate also needs. */
export interface RevokeManyDependencies extends RevokeDependencies {
  /** How long the request may still take. */
  readonly remainingMilliseconds: () => number;
}

/** Revoked at the same time. */
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
 * Revokes records until all are or the time is used. One that others keep changing is left over, and does not keep the
 * rest from being revoked.
 */
export async function revokeInTime(
  deps: RevokeManyDependencies,
  records: readonly CertificateRecord[],
  request: RevocationRequest,
): Promise<RevokedInTime> {
  const revoked: RevokedRecord[] = [];
  for (let at = 0; at < records.length && hasTime(deps); at += CONCURRENCY) {
    const outcomes = await Promise.all(
      records.slice(at, at + CONCURRENCY).map((record) => unlessBusy(revokeRecord(deps, record, request))),
    );
    revoked.push(...outcomes.filter((outcome) => outcome !== undefined));
  }
  return { revoked, complete: revoked.length === records.length };
}

async function unlessBusy<Result>(action: Promise<Result>): Promise<Result | undefined> {
  try {
    return await action;
  } catch (error) {
    if (error instanceof AppError && error.code === 'try_again') return undefined;
    throw error;
  }
}
