import { isSigningCa, signsRevocationData } from '../domain/authority.ts';
import type { Instant } from '../domain/instant.ts';
import { BUNDLE_PATH } from '../domain/revocation-points.ts';
import type { AuthorityStore } from '../issuance/ports.ts';
import { readListState } from './list-state.ts';
import type { ChangedShard } from './ports.ts';
import { publishBundle } from './publish-bundle.ts';
import { type ListLife, type PublishDependencies, type PublishedList, publishList } from './publish-list.ts';
import {
  FULL_LIST_MAX_ENTRIES,
  fullList,
  type ListIssuer,
  type ListSources,
  type PublishableList,
  shardList,
} from './publishable-list.ts';

export interface PublishListsDependencies extends PublishDependencies, ListSources {
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
  readonly life: ListLife;
}

/** What became of a number of lists. */
export interface PublicationReport {
  readonly lists: readonly PublishedList[];
  /** Undefined where nothing that is in it changed. */
  readonly bundle: 'published' | 'unchanged' | undefined;
  /** Lists and the bundle that could not be published: those that are there stay. */
  readonly failed: readonly { readonly path: string; readonly error: unknown }[];
}

/**
 * A revocation reaches the full list and the bundle at once where the full list has no more entries than this; larger ones
 * follow on schedule, since every revocation would read and sign all of it.
 */
export const FULL_LIST_AT_ONCE_MAX_ENTRIES = 10_000;

/** Lists that are built at the same time; their signatures are what takes time. */
const CONCURRENCY = 4;

/**
 * Publishes the lists of the shards that something was revoked in, each once, then the full lists and the bundle.
 * What fails is reported, after everything else was tried.
 */
export async function publishChangedLists(
  deps: PublishListsDependencies,
  changed: readonly ChangedShard[],
): Promise<PublicationReport> {
  const { issuers, caIds } = await publishing(deps);
  const affected = issuers.filter(({ id }) => changed.some(({ issuerId }) => issuerId === id));
  const shards = affected.flatMap((issuer) =>
    [...shardsOf(issuer, changed)].map((shard) => shardList(deps, issuer, shard)),
  );
  const full = affected.map((issuer) => fullList(deps, issuer, FULL_LIST_AT_ONCE_MAX_ENTRIES));
  return publishThese(deps, { shards, full, caIds });
}

/** Certificates that were recorded without a shard are on the full list only, where their issuer has fewer. */
function shardsOf(issuer: ListIssuer, changed: readonly ChangedShard[]): ReadonlySet<number> {
  const own = changed.filter(({ issuerId, shard }) => issuerId === issuer.id && shard < issuer.crlShards);
  return new Set(own.map(({ shard }) => shard));
}

/**
 * Publishes every list of every issuer that is missing, says something else than the ledger, or is older than a third of
 * its life; then the bundle. The root's lists are published by the function that may sign with its key (`rootLists`).
 * What fails is reported, after everything else was tried.
 */
export async function publishAllLists(
  deps: PublishListsDependencies,
): Promise<PublicationReport & { readonly oldestListSeconds: number }> {
  const { issuers, caIds } = await publishing(deps);
  const shards = issuers.flatMap((issuer) =>
    Array.from({ length: issuer.crlShards }, (_, shard) => shardList(deps, issuer, shard)),
  );
  const full = issuers.map((issuer) => fullList(deps, issuer, FULL_LIST_MAX_ENTRIES));
  const report = await publishThese(deps, { shards, full, caIds });
  return { ...report, oldestListSeconds: await oldest(deps, report) };
}

/** The issuers that sign lists, and all CAs whose full lists are in the bundle, roots first. */
async function publishing({ authority, clock }: PublishListsDependencies): Promise<{
  readonly issuers: readonly ListIssuer[];
  readonly caIds: readonly string[];
}> {
  const { roots, issuers } = await authority.readAuthority();
  const signing = issuers.filter((issuer) => signsRevocationData(issuer, clock())).filter(isSigningCa);
  const withLists = roots.filter(isSigningCa).filter(({ state }) => state !== 'RETIRED');
  return { issuers: signing, caIds: [...withLists, ...signing].map(({ id }) => id) };
}

/** Shards some at a time; full lists one after the other, since they may be large; the bundle last. */
async function publishThese(
  deps: PublishListsDependencies,
  {
    shards,
    full,
    caIds,
  }: {
    readonly shards: readonly PublishableList[];
    readonly full: readonly PublishableList[];
    readonly caIds: readonly string[];
  },
): Promise<PublicationReport> {
  const lists: PublishedList[] = [];
  const failed: { readonly path: string; readonly error: unknown }[] = [];
  const attempt = async <Result>(path: string, act: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await act();
    } catch (error) {
      failed.push({ path, error });
      return undefined;
    }
  };
  const publish = async (list: PublishableList) => {
    const published = await attempt(list.path, () => publishList(deps, list, deps.life));
    if (published !== undefined) lists.push(published);
  };
  for (let i = 0; i < shards.length; i += CONCURRENCY)
    await Promise.all(shards.slice(i, i + CONCURRENCY).map(publish));
  for (const list of full) await publish(list);
  const bundle =
    full.length === 0 ? undefined : await attempt(BUNDLE_PATH, () => publishBundle(deps, caIds, deps.life));
  return { lists, bundle, failed };
}

/** The age of the oldest list that is there now; one that is missing counts as one that has ended. */
async function oldest(
  { objects, clock, life }: PublishListsDependencies,
  { lists, failed }: PublicationReport,
): Promise<number> {
  const now = clock();
  const left = failed.filter(({ path }) => path !== BUNDLE_PATH).map(({ path }) => issuedAt(objects, path));
  const issued = [...lists.map(({ state }) => state?.thisUpdate), ...(await Promise.all(left))];
  return Math.max(0, ...issued.map((at) => (at === undefined ? life.lifetimeSeconds : now - at)));
}

async function issuedAt(
  objects: PublishListsDependencies['objects'],
  path: string,
): Promise<Instant | undefined> {
  try {
    return readListState((await objects.describe(path))?.metadata ?? {})?.thisUpdate;
  } catch {
    return undefined;
  }
}
