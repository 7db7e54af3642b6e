import { describe, expect, test } from '@jest/globals';
import { type Access, createAccess } from '../../infra/local/iam/access.ts';
import type { Principal } from '../../infra/local/iam/iam.ts';
import { sessionPrincipal } from '../../infra/local/iam/principals.ts';
import { readAssembly } from '../../infra/local/template/assembly.ts';
import { createTemplate, type Template } from '../../infra/local/template/template.ts';
import { withApp } from '../infra/synthesized.ts';
import { ASSEMBLY } from '../support/assembly.ts';

/*
 * Who may do what with each CA key: its policy and the principal's own, evaluated for each kind of principal, by the
 * simulator that the local cloud uses.
 */

const ACCOUNT = '111122223333';
const DEPLOYER = `arn:aws:iam::${ACCOUNT}:role/deployer`;
const BREAK_GLASS = `arn:aws:iam::${ACCOUNT}:role/break-glass`;
const PLACE = { accountId: ACCOUNT, region: 'eu-central-1' };
const EVERYTHING = [
  {
    name: 'AdministratorAccess',
    policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
  },
];

interface World {
  readonly template: Template;
  readonly access: Access;
}

function worldOf(directory: string): World {
  const template = createTemplate(readAssembly(directory), PLACE);
  return { template, access: createAccess(template, () => {}) };
}

const defaults = worldOf(ASSEMBLY);
const named = withApp(
  { keyAdministration: { deployerRoleArns: [DEPLOYER], breakGlassRoleArns: [BREAK_GLASS] } },
  (app) => worldOf(app.synth().directory),
);

/** With every permission that IAM can give. */
const role = (arn: string): Principal => ({
  arn: arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/').concat('/someone'),
  principalArn: arn,
  name: arn.slice(arn.lastIndexOf('/') + 1),
  policies: EVERYTHING,
});
const identity = (arn: string): Principal => ({ arn, principalArn: arn, name: arn, policies: EVERYTHING });

const PRINCIPALS: Readonly<Record<string, Principal>> = {
  deployer: role(DEPLOYER),
  'break-glass': role(BREAK_GLASS),
  administrator: role(`arn:aws:iam::${ACCOUNT}:role/Administrator`),
  'user with all permissions': identity(`arn:aws:iam::${ACCOUNT}:user/admin`),
  'root user': identity(`arn:aws:iam::${ACCOUNT}:root`),
  'role of another account': role('arn:aws:iam::444455556666:role/Administrator'),
};

const DELETION = 'kms:ScheduleKeyDeletionPendingWindowInDays';

/** Each with the condition keys of a request. */
const ACTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Sign: { 'kms:SigningAlgorithm': 'RSASSA_PKCS1_V1_5_SHA_256', 'kms:MessageType': 'DIGEST' },
  CreateGrant: {},
  PutKeyPolicy: {},
  DescribeKey: {},
  EnableKey: {},
  DisableKey: {},
  ScheduleKeyDeletion: { [DELETION]: '30' },
  CancelKeyDeletion: {},
  UpdatePrimaryRegion: {},
  ReplicateKey: {},
  RevokeGrant: {},
};

/** The actions that a principal may do with the key. */
async function allowed(
  { template, access }: World,
  principal: Principal,
  key: RegExp,
): Promise<readonly string[]> {
  const arn =
    template.all('AWS::KMS::Key').find(({ logicalId }) => key.test(logicalId))?.attributes['Arn'] ?? '';
  const may: string[] = [];
  for (const [action, context] of Object.entries(ACTIONS))
    if (
      (await access.iam.refusal(principal, { action: `kms:${action}`, resource: arn, context })) === undefined
    )
      may.push(action);
  return may;
}

const KEYS = [/^root1Key/, /^issuer1Key/, /^issuer2Key/];

const ADMINISTRATION = ['PutKeyPolicy', 'DescribeKey', 'ScheduleKeyDeletion'];
const EMERGENCY = ['EnableKey', 'DisableKey', 'CancelKeyDeletion', 'RevokeGrant'];

describe.each(KEYS)('the key %s', (key) => {
  test.each([
    { who: 'deployer', may: ADMINISTRATION },
    { who: 'break-glass', may: [...ADMINISTRATION, ...EMERGENCY] },
    { who: 'administrator', may: [] },
    { who: 'user with all permissions', may: [] },
    { who: 'root user', may: ['PutKeyPolicy', 'DescribeKey'] },
    { who: 'role of another account', may: [] },
  ])('with named administrators, the $who may $may', async ({ who, may }) => {
    const principal = PRINCIPALS[who];
    if (principal === undefined) throw new Error(who);
    expect((await allowed(named, principal, key)).toSorted()).toEqual(may.toSorted());
  });

  test.each([
    'deployer',
    'administrator',
    'user with all permissions',
    'root user',
    'role of another account',
  ])('without them, the %s never signs, grants or replicates', async (who) => {
    const principal = PRINCIPALS[who];
    if (principal === undefined) throw new Error(who);
    const may = await allowed(defaults, principal, key);
    for (const action of ['Sign', 'CreateGrant', 'ReplicateKey', 'UpdatePrimaryRegion'])
      expect(may).not.toContain(action);
  });

  test('is administered by what IAM allows where no role is named, and not from another account', async () => {
    expect((await allowed(defaults, role(DEPLOYER), key)).toSorted()).toEqual(
      [...ADMINISTRATION, ...EMERGENCY].toSorted(),
    );
    expect(await allowed(defaults, role('arn:aws:iam::444455556666:role/Administrator'), key)).toEqual([]);
  });
});

