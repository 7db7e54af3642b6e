import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openssl } from './openssl.ts';

/** The extensions of the certificate of an issuer, as lines of openssl's configuration. */
const ISSUER_EXTENSIONS = {
  basicConstraints: 'critical, CA:TRUE, pathlen:0',
  keyUsage: 'critical, keyCertSign, cRLSign',
  subjectKeyIdentifier: 'hash',
  authorityKeyIdentifier: 'keyid',
  crlDistributionPoints: 'URI:http://pki.example.com/root.crl',
} as const;

type Extensions = Readonly<Record<string, string | undefined>>;

/** How a CA certifies a request. */
export interface CertifyOptions {
  /** Instead of, or besides, {@link ISSUER_EXTENSIONS}; undefined leaves one out. */
  readonly extensions?: Extensions;
  /** @default 1825 */
  readonly days?: number;
  /** `/CN=Issuing CA`. @default - the request's */
  readonly subject?: string;
  /** More options of `openssl x509`. */
  readonly more?: readonly string[];
}

/** What a CA is made with. */
interface CompanyCaOptions {
  /** The CA above. @default - none: it signs itself */
  readonly above?: CompanyCa;
  readonly extensions?: Extensions;
  /** @default 7300 */
  readonly days?: number;
  /** @default - an elliptic key on P-256 */
  readonly key?: readonly string[];
}

const P256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];

/** The CA of a company by openssl, which certifies the issuers below an external root. */
export class CompanyCa {
  readonly #directory: string;
  readonly name: string;

  /** @param directory - of its own; it is made */
  constructor(
    directory: string,
    name: string,
    { above, extensions, days = 7300, key = P256 }: CompanyCaOptions = {},
  ) {
    this.#directory = directory;
    this.name = name;
    mkdirSync(directory, { recursive: true });
    const own = { ...ISSUER_EXTENSIONS, basicConstraints: 'critical, CA:TRUE', ...extensions };
    const subject = ['-subj', `/O=Acme/CN=${name}`, '-nodes', '-keyout', this.keyFile];
    if (above === undefined) {
      const written = Object.entries({ ...own, authorityKeyIdentifier: undefined, ...extensions });
      const added = written.flatMap(([oid, value]) =>
        value === undefined ? [] : ['-addext', `${oid}=${value}`],
      );
      openssl('req', '-x509', ...key, ...subject, ...added, '-days', `${days}`, '-out', this.file);
    } else {
      openssl('req', ...key, ...subject, '-out', this.#path('ca.csr'));
      const csr = readFileSync(this.#path('ca.csr'), 'utf8');
      writeFileSync(this.file, above.certify(csr, { extensions: own, days }));
    }
  }

  /** Of its certificate, PEM. */
  get file(): string {
    return this.#path('ca.pem');
  }

  get keyFile(): string {
    return this.#path('ca.key');
  }

  get pem(): string {
    return readFileSync(this.file, 'utf8');
  }

  get der(): Uint8Array {
    return new Uint8Array(new X509Certificate(this.pem).raw);
  }

  /** The certificate of an issuer for its CSR; both PEM. */
  certify(csr: string, { extensions, days = 1825, subject, more = [] }: CertifyOptions = {}): string {
    const lines = Object.entries({ ...ISSUER_EXTENSIONS, ...extensions });
    const written = lines.flatMap(([oid, value]) => (value === undefined ? [] : [`${oid} = ${value}`]));
    writeFileSync(this.#path('request.pem'), csr);
    writeFileSync(this.#path('extensions.cnf'), `${written.join('\n')}\n`);
    const signer = ['-CA', this.file, '-CAkey', this.keyFile, '-extfile', this.#path('extensions.cnf')];
    const named = subject === undefined ? [] : ['-subj', subject];
    const out = ['-days', `${days}`, '-out', this.#path('issued.pem')];
    openssl(
      'x509',
      '-req',
      '-in',
      this.#path('request.pem'),
      ...signer,
      '-CAcreateserial',
      ...named,
      ...out,
      ...more,
    );
    return readFileSync(this.#path('issued.pem'), 'utf8');
  }

  #path(file: string): string {
    return join(this.#directory, file);
  }
}
