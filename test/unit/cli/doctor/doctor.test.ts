import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { run } from '../../../../cli/run.ts';
import { fakeTerminal } from '../../../support/cli.ts';
import { openssl } from '../../../support/openssl.ts';
import { type OpensslAuthority, startOpensslAuthority } from '../../../support/openssl-authority.ts';

let authority: OpensslAuthority;
let issued: string;
let host: string;

beforeAll(async () => {
  authority = await startOpensslAuthority();
  issued = authority.issue('web-01');
});
afterAll(() => authority.stop());
beforeEach(() => {
  host = join(authority.directory, 'host');
  cpSync(issued, host, { recursive: true });
});
afterEach(() => rmSync(host, { recursive: true, force: true }));

const file = (name: string) => join(host, name);

interface Seen {
  readonly check: string;
  readonly status: string;
  readonly message: string;
  readonly wayOut?: string;
}

/** Runs doctor at a time: now, unless given in days from now. */
async function doctor(args: readonly string[] = [], { days = 0 } = {}) {
  const { terminal, written } = fakeTerminal();
  const now = Date.now() + days * 86_400_000;
  const code = await run(['doctor', host, '--json', '--stack-version', '9.5.0', ...args], {
    ...terminal,
    now: () => now,
  });
  const findings: readonly Seen[] = written.out === '' ? [] : JSON.parse(written.out).findings;
  const of = (check: string) => findings.filter((each) => each.check === check);
  return { code, findings, of, err: written.err };
}

const statuses = (findings: readonly Seen[]) => findings.map(({ status }) => status);

