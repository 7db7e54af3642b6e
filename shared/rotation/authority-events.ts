import type { AdditionalRootChange } from '../domain/additional-root.ts';
import type { Issuer, IssuerState, Root, RootChange, RootState } from '../domain/authority.ts';
import { type Instant, toRfc3339 } from '../domain/instant.ts';
import { SERVICE } from '../domain/revocation.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import type { RotationEvent } from './ports.ts';

/*
 * What happened to issuers and roots, as events. They are made from what each step records anyway: no step has to publish
 * anything, and none fails because the bus does. They leave out the comments of administrators, which may hold anything.
 */

const ISSUER_EVENTS: Readonly<Partial<Record<IssuerState, RotationEvent['type']>>> = {
  READY: 'issuer.certified',
  ACTIVE: 'issuer.activated',
  DRAINING: 'issuer.draining',
  RETIRED: 'issuer.retired',
  COMPROMISED: 'issuer.compromised',
};

const ROOT_EVENTS: Readonly<Partial<Record<RootState, RotationEvent['type']>>> = {
  TRUSTED: 'root.certified',
  ACTIVE: 'root.activated',
  DRAINING: 'root.draining',
  RETIRED: 'root.retired',
};

/** Everything that happened to the authority, oldest first. The id of an event is the same whenever it is made. */
export function authorityEvents(
  { roots, issuers }: { readonly roots: readonly Root[]; readonly issuers: readonly Issuer[] },
  changes: readonly AdditionalRootChange[],
): readonly RotationEvent[] {
  const events = [
    ...roots.flatMap(eventsOfRoot),
    ...issuers.flatMap(eventsOfIssuer),
    ...changes.map(eventOf),
  ];
  return events.toSorted((a, b) => a.at - b.at);
}

function eventsOfIssuer(issuer: Issuer): readonly RotationEvent[] {
  const { id, rootId, changes = [], revocation } = issuer;
  const common = { issuer: id, root: rootId, ...certificateOf(issuer) };
  const events = changes.flatMap(({ to, at, by }) => {
    const revokeAt = to === 'COMPROMISED' && issuer.revokeAt ? toRfc3339(issuer.revokeAt) : undefined;
    return event(ISSUER_EVENTS[to], id, at, withoutUndefined({ ...common, state: to, by, revokeAt }));
  });
  if (revocation === undefined) return events;
  const { revokedAt, reason } = revocation;
  return [...events, ...event('issuer.revoked', id, revokedAt, { ...common, reason })];
}

function eventsOfRoot(root: Root): readonly RotationEvent[] {
  const { id, changes = [], predecessorId } = root;
  const common = withoutUndefined({ root: id, predecessor: predecessorId, ...certificateOf(root) });
  const first = predecessorId === undefined && root.state !== 'RESERVED' ? [created(root)] : [];
  return [...first, ...changes].flatMap(({ to, at, by }) =>
    event(ROOT_EVENTS[to], id, at, { ...common, state: to, by }),
  );
}

/** The first root is in the trust bundle from the beginning: that is not recorded as a change. */
function created({ createdAt }: Pick<Root, 'createdAt'>): RootChange {
  return { to: 'TRUSTED', at: createdAt, by: SERVICE };
}

function eventOf({ action, sha256, subject, at, by }: AdditionalRootChange): RotationEvent {
  const type = `root.${action}` as const;
  return { id: idOf(type, sha256, at), type, at, detail: { sha256, subject, by } };
}

function event(
  type: RotationEvent['type'] | undefined,
  subject: string,
  at: Instant,
  detail: RotationEvent['detail'],
): readonly RotationEvent[] {
  return type === undefined ? [] : [{ id: idOf(type, subject, at), type, at, detail }];
}

function idOf(type: string, subject: string, at: Instant): string {
  return `${type}/${subject}/${toRfc3339(at)}`;
}

/** An issuer that waits for its certificate has neither; the record of an external root has no serial number. */
function certificateOf(ca: Root | Issuer) {
  const serialNumber = 'serialNumber' in ca ? ca.serialNumber : undefined;
  return withoutUndefined({ serialNumber, notAfter: ca.validity && toRfc3339(ca.validity.notAfter) });
}
