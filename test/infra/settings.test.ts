import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readSettings } from '../../infra/settings.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

describe('the settings of a deployment', () => {
  test('may all be left out', () => {
    expect(readSettings(undefined)).toMatchObject({
      authority: 'fleet',
      root: { keySpec: 'RSA_4096', lifetimeYears: 20 },
      issuers: [
        { id: 'issuer-1', keySpec: 'RSA_3072', lifetimeYears: 5 },
        { id: 'issuer-2', keySpec: 'RSA_3072', lifetimeYears: 5 },
      ],
      nameConstraints: { permittedDns: [], permittedIp: [] },
      additionalRoots: [],
      logRetentionDays: 400,
      sweepIntervalMinutes: 5,
    });
  });

  test('keep the defaults of what is left out inside of a part', () => {
    expect(readSettings({ root: { keySpec: 'ECC_NIST_P384' } }).root).toEqual({
      keySpec: 'ECC_NIST_P384',
      lifetimeYears: 20,
    });
  });

  test('are read from a JSON file where the context names one', () => {
    const directory = mkdtempSync(join(tmpdir(), 'fleetseal-settings-'));
    try {
      const file = join(directory, 'fleetseal.json');
      writeFileSync(file, '{ "authority": "prod-eu" }');
      expect(readSettings(file).authority).toBe('prod-eu');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  const wrong: readonly { readonly name: string; readonly given: unknown; readonly says: string }[] = [
    { name: 'unknown setting', given: { autority: 'x' }, says: 'autority: no such setting' },
    { name: 'unknown setting in a part', given: { root: { years: 3 } }, says: 'root.years: no such setting' },
    {
      name: 'authority in capitals',
      given: { authority: 'Fleet' },
      says: 'authority: must be 1 to 32 lower-case letters, digits and hyphens',
    },
    { name: 'authority that ends in a hyphen', given: { authority: 'a-' }, says: 'no hyphen at either end' },
    {
      name: 'a key spec that KMS signs too slowly to use',
      given: { root: { keySpec: 'RSA_2048' } },
      says: 'root.keySpec: must be one of RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384',
    },
    { name: 'no issuer', given: { issuers: [] }, says: 'issuers: must hold at least one issuer' },
    {
      name: 'issuer id',
      given: { issuers: [{ id: 'a' }] },
      says: 'issuers.0.id: must be "issuer-" and a number',
    },
    {
      name: 'the same issuer twice',
      given: { issuers: [{ id: 'issuer-1' }, { id: 'issuer-1' }] },
      says: 'issuers: every id must be there once',
    },
    {
      name: 'an issuer that outlives the root',
      given: { root: { lifetimeYears: 5 }, issuers: [{ id: 'issuer-1', lifetimeYears: 5 }] },
      says: "issuers.0.lifetimeYears: must be less than the root's 5",
    },
    {
      name: 'name constraint with a leading dot',
      given: { nameConstraints: { permittedDns: ['.example.com'] } },
      says: 'nameConstraints.permittedDns.0: must be a lower-case DNS suffix without a leading dot',
    },
    {
      name: 'network without a prefix length',
      given: { nameConstraints: { permittedIp: ['203.0.113.1'] } },
      says: 'nameConstraints.permittedIp.0: must be a network in CIDR form',
    },
    {
      name: 'additional root that is not PEM',
      given: { additionalRoots: ['MII='] },
      says: 'additionalRoots.0: must be one certificate in PEM',
    },
    {
      name: 'more additional roots than the environment of a function holds',
      given: { additionalRoots: Array.from({ length: 60 }, () => PEM) },
      says: 'additionalRoots: must be 3500 characters at most in all',
    },
    {
      name: 'a deployer that is no role',
      given: { keyAdministration: { deployerRoleArns: ['arn:aws:iam::111122223333:user/a'] } },
      says: 'keyAdministration.deployerRoleArns.0: must be the ARN of an IAM role',
    },
    {
      name: 'deployers without anybody for emergencies',
      given: { keyAdministration: { deployerRoleArns: ['arn:aws:iam::111122223333:role/a'] } },
      says: 'keyAdministration: must name deployers and break-glass roles, or neither',
    },
    {
      name: 'retention that CloudWatch lacks',
      given: { logRetentionDays: 31 },
      says: 'logRetentionDays: must be one of 1, 3,',
    },
    {
      name: 'half a minute',
      given: { sweepIntervalMinutes: 0.5 },
      says: 'must be a whole number from 1 to 60',
    },
    { name: 'a list', given: [], says: 'settings: must be an object' },
  ];
  test.each(wrong)('refuse: $name', ({ given, says }) => {
    expect(() => readSettings(given)).toThrow(says);
  });

  test('tell all errors at once', () => {
    const read = () => readSettings({ authority: '!', surprise: 1, throttle: { ratePerSecond: 0 } });
    expect(read).toThrow(
      /authority: .*\n {2}throttle\.ratePerSecond: .*\n {2}throttle\.burst: .*\n {2}surprise: /,
    );
  });
});
