import { describe, expect, test } from '@jest/globals';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import fc from 'fast-check';
import { readSettings as readAll } from '../../infra/settings/settings.ts';
import { parseCidr } from '../../shared/domain/ip-network.ts';
import { openssl } from '../support/openssl.ts';

/** Roots of about 600 characters each. */
const ROOTS = Array.from({ length: 2 }, (_, index) => {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '/dev/null'];
  return openssl('req', '-x509', ...key, '-subj', `/CN=Old CA ${index}`);
});
/** Of about 4,000 characters each, for their long names. */
const MANY = Array.from({ length: 9 }, (_, index) => {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '/dev/null'];
  const long = Array.from({ length: 20 }, () => `/OU=${'x'.repeat(60)}`).join('');
  return openssl('req', '-x509', ...key, '-subj', `${long}/CN=Old CA ${index}`);
});
const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:fleet/kibana-aB3dE6';

/** Of the authority "fleet", unless these settings name another one. */
const readSettings = (given: object) => readAll({ authority: 'fleet', ...given });

describe('the settings of a deployment', () => {
  test('take the days of retention that CloudWatch Logs has', () => {
    const days = Object.values(RetentionDays).filter((value) => typeof value === 'number');
    for (const logRetentionDays of days) readSettings({ logRetentionDays });
    expect(() => readSettings({ logRetentionDays: 31 })).toThrow(`must be one of ${days.join(', ')}`);
  });

  test('may be left out, except the name of the authority', () => {
    expect(readSettings({})).toMatchObject({
      authority: 'fleet',
      trustDomain: 'fleet',
      root: { kind: 'kms', keySpec: 'RSA_4096', lifetimeYears: 20, disabledBetweenUses: false },
      issuers: [
        { id: 'issuer-1', keySpec: 'RSA_3072', lifetimeYears: 5 },
        { id: 'issuer-2', keySpec: 'RSA_3072', lifetimeYears: 5 },
      ],
      nameConstraints: { permittedDns: [], permittedIp: [] },
      additionalRoots: [],
      logRetentionDays: 400,
      recoveryPeriodDays: 35,
      sweepIntervalMinutes: 5,
      throttle: { ratePerSecond: 500, burst: 1000 },
      quotas: { kmsSignaturesPerSecond: 500 },
      revocation: {
        crlShards: 16,
        listLifetimeHours: 72,
        rootListLifetimeDays: 30,
        cacheSeconds: 60,
        ocspLifetimeHours: 24,
      },
    });
  });

  test('keep the defaults of what is left out inside of a part', () => {
    expect(readSettings({ root: { keySpec: 'ECC_NIST_P384' } }).root).toEqual({
      kind: 'kms',
      keySpec: 'ECC_NIST_P384',
      lifetimeYears: 20,
      disabledBetweenUses: false,
    });
  });

  test("take the authority's name for the trust domain, unless it has one", () => {
    expect(readSettings({ authority: 'prod-eu' }).trustDomain).toBe('prod-eu');
    const trustDomain = 'fleet_1.example.com';
    expect(readSettings({ authority: '2026', trustDomain })).toMatchObject({
      authority: '2026',
      trustDomain,
    });
  });

  const wrong: readonly { readonly name: string; readonly given: object; readonly says: string }[] = [
    {
      name: 'unknown setting',
      given: { autority: 'x' },
      says: 'autority: unknown setting. Did you mean "authority"?',
    },
    { name: 'unknown setting in a part', given: { root: { years: 3 } }, says: 'root.years: unknown setting' },
    {
      name: 'a mistyped setting in a list',
      given: { issuers: [{ id: 'issuer-1', keyspec: 'RSA_3072' }] },
      says: 'issuers.0.keyspec: unknown setting. Did you mean "keySpec"?',
    },
    {
      name: 'a mistyped setting of an alternative',
      given: { root: { kind: 'external', certifcate: 'x' } },
      says: 'root.certifcate: unknown setting. Did you mean "certificate"?',
    },
    {
      name: 'authority in capitals',
      given: { authority: 'Fleet' },
      says: 'authority: must be 1 to 32 lower-case letters, digits and hyphens',
    },
    {
      name: 'trust domain in capitals',
      given: { trustDomain: 'Fleet.example.com' },
      says: 'trustDomain: must be 1 to 255 lower-case letters, digits, "-", "_" and single dots between them, with a last part that is not all digits, such as "fleet.example.com"',
    },
    {
      name: 'authority that is no trust domain',
      given: { authority: '2026' },
      says: 'trustDomain: is the authority\'s name by default, but "2026" cannot be a trust domain: a name of digits only reads as an IP address. Set trustDomain, for example to "2026.example.com"',
    },
    { name: 'authority that ends in a hyphen', given: { authority: 'a-' }, says: 'no hyphen at either end' },
    {
      name: 'a key spec that KMS signs too slowly to use',
      given: { root: { keySpec: 'RSA_2048' } },
      says: 'root.keySpec: must be one of RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384',
    },
    {
      name: 'a post-quantum key spec',
      given: { issuers: [{ id: 'issuer-1', keySpec: 'ML_DSA_65' }] },
      says: "issuers.0.keySpec: must be one of RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384: the TLS of Elastic's components does not verify ML-DSA",
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
      says: 'issuers: each id must be unique',
    },
    {
      name: 'an issuer that outlives the root',
      given: { root: { lifetimeYears: 5 }, issuers: [{ id: 'issuer-1', lifetimeYears: 5 }] },
      says: "issuers.0.lifetimeYears: must be less than the root's 5",
    },
    {
      name: 'name constraint that reads as an IP address, which the authority would refuse',
      given: { nameConstraints: { permittedDns: ['2.7'] } },
      says: 'nameConstraints.permittedDns.0: must be a lower-case DNS suffix',
    },
    {
      name: 'name constraint in capitals',
      given: { nameConstraints: { permittedDns: ['example.com', 'Example.org'] } },
      says: 'nameConstraints.permittedDns.1: must be a lower-case DNS suffix',
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
      name: 'network with bits behind its prefix',
      given: { nameConstraints: { permittedIp: ['203.0.113.5/24'] } },
      says: 'nameConstraints.permittedIp.0: must have no bits set after the first 24: use the network that contains it, "203.0.113.0/24"',
    },
    {
      name: 'IPv6 network with bits behind its prefix',
      given: { nameConstraints: { permittedIp: ['2001:db8::/32', '2001:db8::1/64'] } },
      says: 'nameConstraints.permittedIp.1: must have no bits set after the first 64: use the network that contains it, "2001:db8::/64"',
    },
    {
      name: 'network of IPv4-mapped addresses',
      given: { nameConstraints: { permittedIp: ['::ffff:203.0.113.0/120'] } },
      says: `nameConstraints.permittedIp.0: must not be a network of IPv4-mapped addresses, since certificates contain no such addresses: write the IPv4 network, as in "203.0.113.0/24"`,
    },
    {
      name: 'additional root that is not PEM',
      given: { additionalRoots: ['MII='] },
      says: 'additionalRoots.0: must be one certificate in PEM',
    },
    {
      name: 'more additional roots than hosts shall download',
      given: { additionalRoots: MANY },
      says: `additionalRoots: must have at most 32768 characters in total, not ${MANY.join('').length}: every host downloads them. Keep only the roots that hosts still need`,
    },
    {
      name: 'more issuers than fit into a policy of a role',
      given: { issuers: Array.from({ length: 61 }, (_, index) => ({ id: `issuer-${index + 1}` })) },
      says: 'issuers: must hold at most 60 issuers',
    },
    {
      name: 'a deployer that is no role',
      given: { keyAdministration: { deployerRoleArns: ['arn:aws:iam::111122223333:user/a'] } },
      says: 'keyAdministration.deployerRoleArns.0: must be the ARN of an IAM role',
    },
    {
      name: 'deployers without anybody for emergencies',
      given: { keyAdministration: { deployerRoleArns: ['arn:aws:iam::111122223333:role/a'] } },
      says: 'keyAdministration: must set both deployerRoleArns and breakGlassRoleArns, or neither',
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
    {
      name: 'more concurrency than an account lets one function reserve',
      given: { enrollConcurrency: 901 },
      says: "enrollConcurrency: must be a whole number from 1 to 900: AWS Lambda requires that 100 of an account's 1,000",
    },
    {
      name: 'more shards than there are',
      given: { revocation: { crlShards: 129 } },
      says: 'revocation.crlShards: must be a whole number from 1 to 128',
    },
    {
      name: 'lists that live ten days',
      given: { revocation: { listLifetimeHours: 240 } },
      says: 'revocation.listLifetimeHours: must be a whole number from 2 to 239',
    },
    {
      name: 'revocation data at a name without a certificate',
      given: { revocation: { domainName: 'pki.example.com' } },
      says: 'revocation: must set both domainName and certificateArn, or neither',
    },
    {
      name: 'revocation data at an address',
      given: { revocation: { domainName: 'http://pki.example.com' } },
      says: 'revocation.domainName: must be a lower-case DNS name without a wildcard, such as "pki.example.com"',
    },
    {
      name: 'a certificate where CloudFront reads none',
      given: {
        revocation: {
          domainName: 'pki.example.com',
          certificateArn: 'arn:aws:acm:eu-central-1:111122223333:certificate/11112222-3333',
        },
      },
      says: 'revocation.certificateArn: must be the ARN of a certificate of AWS Certificate Manager in us-east-1',
    },
    ...[
      'http://kibana.example.com',
      'https://kibana.example.com/',
      'https://user:secret@kibana.example.com',
      'https://Kibana.example.com',
      'https://kibana.example.com/?a=b',
      'https://kibana.example.com/#a',
      'https:/kibana.example.com',
      'kibana',
    ].map((kibanaUrl) => ({
      name: `Kibana at ${kibanaUrl}`,
      given: { fleetConnector: { kibanaUrl, apiKeySecretArn: SECRET } },
      says: 'fleetConnector.kibanaUrl: must be an https:// URL in lower case without login',
    })),
    ...[99, 3651].map((afterDays) => ({
      name: `an archive after ${afterDays} days`,
      given: { archive: { afterDays } },
      says: 'archive.afterDays: must be a whole number from 100 to 3650',
    })),
    ...[0, 36].map((recoveryPeriodDays) => ({
      name: `a recovery period of ${recoveryPeriodDays} days`,
      given: { recoveryPeriodDays },
      says: 'recoveryPeriodDays: must be a whole number from 1 to 35',
    })),
    {
      name: 'a secret without the end of its ARN',
      given: {
        fleetConnector: { kibanaUrl: 'https://kibana.example.com', apiKeySecretArn: SECRET.slice(0, -7) },
      },
      says: 'fleetConnector.apiKeySecretArn: must be the whole ARN of a secret',
    },
    {
      name: 'a connector without an API key',
      given: { fleetConnector: { kibanaUrl: 'https://kibana.example.com' } },
      says: 'fleetConnector.apiKeySecretArn: ',
    },
    {
      name: 'a space with a slash',
      given: {
        fleetConnector: { kibanaUrl: 'https://kibana.example.com', apiKeySecretArn: SECRET, space: 'a/b' },
      },
      says: 'fleetConnector.space: must be the identifier of a Kibana space',
    },
  ];
  test.each(wrong)('refuse: $name', ({ given, says }) => {
    expect(() => readSettings(given)).toThrow(says);
  });

  test.each([undefined, [], 'fleetseal.json'])('must be an object, not %j', (given) => {
    expect(() => readAll(given)).toThrow('settings: must be an object');
  });

  test('take a network exactly where the deployment will', () => {
    const accepts = (network: string) => {
      try {
        readSettings({ nameConstraints: { permittedIp: [network] } });
        return true;
      } catch {
        return false;
      }
    };
    const address = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.ipV4().map((text) => `::ffff:${text}`),
    );
    const network = fc.tuple(address, fc.integer({ min: 0, max: 129 })).map((parts) => parts.join('/'));
    const zeroed = network.map((text) => text.replace(/[^./:]+(?=\/)/, '0'));
    fc.assert(
      fc.property(fc.oneof(network, zeroed, fc.string()), (text) => {
        expect(accepts(text)).toBe(text.includes('/') && parseCidr(text) !== undefined);
      }),
      { numRuns: 1000 },
    );
  });

  test('tell all errors at once', () => {
    const read = () =>
      readSettings({
        authority: '!',
        surprise: 1,
        throttle: { ratePerSecond: 0 },
        additionalRoots: ['hello', ROOTS[0], ROOTS[0]],
      });
    expect(read).toThrow(
      /authority: .*\n {2}additionalRoots\.0: .*\n {2}additionalRoots\.2: .*\n {2}throttle\.ratePerSecond: .*\n {2}throttle\.burst: .*\n {2}surprise: /,
    );
  });

  test('tell with other errors those across settings, of settings that are right by themselves', () => {
    const issuers = [{ id: 'issuer-1', lifetimeYears: 9 }, { id: 'issuer-1' }];
    const keyAdministration = { deployerRoleArns: ['arn:aws:iam::111122223333:role/a'] };
    const read = (more: object) => () => readSettings({ issuers, keyAdministration, surprise: 1, ...more });
    expect(read({ root: { lifetimeYears: 9 }, logRetentionDays: 31, authority: '1' })).toThrow(
      /logRetentionDays: .*\n {2}surprise: .*\n {2}trustDomain: .*\n {2}issuers: .* unique\n {2}issuers\.0\.lifetimeYears: .* 9\n {2}keyAdministration: must set both/,
    );
    // Of the root's lifetime nothing is known: an issuer is not compared with the default.
    expect(read({ root: { lifetimeYears: 'ten' } })).toThrow(
      /wrong:\n {2}root\.lifetimeYears: .*\n {2}surprise: .*\n {2}issuers: .*\n {2}keyAdministration: [^\n]*$/,
    );
  });
});
