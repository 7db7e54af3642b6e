import { type Adoption, endOf, type Issuer, type Root } from '../domain/authority.ts';
import { type Clock, type Instant, isOver, plus, toRfc3339 } from '../domain/instant.ts';
import { isActive, shownState } from '../domain/root-states.ts';
import { AppError } from '../errors/app-error.ts';
import type { AuthorityStore } from '../issuance/ports.ts';
import type { RootStore } from './ports.ts';

/*
 * The steps of a rollover of roots that sign nothing, each an administrator's: acknowledged, activated, retired. Each is
 * one conditional write, safe to repeat: what is done already is returned.
 */

export interface ChangeRootDependencies {
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
  readonly roots: Pick<RootStore, 'acknowledge' | 'changeRoots'>;
  readonly clock: Clock;
  /** The share of live certificates whose hosts must trust a root before it is activated, 0 to 1. */
  readonly threshold: number;
}

/** A root, and the IAM principal that changes it. */
export interface RootRequest {
  readonly id: string;
  readonly by: string;
}

/**
 * Notes that an administrator has seen to the verifiers that the service cannot see: those that hold none of its
 * certificates, and Fleet Servers, which trust a new client CA only after a restart. The last acknowledgement stays.
 */
export async function acknowledgeRoot(
  deps: ChangeRootDependencies,
  { id, by, verifiers }: RootRequest & { readonly verifiers: readonly string[] },
): Promise<Root> {
  const { root } = await find(deps, id);
  requireState(root, 'TRUSTED', 'acknowledged', 'certified first, with POST /v1/roots/{id}/certify');
  return deps.roots.acknowledge(id, { verifiers, by, at: deps.clock() });
}

/**
 * Has new issuers certified by this root instead of the active one, which is DRAINING from then on.
 *
 * @throws AppError `not_found`, `state_conflict`; `root_not_adopted` with the figures, `root_not_acknowledged`.
 */
export async function activateRoot(deps: ChangeRootDependencies, { id, by }: RootRequest): Promise<Root> {
  const { root, roots } = await find(deps, id);
  if (isActive(root)) return root;
  requireState(root, 'TRUSTED', 'activated', 'certified first, with POST /v1/roots/{id}/certify');
  checkAdopted(root, deps);
  const { acknowledgement } = root;
  if (acknowledgement === undefined || acknowledgement.at < trustedSince(root))
    throw new AppError(
      'root_not_acknowledged',
      `Nobody has acknowledged the verifiers of ${id} that hold none of our certificates (Elasticsearch, Logstash, proxies, browsers), nor the restart of the Fleet Servers, which trust a new client CA only after a restart. See to them, then send POST /v1/roots/${id}/acknowledge with their names.`,
    );
  const before = roots.find((other) => isActive(other));
  const at = deps.clock();
  return change(deps, id, [
    { id, from: root.state, change: { to: 'ACTIVE', at, by } },
    ...(before ? [{ id: before.id, from: before.state, change: { to: 'DRAINING' as const, at, by } }] : []),
  ]);
}

/**
 * Takes a root out of the trust bundle, and its cross-certificate out of chains.
 *
 * @throws AppError `not_found`; `state_conflict` while it is active, or issuers below it live.
 */
export async function retireRoot(deps: ChangeRootDependencies, { id, by }: RootRequest): Promise<Root> {
  const { root, issuers } = await find(deps, id);
  if (root.state === 'RETIRED') return root;
  requireState(root, 'DRAINING', 'retired', 'replaced first: activate the root that follows it');
  const at = deps.clock();
  const living = issuers.filter(
    (issuer) => issuer.rootId === id && issuer.state !== 'RETIRED' && !isOver(endOf(issuer), at),
  );
  if (living.length > 0) throw stillLiving(id, living);
  return change(deps, id, [{ id, from: 'DRAINING', change: { to: 'RETIRED', at, by } }]);
}

function stillLiving(id: string, living: readonly Issuer[]): AppError {
  const named = living.map((issuer) => `${issuer.id} (${issuer.state})`).join(', ');
  return new AppError(
    'state_conflict',
    `Issuers below ${id} are not retired: ${named}. Hosts that hold their certificates would be refused. Roll the issuers over to the active root, and retire each with POST /v1/issuers/{id}/retire once its certificates have ended.`,
  );
}

async function find({ authority }: ChangeRootDependencies, id: string) {
  const { roots, issuers } = await authority.readAuthority();
  const root = roots.find((one) => one.id === id);
  if (root === undefined)
    throw new AppError('not_found', `No root "${id}" is recorded. GET /v1/roots lists those that are.`);
  return { root, roots, issuers };
}

function requireState(root: Root, required: Root['state'], done: string, way: string): void {
  if (root.state === required) return;
  throw new AppError(
    'state_conflict',
    `${root.id} is ${shownState(root)} and cannot be ${done}: it must be ${way}.`,
  );
}

async function change(
  { roots }: ChangeRootDependencies,
  id: string,
  transitions: Parameters<RootStore['changeRoots']>[0],
): Promise<Root> {
  const changed = (await roots.changeRoots(transitions))?.find((root) => root.id === id);
  if (changed !== undefined) return changed;
  throw new AppError('try_again', `${id} was changed at the same time. Send the same request again.`);
}

/** Measured every hour; older figures say nothing. */
const FRESH_SECONDS = 3 * 3600;

function checkAdopted(
  root: Root,
  { threshold, clock }: Pick<ChangeRootDependencies, 'threshold' | 'clock'>,
): void {
  const { id, adoption } = root;
  const now = clock();
  if (
    adoption === undefined ||
    adoption.measuredAt < trustedSince(root) ||
    isOver(plus(adoption.measuredAt, FRESH_SECONDS), now)
  )
    throw new AppError(
      'root_not_adopted',
      `How many hosts trust ${id} has not been measured in the last 3 hours. It is measured every hour: send the same request again later.`,
    );
  if (adoption.adopted >= adoption.live * threshold) return;
  throw new AppError(
    'root_not_adopted',
    `${figures(adoption)} have ${id} in their trust bundle, and ${percent(threshold)} must. A host reports its bundle as it renews, and a Fleet Server counts once its renewal is confirmed, after its restart; so the number grows with renewals; POST /v1/replacements brings them forward. GET /v1/roots shows the figures.`,
  );
}

/** An external root that left the trust bundle and returned is trusted since then: what was seen to before is not now. */
function trustedSince({ changes = [], createdAt }: Root): Instant {
  return changes.findLast(({ to }) => to === 'TRUSTED')?.at ?? createdAt;
}

function figures({ adopted, live, measuredAt }: Adoption): string {
  return `${adopted} of ${live} certificates (${percent(live === 0 ? 1 : adopted / live)}, measured at ${toRfc3339(measuredAt)})`;
}

/** Rounded down: never more than is there. */
function percent(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`;
}
