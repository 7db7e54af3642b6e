import { HOUR } from '../domain/duration.ts';
import { type Clock, type Instant, plus, toRfc3339 } from '../domain/instant.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { unexplainedUses } from './match-signatures.ts';
import type {
  Events,
  KeyUse,
  LoggedAttempt,
  Pass,
  ReconciliationProgress,
  RecordedCertificates,
  RotationEvent,
  SignatureRecords,
} from './ports.ts';

/*
 * Compares the uses of the CA keys with what the service logged, span by span. Each span is compared twice: an hour after
 * its end, so that an alarm rings soon, and a day after, so that a late event of CloudTrail is found too. A pass notes how
 * far it has come after each span; a run that ends in between begins that span again, and what it finds again has the
 * same event id.
 *
 * An attempt that names a certificate explains a use only if that certificate is recorded: what the service signs, it records
 * before. What became of the certificate does not matter, nor how often it was tried. One that names none explains its use
 * by itself: lists and OCSP responses are not recorded, and a version of before named nothing, which runs again after a
 * rollback and until both stacks are deployed. Code that was put in place of the service's could name a certificate that is
 * recorded just as well, so an alarm for attempts without a name would accuse those versions and find no thief.
 */

/** How long after its end a span is compared, by the name under which its progress is kept. */
const PASSES: Readonly<Record<Pass, number>> = { early: HOUR, late: 24 * HOUR };

export interface ReconcileDependencies {
  readonly records: SignatureRecords;
  readonly progress: ReconciliationProgress;
  readonly certificates: RecordedCertificates;
  readonly events: Events;
  readonly clock: Clock;
  /** The keys of the authority, and which of them are roots. */
  readonly keys: { readonly all: ReadonlySet<string>; readonly roots: ReadonlySet<string> };
  /**
   * Raises the alarm for a use that nothing explains, as soon as it is found: a span that was compared is not compared again,
   * even where the run fails later.
   */
  readonly onUnexplained: (use: UnexplainedUse) => void;
  readonly remainingMilliseconds: () => number;
}

/** A use of a key that no attempt explains. */
export interface UnexplainedUse extends KeyUse {
  /** Whether the key is a root's. */
  readonly ofRoot: boolean;
  /** The certificate that a function says it was for, and that is not recorded. @default - nothing was logged */
  readonly unrecorded?: SerialNumber | undefined;
}

export interface Reconciliation {
  /** Uses of the authority's keys that were compared. */
  readonly uses: number;
  readonly unexplained: readonly UnexplainedUse[];
  /** How far the pass that is furthest behind is behind its time. */
  readonly behindSeconds: number;
}

/** The first span of a pass; shorter where it has more uses than are read at once, doubled after one that has few. */
const SPAN = HOUR;

/** Twice as long, a span is still far from what is read at once. */
const FEW = 2500;

/** Seconds: it is read however many uses it has, so that the job goes on whatever the account signs. */
const SHORTEST_SPAN = 10;

/** 200 requests of 50 events, at two requests a second: 100 s. */
const AT_ONCE = 10_000;

/** Attempts are logged a moment after CloudTrail's time of the call, by another clock. */
const MARGIN = 120;

/** Takes the time of one span. */
const RESERVE_MILLISECONDS = 180_000;

/** Reconciles what is due, the early pass first. Safe to run twice, and at the same time. */
export async function reconcileSignatures(deps: ReconcileDependencies): Promise<Reconciliation> {
  const now = deps.clock();
  const progress = await deps.progress.readProgress();
  const found: UnexplainedUse[] = [];
  let uses = 0;
  let behindSeconds = 0;
  for (const pass of ['early', 'late'] as const) {
    const due = plus(now, -PASSES[pass]);
    // The first run begins with itself: a version that logged no attempts may have signed before.
    let from = progress[pass] ?? now;
    if (progress[pass] === undefined) await deps.progress.noteProgress(pass, now);
    let length: number = SPAN;
    while (from < due && deps.remainingMilliseconds() > RESERVE_MILLISECONDS) {
      const to = plus(from, Math.min(length, due - from));
      const compared = await compare(deps, { from, to });
      if ('withinSeconds' in compared) {
        // What was read tells how dense they are: to read too much takes longer than anything else here, and leads nowhere.
        length = Math.max(SHORTEST_SPAN, Math.floor(Math.min(compared.withinSeconds, to - from) / 2));
        continue;
      }
      if (compared.read <= FEW) length *= 2;
      uses += compared.uses;
      found.push(...compared.unexplained);
      await deps.progress.noteProgress(pass, to);
      from = to;
    }
    behindSeconds = Math.max(behindSeconds, due - from);
  }
  const unexplained = [...new Map(found.map((use) => [use.eventId, use])).values()];
  return { uses, unexplained, behindSeconds };
}

/** Compares one span, reports and publishes what is not explained, unless it has too many uses. */
async function compare(
  deps: ReconcileDependencies,
  { from, to }: { readonly from: Instant; readonly to: Instant },
) {
  const { records, events, keys, clock, onUnexplained } = deps;
  const atMost = to - from <= SHORTEST_SPAN ? Number.POSITIVE_INFINITY : AT_ONCE;
  const all = await records.keyUses(from, to, atMost);
  if ('withinSeconds' in all) return all;
  const uses = all.filter(({ keyArn }) => keys.all.has(keyArn));
  const requestIds = new Set(uses.map(({ requestId }) => requestId));
  const attempts =
    uses.length === 0 ? [] : await records.loggedAttempts(plus(from, -MARGIN), plus(to, MARGIN), requestIds);
  const backed = await backedByRecords(deps, attempts);
  const unexplained = unexplainedUses(uses, backed).map((use) => ({
    ...use,
    ofRoot: keys.roots.has(use.keyArn),
    unrecorded: attempts.find(({ requestId }) => requestId === use.requestId)?.serialNumber,
  }));
  for (const use of unexplained) onUnexplained(use);
  if (unexplained.length > 0) await events.publish(unexplained.map((use) => eventOf(use, clock())));
  return { read: all.length, uses: uses.length, unexplained };
}

/**
 * The attempts without those for a certificate that is not recorded. Where nobody can tell, all of them: the pass of a day
 * later asks again.
 */
async function backedByRecords(
  { certificates }: ReconcileDependencies,
  attempts: readonly LoggedAttempt[],
): Promise<readonly LoggedAttempt[]> {
  const said = [...new Set(attempts.flatMap(({ serialNumber }) => serialNumber ?? []))];
  const recorded = said.length === 0 ? new Set<SerialNumber>() : await certificates.recordedAmong(said);
  if (recorded === undefined) return attempts;
  return attempts.filter(({ serialNumber }) => serialNumber === undefined || recorded.has(serialNumber));
}

function eventOf(use: KeyUse, at: Instant): RotationEvent {
  const { eventId, keyArn, requestId, principal, error } = use;
  return {
    id: `signature.unexplained/${eventId}`,
    type: 'signature.unexplained',
    at,
    detail: {
      cloudTrailEventId: eventId,
      usedAt: toRfc3339(use.at),
      keyArn,
      kmsRequestId: requestId,
      principal,
      ...(error === undefined ? {} : { error }),
    },
  };
}
