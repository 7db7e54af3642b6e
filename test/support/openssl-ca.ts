import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openssl, trustDirectory } from './openssl.ts';

/** A revocation list to make. Times are seconds from now. */
export interface ListOptions {
  /** Hex, of an even number of digits. */
  readonly number: string;
  /** @default -60 */
  readonly from?: number;
  /** @default 3600 */
  readonly until?: number;
  /** Hex. @default - none */
  readonly revoked?: readonly string[];
  /** A further extension, as a line of openssl's configuration. @default - none */
  readonly extension?: string;
}

/** How a request is signed. */
export interface SignOptions {
  /** Hex. @default - one that openssl makes */
  readonly serial?: string;
  /** `/CN=web-01`. @default - the request's */
  readonly subject?: string;
  /** @default 30 */
  readonly days?: number;
}

/** A CA by openssl, self-signed or below another, which signs certificates and revocation lists. */
export class OpensslCa {
  readonly #directory: string;
  readonly name: string;

  /** @param directory - of its own; it is made */
  constructor(directory: string, name: string, above?: OpensslCa) {
    this.#directory = directory;
    this.name = name;
    mkdirSync(directory, { recursive: true });
    writeFileSync(this.#path('ca.cnf'), configuration(directory));
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', this.keyFile];
    const subject = ['-config', this.#path('ca.cnf'), '-subj', `/CN=${name}`];
    if (above === undefined) {
      openssl('req', '-x509', ...key, ...subject, '-days', '30', '-out', this.file);
    } else {
      openssl('req', ...key, ...subject, '-out', this.#path('ca.csr'));
      copyFileSync(above.sign(this.#path('ca.csr'), 'extensions'), this.file);
    }
  }

  /** Of its certificate, PEM. */
  get file(): string {
    return this.#path('ca.pem');
  }

  get keyFile(): string {
    return this.#path('ca.key');
  }

  get leafKey(): string {
    return readFileSync(this.#path('leaf.key'), 'utf8');
  }

  get pem(): string {
    return readFileSync(this.file, 'utf8');
  }

  get der(): Buffer {
    return Buffer.from(this.pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  }

  /** A certificate for the request. Returns its file, PEM. @param section - of the extensions */
  sign(csr: string, section: 'extensions' | 'leaf', options: SignOptions = {}): string {
    const out = this.#path('signed.pem');
    const extensions = ['-extfile', this.#path('ca.cnf'), '-extensions', section];
    const { serial, subject, days = 30 } = options;
    const number = serial === undefined ? ['-CAcreateserial'] : ['-set_serial', `0x${serial}`];
    const signer = ['-CA', this.file, '-CAkey', this.keyFile, ...number];
    const name = subject === undefined ? [] : ['-subj', subject];
    openssl('x509', '-req', '-in', csr, ...name, ...signer, ...extensions, '-days', `${days}`, '-out', out);
    return out;
  }

  /** A certificate of this CA's key and name by another CA, PEM: how a root is brought to those who trust the other. */
  certifiedBy(other: OpensslCa, section: 'extensions' | 'leaf' = 'extensions'): string {
    const csr = this.#path('cross.csr');
    const subject = ['-config', this.#path('ca.cnf'), '-subj', `/CN=${this.name}`];
    openssl('req', '-new', '-key', this.keyFile, ...subject, '-out', csr);
    return readFileSync(other.sign(csr, section), 'utf8');
  }

  /** A leaf certificate of a new key, PEM; {@link leafKey} has the key until the next one. */
  leaf(name: string): string {
    const csr = this.#path('leaf.csr');
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const out = ['-keyout', this.#path('leaf.key'), '-out', csr];
    openssl('req', ...key, ...out, '-config', this.#path('ca.cnf'), '-subj', `/CN=${name}`);
    return readFileSync(this.sign(csr, 'leaf'), 'utf8');
  }

  /** A directory of trusted CAs with this one alone, as `SSL_CERT_DIR` names it. */
  get trustDirectory(): string {
    return trustDirectory(this.file, this.#path('trusted'));
  }

  /** A revocation list, PEM. */
  list({ number, from = -60, until = 3600, revoked = [], extension = '' }: ListOptions): string {
    writeFileSync(this.#path('crlnumber'), `${number}\n`);
    writeFileSync(
      this.#path('index.txt'),
      revoked.map((serial) => `R\t301231235959Z\t260101000000Z\t${serial}\tunknown\t/CN=x\n`).join(''),
    );
    const [out, configuration] = [this.#path('list.pem'), this.#path('list.cnf')];
    writeFileSync(configuration, `${readFileSync(this.#path('ca.cnf'), 'utf8')}${extension}\n`);
    const times = ['-crl_lastupdate', generalized(from), '-crl_nextupdate', generalized(until)];
    openssl('ca', '-gencrl', '-batch', '-config', configuration, ...times, '-out', out);
    return readFileSync(out, 'utf8');
  }

  /** A list without an authority key identifier, DER. */
  bareList(): Buffer {
    this.list({ number: '01' });
    const [configured, bare] = [readFileSync(this.#path('ca.cnf'), 'utf8'), this.#path('bare.cnf')];
    writeFileSync(bare, configured.replace(/^crl_extensions .*\n/m, ''));
    const out = this.#path('bare.der');
    openssl('ca', '-gencrl', '-batch', '-config', bare, '-out', `${out}.pem`);
    openssl('crl', '-in', `${out}.pem`, '-outform', 'DER', '-out', out);
    return readFileSync(out);
  }

  #path(file: string): string {
    return join(this.#directory, file);
  }
}

function generalized(seconds: number): string {
  const time = new Date(Date.now() + seconds * 1000).toISOString();
  return `${time.slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
}

const configuration = (directory: string) => `[req]
distinguished_name = name
x509_extensions = extensions
[name]
[extensions]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = CA:FALSE
[ca]
default_ca = own
[own]
database = ${directory}/index.txt
crlnumber = ${directory}/crlnumber
certificate = ${directory}/ca.pem
private_key = ${directory}/ca.key
default_md = sha256
default_crl_days = 1
crl_extensions = list
[list]
authorityKeyIdentifier = keyid
`;
