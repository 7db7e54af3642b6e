import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { issuedIn } from '../../support/api-client.ts';
import { startCloudForCli } from '../../support/cli.ts';
import { enrollment } from '../../support/cloud.ts';
import { textAt } from '../../support/json.ts';

let started: Awaited<ReturnType<typeof startCloudForCli>>;
let serial: string;
let decimal: string;
let pem: string;
beforeAll(async () => {
  started = await startCloudForCli();
  const enrolled = await started.cloud.enroll(await started.cloud.token(), enrollment({ name: 'host-01' }));
  serial = textAt(enrolled.json, 'serialNumber');
  decimal = textAt(enrolled.json, 'serialNumberDecimal');
  pem = issuedIn(enrolled).certificate;
  const short = await started.cloud.token({ certificateLifetime: 'P2D' });
  await started.cloud.enroll(short, enrollment({ name: 'host-short' }));
});
afterAll(() => started.cloud.stop());

const local = (...args: string[]) => started.local(...args);

describe('certificates list', () => {
  test('shows each with its state and what is left of its life', async () => {
    const { code, stdout } = await local('certificates', 'list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^SERIAL NUMBER +NAME +PROFILE +STATE +NOT AFTER +EXPIRES\n/);
    expect(stdout).toMatch(
      new RegExp(`^${serial}  host-01 +agent +ISSUED +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\dZ  in 29 d$`, 'm'),
    );
  });

  test.each([
    { args: ['--expiring', '14d'], names: ['host-short'] },
    { args: ['--name', 'HOST-01'], names: ['host-01'] },
    { args: ['--profile', 'proxy'], names: [] },
    { args: ['--state', 'REVOKED'], names: [] },
    { args: ['--expiring', '60d', '--limit', '1'], names: ['host-short'] },
  ])('$args lists $names', async ({ args, names }) => {
    const { stdout } = await local('certs', 'list', ...args, '--json');
    expect(JSON.parse(stdout).items.map(({ name }: { name: string }) => name)).toEqual(names);
  });

  test('says that there are none', async () => {
    expect((await local('certificates', 'list', '--profile', 'proxy')).stdout).toBe('No certificates.\n');
  });

  test('refuses a time that is none', async () => {
    const { code, stderr } = await local('certificates', 'list', '--expiring', 'soon');
    expect(code).toBe(2);
    expect(stderr).toContain(
      "option '--expiring <duration>' argument 'soon' is invalid. Use a number with w, d, h",
    );
  });
});

describe('certificates show', () => {
  test('takes the hex and the decimal form', async () => {
    for (const form of [serial, serial.toUpperCase(), decimal]) {
      const { code, stdout } = await local('certificates', 'show', form);
      expect(code).toBe(0);
      expect(stdout).toMatch(
        new RegExp(`^Serial number +${serial}\nIn decimal +${decimal}\nState +ISSUED\n`),
      );
    }
  });

  test('--pem writes the certificate alone', async () => {
    const { stdout } = await local('certificates', 'show', serial, '--pem');
    expect(stdout).toBe(pem);
    expect(new X509Certificate(stdout).subject).toBe('CN=host-01');
  });

  test('says that no certificate has the serial number', async () => {
    const { code, stderr } = await local('certificates', 'show', '00'.repeat(18).replace('00', '01'));
    expect(code).toBe(4);
    expect(stderr).toContain('error: No certificate has this serial number.');
  });
});

describe('trust', () => {
  test('shows roots and issuers with the fingerprints that openssl shows', async () => {
    const { stdout } = await local('trust');
    const trust = await started.cloud.call({ path: '/v1/trust' });
    const root = new X509Certificate(textAt(trust.json, 'roots.0.certificate'));
    expect(stdout).toMatch(new RegExp(`^Trust bundle +1 root, SHA-256 ${textAt(trust.json, 'sha256')}\n`));
    expect(stdout).toContain(`SHA-256        ${root.fingerprint256}\n`);
    expect(stdout).toMatch(/^Issuer +issuer-1\nState +ACTIVE\n/m);
  });

  test('--pem writes the bundle alone', async () => {
    const { stdout } = await local('trust', '--pem');
    expect(stdout).toBe((await started.cloud.call({ path: '/v1/trust.pem' })).text);
  });
});
