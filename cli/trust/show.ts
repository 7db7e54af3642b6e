import { X509Certificate } from 'node:crypto';
import { read, type TrustView, trustView } from '../api/views.ts';
import { renderDetails } from '../output/details.ts';
import { plain } from '../output/plain.ts';
import { timeWithDistance } from '../output/time.ts';
import type { Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';

/** The roots and issuers of the service, with what one compares them by. */
export async function showTrust(
  session: Session,
  { pem = false }: { readonly pem?: boolean | undefined },
): Promise<void> {
  const json = await session.api.call('/trust', { signed: false });
  if (pem) session.terminal.write(read(trustView, json).bundle);
  else session.show(json, () => renderTrust(read(trustView, json), session.terminal));
}

function renderTrust({ roots, issuers, bundle, sha256 }: TrustView, terminal: Terminal): string {
  const count = bundle.split('-----BEGIN CERTIFICATE-----').length - 1;
  const parts = [
    renderDetails([['Trust bundle', `${count} ${count === 1 ? 'root' : 'roots'}, SHA-256 ${sha256}`]]),
    ...roots.map((root) => renderCa('Root', root, terminal)),
    ...issuers.map((issuer) => renderCa('Issuer', issuer, terminal)),
  ];
  return parts.join('\n');
}

function renderCa(
  kind: string,
  ca: TrustView['roots'][number] & { readonly state?: string },
  terminal: Terminal,
): string {
  const certificate = new X509Certificate(ca.certificate);
  return renderDetails([
    [kind, plain(ca.id)],
    ['State', ca.state],
    ['Subject', plain(certificate.subject.replaceAll('\n', ', '))],
    ['Not after', timeWithDistance(ca.notAfter, terminal.now())],
    ['SHA-256', certificate.fingerprint256],
    ['Serial number', certificate.serialNumber.toLowerCase()],
  ]);
}
