import { randomBase62 } from '../domain/bootstrap-token.ts';
import { formatDuration } from '../domain/duration.ts';
import { type Clock, type Instant, isOver, plus, toRfc3339 } from '../domain/instant.ts';
import type { Replacement, ReplacementSelector } from '../domain/replacement.ts';
import type { RandomBytes } from '../domain/serial-number.ts';
import { type AppError, fieldError } from '../errors/app-error.ts';
import type { ReplacementStore, SelectedCertificates } from './ports.ts';
import { ASK_SECONDS } from './renewal-window.ts';

/*
 * Mass replacement: an administrator has certificates renewed before their time. Nothing is written to their records: what
 * is selected follows from the record and the replacement, when a host asks for its window. Hosts learn of it within six
 * hours, and their windows are spread up to six hours before the end, so that the quota of KMS decides how soon that may be.
 */

export interface ReplaceDependencies {
  readonly store: ReplacementStore & SelectedCertificates;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly kmsSignaturesPerSecond: number;
  /** What is left of the function's time. */
  readonly remainingMilliseconds: () => number;
}

export interface ReplaceRequest {
  readonly selector: ReplacementSelector;
  readonly by: Instant;
  /** ARN of the caller. */
  readonly createdBy: string;
}

/** Of the quota of KMS: the other half is for enrollments, lists and OCSP. */
const SHARE = 0.5;

/** All are read whenever a host asks. */
const MOST = 50;

/**
 * Makes a replacement. The same request again, with the same selector and time, finds the one that it made.
 *
 * @throws AppError `replacement_refused` with the earliest time that is possible, or where there are too many certificates
 *   or replacements.
 */
export async function replaceCertificates(
  deps: ReplaceDependencies,
  { selector, by, createdBy }: ReplaceRequest,
): Promise<{ readonly replacement: Replacement; readonly created: boolean }> {
  const now = deps.clock();
  const all = await deps.store.replacements();
  const same = all.find((one) => one.by === by && isSame(one.selector, selector) && !isOver(one.by, now));
  if (same !== undefined) return { replacement: same, created: false };
  if (all.length >= MOST)
    throw refused(
      '#/selector',
      `There are ${MOST} replacements already. Delete those that are over with DELETE /v1/replacements/{id}.`,
    );
  const certificates = await deps.store.countSelected(selector, now, deps.remainingMilliseconds);
  if (certificates === undefined)
    throw refused(
      '#/selector',
      'selector selects more certificates than can be counted in one request. Select fewer, by profile or by notAfterBefore.',
    );
  requireTime(by, earliest(certificates, deps.kmsSignaturesPerSecond, now), certificates, deps);
  const id = randomBase62(deps.random, 16);
  const replacement = { id, selector, createdAt: now, createdBy, by, certificates };
  await deps.store.createReplacement(replacement);
  return { replacement, created: true };
}

/** When so many certificates can have been replaced: as `renewal-window.ts` spreads their windows. */
function earliest(certificates: number, kmsSignaturesPerSecond: number, now: Instant): Instant {
  const signing = Math.ceil(certificates / (kmsSignaturesPerSecond * SHARE));
  return plus(now, ASK_SECONDS + Math.max(ASK_SECONDS, signing));
}

function requireTime(
  by: Instant,
  soonest: Instant,
  certificates: number,
  { kmsSignaturesPerSecond, clock }: ReplaceDependencies,
): void {
  if (by >= soonest) return;
  const needed = formatDuration(soonest - clock());
  throw refused(
    '#/by',
    `by is too early: the earliest is ${toRfc3339(soonest)}, ${needed} from now. Hosts ask every ${formatDuration(ASK_SECONDS)} when to renew, and ${certificates} certificates may take half of the quota of KMS, ${kmsSignaturesPerSecond} signatures a second (setting quotas.kmsSignaturesPerSecond).`,
  );
}

function refused(pointer: string, detail: string): AppError {
  return fieldError('replacement_refused', pointer, detail);
}

function isSame(a: ReplacementSelector, b: ReplacementSelector): boolean {
  return a.issuerId === b.issuerId && a.profile === b.profile && a.notAfterBefore === b.notAfterBefore;
}
