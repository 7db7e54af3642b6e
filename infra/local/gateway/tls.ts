import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What an HTTPS server on localhost needs, and what its clients must trust. */
export interface LocalTls {
  /** The CA that signed the server's certificate: its PEM file, and what is in it. */
  readonly trust: { readonly caFile: string; readonly caPem: string };
  readonly cert: string;
  readonly key: string;
}

/**
 * A TLS certificate for localhost, from a CA made for this directory; both are made if missing or about to expire. Node
 * cannot write X.509, openssl can. This CA has nothing to do with the product's.
 */
export async function localTls(directory: string): Promise<LocalTls> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = (name: string) => join(directory, name);
  if (!(await stillValid(file('ca.crt')))) {
    await makeAuthority(directory);
    await rm(file('server.crt'), { force: true });
  }
  if (!(await stillValid(file('server.crt')))) await makeServer(directory);
  return {
    trust: { caFile: file('ca.crt'), caPem: await readFile(file('ca.crt'), 'utf8') },
    cert: await readFile(file('server.crt'), 'utf8'),
    key: await readFile(file('server.key'), 'utf8'),
  };
}

/** For thirty more days at least, so that a running server's certificate does not expire soon. */
async function stillValid(file: string): Promise<boolean> {
  const pem = await readFile(file, 'utf8').catch(() => undefined);
  return pem !== undefined && Date.parse(new X509Certificate(pem).validTo) > Date.now() + 30 * 86_400_000;
}

const CONFIG = `
[req]
distinguished_name=dn
prompt=no
[dn]
CN=local TLS CA of fleetseal (development only)
[ca]
basicConstraints=critical,CA:TRUE,pathlen:0
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[server]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectAltName=DNS:localhost,IP:127.0.0.1
authorityKeyIdentifier=keyid
`;

const KEY = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';

async function makeAuthority(directory: string): Promise<void> {
  const ca = '-config openssl.cnf -extensions ca -days 3650';
  await openssl(directory, `req -x509 ${KEY} ${ca} -keyout ca.key -out ca.crt`);
}

async function makeServer(directory: string): Promise<void> {
  await openssl(
    directory,
    `req -new ${KEY} -config openssl.cnf -subj /CN=localhost -keyout server.key -out server.csr`,
  );
  const signer = '-CA ca.crt -CAkey ca.key -CAcreateserial -extfile openssl.cnf -extensions server';
  // Clients on macOS accept at most 825 days.
  await openssl(directory, `x509 -req -in server.csr ${signer} -days 825 -out server.crt`);
}

/** Runs openssl in the directory, where it finds its configuration. @param words separated by single spaces. */
async function openssl(directory: string, words: string): Promise<void> {
  await writeFile(join(directory, 'openssl.cnf'), CONFIG);
  await promisify(execFile)('openssl', words.split(' '), { cwd: directory }).catch((cause: unknown) => {
    throw new Error('openssl is needed to make the certificate for https://localhost; install it', { cause });
  });
}
