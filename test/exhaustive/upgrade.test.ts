import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { settings } from '../../docs/generate/settings/document.ts';
import { startLocalCloud } from '../../infra/local/local-cloud.ts';
import { AwsError } from '../../infra/local/service/aws-service.ts';
import type { Intercept } from '../../infra/local/service/gate.ts';
import { readAssembly } from '../../infra/local/template/assembly.ts';
import { planDeployment } from '../../infra/local/template/deployment.ts';
import { createTemplate } from '../../infra/local/template/template.ts';
import { readSettings } from '../../infra/settings/settings.ts';
import { composeApp } from '../../infra/synthesize.ts';
import { issuedIn } from '../support/api-client.ts';
import { ASSEMBLY, KEY_MATERIAL } from '../support/assembly.ts';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { openssl } from '../support/openssl.ts';

/*
 * A deployment with the default settings, and for every setting a second start over its data with another value: it is
 * accepted, as AWS would, or refused with the name of the property. A setting without a row fails the last test.
 */

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-upgrade-'));
const data = join(directory, 'data');
const lines: string[] = [];
const start = (assembly: string, over: string, intercept?: Intercept) =>
  startLocalCloud({
    ...(intercept && { intercept }),
    assembly,
    data: over,
    port: 0,
    keyMaterial: KEY_MATERIAL,
    schedules: false,
    log: (line) => void lines.push(line),
  });

