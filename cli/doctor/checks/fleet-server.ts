import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { reasonOf } from '../../reason.ts';
import { type Finding, failed, ok, skipped, warning } from '../finding.ts';
import { isFor, type Subject } from '../subject.ts';

const TIMEOUT_MS = 10_000;

/** A real handshake with Fleet Server, as an agent makes it; and one without a certificate, which it should refuse. */
export async function checkFleetServer(subject: Subject): Promise<readonly Finding[]> {
  const { fleetUrl, chain } = subject;
  const check = 'Fleet Server';
  if (fleetUrl === undefined)
    return [skipped(check, 'Its address is not known: pass --fleet-url, or --kit.')];
  if (!isFor(chain[0], 'client')) return [skipped(check, 'This certificate is not for clients.')];
  const files = readFiles(subject);
  if (files === undefined) return [skipped(check, 'The files for the handshake cannot be read.')];
  const { client, trust } = files;
  const url = new URL('/api/status', fleetUrl);
  const withCertificate = await ask(url, { ...trust, ...client });
  if (withCertificate.error !== undefined)
    return [
      failed(
        check,
        `The handshake with ${url.origin} fails: ${withCertificate.error}.`,
        wayOutOf(withCertificate.error),
      ),
    ];
  const reached = ok(check, `${url.origin} takes the certificate (HTTP ${withCertificate.status}).`);
  const without = await ask(url, trust);
  return without.error === undefined
    ? [
        reached,
        warning(
          'client certificates',
          `${url.origin} also takes agents without a certificate.`,
          'Enroll Fleet Server with --fleet-server-client-auth=required.',
        ),
      ]
    : [reached, ok('client certificates', `${url.origin} refuses agents without a certificate.`)];
}

interface Trust {
  /** @default - the CAs of Node */
  readonly ca?: string;
}

interface Client {
  readonly cert: string;
  readonly key: string;
  readonly passphrase?: string;
}

function readFiles(subject: Subject): { readonly client: Client; readonly trust: Trust } | undefined {
  const { certificateFile, keyFile, caFile, passphraseFile } = subject;
  if (keyFile === undefined) return undefined;
  const text = (file: string) => readFileSync(file, 'utf8');
  try {
    const passphrase = passphraseFile === undefined ? {} : { passphrase: text(passphraseFile).trimEnd() };
    return {
      client: { cert: text(certificateFile), key: text(keyFile), ...passphrase },
      trust: caFile === undefined ? {} : { ca: text(caFile) },
    };
  } catch {
    return undefined;
  }
}

/** With TLS 1.3 a refused client learns of it only when it reads: so a request is made, and its answer awaited. */
function ask(
  url: URL,
  tls: Trust & Partial<Client>,
): Promise<{ readonly status?: number; readonly error?: string }> {
  return new Promise((resolve) => {
    try {
      const sent = request(
        url,
        { ...tls, agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) },
        (answer) => {
          answer.resume();
          resolve({ status: answer.statusCode ?? 0 });
        },
      );
      sent.on('error', (error) => resolve({ error: reasonOf(error) || error.name }));
      sent.end();
    } catch (error) {
      resolve({ error: reasonOf(error) });
    }
  });
}

function wayOutOf(error: string): string {
  if (/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|abort|timeout/i.test(error))
    return 'Look at the address, the network, and whether Fleet Server runs.';
  if (/altname|altnames/i.test(error))
    return "Fleet Server's certificate lacks this name: enroll Fleet Server with it as a DNS name.";
  if (/unknown ca|bad certificate|certificate required/i.test(error))
    return "Fleet Server does not trust this certificate: its --certificate-authorities need fleetseal's roots, and a restart after they change.";
  if (/self.signed|local issuer|verify the first/i.test(error))
    return "The CA file does not verify Fleet Server's certificate: name the right one with --ca.";
  return 'Look at the log of Fleet Server.';
}
