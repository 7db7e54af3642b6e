import { describe, expect, test } from '@jest/globals';
import { settings } from '../../docs/generate/settings/document.ts';
import { type Synthesized, synthesized, synthesizedDefaults, text } from '../infra/synthesized.ts';

/*
 * The authority stack is deployed first. It may drop no export that the service stack of before the change imports
 * (CloudFormation user guide, "Export ... cannot be deleted as it is in use"), or the setting could not change any more.
 */

const certificateArn = 'arn:aws:acm:eu-central-1:111122223333:certificate/a';
const keyArn = 'arn:aws:kms:eu-central-1:111122223333:key/a';

/** Each setting that has no default, in one of these. Settings that add an export and drop it are not in the same one. */
const OPTIONAL = {
  'a public API': {
    trustDomain: 'pki.example.com',
    alarmTopicArn: 'arn:aws:sns:eu-central-1:111122223333:alarms',
    eventArchiveDays: 30,
    monthlyBudgetDollars: 100,
    enrollConcurrency: 20,
    archive: { afterDays: 400 },
    codeSigning: {
      profileVersionArns: ['arn:aws:signer:eu-central-1:111122223333:/signing-profiles/fleetseal/aBcD123456'],
    },
    encryption: { tableKeyArn: keyArn, logsKeyArn: keyArn },
    revocation: {
      domainName: 'lists.example.com',
      certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/a',
    },
    fleetConnector: {
      kibanaUrl: 'https://kibana.example.com',
      apiKeySecretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:kibana-aB3dE6',
      space: 'fleet',
    },
    throttle: { ratePerSecond: 50, burst: 50, enrollPerSecond: 20, renewPerSecond: 30 },
    warmThroughput: { readUnitsPerSecond: 20_000, writeUnitsPerSecond: 8000 },
    api: {
      domainName: 'certs.example.com',
      certificateArn,
      webAclArn:
        'arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/acl/11112222-3333-4444-5555-666677778888',
      mutualTls: {
        domainName: 'renew.example.com',
        certificateArn,
        trustStoreUri: 's3://trust/trust.pem',
        trustStoreVersion: '2',
      },
    },
  },
  'a private API of a restored ledger': {
    alarmEmails: ['ops@example.com'],
    apiGatewayLogsRole: 'existing',
    api: { vpcEndpointIds: ['vpce-0123456789abcdef0'], allowedNetworks: ['10.0.0.0/8'] },
    restoredLedger: {
      streamArn:
        'arn:aws:dynamodb:eu-central-1:111122223333:table/fleet.restored_1/stream/2026-11-28T03:12:45.123',
      formerTableName: 'before',
    },
  },
};

const exportsOf = ({ authority }: Synthesized) =>
  Object.values(authority.findOutputs('*')).flatMap(({ Export }) => (Export ? text(Export.Name) : []));
const importsOf = ({ service }: Synthesized) => [...new Set(importedBy(service.toJSON()))];

function importedBy(part: unknown): readonly string[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) =>
    name === 'Fn::ImportValue' ? [text(value)] : importedBy(value),
  );
}

describe.each(Object.entries(OPTIONAL))('with %s', (_, given) => {
  const changed = synthesized(given);
  const defaults = synthesizedDefaults();

  test('the authority stack exports what the service stack of the default settings imports', () => {
    expect(importsOf(defaults).length).toBeGreaterThan(10);
    expect(exportsOf(changed)).toEqual(expect.arrayContaining(importsOf(defaults)));
  });

  test('its service stack imports what the authority stack of the default settings exports', () => {
    expect(exportsOf(defaults)).toEqual(expect.arrayContaining(importsOf(changed)));
  });
});

/** A root is external from the first deployment on, or never; an authority in one Region stays there. */
const NEVER_CHANGES = ['root.certificate', 'successorRoots[].certificate', 'regions'];

test('each setting without a default is in one of them', () => {
  const without = settings().filter(
    ({ path, required, schema }) =>
      !required &&
      schema.default === undefined &&
      schema.properties === undefined &&
      !NEVER_CHANGES.some((name) => path === name || path.startsWith(`${name}.`)),
  );
  const given = Object.values(OPTIONAL).flatMap((one) => pathsOf(one));
  expect(given).toEqual(expect.arrayContaining(without.map(({ path }) => path)));
});

function pathsOf(given: object): readonly string[] {
  return Object.entries(given).flatMap(([name, value]) => [
    name,
    ...(typeof value === 'object' && !Array.isArray(value)
      ? pathsOf(value).map((path) => `${name}.${path}`)
      : []),
  ]);
}
