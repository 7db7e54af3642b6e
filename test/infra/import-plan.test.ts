import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import { describe, expect, test } from '@jest/globals';
import { IDENTIFIERS, type ImportableTemplate, importPlan } from '../../infra/import/import-plan.ts';
import { readAssembly } from '../../infra/local/template/assembly.ts';
import { physical } from '../../infra/local/template/physical.ts';
import { ASSEMBLY } from '../support/assembly.ts';

const template: ImportableTemplate = JSON.parse(
  readFileSync(join(ASSEMBLY, 'FleetsealAuthority.template.json'), 'utf8'),
);
const place = { accountId: '111122223333', region: 'eu-central-1' };
const stack = readAssembly(ASSEMBLY).resources.filter((one) => one.stack.endsWith('-authority'));
const listed = {
  StackResourceSummaries: stack.map((one) => ({
    LogicalResourceId: one.logicalId,
    PhysicalResourceId: physical(one, place).ref,
    ResourceType: one.type,
  })),
};
const plan = importPlan(template, listed);

/** Logical ids that a template refers to. */
function references(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    if (name === 'Ref') return [String(item)];
    if (name === 'Fn::GetAtt' || name === 'DependsOn')
      return [item]
        .flat()
        .slice(0, name === 'DependsOn' ? undefined : 1)
        .map(String);
    return references(item);
  });
}

describe('an import of what a deleted stack retained', () => {
  test('takes every retained resource but those that are made again', () => {
    const left = stack.filter(
      ({ retained, logicalId }) =>
        retained && !plan.resources.some((one) => one.LogicalResourceId === logicalId),
    );
    expect([...new Set(left.map(({ type }) => type))].sort()).toEqual([
      'AWS::ApiGateway::Account',
      'AWS::Logs::LogGroup',
    ]);
    const types = new Set(plan.resources.map(({ ResourceType }) => ResourceType));
    expect([...types].sort()).toEqual(Object.keys(IDENTIFIERS).sort());
  });

  test('takes the log group whose name contains the id of the API that is imported, and no other', () => {
    const idsOf = (type: string) =>
      plan.resources.flatMap(({ ResourceType, LogicalResourceId }) =>
        ResourceType === type ? [LogicalResourceId] : [],
      );
    const [api] = idsOf('AWS::ApiGateway::RestApi');
    expect(idsOf('AWS::Logs::LogGroup').map((id) => plan.template.Resources[id]?.Properties)).toEqual([
      expect.objectContaining({
        LogGroupName: { 'Fn::Join': ['', ['API-Gateway-Execution-Logs_', { Ref: api }, '/v1']] },
      }),
    ]);
  });

  test('identifies each by what its schema demands, with the physical id', async () => {
    const schemas = await loadAwsServiceSpec();
    for (const { ResourceType, LogicalResourceId, ResourceIdentifier } of plan.resources) {
      const [schema] = schemas.lookup('resource', 'cloudFormationType', 'equals', ResourceType);
      expect([ResourceType, Object.keys(ResourceIdentifier)]).toEqual([
        ResourceType,
        schema?.primaryIdentifier,
      ]);
      const id = listed.StackResourceSummaries.find((one) => one.LogicalResourceId === LogicalResourceId);
      expect(Object.values(ResourceIdentifier)).toEqual([id?.PhysicalResourceId]);
    }
  });

  test('has a template of these resources alone: nothing refers to what is not in it', () => {
    const ids = Object.keys(plan.template.Resources);
    expect(ids.sort()).toEqual(plan.resources.map(({ LogicalResourceId }) => LogicalResourceId).sort());
    const outside = references(plan.template).filter((id) => !id.startsWith('AWS::') && !ids.includes(id));
    expect(outside).toEqual([]);
  });

  test('has the properties of the template, and a deletion policy, which an import demands', () => {
    for (const [id, resource] of Object.entries(plan.template.Resources)) {
      expect(resource.DeletionPolicy).toMatch(/^Retain(ExceptOnCreate)?$/);
      expect(resource.Type).toBe(template.Resources[id]?.Type);
    }
    const [key] = Object.keys(plan.template.Resources).filter((id) => id.startsWith('root1Key'));
    expect(plan.template.Resources[key ?? '']?.Properties).toEqual(template.Resources[key ?? '']?.Properties);
  });

  test('fits into the 1 MB of a template in S3', () => {
    expect(JSON.stringify(plan.template).length).toBeLessThan(1_000_000);
  });

  test('is refused with the names of what the list lacks', () => {
    const without = {
      StackResourceSummaries: listed.StackResourceSummaries.filter(
        ({ LogicalResourceId }) => !LogicalResourceId.startsWith('issuer2Key'),
      ),
    };
    expect(() => importPlan(template, without)).toThrow(
      /^the list of the stack's resources lacks AWS::KMS::Key issuer2Key\w+: list the resources of the deleted stack by its ARN/,
    );
  });
});
