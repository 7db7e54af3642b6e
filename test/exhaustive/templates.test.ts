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
