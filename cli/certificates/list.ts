import { noteRest, type PageOptions, readListing } from '../api/pages.ts';
import { certificateView, read } from '../api/views.ts';
import { rfc3339, timeIn } from '../output/time.ts';
import type { Session } from '../session.ts';
import { certificateTable } from './table.ts';

export interface ListOptions extends PageOptions {
  readonly name?: string | undefined;
  readonly profile?: string | undefined;
  readonly state?: string | undefined;
  /** Seconds from now. */
  readonly expiring?: number | undefined;
}

export async function listCertificates(session: Session, options: ListOptions): Promise<void> {
  const listing = await readListing(
    session,
    '/certificates',
    queryOf(options, session.terminal.now()),
    options,
  );
  session.show(listing, () => {
    const certificates = listing.items.map((item) => read(certificateView, item));
    if (certificates.length === 0) return 'No certificates.\n';
    return `${certificateTable(certificates, session.terminal)}\n`;
  });
  noteRest(session, listing);
}

/** What is expiring is in use: not expired yet, and issued unless another state is asked for. */
function queryOf(options: ListOptions, now: number): Readonly<Record<string, string | undefined>> {
  const { name, profile, state, expiring } = options;
  if (expiring === undefined) return { name, profile, state };
  return {
    expiresAfter: rfc3339(now),
    expiresBefore: timeIn(expiring, now),
    name,
    profile,
    state: state ?? 'ISSUED',
  };
}
