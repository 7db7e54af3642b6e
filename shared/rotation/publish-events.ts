import type { AuthorityStore } from '../issuance/ports.ts';
import { authorityEvents } from './authority-events.ts';
import type { AuthorityEventLog, Events, RotationEvent } from './ports.ts';

export interface PublishEventsDependencies {
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
  readonly log: AuthorityEventLog;
  readonly events: Events;
}

/**
 * Publishes what happened to issuers and roots and was not published yet, then notes that it was. May run twice, at the
 * same time, and be cut off anywhere: an event may be published twice, with the same id, and none is lost.
 *
 * @returns what was published, oldest first.
 * @throws AppError `try_again` where the bus did not take all of them; the next run publishes them again.
 */
export async function publishEvents({
  authority,
  log,
  events,
}: PublishEventsDependencies): Promise<readonly RotationEvent[]> {
  // The log first: what is added to it in between is read by the next run.
  const { changes, published } = await log.readEventLog();
  const all = authorityEvents(await authority.readAuthority(), changes);
  const due = all.filter(({ id }) => !published.ids.includes(id));
  if (due.length === 0) return [];
  await events.publish(due);
  // Of what is in no record any more, no event is made again.
  await log.notePublished({ version: published.version + 1, ids: all.map(({ id }) => id) });
  return due;
}
