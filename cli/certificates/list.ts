import { noteRest, type PageOptions, readListing } from '../api/pages.ts';
import { type CertificateView, certificateView, read } from '../api/views.ts';
import { plain } from '../output/plain.ts';
import { type Column, renderTable } from '../output/table.ts';
import { distance, shortTime } from '../output/time.ts';
import type { Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { stateOf, styleOfState } from './state.ts';

export interface ListOptions extends PageOptions {
  readonly name?: string | undefined;
  readonly profile?: string | undefined;
  readonly state?: string | undefined;
  /** Seconds from now. */
  readonly expiring?: number | undefined;
}

const COLUMNS: readonly Column[] = [
  { head: 'SERIAL NUMBER' },
  { head: 'NAME', flexible: true },
  { head: 'PROFILE' },
  { head: 'STATE' },
  { head: 'NOT AFTER' },
  { head: 'LEFT' },
];

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
    const { terminal } = session;
    return `${renderTable(
      COLUMNS,
      certificates.map((each) => rowOf(each, terminal)),
      terminal.width,
    )}\n`;
  });
  noteRest(session, listing);
}

/** What is expiring is in use: issued, unless another state is asked for. */
function queryOf(options: ListOptions, now: number): Readonly<Record<string, string | undefined>> {
  const { name, profile, state, expiring } = options;
  if (expiring === undefined) return { name, profile, state };
  const expiresBefore = new Date(now + expiring * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  return { expiresBefore, name, profile, state: state ?? 'ISSUED' };
}

function rowOf(certificate: CertificateView, terminal: Terminal): readonly string[] {
  const state = stateOf(certificate);
  return [
    certificate.serialNumber,
    plain(certificate.name),
    certificate.profile,
    terminal.style(styleOfState(state), state),
    shortTime(certificate.notAfter),
    distance(certificate.notAfter, terminal.now()),
  ];
}
