import { type Clock, type Instant, isOver, plus } from '../domain/instant.ts';
import { type RevokedEntry, SERVICE } from '../domain/revocation.ts';
import { AppError } from '../errors/app-error.ts';
import type { CaSigner, Pause } from '../issuance/ports.ts';
import type { EntryPages } from '../pki/crl/expected-entries.ts';
import type { ListPlan } from '../pki/crl/list.ts';
import { type PreparedList, prepareList } from '../pki/crl/prepare-list.ts';
import { signPrepared } from '../pki/sign-prepared.ts';
import { checkNothingLost } from './check-nothing-lost.ts';
import { type ListState, listMetadata, readListState } from './list-state.ts';
import type { ObjectStore } from './ports.ts';
import type { PublishableList } from './publishable-list.ts';

/*
 * A list is published so that it never goes backwards. The previous list is read first, then the ledger, consistently:
 * whatever the previous list had is on the next one too, or has expired. The next one replaces exactly the list that was
 * read; where another builder was faster, everything is read again. A list that lacks what the one before it has is not
 * signed: the table was restored from a backup then, or damaged. So it does not matter whose clock is ahead, who dies
 * when, or whose answer is lost. The number is the clock in nanoseconds, or one more than the number before where the
 * clock is behind that (RFC 5280 section 5.2.3: monotonically increasing).
 */

export interface PublishDependencies {
  readonly objects: ObjectStore;
  readonly signer: Pick<CaSigner, 'sign'>;
  readonly clock: Clock;
  readonly pause: Pause;
}

export interface ListLife {
  /** From thisUpdate through nextUpdate. A list is published again after a third of it, changed or not. */
  readonly lifetimeSeconds: number;
  /** The longest that caches may keep it. */
  readonly cacheSeconds: number;
}

/**
 * - `published`: a new list.
 * - `unchanged`: the one that is there says the same, and is not older than a third of its life.
 * - `too_large`: it would have more entries than it may; the one that is there stays.
 */
export interface PublishedList {
  readonly path: string;
  readonly outcome: 'published' | 'unchanged' | 'too_large';
  /** Of the list that is there now; undefined where there is none. */
  readonly state: ListState | undefined;
}

/** Builders of one list that lose against each other; a stream has few, and each conflict means that one has won. */
const ATTEMPTS = 12;

/** The longest pause after a conflict, times the attempts so far, in milliseconds. */
const PAUSE_MILLISECONDS = 20;

/**
 * Publishes a list, unless the one that is there says the same and is fresh.
 *
 * @throws AppError `try_again` where other builders were faster each time. @throws AppError `internal` where the list fails
 * its checks, or would lose an entry. What the ports throw passes through. In each case, the list that is there stays.
 */
export async function publishList(
  deps: PublishDependencies,
  list: PublishableList,
  life: ListLife,
): Promise<PublishedList> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const published = await tryToPublish(deps, list, life);
    if (published !== undefined) return published;
    await deps.pause(PAUSE_MILLISECONDS * attempt);
  }
  throw new AppError('try_again', 'Other builders of this revocation list were faster.', {
    internal: { path: list.path, attempts: ATTEMPTS },
  });
}