/** What functions do with keys: the maintenance also looks at the roots' states. */
const USES = ['Sign', 'DescribeKey'];

describe('a function of the service', () => {
  const functions = named.template.all('AWS::Lambda::Function');

  test.each(
    functions.map(({ ref, properties, attributes }) => ({
      ref,
      roleArn: String(properties['Role']),
      arn: attributes['Arn'] ?? '',
    })),
  )('$ref administers no key, whatever its own policies allowed', async ({ roleArn, arn }) => {
    const own = named.access.role(roleArn);
    const session = sessionPrincipal(
      ACCOUNT,
      { ...own, policies: [...own.policies, ...EVERYTHING] },
      'session',
      arn,
    );
    for (const key of KEYS)
      expect((await allowed(named, session, key)).filter((action) => !USES.includes(action))).toEqual([]);
  });

  test('that signs does so from itself only: with its role, an administrator signs nothing', async () => {
    const signers = named.template
      .all('AWS::IAM::Role')
      .filter(({ properties }) => JSON.stringify(properties).includes('OnlyTheFunctionSigns'));
    expect(signers.length).toBeGreaterThanOrEqual(8);
    for (const { attributes } of signers) {
      const own = named.access.role(attributes['Arn'] ?? '');
      const assumed = sessionPrincipal(
        ACCOUNT,
        { ...own, policies: [...own.policies, ...EVERYTHING] },
        'someone',
      );
      for (const key of KEYS)
        expect((await allowed(named, assumed, key)).filter((action) => action !== 'DescribeKey')).toEqual([]);
    }
  });
});

describe('a root whose key is disabled between uses', () => {
  const kept = withApp(
    {
      keyAdministration: { deployerRoleArns: [DEPLOYER], breakGlassRoleArns: [BREAK_GLASS] },
      root: { disabledBetweenUses: true },
      successorRoots: [{ id: 'root-2' }, { id: 'root-3', disabledBetweenUses: true }],
    },
    (app) => worldOf(app.synth().directory),
  );
  const signers = kept.template
    .all('AWS::IAM::Role')
    .filter(({ properties }) => JSON.stringify(properties).includes('OnlyTheFunctionSigns'));

  /** The functions that may enable the key, and disable it; with every permission that IAM can give, too. */
  async function switchers(key: RegExp, fromItself: boolean): Promise<readonly string[]> {
    const may: string[] = [];
    for (const { ref, properties, attributes } of kept.template.all('AWS::Lambda::Function')) {
      const own = kept.access.role(String(properties['Role']));
      const principal = { ...own, policies: [...own.policies, ...EVERYTHING] };
      const source = fromItself ? (attributes['Arn'] ?? '') : undefined;
      const actions = await allowed(kept, sessionPrincipal(ACCOUNT, principal, 'session', source), key);
      const both = ['EnableKey', 'DisableKey'].filter((action) => actions.includes(action));
      if (both.length > 0) may.push(`${ref.replace('fleetseal-fleet-', '')} ${both.join(' ')}`);
    }
    return may.toSorted();
  }

  const USERS = ['certify-issuer', 'certify-root', 'maintain-authority'].map(
    (name) => `${name} EnableKey DisableKey`,
  );

  test('is enabled and disabled by the functions that use it, and by no other', async () => {
    expect(signers.length).toBeGreaterThanOrEqual(8);
    expect(await switchers(/^root1Key/, true)).toEqual(USERS);
    expect(await switchers(/^root3Key/, true)).toEqual(USERS);
  });

  test.each([
    { name: 'a root without the setting', key: /^root2Key/ },
    { name: 'an issuer', key: /^issuer1Key/ },
    { name: 'the responder', key: /^responder1Key/ },
  ])('$name is not', async ({ key }) => {
    expect(await switchers(key, true)).toEqual([]);
  });

  test('is not enabled by somebody who has assumed the role of such a function', async () => {
    expect(await switchers(/^root1Key/, false)).toEqual([]);
  });
});

test("a deletion in less than 30 days is nobody's", async () => {
  const key = named.template.all('AWS::KMS::Key')[0]?.attributes['Arn'] ?? '';
  for (const principal of Object.values(PRINCIPALS)) {
    const request = { action: 'kms:ScheduleKeyDeletion', resource: key, context: { [DELETION]: '7' } };
    expect(await named.access.iam.refusal(principal, request)).toBeDefined();
  }
});
