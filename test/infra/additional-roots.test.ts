import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { additionalRoots } from '../../infra/settings/additional-roots.ts';
import { openssl } from '../support/openssl.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-roots-'));
afterAll(() => rmSync(directory, { recursive: true }));
const path = (name: string) => join(directory, name);

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A self-signed certificate of 30 days, a CA by default; its key is left in `<name>.key`. */
function selfSigned(name: string, subject: string, more: readonly string[] = [], key = EC): string {
  const keyout = path(`${name}.key`);
  return openssl('req', '-x509', ...key, '-keyout', keyout, '-subj', subject, '-days', '30', ...more);
}

/** A certificate that the CA of this name signed. */
function issued(subject: string, ca: { readonly name: string; readonly pem: string }, extension: string) {
  writeFileSync(path('ca.crt'), ca.pem);
  writeFileSync(path('extensions'), extension);
  const csr = openssl('req', '-new', ...EC, '-keyout', path('leaf.key'), '-subj', subject);
  const by = ['-CA', path('ca.crt'), '-CAkey', path(`${ca.name}.key`), '-CAcreateserial'];
  return execFileSync('openssl', ['x509', '-req', ...by, '-days', '30', '-extfile', path('extensions')], {
    input: csr,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

const OLD = selfSigned('old', '/O=Acme/CN=Old CA');
const LEAF = issued('/CN=web-01', { name: 'old', pem: OLD }, 'basicConstraints=CA:FALSE');
const BELOW = issued('/CN=Old issuing CA', { name: 'old', pem: OLD }, 'basicConstraints=critical,CA:TRUE');
const SERVER = selfSigned('server', '/CN=server', ['-addext', 'basicConstraints=critical,CA:FALSE']);
const NO_SIGNER = selfSigned('no-signer', '/CN=No signer', ['-addext', 'keyUsage=digitalSignature']);
/** Another key under the name of the old CA, signed by the old CA's. */
const FALSE_ROOT = issued(
  '/O=Acme/CN=Old CA',
  { name: 'old', pem: OLD },
  'basicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=none\nauthorityKeyIdentifier=none',
);

const rsa = selfSigned('rsa', '/CN=Old RSA CA', [], ['-newkey', 'rsa:2048', '-nodes']);
const nameless = selfSigned('nameless', '/');

/** Days from now; the certificates begin now and end after 30. */
const day = (days: number) => () => new Date(Date.now() + days * 86_400_000);

function problems(pems: readonly string[], now = day(1)): readonly string[] {
  const { error } = additionalRoots(now).safeParse(pems);
  return (error?.issues ?? []).map(({ path: at, message }) => `${at.join('.')}: ${message}`);
}

/** A certificate with the trust settings that only OpenSSL knows behind it, and the label of a plain one. */
const trusted = execFileSync('openssl', ['x509', '-trustout', '-addtrust', 'clientAuth'], {
  input: OLD,
  encoding: 'utf8',
}).replaceAll('TRUSTED ', '');

const NO_CERTIFICATE =
  'must be one certificate in PEM, but the text between BEGIN and END is not a certificate: use the output of "openssl x509 -in ca.crt"';

describe('the additional roots', () => {
  test('are roots of any key and name, with or without a line end behind them', () => {
    expect(problems([])).toEqual([]);
    expect(problems([OLD, rsa.trimEnd(), nameless])).toEqual([]);
  });

  test.each([
    {
      name: 'text in base64',
      pem: '-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n',
      says: NO_CERTIFICATE,
    },
    { name: 'a certificate with something behind it', pem: trusted, says: NO_CERTIFICATE },
    {
      name: 'two certificates in one string',
      pem: `${OLD}${rsa}`,
      says: 'must be one certificate in PEM with line ends "\\n"',
    },
    {
      name: 'a leaf',
      pem: LEAF,
      says: '"CN=web-01" must be a CA certificate (basicConstraints CA:TRUE, key usage keyCertSign), which it is not: use its CA, "O=Acme, CN=Old CA", instead',
    },
    {
      name: 'a self-signed leaf',
      pem: SERVER,
      says: '"CN=server" must be a CA certificate (basicConstraints CA:TRUE, key usage keyCertSign), which it is not: use the root of that CA instead',
    },
    {
      name: 'a CA that may not sign certificates',
      pem: NO_SIGNER,
      says: '"CN=No signer" must be a CA certificate (basicConstraints CA:TRUE, key usage keyCertSign), which it is not: use the root of that CA instead',
    },
    {
      name: 'an intermediate CA',
      pem: BELOW,
      says: '"CN=Old issuing CA" must be a root, signed by its own key, but was issued by "O=Acme, CN=Old CA": use the root above it instead',
    },
    {
      name: 'a CA that has issuer and subject of a root, and the signature of another key',
      pem: FALSE_ROOT,
      says: '"O=Acme, CN=Old CA" must be a root, signed by its own key, but its signature does not verify: export it from its CA again',
    },
  ])('refuse: $name', ({ pem, says }) => {
    expect(problems([rsa, pem])).toEqual([`1: ${says}`]);
  });

  test('refuse a root that has ended, or has not begun', () => {
    expect(problems([OLD], day(31))).toEqual([
      expect.stringMatching(
        /^0: "O=Acme, CN=Old CA" must be valid, but expired at \d{4}-[\dT:.-]+Z: remove it, or use the root that replaced it$/,
      ),
    ]);
    expect(problems([OLD], day(-1))).toEqual([
      expect.stringMatching(
        /^0: "O=Acme, CN=Old CA" must be valid, but is not valid before \d{4}-[\dT:.-]+Z: add it then, or check the clock$/,
      ),
    ]);
  });

  test('refuse a root that is there twice, however its line ends', () => {
    expect(problems([rsa, OLD, OLD.trimEnd()])).toEqual([
      '2: "O=Acme, CN=Old CA" is the same certificate as additionalRoots.1: remove one of them',
    ]);
  });

  test('tell all problems at once, each with its index', () => {
    const told = problems(['MII=', OLD, LEAF, OLD], day(31));
    expect(told.map((text) => text.slice(0, 30))).toEqual(
      [
        '0: must be one certificate in P',
        '1: "O=Acme, CN=Old CA" must be',
        '2: "CN=web-01" must be a CA cer',
        '2: "CN=web-01" must be valid, b',
        '3: "O=Acme, CN=Old CA" is the s',
      ].map((text) => text.slice(0, 30)),
    );
  });
});
