import { expect, test } from '@jest/globals';
import { withApp } from '../infra/synthesized.ts';

/** Settings that turn on what the defaults leave out. */
const FULL = {
  authority: 'prod',
  root: { keySpec: 'ECC_NIST_P384' },
  issuers: [
    { id: 'issuer-1', keySpec: 'ECC_NIST_P256' },
    { id: 'issuer-2', keySpec: 'ECC_NIST_P256' },
    { id: 'issuer-3', keySpec: 'ECC_NIST_P256' },
  ],
  nameConstraints: { permittedDns: ['example.com'], permittedIp: ['203.0.113.0/24'] },
  keyAdministration: {
    deployerRoleArns: ['arn:aws:iam::111122223333:role/deployer'],
    breakGlassRoleArns: ['arn:aws:iam::111122223333:role/break-glass'],
  },
  revocation: {
    crlShards: 128,
    domainName: 'pki.example.com',
    certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/11112222-3333-4444-5555-666677778888',
  },
  fleetConnector: {
    kibanaUrl: 'https://kibana.example.com',
    apiKeySecretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:kibana-aB3dE6',
    space: 'fleet',
  },
  codeSigning: {
    profileVersionArns: ['arn:aws:signer:eu-central-1:111122223333:/signing-profiles/fleetseal/aBcD123456'],
  },
  encryption: {
    tableKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/11112222-3333-4444-5555-666677778888',
    logsKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/11112222-3333-4444-5555-666677778888',
  },
  tags: { team: 'platform' },
  tracing: 'active',
  certificateEvents: 'all',
  api: {
    domainName: 'certs.example.com',
    certificateArn: 'arn:aws:acm:eu-central-1:111122223333:certificate/11112222-3333-4444-5555-666677778888',
    allowedNetworks: ['203.0.113.0/24'],
    webAclArn:
      'arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/acl/11112222-3333-4444-5555-666677778888',
    mutualTls: {
      domainName: 'renew.example.com',
      certificateArn:
        'arn:aws:acm:eu-central-1:111122223333:certificate/11112222-3333-4444-5555-666677778888',
      trustStoreUri: 's3://trust/trust.pem',
    },
  },
  enrollConcurrency: 50,
  alarmTopicArn: 'arn:aws:sns:eu-central-1:111122223333:alarms',
  apiGatewayLogsRole: 'existing',
};

test('with all settings set, the AWS Solutions and Serverless rules and the schemas of CloudFormation hold', () => {
  expect(() => withApp(FULL, (app) => app.synth(), { checkSchemas: true })).not.toThrow();
});

/** Both ends of every number. */
const NUMBERS = {
  lowest: {
    authority: 'prod',
    root: { lifetimeYears: 2 },
    issuers: [{ id: 'issuer-1', lifetimeYears: 1 }],
    rootAdoptionPercent: 0,
    revocation: {
      crlShards: 1,
      listLifetimeHours: 2,
      rootListLifetimeDays: 7,
      cacheSeconds: 1,
      ocspLifetimeHours: 1,
    },
    renewal: { graceDays: 0 },
    logRetentionDays: 1,
    sweepIntervalMinutes: 1,
    enrollConcurrency: 1,
    eventArchiveDays: 1,
    monthlyBudgetDollars: 1,
    throttle: { ratePerSecond: 1, burst: 1, enrollPerSecond: 1, renewPerSecond: 1 },
    quotas: { kmsSignaturesPerSecond: 2 },
    warmThroughput: { readUnitsPerSecond: 12_000, writeUnitsPerSecond: 4000 },
  },
  highest: {
    authority: 'prod',
    root: { lifetimeYears: 30 },
    issuers: [{ id: 'issuer-1', lifetimeYears: 20 }],
    rootAdoptionPercent: 100,
    revocation: {
      crlShards: 128,
      listLifetimeHours: 239,
      rootListLifetimeDays: 180,
      cacheSeconds: 3600,
      ocspLifetimeHours: 168,
    },
    renewal: { graceDays: 30 },
    // CloudFormation's word for it is to say no days.
    logRetentionDays: 9999,
    sweepIntervalMinutes: 60,
    enrollConcurrency: 900,
    eventArchiveDays: 3650,
    monthlyBudgetDollars: 10_000_000,
    throttle: { ratePerSecond: 10_000, burst: 5000, enrollPerSecond: 10_000, renewPerSecond: 10_000 },
    quotas: { kmsSignaturesPerSecond: 100_000 },
    warmThroughput: { readUnitsPerSecond: 1_000_000, writeUnitsPerSecond: 1_000_000 },
  },
};

test.each(Object.entries(NUMBERS))('with the %s numbers, the same holds', (_, settings) => {
  expect(() => withApp(settings, (app) => app.synth(), { checkSchemas: true })).not.toThrow();
});
