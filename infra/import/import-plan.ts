/*
 * Brings what a deleted stack retained back into a stack of the same name: an import (CloudFormation user guide, "Import
 * AWS resources into a CloudFormation stack") takes a template that holds the imported resources and nothing else, and the
 * identifier of each. The deployment that follows makes the rest, and gives each resource its properties again.
 */

/** A CloudFormation template, as far as it concerns imports. */
export interface ImportableTemplate {
  readonly Resources: Readonly<Record<string, ImportableResource>>;
}

interface ImportableResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** What `aws cloudformation list-stack-resources` prints, also of a deleted stack that is named by its ARN. */
export interface StackResources {
  readonly StackResourceSummaries: readonly {
    readonly LogicalResourceId: string;
    readonly PhysicalResourceId?: string;
    readonly ResourceType: string;
  }[];
}

/** An entry of `--resources-to-import`. */
export interface ResourceToImport {
  readonly ResourceType: string;
  readonly LogicalResourceId: string;
  readonly ResourceIdentifier: Readonly<Record<string, string>>;
}

export interface ImportPlan {
  readonly template: ImportableTemplate;
  readonly resources: readonly ResourceToImport[];
}

/**
 * The types that are imported, with the property that identifies one; its value is the physical id (CloudFormation's
 * resource schemas, primaryIdentifier; checked by a test).
 */
export const IDENTIFIERS: Readonly<Record<string, string>> = {
  'AWS::KMS::Key': 'KeyId',
  'AWS::KMS::ReplicaKey': 'KeyId',
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::ManagedPolicy': 'PolicyArn',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::S3::BucketPolicy': 'Bucket',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::ApiGateway::RestApi': 'RestApiId',
  'AWS::CloudFront::CachePolicy': 'Id',
  'AWS::CloudFront::Distribution': 'Id',
  'AWS::CloudFront::OriginAccessControl': 'Id',
};

/** Retained and not imported: the settings of API Gateway, of which an account has one set that every deployment overwrites. */
const MADE_AGAIN: readonly string[] = ['AWS::ApiGateway::Account'];

/**
 * @param template the synthesized template of the stack, with the settings of the last deployment.
 * @param stack what the deleted stack had.
 * @throws Error naming every retained resource of the template that cannot be imported, or whose physical id the list lacks.
 */
export function importPlan(template: ImportableTemplate, stack: StackResources): ImportPlan {
  const ids = new Map(
    stack.StackResourceSummaries.map((one) => [one.LogicalResourceId, one.PhysicalResourceId]),
  );
  const wanted = Object.entries(template.Resources).filter(
    ([, resource]) => isRetained(resource) && !isMadeAgain(template, resource),
  );
  const unknown = wanted.filter(([, { Type }]) => IDENTIFIERS[Type] === undefined);
  if (unknown.length > 0)
    throw new Error(
      `cannot import ${unknown.map(([id, { Type }]) => `${Type} ${id}`).join(', ')}, which the deleted stack retained: add the type to infra/import/import-plan.ts, with its identifier or to those that are made again`,
    );
  const missing = wanted.filter(([id]) => !ids.get(id)).map(([id, { Type }]) => `${Type} ${id}`);
  if (missing.length > 0)
    throw new Error(
      `the list of the stack's resources lacks ${missing.join(', ')}: list the resources of the deleted stack by its ARN, and synthesize with the settings and the version of its last deployment`,
    );
  const imported = new Set(wanted.map(([id]) => id));
  const former: Former = (id) => ids.get(id) ?? 'not-imported';
  return {
    template: {
      Resources: Object.fromEntries(
        wanted.map(([id, resource]) => [id, only(imported, former, resource, former(id))]),
      ),
    },
    resources: wanted.map(([LogicalResourceId, { Type }]) => ({
      ResourceType: Type,
      LogicalResourceId,
      ResourceIdentifier: { [IDENTIFIERS[Type] ?? '']: former(LogicalResourceId) },
    })),
  };
}

function isRetained(resource: ImportableResource | undefined): boolean {
  return resource?.DeletionPolicy?.startsWith('Retain') === true;
}

/**
 * Whether the next deployment makes another one, and what there was stays: log groups. One whose name contains the id of an
 * API that is imported could not be made again, because the name would be taken.
 */
function isMadeAgain({ Resources }: ImportableTemplate, { Type, Properties }: ImportableResource): boolean {
  if (Type !== 'AWS::Logs::LogGroup') return MADE_AGAIN.includes(Type);
  const name = Properties?.['LogGroupName'];
  return name === undefined || !targetsIn(name).every((id) => isRetained(Resources[id]));
}

/** The logical ids that a value refers to. */
function targetsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(targetsIn);
  if (typeof value !== 'object' || value === null) return [];
  const target = targetOf(value);
  return target === undefined ? Object.values(value).flatMap(targetsIn) : [target];
}

/** The logical id that `Ref` or `Fn::GetAtt` refers to. @returns undefined where the value is neither */
function targetOf(value: object): string | undefined {
  const [target] = [Object(value)['Ref'], Object(value)['Fn::GetAtt']].flat().filter(Boolean);
  if (typeof target !== 'string' || target.startsWith('AWS::')) return undefined;
  return target.split('.')[0];
}

/** The physical id that a logical id had, or what stands for it. */
type Former = (logicalId: string) => string;

/** The resource without what it depends on outside of the import. */
function only(
  imported: ReadonlySet<string>,
  former: Former,
  resource: ImportableResource,
  ownId: string,
): ImportableResource {
  const { DependsOn: _, ...rest } = resource;
  const dependsOn = [resource.DependsOn ?? []].flat().filter((id) => imported.has(id));
  return {
    ...rest,
    Properties: Object.fromEntries(
      Object.entries(resource.Properties ?? {}).map(([name, value]) => [
        name,
        replaced(imported, name === 'PrimaryKeyArn' ? () => withoutPrefix(ownId) : former, value),
      ]),
    ),
    ...(dependsOn.length > 0 ? { DependsOn: dependsOn } : {}),
  };
}

/**
 * What the check of the deployment finds out for the ARN of a primary key: a replica has the id of its primary key (KMS
 * developer guide, "Multi-Region keys"). A placeholder would not do, because another ARN replaces the replica.
 */
function withoutPrefix(keyId: string): string {
  return keyId.replace(/^mrk-/, '');
}

/**
 * References to what is not imported become the physical id of then, or a placeholder: an import changes no resource, and
 * the next deployment sets the property.
 */
function replaced(imported: ReadonlySet<string>, former: Former, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => replaced(imported, former, item));
  if (typeof value !== 'object' || value === null) return value;
  const id = targetOf(value);
  if (id !== undefined) return imported.has(id) ? value : former(id);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, replaced(imported, former, item)]),
  );
}
