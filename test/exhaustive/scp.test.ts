import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, test } from '@jest/globals';
import { statements, synthesized } from '../infra/synthesized.ts';

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

/** Names of the roles of both stacks, and of those that the key policy of a root lets enable it and disable it. */
function rolesInTemplates() {
  const { authority, service } = synthesized({
    root: { disabledBetweenUses: true },
    successorRoots: [{ id: 'root-2' }],
  });
  const ids = Object.keys(authority.findResources('AWS::IAM::Role'));
  const switching = Object.values(authority.findResources('AWS::KMS::Key'))
    .flatMap(({ Properties }) => statements(Properties.KeyPolicy))
    .filter(({ sid }) => sid === 'EnableForUse')
    .flatMap(({ principals }) => principals);
  const named = (stack: string) => (logicalId: string) => physicalName(stack, logicalId);
  return {
    roles: [
      ...ids.map(named('fleetseal-acme-authority')),
      ...Object.keys(service.findResources('AWS::IAM::Role')).map(named('fleetseal-acme-service')),
    ],
    switchers: ids.filter((id) => switching.includes(`<${id}.Arn>`)).map(named('fleetseal-acme-authority')),
  };
}

/** CloudFormation adds letters of its own, and cuts the rest so that the name fits into 64 characters. */
function physicalName(stack: string, logicalId: string): string {
  return `${stack.slice(0, 24)}-${logicalId.slice(0, 24)}-AbCdEfGhIjKl`;
}

const GUARDED = [
  ['kms:PutKeyPolicy', KEY],
  ['kms:CreateGrant', KEY],
  ['kms:ScheduleKeyDeletion', KEY],
  ['kms:EnableKey', KEY],
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

  test.each(['kms:EnableKey', 'kms:DisableKey'])(
    'leaves %s to the functions that switch roots, and to no other function',
    async (action) => {
      const { roles, switchers } = rolesInTemplates();
      const may: string[] = [];
      for (const role of roles) if (await allowed(role, action, KEY)) may.push(role);
      expect(may).toEqual(switchers);
      expect(may).toHaveLength(3);
    },
  );

  test('fits into the 5,120 characters that a policy may have', () => {
    expect(JSON.stringify(SCP).length).toBeLessThan(5120);
  });
});
