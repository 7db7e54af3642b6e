import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import { describe, expect, test } from '@jest/globals';
import {
  IDENTIFIERS,
  type ImportableTemplate,
  type ImportPlan,
  importPlan,
} from '../../infra/import/import-plan.ts';
import { readAssembly } from '../../infra/local/template/assembly.ts';
import { loadCreateOnly } from '../../infra/local/template/create-only.ts';
import { physical } from '../../infra/local/template/physical.ts';
import { ASSEMBLY } from '../support/assembly.ts';
import { text, withApp } from './synthesized.ts';

/** The stack of the keys in a Region, its list of resources, and the plan. */
function planned(assembly: string, id: string, region: string) {
  const template: ImportableTemplate = JSON.parse(
    readFileSync(join(assembly, `${id}.template.json`), 'utf8'),
  );
  const place = { accountId: '111122223333', region };
  const stack = readAssembly(assembly, region).resources.filter((one) => one.stack.endsWith('-authority'));
  const listed = {
    StackResourceSummaries: stack.map((one) => ({
      LogicalResourceId: one.logicalId,
      PhysicalResourceId: physical(one, place).ref,
      ResourceType: one.type,
    })),
  };
  return { template, stack, listed, plan: importPlan(template, listed) };
}

const { template, stack, listed, plan } = planned(ASSEMBLY, 'FleetsealAuthority', 'eu-central-1');
const certificate = (region: string) =>
  `arn:aws:acm:${region}:111122223333:certificate/11112222-3333-4444-5555-666677778888`;
const api = (region: string) => ({
  domainName: 'certs.example.com',
  certificateArn: certificate(region),
});
const { primary, standby } = withApp(
  {
    regions: { primary: 'eu-central-1', standby: 'eu-west-1', inStandby: { api: api('eu-west-1') } },
    revocation: { domainName: 'pki.example.com', certificateArn: certificate('us-east-1') },
    api: api('eu-central-1'),
  },
  (app) => {
    const { directory } = app.synth();
    return {
      primary: planned(directory, 'FleetsealAuthority', 'eu-central-1'),
      standby: planned(directory, 'FleetsealStandbyAuthority', 'eu-west-1'),
    };
  },
);
const typesOf = ({ resources }: ImportPlan) => new Set(resources.map(({ ResourceType }) => ResourceType));

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
  });

  test('knows no type that no stack has', () => {
    const types = [plan, primary.plan, standby.plan].flatMap((one) => [...typesOf(one)]);
    expect([...new Set(types)].sort()).toEqual(Object.keys(IDENTIFIERS).sort());
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
    const all = [{ plan, listed }, primary, standby].flatMap((one) =>
      one.plan.resources.map((resource) => ({ ...resource, listed: one.listed })),
    );
    for (const { ResourceType, LogicalResourceId, ResourceIdentifier, listed } of all) {
      const [schema] = schemas.lookup('resource', 'cloudFormationType', 'equals', ResourceType);
      expect([ResourceType, Object.keys(ResourceIdentifier)]).toEqual([
        ResourceType,
        schema?.primaryIdentifier,
      ]);
      const id = listed.StackResourceSummaries.find((one) => one.LogicalResourceId === LogicalResourceId);
      expect(Object.values(ResourceIdentifier)).toEqual([id?.PhysicalResourceId]);
    }
  });

  test.each([
    { name: 'of one Region', plan },
    { name: 'of the primary Region', plan: primary.plan },
    { name: 'of the standby Region', plan: standby.plan },
  ])('has a template of these resources alone, $name: nothing refers to what is not in it', ({ plan }) => {
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

  test('is refused with the type of what it cannot import, so that the next deployment finds no name taken', () => {
    const queue = { Type: 'AWS::SQS::Queue', DeletionPolicy: 'Retain' };
    const Resources = { ...template.Resources, Failed: queue };
    expect(() => importPlan({ Resources }, listed)).toThrow(
      /^cannot import AWS::SQS::Queue Failed, which the deleted stack retained: add the type to/,
    );
  });
});

describe('with two Regions, an import', () => {
  test('takes the table with the stack of the primary Region, and replicas of keys with that of the standby', () => {
    const some = ['AWS::DynamoDB::GlobalTable', 'AWS::KMS::Key', 'AWS::KMS::ReplicaKey'];
    const types = [primary, standby].map(({ plan }) => some.filter((type) => typesOf(plan).has(type)));
    expect(types).toEqual([some.slice(0, 2), some.slice(2)]);
  });

  test.each([
    { name: 'primary', one: primary, known: [] },
    { name: 'standby', one: standby, known: ['PrimaryKeyArn'] },
  ])('has a placeholder in no property that cannot change, in the $name Region', async ({ one, known }) => {
    const createOnly = await loadCreateOnly();
    const changed = Object.entries(one.plan.template.Resources).flatMap(([id, { Type, Properties = {} }]) =>
      createOnly(Type).filter(
        (name) =>
          JSON.stringify(Properties[name]) !== JSON.stringify(one.template.Resources[id]?.Properties?.[name]),
      ),
    );
    // The next test is about the ARN.
    expect([...new Set(changed)]).toEqual(known);
  });

  test('names the primary key of each replica, which has the same id', () => {
    const replicas = standby.plan.resources.filter((one) => one.ResourceType === 'AWS::KMS::ReplicaKey');
    expect(replicas).toHaveLength(4);
    for (const { LogicalResourceId, ResourceIdentifier } of replicas) {
      const arn = text(standby.plan.template.Resources[LogicalResourceId]?.Properties?.['PrimaryKeyArn']);
      expect(arn).toBe(`arn:aws:kms:eu-central-1:<AWS::AccountId>:key/${ResourceIdentifier['KeyId']}`);
    }
  });
});
