import { readFileSync } from 'node:fs';
import { pathOf } from '../api/client.ts';
import { issuerView, read } from '../api/views.ts';
import { CommandError } from '../command-error.ts';
import { plain } from '../output/plain.ts';
import { reasonOf } from '../reason.ts';
import type { Session } from '../session.ts';
import { findIssuer, renderIssuer } from './show.ts';

/** The CSR alone, so that it can be piped into a file. */
export async function writeCsr(session: Session, id: string): Promise<void> {
  const { csr, state } = await findIssuer(session, id);
  if (csr === undefined && state === 'PENDING')
    throw new CommandError(
      'notFound',
      `${plain(id)} is PENDING and has no CSR yet: run "fleetseal issuers certify ${plain(id)}" again.`,
    );
  if (csr === undefined)
    throw new CommandError(
      'notFound',
      `${plain(id)} has no CSR: its root has its key in KMS and certifies it by itself.`,
    );
  session.terminal.write(csr);
}

/** The first certificate of the file is the issuer's; the others are those of the CAs above it. */
export async function installIssuer(session: Session, id: string, file: string): Promise<void> {
  const [certificate, ...chain] = certificatesIn(readText(file));
  if (certificate === undefined)
    throw new CommandError('usage', `"${plain(file)}" has no certificate in PEM.`);
  const body = { certificate, chain };
  const path = pathOf`/issuers/${id}/certificate`;
  const json = await session.api.call(path, { method: 'PUT', body, repeatable: true });
  session.show(json, () => {
    const issuer = read(issuerView, json);
    const warnings = (issuer.warnings ?? []).map((warning) => `\nWarning: ${plain(warning)}\n`);
    return `${renderIssuer(issuer, session.terminal)}${warnings.join('')}`;
  });
}

/** As the service takes them: alone, with one kind of line ends. Text around them is left out, as openssl writes it. */
function certificatesIn(text: string): readonly string[] {
  const blocks = text
    .replaceAll('\r\n', '\n')
    .match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  return (blocks ?? []).map((block) => `${block}\n`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CommandError('usage', `"${plain(file)}" cannot be read: ${reasonOf(cause)}`, { cause });
  }
}