describe('a host where everything is right', () => {
  test('fails no check, and list and responder say that the certificate is good', async () => {
    const { code, findings, of } = await doctor();
    expect(findings.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(code).toBe(0);
    expect(of('chain')[0]?.message).toBe('CN=web-01 < CN=issuer < CN=root');
    expect(of('validity')[0]?.message).toMatch(
      /^Expires at \S+Z \(in (29|30) d\); to be renewed from \S+Z on \(in (19|20) d\)\.$/,
    );
    expect(of('key usage')[0]?.message).toBe('For client, profile agent.');
    expect(of('key')[0]?.message).toMatch(/agent\.key is the key of the certificate \(ec prime256v1\)\.$/);
    expect(of('revocation list')[0]).toMatchObject({
      status: 'ok',
      message: expect.stringContaining(`CN=web-01 is not on ${authority.url}/list.crl`),
    });
    expect(of('OCSP')[0]).toMatchObject({
      status: 'ok',
      message: `CN=web-01 is good, says ${authority.url}/ocsp.`,
    });
  });

  test('is shown with a line for each check, and counted', async () => {
    const { terminal, written } = fakeTerminal({ width: 80 });
    expect(
      await run(['doctor', host, '--offline', '--stack-version', '9.5.0'], { ...terminal, now: Date.now }),
    ).toBe(0);
    expect(written.out).toMatch(/^ok {7}chain +CN=web-01 < CN=issuer < CN=root\n/);
    expect(written.out).toMatch(/\n\d+ ok, \d+ warnings?, 0 failed, 1 skipped\n$/);
    // A path may be longer than a line; words are broken before it.
    for (const line of written.out.split('\n').filter((each) => !each.includes(host)))
      expect(line.length).toBeLessThanOrEqual(80);
  });
});

describe('files that are wrong', () => {
  test.each([
    {
      name: 'a key of another certificate',
      change: () =>
        openssl(
          'genpkey',
          '-algorithm',
          'EC',
          '-pkeyopt',
          'ec_paramgen_curve:P-256',
          '-out',
          file('agent.key'),
        ),
      check: 'key',
      says: 'is the key of another certificate',
    },
    {
      name: 'a key that everybody can read',
      change: () => chmodSync(file('agent.key'), 0o644),
      check: 'secret modes',
      says: 'Everybody on this host can read or change it.',
    },
    {
      name: 'a CA file that others can change',
      change: () => chmodSync(file('ca.crt'), 0o666),
      check: 'file modes',
      says: 'Others can change what this host trusts',
    },
    {
      name: 'a chain without its issuer',
      change: () => cpSync(join(authority.directory, 'web-01.pem'), file('agent.crt')),
      check: 'chain',
      says: 'CN=web-01 is signed by CN=issuer, which is neither behind it',
    },
    {
      name: 'an issuer before the leaf',
      change: () =>
        writeFileSync(
          file('agent.crt'),
          readFileSync(join(authority.directory, 'issuer.crt'), 'utf8') +
            readFileSync(join(authority.directory, 'web-01.pem'), 'utf8'),
        ),
      check: 'chain',
      says: 'begins with a CA certificate',
    },
    {
      name: 'the roots of somebody else',
      change: () =>
        writeFileSync(
          file('ca.crt'),
          openssl(
            'req',
            '-x509',
            '-key',
            join(authority.directory, 'responder.key'),
            '-subj',
            '/CN=other',
            '-days',
            '1',
          ),
        ),
      check: 'chain',
      says: 'CN=issuer is signed by CN=root, which is neither behind it',
    },
    {
      name: 'no roots',
      change: () => rmSync(file('ca.crt')),
      check: 'chain',
      says: 'There is no file with the roots',
    },
    {
      name: 'no key',
      change: () => rmSync(file('agent.key')),
      check: 'key',
      says: 'There is no key beside the certificate.',
    },
  ])('$name: failed, with the way out', async ({ change, check, says }) => {
    change();
    const { code, of } = await doctor(['--offline']);
    expect(code).toBe(1);
    expect(of(check).filter(({ status }) => status === 'failed')).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining(says), wayOut: expect.stringMatching(/./) }),
    );
  });

  test('a key that its group can read: a warning, since an unprivileged agent needs it', async () => {
    chmodSync(file('agent.key'), 0o640);
    const { code, of } = await doctor(['--offline']);
    expect({ code, statuses: statuses(of('secret modes')) }).toEqual({ code: 0, statuses: ['warning'] });
  });

  test('a directory that others can write to', async () => {
    chmodSync(host, 0o777);
    const { of } = await doctor(['--offline']);
    expect(of('directory modes')[0]).toMatchObject({ status: 'warning', wayOut: `chmod go-w ${host}` });
  });

  test('a directory beside --kit is refused, since the kit has paths of its own', async () => {
    const { code, err } = await doctor(['--kit', 'kit.json']);
    expect(code).toBe(2);
    expect(err).toContain(
      'Pass a directory or --kit, not both: the kit names the paths of its files itself.',
    );
  });

  test.each([
    { name: 'a directory that is not there', directory: '/nowhere', says: '/nowhere cannot be read: ENOENT' },
    {
      name: 'a directory without a certificate',
      directory: '/dev',
      says: '/dev holds no certificate (*.crt with *.key beside it).',
    },
  ])('$name is a wrong command line', async ({ directory, says }) => {
    const { terminal, written } = fakeTerminal();
    expect(await run(['doctor', directory, '--offline'], terminal)).toBe(2);
    expect(written.err).toContain(says);
  });
});

describe('the life of the certificate', () => {
  test.each([
    { days: 10, status: 'ok', says: 'to be renewed from' },
    { days: 21, status: 'warning', says: 'to be renewed from' },
    { days: 28, status: 'failed', says: 'was to be renewed from' },
    { days: 31, status: 'failed', says: 'Expired at' },
    { days: -1, status: 'failed', says: 'Not valid before' },
  ])('after $days days: $status', async ({ days, status, says }) => {
    const { of } = await doctor(['--offline'], { days });
    expect(of('validity')[0]).toMatchObject({ status, message: expect.stringContaining(says) });
  });
});

