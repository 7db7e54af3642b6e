import { describe, expect, test } from '@jest/globals';
import { readAssembly } from '../../infra/local/template/assembly.ts';
import { inCreationOrder } from '../../infra/local/template/dependencies.ts';
import { ASSEMBLY } from '../support/assembly.ts';
import { synthesizedDefaults } from './synthesized.ts';

const { authority } = synthesizedDefaults();

describe('the check of a deployment', () => {
  const resources = readAssembly(ASSEMBLY).resources.filter(({ stack }) => stack.endsWith('-authority'));
  const order = inCreationOrder(resources);
  const check = order.findIndex(({ type }) => type === 'Custom::DeploymentCheck');

  test('comes before everything in the stack of the keys but the table that it reads, and its own function', () => {
    const before = order.slice(0, check).map(({ logicalId }) => logicalId.replace(/[0-9A-F]{8}$/, ''));
    expect(before.sort()).toEqual([
      'DeploymentGuardFunction',
      'DeploymentGuardFunctionEventInvokeConfig',
      'DeploymentGuardFunctionLogs',
      'DeploymentGuardFunctionPolicy',
      'DeploymentGuardFunctionRole',
      'LedgerTable',
    ]);
    const after = order.slice(check + 1).map(({ type }) => type);
    for (const type of ['AWS::KMS::Key', 'AWS::IAM::Role', 'AWS::S3::Bucket', 'Custom::Authority'])
      expect(after).toContain(type);
  });

  test('is waited for by name: CloudFormation runs in parallel what does not depend on each other', () => {
    const name = order[check]?.logicalId ?? '';
    const waiting = order
      .slice(check + 1)
      .filter(({ logicalId }) => !logicalId.startsWith('DeploymentGuard') && logicalId !== 'CDKMetadata');
    expect(waiting.length).toBeGreaterThan(50);
    expect(waiting.filter(({ dependsOn = [] }) => !dependsOn.includes(name))).toEqual([]);
  });

  test('is the first of the service stack too, which may be deployed alone', () => {
    const all = inCreationOrder(
      readAssembly(ASSEMBLY).resources.filter(({ stack }) => stack.endsWith('-service')),
    );
    const first = all.find(({ type }) => type === 'Custom::DeploymentCheck');
    const others = all.filter((one) => one !== first && one.type !== 'AWS::CDK::Metadata');
    expect(others.filter(({ dependsOn = [] }) => !dependsOn.includes(first?.logicalId ?? ''))).toEqual([]);
    expect(first?.properties).toMatchObject({ trustDomain: 'fleet', otherAuthorities: 'accept' });
  });

  test('gets what can never change, and no key: keys depend on it', () => {
    const [resource] = Object.values(authority.findResources('Custom::DeploymentCheck'));
    expect(resource?.['Properties']).toEqual({
      ServiceToken: expect.anything(),
      ServiceTimeout: '300',
      authority: 'fleet',
      trustDomain: 'fleet',
      roots: [{ id: 'root-1', kind: 'kms', keySpec: 'RSA_4096' }],
      issuers: [
        { id: 'issuer-1', keySpec: 'RSA_3072' },
        { id: 'issuer-2', keySpec: 'RSA_3072' },
      ],
      nameConstraints: { permittedDns: [], permittedIp: [] },
      otherAuthorities: 'refuse',
    });
  });
});
