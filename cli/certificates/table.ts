import type { CertificateView } from '../api/views.ts';
import { plain } from '../output/plain.ts';
import { type Column, renderTable } from '../output/table.ts';
import { distance, shortTime } from '../output/time.ts';
import type { Terminal } from '../terminal.ts';
import { stateOf, styleOfState } from './state.ts';

const COLUMNS: readonly Column[] = [
  { head: 'SERIAL NUMBER' },
  { head: 'NAME', flexible: true },
  { head: 'PROFILE' },
  { head: 'STATE' },
  { head: 'NOT AFTER', optional: true },
  { head: 'EXPIRES' },
];

/** Certificates, a line each, with what is left of their life. */
export function certificateTable(certificates: readonly CertificateView[], terminal: Terminal): string {
  return renderTable(
    COLUMNS,
    certificates.map((each) => rowOf(each, terminal)),
    terminal.width,
  );
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
