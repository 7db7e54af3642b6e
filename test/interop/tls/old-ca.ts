import { createPrivateKey } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openssl } from '../../support/openssl.ts';
import type { Issued } from './issue.ts';
import { HOST } from './names.ts';

/** A CA that is not fleetseal's, such as a fleet has before: a root that signs leaves itself, made by openssl. */
export class OldCa {
  readonly #directory: string;

  /** Makes its key and root in a directory of its own. @param name - of the root */
  constructor(directory: string, name = 'Old CA') {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
    const out = ['-keyout', this.#path('ca.key'), '-out', this.#path('ca.crt')];
    openssl('req', '-x509', ...P256, '-nodes', ...out, '-subj', `/CN=${name}`, '-days', '3650');
  }

  get root(): string {
    return this.#read('ca.crt');
  }

  /** @param newKey - arguments of `openssl req` that make the key. @default - P-256 */
  issue(profile: 'agent' | 'fleet-server', newKey: readonly string[] = P256): Issued {
    const extensions = {
      agent: 'clientAuth',
      'fleet-server': `serverAuth,clientAuth\nsubjectAltName=DNS:${HOST}`,
    };
    writeFileSync(this.#path('leaf.cnf'), `extendedKeyUsage=${extensions[profile]}\n`);
    const [key, csr] = [this.#path('leaf.key'), this.#path('leaf.csr')];
    openssl('req', ...newKey, '-nodes', '-keyout', key, '-out', csr, '-subj', `/CN=old-${profile}`);
    const signer = ['-CA', this.#path('ca.crt'), '-CAkey', this.#path('ca.key'), '-CAcreateserial'];
    const certificatePem = openssl('x509', '-req', '-in', csr, ...signer, '-extfile', this.#path('leaf.cnf'));
    const privateKey = createPrivateKey(this.#read('leaf.key'));
    const name = `old-${profile}`;
    return {
      profile,
      name,
      keyKind: 'p256',
      privateKey,
      certificatePem,
      chainPem: [],
      caBundlePem: this.root,
    };
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }

  #read(name: string): string {
    return readFileSync(this.#path(name), 'utf8');
  }
}

const P256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] as const;
