import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toPem } from '../../../shared/pki/pem.ts';

/** Writes DER files of certificates and lists, each with a PEM beside it. */
export class Files {
  readonly #directory: string;

  /** Makes the directory. */
  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  /** @returns the path of the DER file */
  write(name: string, der: Uint8Array, label: 'CERTIFICATE' | 'X509 CRL'): string {
    const path = this.path(`${name}.der`);
    writeFileSync(path, der);
    writeFileSync(pemOf(path), toPem(label, der));
    return path;
  }

  path(name: string): string {
    return join(this.#directory, name);
  }
}

/** The PEM beside a DER file. */
export function pemOf(path: string): string {
  return path.replace(/\.der$/, '.pem');
}