describe('an encrypted key', () => {
  const encrypt = (...args: string[]) => {
    writeFileSync(file('agent.pass'), 'correct horse');
    chmodSync(file('agent.pass'), 0o600);
    openssl(
      'pkcs8',
      '-topk8',
      '-in',
      join(authority.directory, 'web-01.key'),
      '-out',
      file('agent.key'),
      '-passout',
      'pass:correct horse',
      ...args,
    );
    chmodSync(file('agent.key'), 0o600);
  };

  test.each([
    {
      name: 'PBKDF2 with HMAC-SHA-256',
      args: ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA256'],
      status: 'ok',
      says: 'PBES2 and PBKDF2 with HMAC-SHA-256.',
    },
    { name: 'scrypt', args: ['-scrypt'], status: 'ok', says: 'PBES2 and scrypt.' },
    {
      name: 'PBKDF2 with HMAC-SHA-512',
      args: ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA512'],
      status: 'failed',
      says: 'HMAC-SHA-512, which Elastic Agent does not read.',
    },
    {
      name: 'PBES1',
      args: ['-v1', 'PBE-SHA1-3DES'],
      status: 'failed',
      says: 'PBES1, which Elastic Agent does not read.',
    },
  ])('with $name: $status', async ({ args, status, says }) => {
    encrypt(...args);
    const { of } = await doctor(['--offline']);
    expect(of('key form')[0]).toMatchObject({ status, message: expect.stringContaining(says) });
    expect(of('key')[0]).toMatchObject({
      status: 'ok',
      message: expect.stringContaining('(ec prime256v1, encrypted)'),
    });
    expect(of('passphrase')[0]).toMatchObject({ status: 'ok' });
  });

  test('whose passphrase file ends with a newline', async () => {
    encrypt('-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA256');
    writeFileSync(file('agent.pass'), 'correct horse\n');
    const { of } = await doctor(['--offline']);
    expect(of('passphrase')[0]).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('ends with a newline'),
    });
  });

  test('whose passphrase is another: the passphrase is not shown', async () => {
    encrypt('-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA256');
    writeFileSync(file('agent.pass'), 'wrong horse');
    const { of, findings } = await doctor(['--offline']);
    expect(of('key')[0]).toMatchObject({
      status: 'failed',
      wayOut: `Look whether ${file('agent.pass')} holds its passphrase.`,
    });
    expect(JSON.stringify(findings)).not.toContain('horse');
  });
});

describe('the stack version', () => {
  test.each([
    { version: '8.12.2', says: ['takes no client certificate'] },
    { version: '8.19.0', says: ['reads RSA keys only', 'reads renewed files only when it starts'] },
    { version: '9.4.0', says: ['reads renewed files only when it starts'] },
    { version: '9.5.0', says: ['reads renewed files by itself'] },
    { version: '9.10.1', says: ['reads renewed files by itself'] },
  ])('$version', async ({ version, says }) => {
    const { of } = await doctor(['--offline', '--stack-version', version]);
    expect(of('stack version').map(({ message }) => message)).toEqual(
      says.map((each) => expect.stringContaining(each)),
    );
  });
});

