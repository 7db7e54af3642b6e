import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, test } from '@jest/globals';

const SCP: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../docs/examples/organization/scp.json'), 'utf8'),
);
const FULL = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const ACCOUNT = '111122223333';
const KEY = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/11112222-3333-4444-5555-666677778888`;
const FUNCTION = `arn:aws:lambda:eu-central-1:${ACCOUNT}:function:fleetseal-acme-enroll`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/fleetseal-acme-authority-EnrollRole6E326B8E-abc`;

/** Whether the organization lets a role with all permissions do it. */
async function allowed(role: string, action: string, resource: string): Promise<boolean> {
  const outcome = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/session`,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/${role}` },
      },
      identityPolicies: [{ name: 'all', policy: FULL }],
      serviceControlPolicies: [
        {
          orgIdentifier: 'account',
          policies: [
            { name: 'FullAWSAccess', policy: FULL },
            { name: 'fleetseal', policy: SCP },
          ],
        },
      ],
      resourceControlPolicies: [],
      ...(action.startsWith('kms:') ? { resourcePolicy: KEY_POLICY } : {}),
    },
    {},
  );
  return 'overallResult' in outcome && outcome.overallResult === 'Allowed';
}

/** CDK's default one: the account's IAM policies decide. */
const KEY_POLICY = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
  ],
};

const DEPLOYER = `cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-eu-central-1`;

const GUARDED = [
  ['kms:PutKeyPolicy', KEY],
  ['kms:CreateGrant', KEY],
  ['kms:ScheduleKeyDeletion', KEY],
  ['kms:DisableKey', KEY],
  ['iam:UpdateAssumeRolePolicy', ROLE],
  ['iam:PutRolePolicy', ROLE],
  ['iam:DeleteRolePolicy', ROLE],
  ['lambda:UpdateFunctionCode', FUNCTION],
  ['lambda:DeleteFunctionCodeSigningConfig', FUNCTION],
] as const;

describe('the sample of a service control policy', () => {
  test.each(GUARDED)('%s is for the deployer and break-glass only', async (action, resource) => {
    expect(await allowed('Administrator', action, resource)).toBe(false);
    expect(await allowed('fleetseal-acme-authority-EnrollRole6E326B8E-abc', action, resource)).toBe(false);
    expect(await allowed(DEPLOYER, action, resource)).toBe(true);
    expect(await allowed('break-glass', action, resource)).toBe(true);
  });

  test.each([
    { name: 'schedules invoke functions', action: 'lambda:InvokeFunction', resource: FUNCTION },
    { name: 'auditors read keys', action: 'kms:DescribeKey', resource: KEY },
    { name: 'functions sign, as far as the key policies let them', action: 'kms:Sign', resource: KEY },
    {
      name: 'other functions of the account are changed',
      action: 'lambda:UpdateFunctionCode',
      resource: FUNCTION.replace('fleetseal', 'other'),
    },
  ])('leaves alone: $name', async ({ action, resource }) => {
    expect(await allowed('Administrator', action, resource)).toBe(true);
  });

  test('fits into the 5,120 characters that a policy may have', () => {
    expect(JSON.stringify(SCP).length).toBeLessThan(5120);
  });
});
