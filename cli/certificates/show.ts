import { pathOf } from '../api/client.ts';
import { type CertificateRecord, certificateRecord, read } from '../api/views.ts';
import { CommandError } from '../command-error.ts';
import { renderDetails } from '../output/details.ts';
import { plain } from '../output/plain.ts';
import { timeWithDistance } from '../output/time.ts';
import type { Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { stateOf, styleOfState } from './state.ts';

export async function showCertificate(
  session: Session,
  serialNumber: string,
  { pem = false }: { readonly pem?: boolean | undefined },
): Promise<void> {
  const json = await session.api.call(pathOf`/certificates/${serialNumber}`);
  if (pem) session.terminal.write(pemOf(read(certificateRecord, json)));
  else session.show(json, () => renderCertificate(read(certificateRecord, json), session.terminal));
}

function pemOf({ certificate, state }: CertificateRecord): string {
  if (certificate !== undefined) return certificate;
  throw new CommandError('notFound', `There is no PEM: the certificate is ${state} and was not signed.`);
}

function renderCertificate(record: CertificateRecord, terminal: Terminal): string {
  const when = (time: string | undefined) => time && timeWithDistance(time, terminal.now());
  const state = stateOf(record);
  return renderDetails([
    ['Serial number', record.serialNumber],
    ['In decimal', record.serialNumberDecimal],
    ['State', terminal.style(styleOfState(state), state)],
    ['Revoked', when(record.revokedAt)],
    ['Reason', record.revocation?.reason],
    ['Revoked by', record.revocation && plain(record.revocation.revokedBy)],
    ['Comment', plain(record.revocation?.comment ?? '')],
    ['Profile', record.profile],
    ['Name', plain(record.name)],
    ['DNS names', plain(record.dnsNames.join(' '))],
    ['IP addresses', plain(record.ipAddresses.join(' '))],
    ['Exclusive DNS', record.exclusiveDns ? 'yes' : undefined],
    ['Not before', when(record.notBefore)],
    ['Not after', when(record.notAfter)],
    ['Issuer', record.issuer],
    ['Key', `${record.keyKind}, SHA-256 ${record.publicKeySha256}`],
    ['Renews', record.predecessor],
    ['Renewed by', successorText(record)],
    ['Token', record.tokenId],
    ['Reserved', when(record.reservedAt)],
    ['Issued', when(record.issuedAt)],
    ['Archived', when(record.archivedAt)],
    ['Requested from', plain(record.sourceIp)],
    ['Request', plain(record.requestId)],
    ['Signing', record.attempts.map(({ at, outcome }) => `${at} ${plain(outcome)}`).join('\n')],
  ]);
}

/** The certificate that renews it, and whether its host is known to use it. */
function successorText({ successor }: CertificateRecord): string | undefined {
  if (successor === undefined) return undefined;
  const { serialNumber, confirmedAt } = successor;
  return `${serialNumber}, ${confirmedAt === undefined ? 'not confirmed' : `confirmed at ${confirmedAt}`}`;
}