describe('revocation', () => {
  test('of a revoked certificate: list and responder both say so', async () => {
    const revoked = authority.issue('web-02');
    authority.revoke('web-02');
    const { terminal, written } = fakeTerminal();
    expect(await run(['doctor', revoked, '--json'], { ...terminal, now: Date.now })).toBe(1);
    const findings: readonly Seen[] = JSON.parse(written.out).findings;
    const about = findings.filter(({ check }) => check === 'OCSP' || check === 'revocation list').slice(0, 2);
    expect(about).toEqual([
      expect.objectContaining({
        status: 'failed',
        message: `CN=web-02 is revoked, says ${authority.url}/list.crl.`,
      }),
      expect.objectContaining({
        status: 'failed',
        message: `CN=web-02 is revoked, says ${authority.url}/ocsp.`,
      }),
    ]);
  });

  test('a list that is too old says that verifiers refuse everybody', async () => {
    const { of } = await doctor([], { days: 8 });
    expect(of('revocation list')[0]).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('verifiers refuse everybody'),
    });
    expect(of('OCSP')[0]).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('gave a response that ended at'),
    });
  });

  test('a list from the future, by more than a minute, says to set the clock', async () => {
    const { of } = await doctor([], { days: -0.01 });
    expect(of('revocation list')[0]).toMatchObject({
      status: 'warning',
      message: expect.stringMatching(/\/list\.crl is of \S+Z, which is to come\.$/),
      wayOut: 'Set the clock of this host right.',
    });
  });

  test.each([
    { name: 'rubbish', answer: Buffer.from('hello'), says: 'cannot be used:' },
    {
      name: 'unauthorized',
      answer: Buffer.from('30030a0106', 'hex'),
      says: 'the responder answers unauthorized',
    },
  ])('a responder that answers $name', async ({ answer, says }) => {
    authority.answerOcsp(answer);
    const { of } = await doctor();
    authority.answerOcsp(undefined);
    expect(of('OCSP')[0]).toMatchObject({ status: 'failed', message: expect.stringContaining(says) });
  });

  test('that cannot be looked up is a warning: nothing on an Elastic host needs it', async () => {
    const { code, of } = await doctor(['--certificate', file('agent.crt')]);
    expect(code).toBe(0);
    await authority.pause(async () => {
      const cut = await doctor();
      expect(cut.code).toBe(0);
      expect(cut.of('OCSP')[0]).toMatchObject({
        status: 'warning',
        message: expect.stringMatching(
          /cannot be reached from here: .*\. Whether the certificate is revoked is not known\.$/,
        ),
      });
    });
    expect(of('OCSP')[0]?.status).toBe('ok');
  });

  test('an answer about another certificate does not count', async () => {
    authority.issue('web-03');
    openssl(
      'ocsp',
      '-issuer',
      join(authority.directory, 'issuer.crt'),
      '-cert',
      join(authority.directory, 'web-03.pem'),
      '-no_nonce',
      '-reqout',
      file('request.der'),
    );
    openssl(
      'ocsp',
      '-index',
      join(authority.directory, 'index.txt'),
      '-CA',
      join(authority.directory, 'issuer.crt'),
      '-rsigner',
      join(authority.directory, 'responder.crt'),
      '-rkey',
      join(authority.directory, 'responder.key'),
      '-reqin',
      file('request.der'),
      '-respout',
      file('other.der'),
      '-ndays',
      '1',
    );
    authority.answerOcsp(readFileSync(file('other.der')));
    const { of } = await doctor();
    authority.answerOcsp(undefined);
    expect(of('OCSP')[0]).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('it is about another certificate'),
    });
  });
});

describe('Fleet Server', () => {
  async function fleetServer(options: {
    readonly requestCert: boolean;
    readonly rejectUnauthorized: boolean;
  }) {
    const server = authority.directory;
    const name = `fleet-${options.requestCert}`;
    const directory = authority.issue(name, { usage: 'serverAuth,clientAuth', names: 'DNS:localhost' });
    const listener = createServer(
      {
        cert: readFileSync(join(directory, 'agent.crt')),
        key: readFileSync(join(directory, 'agent.key')),
        ca: readFileSync(join(server, 'root.crt')),
        ...options,
      },
      (_, response) => response.end('{"name":"fleet-server","status":"HEALTHY"}'),
    );
    await new Promise<void>((resolve) => listener.listen(0, 'localhost', resolve));
    return { url: `https://localhost:${(listener.address() as AddressInfo).port}`, listener };
  }

  test('that demands certificates takes this one, and refuses none', async () => {
    const { url, listener } = await fleetServer({ requestCert: true, rejectUnauthorized: true });
    const { of } = await doctor(['--fleet-url', url]);
    listener.close();
    expect(of('Fleet Server')[0]).toMatchObject({
      status: 'ok',
      message: `${url} takes the certificate (HTTP 200).`,
    });
    expect(of('client certificates')[0]).toMatchObject({ status: 'ok' });
  });

  test('that demands none is a warning', async () => {
    const { url, listener } = await fleetServer({ requestCert: false, rejectUnauthorized: false });
    const { of } = await doctor(['--fleet-url', url]);
    listener.close();
    expect(of('client certificates')[0]).toMatchObject({
      status: 'warning',
      wayOut: 'Enroll Fleet Server with --fleet-server-client-auth=required.',
    });
  });

  test('that is not there', async () => {
    const { of } = await doctor(['--fleet-url', 'https://localhost:1']);
    expect(of('Fleet Server')[0]).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/^The handshake with https:\/\/localhost:1 fails: /),
      wayOut: expect.stringContaining('whether Fleet Server runs'),
    });
  });
});
