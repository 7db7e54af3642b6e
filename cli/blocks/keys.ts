import { createHash, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CommandError } from '../command-error.ts';
import { confirm } from '../output/confirm.ts';
import { plain } from '../output/plain.ts';
import { reasonOf } from '../reason.ts';
import type { Session } from '../session.ts';

export interface BlockKeyOptions {
  readonly reason?: string | undefined;
  readonly comment?: string | undefined;
  readonly yes?: boolean | undefined;
}

/** How the service is told a key. A private key is never sent: only the hash of its public key. */
type Key = { readonly spkiSha256: string } | { readonly certificate: string } | { readonly csr: string };

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/;

const REQUEST = /-----BEGIN (NEW )?CERTIFICATE REQUEST-----[^-]+-----END (NEW )?CERTIFICATE REQUEST-----/;

/** No certificate is issued for the key from then on, for good. */
export async function blockKey(
  session: Session,
  text: string,
  { yes, ...body }: BlockKeyOptions,
): Promise<void> {
  const key = readKey(text);
  await confirm(
    session.terminal,
    `The key of ${plain(text)} will be blocked: no certificate is issued for it again.`,
    yes ?? false,
  );
  const json = await session.api.call('/blocks/keys', {
    method: 'POST',
    body: { ...key, ...body },
    repeatable: true,
  });
  session.show(
    json,
    () => 'The key is blocked. Certificates that it has remain valid until they are revoked.\n',
  );
}

function readKey(text: string): Key {
  if (/^[0-9A-Fa-f]{64}$/.test(text)) return { spkiSha256: text.toLowerCase() };
  const pem = readFile(text);
  // The block alone: the file may have a private key beside it.
  const [certificate] = CERTIFICATE.exec(pem) ?? [];
  if (certificate !== undefined) return { certificate };
  const [csr] = REQUEST.exec(pem) ?? [];
  if (csr !== undefined) return { csr };
  try {
    // Of a private key, too, this gives the public one.
    const spki = createPublicKey(pem).export({ type: 'spki', format: 'der' });
    return { spkiSha256: createHash('sha256').update(spki).digest('hex') };
  } catch (cause) {
    throw new CommandError(
      'usage',
      `${text} holds no PEM of a certificate, certificate signing request or key that can be read (an encrypted key cannot): ${reasonOf(cause)}`,
      { cause },
    );
  }
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CommandError(
      'usage',
      `"${path}" is neither 64 hex digits (SHA-256 of the public key's SubjectPublicKeyInfo) nor a file that can be read: ${reasonOf(cause)}`,
      { cause },
    );
  }
}