beforeAll(async () => {
  await (await start(ASSEMBLY, data)).stop();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const [first, second] = readSettings({ authority: 'fleet' }).issuers;
const third = { id: 'issuer-3', keySpec: 'ECC_NIST_P256', lifetimeYears: 2 };
const companyRoot = (name: string) =>
  openssl(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-keyout', '/dev/null', '-subj', `/CN=${name}`],
  );
const certificate = companyRoot('Old CA');
const keyAdministration = {
  deployerRoleArns: ['arn:aws:iam::000000000000:role/deployer'],
  breakGlassRoleArns: ['arn:aws:iam::000000000000:role/break-glass'],
};

const profileVersion = 'arn:aws:signer:eu-central-1:111122223333:/signing-profiles/fleetseal/aBcD123456';
const ownKey = 'arn:aws:kms:eu-central-1:111122223333:key/11112222-3333-4444-5555-666677778888';
const certificateArn = 'arn:aws:acm:us-east-1:000000000000:certificate/11112222-3333-4444-5555-666677778888';
const streamArn = 'arn:aws:dynamodb:eu-central-1:000000000000:table/missing/stream/2026-11-28T03:12:45.123';
const apiKeySecretArn = 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:kibana-aB3dE6';

/** The settings that differ, comma-separated; the outcome is `accepted`, or what the refusal says. */
const ROWS: readonly { readonly changed: string; readonly to: object; readonly outcome: string }[] = [
  { changed: 'authority', to: { authority: 'other' }, outcome: 'authority: the data belong to the stacks' },
  { changed: 'otherAuthorities', to: { otherAuthorities: 'accept' }, outcome: 'accepted' },
  { changed: 'trustDomain', to: { trustDomain: 'example.org' }, outcome: 'set trustDomain to "fleet"' },
  { changed: 'root, root.keySpec', to: { root: { keySpec: 'RSA_3072' } }, outcome: 'KeySpec never changes' },
  { changed: 'root.lifetimeYears', to: { root: { lifetimeYears: 25 } }, outcome: 'accepted' },
  { changed: 'issuers', to: { issuers: [first, second, third] }, outcome: 'accepted' },
  { changed: 'issuers', to: { issuers: [first] }, outcome: 'issuers: issuer-2 is recorded' },
  {
    changed: 'issuers',
    to: { issuers: [second, first] },
    outcome: 'issuers: recorded in the order issuer-1, issuer-2; asked is issuer-2, issuer-1',
  },
  { changed: 'issuers[].id', to: { issuers: [third, second] }, outcome: 'issuer-1' },
  {
    changed: 'issuers[].keySpec',
    to: { issuers: [first, { ...second, keySpec: 'ECC_NIST_P256' }] },
    outcome: 'KeySpec never changes',
  },
  {
    changed: 'issuers[].lifetimeYears',
    to: { issuers: [first, { ...second, lifetimeYears: 3 }] },
    outcome: 'accepted',
  },
  {
    changed: 'nameConstraints, nameConstraints.permittedDns',
    to: { nameConstraints: { permittedDns: ['example.com'] } },
    outcome: 'nameConstraints',
  },
  {
    changed: 'nameConstraints.permittedIp',
    to: { nameConstraints: { permittedIp: ['203.0.113.0/24'] } },
    outcome: 'nameConstraints',
  },
  { changed: 'additionalRoots', to: { additionalRoots: [certificate] }, outcome: 'accepted' },
  {
    changed: 'successorRoots, successorRoots[].id, successorRoots[].keySpec, successorRoots[].lifetimeYears',
    to: { successorRoots: [{ id: 'root-2', keySpec: 'ECC_NIST_P384', lifetimeYears: 30 }] },
    outcome: 'accepted',
  },
  {
    changed: 'root.kind, root.certificate, successorRoots[].kind, successorRoots[].certificate',
    to: {
      root: { kind: 'external', certificate },
      successorRoots: [{ id: 'root-2', kind: 'external', certificate: companyRoot('New CA') }],
    },
    outcome: 'A root stays what it is',
  },
  { changed: 'root.disabledBetweenUses', to: { root: { disabledBetweenUses: true } }, outcome: 'accepted' },
  {
    changed: 'successorRoots[].disabledBetweenUses',
    to: { successorRoots: [{ id: 'root-2', keySpec: 'ECC_NIST_P384', disabledBetweenUses: true }] },
    outcome: 'accepted',
  },
  { changed: 'rootAdoptionPercent', to: { rootAdoptionPercent: 90 }, outcome: 'accepted' },
  {
    changed: 'keyAdministration, keyAdministration.deployerRoleArns, keyAdministration.breakGlassRoleArns',
    to: { keyAdministration },
    outcome: 'accepted',
  },
  {
    changed: 'revocation.crlShards, revocation.listLifetimeHours, revocation.rootListLifetimeDays',
    to: { revocation: { crlShards: 4, listLifetimeHours: 24, rootListLifetimeDays: 60 } },
    outcome: 'accepted',
  },
  {
    changed: 'revocation.cacheSeconds, revocation.ocspLifetimeHours',
    to: { revocation: { cacheSeconds: 300, ocspLifetimeHours: 12 } },
    outcome: 'accepted',
  },
  {
    changed: 'revocation, revocation.domainName, revocation.certificateArn',
    to: { revocation: { domainName: 'pki.example.com', certificateArn } },
    outcome: 'accepted',
  },
  {
    changed: 'fleetConnector, fleetConnector.kibanaUrl, fleetConnector.apiKeySecretArn, fleetConnector.space',
    to: { fleetConnector: { kibanaUrl: 'https://kibana.example.com', apiKeySecretArn, space: 'fleet' } },
    outcome: 'accepted',
  },
  { changed: 'archive, archive.afterDays', to: { archive: { afterDays: 400 } }, outcome: 'accepted' },
  { changed: 'recoveryPeriodDays', to: { recoveryPeriodDays: 7 }, outcome: 'accepted' },
  {
    changed: 'restoredLedger, restoredLedger.streamArn, restoredLedger.formerTableName',
    to: { restoredLedger: { streamArn, formerTableName: 'ledger' } },
    outcome: 'the table missing does not exist, or is not a copy of the ledger of this authority',
  },
  { changed: 'tracing', to: { tracing: 'active' }, outcome: 'accepted' },
  { changed: 'certificateEvents', to: { certificateEvents: 'all' }, outcome: 'accepted' },
  {
    changed:
      'regions, regions.primary, regions.standby, regions.active, regions.revocationData, regions.inStandby, regions.inStandby.alarmTopicArn, regions.inStandby.api, regions.inStandby.codeSigning, regions.inStandby.encryption, regions.inStandby.fleetConnector',
    to: {
      regions: {
        primary: 'eu-central-1',
        standby: 'eu-west-1',
        active: 'standby',
        revocationData: 'standby',
        inStandby: {
          alarmTopicArn: 'arn:aws:sns:eu-west-1:000000000000:alarms',
          api: { vpcEndpointIds: ['vpce-76543210'] },
          codeSigning: { profileVersionArns: [profileVersion.replace('eu-central-1', 'eu-west-1')] },
          encryption: { logsKeyArn: ownKey.replace('eu-central-1', 'eu-west-1') },
          fleetConnector: {
            kibanaUrl: 'https://kibana.example.com',
            apiKeySecretArn: apiKeySecretArn.replace('eu-central-1', 'eu-west-1'),
          },
        },
      },
      revocation: { domainName: 'pki.example.com', certificateArn },
      api: { vpcEndpointIds: ['vpce-01234567'] },
    },
    outcome: 'MultiRegion never changes',
  },
  { changed: 'renewal, renewal.graceDays', to: { renewal: { graceDays: 7 } }, outcome: 'accepted' },
  {
    changed: 'quotas, quotas.kmsSignaturesPerSecond',
    to: { quotas: { kmsSignaturesPerSecond: 1000 } },
    outcome: 'accepted',
  },
  {
    changed: 'codeSigning, codeSigning.profileVersionArns',
    to: { codeSigning: { profileVersionArns: [profileVersion] } },
    outcome: 'accepted',
  },
  {
    changed: 'encryption, encryption.tableKeyArn, encryption.logsKeyArn',
    to: { encryption: { tableKeyArn: ownKey, logsKeyArn: ownKey } },
    outcome: 'accepted',
  },
  { changed: 'tags', to: { tags: { team: 'platform' } }, outcome: 'accepted' },
  { changed: 'eventArchiveDays', to: { eventArchiveDays: 30 }, outcome: 'accepted' },
  { changed: 'logRetentionDays', to: { logRetentionDays: 30 }, outcome: 'accepted' },
  { changed: 'sweepIntervalMinutes', to: { sweepIntervalMinutes: 10 }, outcome: 'accepted' },
  { changed: 'enrollConcurrency', to: { enrollConcurrency: 20 }, outcome: 'accepted' },
  { changed: 'alarmEmails', to: { alarmEmails: ['ops@example.com'] }, outcome: 'accepted' },
  { changed: 'monthlyBudgetDollars', to: { monthlyBudgetDollars: 100 }, outcome: 'accepted' },
  {
    changed: 'warmThroughput, warmThroughput.readUnitsPerSecond, warmThroughput.writeUnitsPerSecond',
    to: { warmThroughput: { readUnitsPerSecond: 20_000, writeUnitsPerSecond: 8000 } },
    outcome: 'accepted',
  },
  {
    changed: 'alarmTopicArn',
    to: { alarmTopicArn: 'arn:aws:sns:eu-central-1:000000000000:alarms' },
    outcome: 'accepted',
  },
  {
    changed:
      'throttle, throttle.ratePerSecond, throttle.burst, throttle.enrollPerSecond, throttle.renewPerSecond',
    to: { throttle: { ratePerSecond: 50, burst: 50, enrollPerSecond: 20, renewPerSecond: 30 } },
    outcome: 'accepted',
  },
  {
    changed: 'api, api.securityPolicy, api.allowedNetworks',
    to: { api: { securityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09', allowedNetworks: ['127.0.0.0/8'] } },
    outcome: 'accepted',
  },
  { changed: 'api.vpcEndpointIds', to: { api: { vpcEndpointIds: ['vpce-01234567'] } }, outcome: 'accepted' },
  {
    changed:
      'api.domainName, api.certificateArn, api.defaultEndpoint, api.webAclArn, api.mutualTls, api.mutualTls.domainName, api.mutualTls.certificateArn, api.mutualTls.trustStoreUri, api.mutualTls.trustStoreVersion',
    to: {
      api: {
        domainName: 'certs.example.com',
        certificateArn,
        defaultEndpoint: false,
        webAclArn:
          'arn:aws:wafv2:eu-central-1:000000000000:regional/webacl/acl/11112222-3333-4444-5555-666677778888',
        mutualTls: {
          domainName: 'renew.example.com',
          certificateArn,
          trustStoreUri: 's3://trust/trust.pem',
          trustStoreVersion: '2',
        },
      },
    },
    outcome: 'accepted',
  },
  {
    changed: 'api.mutualTls',
    to: { api: { mutualTls: { domainName: 'renew.example.com', certificateArn } } },
    outcome: 'accepted',
  },
  { changed: 'apiGatewayLogsRole', to: { apiGatewayLogsRole: 'existing' }, outcome: 'accepted' },
];

describe('a start over the data of the default settings', () => {
  const outcomes: { changed: string; to: string; outcome: string }[] = [];
  afterAll(() => console.table(outcomes));

  test.each(ROWS)('with another $changed ($to): $outcome', async ({ changed, to, outcome }) => {
    const own = mkdtempSync(join(directory, 'start-'));
    const found = await upgrade(to, own);
    outcomes.push({ changed, to: JSON.stringify(to).slice(0, 70), outcome: found.slice(0, 140) });
    if (outcome === 'accepted') {
      expect(found).toBe('accepted');
      expect(await refusedBack(own)).toEqual([]);
    } else expect(found).toContain(outcome);
  });

  test('is tried for every setting', () => {
    const tried = new Set(ROWS.flatMap(({ changed }) => changed.split(', ')));
    expect(settings().filter(({ path }) => !tried.has(path))).toEqual([]);
  });
});

test('a refused start changes nothing: the one after it issues with the same issuer and key', async () => {
  const own = mkdtempSync(join(directory, 'refused-'));
  const kept = await issuerAfter(own, data);
  lines.length = 0;
  expect(await upgrade({ issuers: [second] }, own)).toContain('issuer-1');
  expect(lines.filter((line) => line.includes('append to the setting issuers'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('"stack"'))).toEqual([]);
  expect(await issuerAfter(own, join(own, 'data'))).toBe(kept);
});

test('a deployment that fails after the check is rolled back, and succeeds the next time', async () => {
  const own = mkdtempSync(join(directory, 'failed-'));
  const appended = { issuers: [first, second, third] };
  // The slot is recorded by then. The rollback asks CloudFormation whether it is one, because that slot leaves.
  let failing = true;
  const asked: string[] = [];
  const found = await upgrade(appended, own, async ({ service, action, function: name = '' }, perform) => {
    if (service === 'cloudformation') {
      asked.push(action);
      failing = false;
    }
    if (failing && service === 's3' && name.endsWith('maintain-authority'))
      throw new AwsError('AccessDenied', 'Access Denied');
    return perform();
  });
  expect(found).toContain('Data');
  expect(found).toContain('cannot be updated');
  expect(asked).toEqual(['DescribeStacks']);
  const failed = join(own, 'data');
  expect(await upgrade({ issuers: [first, second] }, undefined, undefined, failed)).toBe('accepted');
  expect(await upgrade(appended, undefined, undefined, failed)).toBe('accepted');
});

/** Starts over a copy of the data, enrolls, and returns the issuing CA's certificate. A key that is missing is a new one. */
async function issuerAfter(own: string, over: string): Promise<string> {
  const copy = mkdtempSync(join(own, 'enroll-'));
  cpSync(over, copy, { recursive: true });
  const cloud = await TestCloud.start({ data: copy, keyMaterial: join(own, 'other-keys') });
  try {
    const { chain } = issuedIn(await cloud.enroll(await cloud.token(), enrollment()));
    return chain.join('');
  } finally {
    await cloud.stop();
  }
}

/** Why CloudFormation would refuse to set the setting back, of what is deployed in `own`; nothing is started. */
async function refusedBack(own: string): Promise<readonly string[]> {
  const { resources, ...others } = readAssembly(ASSEMBLY);
  const place = { accountId: '000000000000', region: 'eu-central-1' };
  const template = createTemplate({ resources, ...others }, place);
  try {
    await planDeployment(join(own, 'data'), { resources, exports: template.exports() });
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

/** Starts over a copy of data, in `own`; returns `accepted`, or the message of the refusal in one line. */
async function upgrade(
  to: object,
  own = mkdtempSync(join(directory, 'start-')),
  intercept?: Intercept,
  from = data,
): Promise<string> {
  const bundles = {
    directory: (name: string) => join(ASSEMBLY, 'bundles', 'functions', name),
    metafile: () => '',
  };
  const app = composeApp({ outdir: join(own, 'assembly'), settings: to, bundles, checkSchemas: false });
  cpSync(from, join(own, 'data'), { recursive: true });
  try {
    await (await start(app.synth().directory, join(own, 'data'), intercept)).stop();
    return 'accepted';
  } catch (error) {
    return (error as Error).message.replaceAll(/\s+/g, ' ');
  }
}
