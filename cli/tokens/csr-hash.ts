import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CommandError } from '../command-error.ts';
import { reasonOf } from '../reason.ts';

const PEM = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END/;

/** Hex SHA-256 of the DER of a certificate signing request in a file, PEM or DER. */
export function readCsrHash(path: string): string {
  const octets = readFile(path);
  const base64 = PEM.exec(octets.toString('latin1'))?.[1];
  // DER of a CSR is a SEQUENCE: its first octet is 0x30.
  if (base64 === undefined && octets[0] !== 0x30)
    throw new CommandError(
      'usage',
      `--csr ${path} holds no certificate signing request, neither PEM nor DER.`,
    );
  const der = base64 === undefined ? octets : Buffer.from(base64, 'base64');
  return createHash('sha256').update(der).digest('hex');
}

function readFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new CommandError('usage', `--csr ${path} cannot be read: ${reasonOf(cause)}`, { cause });
  }
}