/** Undefined where another builder was faster. */
async function tryToPublish(
  deps: PublishDependencies,
  list: PublishableList,
  life: ListLife,
): Promise<PublishedList | undefined> {
  const { path, ca, scope } = list;
  const before = await deps.objects.describe(path);
  const previous = before && readListState(before.metadata);
  const now = deps.clock();
  const plan = { ...nextIssue(previous, now, life), scope };
  const next = await prepareUpTo(list, plan, expiredLeave(list.entries(), previous, now));
  if (next === undefined) return { path, outcome: 'too_large', state: previous };
  const { prepared, ...contents } = next;
  if (previous !== undefined && isCurrent(previous, contents, now, life))
    return { path, outcome: 'unchanged', state: previous };
  if (before !== undefined && previous !== undefined && mayLose(previous, contents)) {
    const published = await deps.objects.read(path);
    if (published?.etag !== before.etag) return undefined;
    await checkNothingLost(path, published.body, list.entries());
  }
  const { der } = await signPrepared(prepared, (digest) =>
    deps.signer.sign(ca, digest, { purpose: `revocation list ${path}`, by: SERVICE }),
  );
  const state = { ...plan, ...contents };
  const content = {
    body: der,
    contentType: 'application/pkix-crl',
    maxAgeSeconds: maxAge(state.nextUpdate, now, life),
    metadata: listMetadata(state),
  };
  const outcome = await deps.objects.replace(path, content, before?.etag);
  return outcome === 'replaced' ? { path, outcome: 'published', state } : undefined;
}

const NANOSECONDS = 1_000_000_000n;

/** Both ends of the period count, so it lasts one second more than their difference (RFC 5280 section 4.1.2.5). */
function nextIssue(
  previous: ListState | undefined,
  now: Instant,
  { lifetimeSeconds }: ListLife,
): Pick<ListPlan, 'number' | 'thisUpdate' | 'nextUpdate'> {
  const clock = BigInt(now) * NANOSECONDS;
  const least = (previous?.number ?? 0n) + 1n;
  return {
    number: clock > least ? clock : least,
    thisUpdate: now,
    nextUpdate: plus(now, lifetimeSeconds - 1),
  };
}

/**
 * An entry leaves the list once it was on one that was issued after its certificate expired (RFC 5280 section 3.3). A
 * builder whose clock is ahead does not make others forget: an issue of the future counts as one of now.
 */
async function* expiredLeave(
  pages: EntryPages,
  previous: ListState | undefined,
  now: Instant,
): AsyncGenerator<readonly RevokedEntry[]> {
  const issued = previous === undefined || previous.thisUpdate > now ? now : previous.thisUpdate;
  for await (const page of pages)
    yield previous === undefined
      ? page
      : page.filter(({ notAfter, revokedAt }) => !isOver(notAfter, issued) || revokedAt >= issued);
}

class TooManyEntries extends Error {}

/** Undefined where there are more entries than the list may have. */
async function prepareUpTo(
  { ca, maxEntries = Number.POSITIVE_INFINITY }: PublishableList,
  plan: ListPlan,
  pages: EntryPages,
): Promise<PreparedList | undefined> {
  async function* counted(): AsyncGenerator<readonly RevokedEntry[]> {
    let count = 0;
    for await (const page of pages) {
      count += page.length;
      if (count > maxEntries) throw new TooManyEntries();
      yield page;
    }
  }
  try {
    return await prepareList(plan, ca, counted());
  } catch (error) {
    if (error instanceof TooManyEntries) return undefined;
    throw error;
  }
}

/** Whether the list that is there may stay: it says the same, and was issued for the same life, less than a third ago. */
function isCurrent(
  previous: ListState,
  next: Pick<PreparedList, 'contentsSha256'>,
  now: Instant,
  { lifetimeSeconds }: ListLife,
): boolean {
  const age = now - previous.thisUpdate;
  return (
    previous.contentsSha256 === next.contentsSha256 &&
    previous.nextUpdate - previous.thisUpdate === lifetimeSeconds - 1 &&
    age >= 0 &&
    age < lifetimeSeconds / 3
  );
}

/** Whether something of the list that is there could be missing from the next one. */
function mayLose(previous: ListState, next: Pick<PreparedList, 'contentsSha256'>): boolean {
  return previous.entries > 0 && previous.contentsSha256 !== next.contentsSha256;
}

/** At most half of what is left of its life, so that no cache serves a list that has ended. */
function maxAge(nextUpdate: Instant, now: Instant, { cacheSeconds }: ListLife): number {
  return Math.min(cacheSeconds, Math.floor((nextUpdate - now) / 2));
}
