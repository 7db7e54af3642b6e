import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openssl } from './openssl.ts';

/*
 * A root, an issuer and leaf certificates made by openssl, with lists and OCSP responses of openssl on a port: what reads
 * them is tested against another implementation than ours.
 */

const CONFIG = `
[ca]
default_ca = issuer
[issuer]
dir = .
database = index.txt
serial = serial
crlnumber = crlnumber
new_certs_dir = .
certificate = issuer.crt
private_key = issuer.key
default_md = sha256
default_crl_days = 7
policy = any
unique_subject = no
[any]
commonName = optional
[req]
distinguished_name = name
prompt = no
[name]
CN = unused
[ca_extensions]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[responder]
keyUsage = critical,digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = ignored
`;

export interface OpensslAuthority {
  readonly directory: string;
  readonly url: string;
  /** Issues a certificate, and writes `<name>.crt` with the issuer, and `<name>.key`; returns the directory. */
  issue(name: string, options?: IssueOptions): string;
  revoke(name: string): void;
  /** The list as it is served now. */
  list(): Uint8Array;
  /** What the responder says from now on; undefined for the truth. */
  answerOcsp(with_: Uint8Array | undefined): void;
  /** Answers with 503 while it runs. */
  pause(run: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export interface IssueOptions {
  /** @default 'clientAuth' */
  readonly usage?: string;
  /** @default 'URI:spiffe://fleet/agent/<name>' */
  readonly names?: string;
  /** @default 30 */
  readonly days?: number;
  /** Options of genpkey. @default - P-256 */
  readonly key?: readonly string[];
}

const P256 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];

export async function startOpensslAuthority(): Promise<OpensslAuthority> {
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-openssl-'));
  const file = (name: string) => join(directory, name);
  const run = (...args: string[]) => openssl(...args);
  let ocsp: Uint8Array | undefined;
  let paused = false;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (paused) response.writeHead(503).end();
      else if (request.url === '/list.crl') response.end(list());
      else response.end(ocsp ?? respond(Buffer.concat(chunks)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  writeFileSync(
    file('openssl.cnf'),
    CONFIG.replace('dir = .', `dir = ${directory}`)
      .replace(/= (index\.txt|serial|crlnumber|issuer\.crt|issuer\.key)$/gm, `= ${directory}/$1`)
      .replace('new_certs_dir = .', `new_certs_dir = ${directory}`)
      .replace('noCheck = ignored\n', ''),
  );
  writeFileSync(file('index.txt'), '');
  writeFileSync(file('serial'), '01AB\n');
  writeFileSync(file('crlnumber'), '01\n');
  const config = ['-config', file('openssl.cnf')];
  const key = (name: string, options = P256) => run('genpkey', ...options, '-out', file(`${name}.key`));
  const request = (name: string) =>
    run(
      'req',
      '-new',
      ...config,
      '-key',
      file(`${name}.key`),
      '-subj',
      `/CN=${name}`,
      '-out',
      file(`${name}.csr`),
    );
  for (const name of ['root', 'issuer', 'responder']) {
    key(name);
    request(name);
  }
  run(
    'req',
    '-x509',
    ...config,
    '-key',
    file('root.key'),
    '-subj',
    '/CN=root',
    '-days',
    '3650',
    '-extensions',
    'ca_extensions',
    '-out',
    file('root.crt'),
  );
  run(
    'x509',
    '-req',
    '-in',
    file('issuer.csr'),
    '-CA',
    file('root.crt'),
    '-CAkey',
    file('root.key'),
    '-CAcreateserial',
    '-days',
    '1000',
    '-extfile',
    file('openssl.cnf'),
    '-extensions',
    'ca_extensions',
    '-out',
    file('issuer.crt'),
  );
  run(
    'x509',
    '-req',
    '-in',
    file('responder.csr'),
    '-CA',
    file('issuer.crt'),
    '-CAkey',
    file('issuer.key'),
    '-CAcreateserial',
    '-days',
    '30',
    '-extfile',
    file('openssl.cnf'),
    '-extensions',
    'responder',
    '-out',
    file('responder.crt'),
  );

  function list(): Uint8Array {
    run('ca', '-gencrl', ...config, '-out', file('list.pem'));
    run('crl', '-in', file('list.pem'), '-outform', 'DER', '-out', file('list.crl'));
    return readFileSync(file('list.crl'));
  }
  function respond(asked: Uint8Array): Uint8Array {
    writeFileSync(file('request.der'), asked);
    run(
      'ocsp',
      '-index',
      file('index.txt'),
      '-CA',
      file('issuer.crt'),
      '-rsigner',
      file('responder.crt'),
      '-rkey',
      file('responder.key'),
      '-reqin',
      file('request.der'),
      '-respout',
      file('response.der'),
      '-ndays',
      '1',
    );
    return readFileSync(file('response.der'));
  }
  return {
    directory,
    url,
    list,
    issue(
      name,
      {
        usage = 'clientAuth',
        names = `URI:spiffe://fleet/agent/${name}`,
        days = 30,
        key: options = P256,
      } = {},
    ) {
      const host = file(`host-${name}`);
      mkdirSync(host);
      key(name, [...options]);
      request(name);
      writeFileSync(
        file(`${name}.cnf`),
        `basicConstraints=critical,CA:FALSE\nextendedKeyUsage=${usage}\n${names === '' ? '' : `subjectAltName=${names}\n`}crlDistributionPoints=URI:${url}/list.crl\nauthorityInfoAccess=OCSP;URI:${url}/ocsp\n`,
      );
      run(
        'ca',
        '-batch',
        '-notext',
        ...config,
        '-in',
        file(`${name}.csr`),
        '-days',
        String(days),
        '-extfile',
        file(`${name}.cnf`),
        '-out',
        file(`${name}.pem`),
      );
      const chain = readFileSync(file(`${name}.pem`), 'utf8') + readFileSync(file('issuer.crt'), 'utf8');
      writeFileSync(join(host, 'agent.crt'), chain, { mode: 0o644 });
      writeFileSync(join(host, 'agent.key'), readFileSync(file(`${name}.key`)), { mode: 0o600 });
      writeFileSync(join(host, 'ca.crt'), readFileSync(file('root.crt')), { mode: 0o644 });
      return host;
    },
    revoke: (name) => run('ca', ...config, '-revoke', file(`${name}.pem`)),
    answerOcsp(with_) {
      ocsp = with_;
    },
    async pause(during) {
      paused = true;
      await during().finally(() => {
        paused = false;
      });
    },
    stop: () => close(server),
  };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
