import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startCloudForCli } from '../support/cli.ts';
import { enrollment, idOf } from '../support/cloud.ts';
import { makeCsr } from '../support/csr.ts';
import { textAt } from '../support/json.ts';

let started: Awaited<ReturnType<typeof startCloudForCli>>;
beforeAll(async () => {
  started = await startCloudForCli();
});
afterAll(() => started.cloud.stop());

const local = (...args: string[]) => started.local(...args);
const stateOf = async (serial: string) =>
  textAt((await started.cloud.admin('GET', `/v1/certificates/${serial}`)).json, 'state');

/** A new certificate, in the forms in which people have its serial number. */
async function certificate(changes: { readonly name?: string; readonly csr?: string } = {}) {
  const token = await started.cloud.token({ maxUses: 5 });
  const enrolled = await started.cloud.enroll(token, enrollment(changes));
  const serial = textAt(enrolled.json, 'serialNumber');
  return {
    token,
    serial,
    colons: (serial.toUpperCase().match(/../g) ?? []).join(':'),
    decimal: textAt(enrolled.json, 'serialNumberDecimal'),
    name: textAt(enrolled.json, 'name'),
  };
}

describe('certificates revoke', () => {
  test('shows what it will do, and does nothing where nobody can confirm it', async () => {
    const { serial, name } = await certificate();
    const { code, stdout, stderr } = await local(
      'certificates',
      'revoke',
      serial,
      '--reason',
      'keyCompromise',
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      new RegExp(
        `^This certificate will be revoked\\.\n\nSERIAL NUMBER .*\n${serial}  ${name} +agent +ISSUED `,
      ),
    );
    expect(stderr).toContain('Their keys will be blocked: no certificate is issued for them again.\n');
    expect(stderr).toMatch(
      /\nerror: Nothing was done: there is no terminal to confirm it on\. Pass --yes to confirm it\.\n$/,
    );
    expect(await stateOf(serial)).toBe('ISSUED');
  });

  test.each(['serial', 'colons', 'decimal'] as const)('by %s says what takes effect where', async (form) => {
    const made = await certificate();
    const { code, stdout } = await local(
      'certificates',
      'revoke',
      made[form],
      '--reason',
      'superseded',
      '--comment',
      'moved',
      '--yes',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^SERIAL NUMBER +REVOKED +REASON +BY\n${made.serial}  \\S+ \\S+Z  superseded  user/admin\n`),
    );
    expect(stdout).toMatch(/\nWhat takes effect where\nrenewal +Refused from now on\.\nocsp +http:/);
    expect(stdout).toContain(
      'Fleet Server, Elastic Agent, Elasticsearch and Logstash check neither lists nor OCSP',
    );
    expect(await stateOf(made.serial)).toBe('REVOKED');
  });

  test('of several, one of them twice and in two forms: each once', async () => {
    const [a, b] = [await certificate(), await certificate()];
    const { code, stdout, stderr } = await local(
      'certificates',
      'revoke',
      a.serial,
      b.colons,
      a.decimal,
      '--yes',
      '--json',
    );
    expect(code).toBe(0);
    expect(stderr).toContain('These 2 certificates will be revoked.');
    expect(
      JSON.parse(stdout).revoked.map(({ serialNumber }: { serialNumber: string }) => serialNumber),
    ).toEqual([a.serial, b.serial]);
  });

  test('again keeps the first reason', async () => {
    const { serial } = await certificate();
    await local('certificates', 'revoke', serial, '--reason', 'superseded', '--yes');
    const again = await local('certificates', 'revoke', serial, '--reason', 'keyCompromise', '--yes');
    expect(again.stderr).toContain('This certificate is revoked already, and keeps its time and reason.');
    expect(again.stdout).toContain('  superseded  ');
  });

  test('by name, whatever its case, with --block', async () => {
    const { name, serial } = await certificate();
    const { code, stderr } = await local(
      'certificates',
      'revoke',
      '--name',
      name.toUpperCase(),
      '--block',
      '--yes',
    );
    expect(code).toBe(0);
    expect(stderr).toContain(
      'The name will be blocked: no token gets a certificate for it until "fleetseal names unblock".',
    );
    expect(await stateOf(serial)).toBe('REVOKED');
    const refused = await started.cloud.enroll(await started.cloud.token(), enrollment({ name }));
    expect(refused.status).toBe(422);
  });

  test('by a name that has no certificate: --block blocks it', async () => {
    const args = ['certificates', 'revoke', '--name', 'host-never', '--profile', 'agent', '--yes'];
    expect((await local(...args)).code).toBe(4);
    const { code, stdout, stderr } = await local(...args, '--block');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^There is no certificate to revoke\.\nThe name will be blocked:/);
    expect(stdout).toMatch(/^There was nothing to revoke\.\n/);
    const refused = await started.cloud.enroll(
      await started.cloud.token(),
      enrollment({ name: 'host-never' }),
    );
    expect(refused.status).toBe(422);
  });

  test('by token: the token, and all that it produced', async () => {
    const { token, serial } = await certificate();
    const { code, stdout, stderr } = await local(
      'certificates',
      'revoke',
      '--token',
      token,
      '--yes',
      '--json',
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(
      new RegExp(
        `^Token ${idOf(token)} \\(agent, host-\\*\\) will be revoked, and what it produced: 1 certificate,`,
      ),
    );
    expect(JSON.parse(stdout).revoked).toHaveLength(1);
    expect(await stateOf(serial)).toBe('REVOKED');
    expect(stdout + stderr).not.toContain(token.split('_')[2]);
  });

  test('tokens revoke --certificates does the same', async () => {
    const { token, serial } = await certificate();
    expect(
      (await local('tokens', 'revoke', token, '--certificates', '--reason', 'cessationOfOperation', '--yes'))
        .code,
    ).toBe(0);
    expect(await stateOf(serial)).toBe('REVOKED');
  });

  test.each([
    {
      name: 'nothing',
      args: [],
      says: 'Say what to revoke by one of: serial numbers, --name <name>, or --token <id>.',
    },
    { name: 'two kinds', args: ['01'.repeat(18), '--name', 'x'], says: 'Say what to revoke by one of' },
    {
      name: '--block of several',
      args: ['01'.repeat(18), '02'.repeat(18), '--block'],
      says: '--block goes with one serial number or with --name',
    },
    {
      name: '--profile without --name',
      args: ['--token', 'x', '--profile', 'agent'],
      says: '--profile goes with --name.',
    },
    {
      name: 'a reason that there is not',
      args: ['x', '--reason', 'certificateHold'],
      says: 'Allowed choices are unspecified, keyCompromise,',
    },
  ])('$name is refused', async ({ args, says }) => {
    const { code, stderr } = await local('certificates', 'revoke', ...args, '--yes');
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });

  test.each([
    { name: 'a serial number', args: ['01'.repeat(18)], says: 'No certificate has this serial number.' },
    {
      name: 'a name',
      args: ['--name', 'nobody'],
      says: 'No unexpired certificate is recorded for the name "nobody". Nothing was done.',
    },
    { name: 'a token', args: ['--token', 'A1b2C3d4E5f6G7h8'], says: 'No token has this id.' },
  ])('$name that does not exist: nothing is done', async ({ args, says }) => {
    const { code, stderr } = await local('certificates', 'revoke', ...args, '--yes');
    expect(code).toBe(4);
    expect(stderr).toContain(says);
  });

  test.each([
    { name: 'is not known', other: '01'.repeat(18), says: 'No certificate has this serial number.' },
    { name: 'is none', other: '1234', says: 'path.serial must be a serial number from this service' },
  ])('of several serial numbers, the error names the one that $name', async ({ other, says }) => {
    const { serial } = await certificate();
    const { stderr } = await local('certificates', 'revoke', serial, other, '--yes');
    expect(stderr).toContain(`error: ${other}: ${says}`);
    expect(stderr).toContain('Nothing was done.');
    expect(await stateOf(serial)).toBe('ISSUED');
  });

  test('of more than a request takes: in several requests', async () => {
    const token = await started.cloud.token({ maxUses: 200 });
    const serials: string[] = [];
    for (let i = 0; i < 101; i += 1) {
      const enrolled = await started.cloud.enroll(token, enrollment());
      serials.push(textAt(enrolled.json, 'serialNumber'));
    }
    const { code, stdout } = await local('certificates', 'revoke', ...serials, '--yes', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).revoked).toHaveLength(101);
  });
});

describe('certificates history and show', () => {
  test('say what happened, who did it and why', async () => {
    const { serial } = await certificate();
    await local(
      'certificates',
      'revoke',
      serial,
      '--reason',
      'privilegeWithdrawn',
      '--comment',
      'left the fleet',
      '--yes',
    );
    const { stdout } = await local('certificates', 'history', serial);
    expect(stdout).toMatch(
      /^\S+Z {2}reserved {2}tokenId: \w+; sourceIp: \S+; requestId: \S+\n\S+Z {2}issued\n\S+Z {2}revoked {3}by user\/admin; reason: privilegeWithdrawn; comment: left the fleet\n$/,
    );
    const shown = await local('certificates', 'show', serial);
    expect(shown.stdout).toMatch(
      /State +REVOKED\nRevoked +\S+Z \(.*\)\nReason +privilegeWithdrawn\nRevoked by +\S+user\/admin\nComment +left the fleet\n/,
    );
  });
});

describe('names', () => {
  test('block, list and unblock', async () => {
    const blocked = await local('names', 'block', 'Host-Lost', '--profile', 'agent', '--comment', 'stolen');
    expect(blocked.stdout).toContain('is blocked for profile agent. Its certificates remain valid;');
    const listed = await local('names', 'list');
    expect(listed.stdout).toMatch(/^PROFILE +NAME +BLOCKED +REASON +BY +COMMENT\n/);
    expect(listed.stdout).toMatch(/^agent +host-lost +\S+ \S+Z +user\/admin +stolen$/m);
    expect(await local('names', 'unblock', 'host-lost', '--profile', 'agent')).toMatchObject({
      code: 0,
      stdout: 'The name host-lost is no longer blocked for profile agent.\n',
    });
    expect((await local('names', 'list')).stdout).not.toContain('host-lost');
  });

  test('need their profile', async () => {
    const { code, stderr } = await local('names', 'block', 'x');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "error: required option '--profile <profile>' not specified\n",
    });
  });
});

describe('keys block', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'fleetseal-keys-'));
  });

  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const csr = makeCsr({ privateKey });

  test.each([
    {
      name: 'a private key, of which only a hash is sent',
      pem: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    },
    { name: 'a public key', pem: String(publicKey.export({ type: 'spki', format: 'pem' })) },
    { name: 'a certificate signing request', pem: csr.pem },
    {
      name: 'a request beside its private key, which is not sent',
      pem: `${String(privateKey.export({ type: 'pkcs8', format: 'pem' }))}${csr.pem}`,
    },
  ])('$name', async ({ pem }) => {
    const file = join(directory, 'key.pem');
    writeFileSync(file, pem);
    started.cloud.local.logs.reset();
    const { code, stdout } = await local('keys', 'block', file, '--yes', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ spkiSha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect((await local('keys', 'list')).stdout).toContain(JSON.parse(stdout).spkiSha256);
    const refused = await started.cloud.enroll(await started.cloud.token(), enrollment({ csr: csr.pem }));
    expect(refused.status).toBe(422);
  });

  test('asks first', async () => {
    const { code, stderr } = await local('keys', 'block', 'ab'.repeat(32));
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^The key of abab\S+ will be blocked: no certificate is issued for it again\.\nerror: Nothing was done:/,
    );
  });

  test('says what it takes', async () => {
    const none = await local('keys', 'block', '/nowhere', '--yes');
    expect(none.stderr).toContain(
      '"/nowhere" is neither 64 hex digits (SHA-256 of the public key\'s SubjectPublicKeyInfo) nor a file that can be read: ENOENT',
    );
    const other = await local('keys', 'block', '/dev/null', '--yes');
    expect(other.stderr).toContain(
      '/dev/null holds no PEM of a certificate, certificate signing request or key that can be read',
    );
  });
});
