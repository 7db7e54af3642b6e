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
  readonly Properties?: unknown;
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
 * resource schemas, primaryIdentifier; checked by a test). What else is retained is not: log groups and the settings of API
 * Gateway are made again, and what they were stays.
 */
export const IDENTIFIERS: Readonly<Record<string, string>> = {
  'AWS::KMS::Key': 'KeyId',
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::ManagedPolicy': 'PolicyArn',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::S3::BucketPolicy': 'Bucket',
  'AWS::ApiGateway::RestApi': 'RestApiId',
  'AWS::CloudFront::CachePolicy': 'Id',
  'AWS::CloudFront::Distribution': 'Id',
  'AWS::CloudFront::OriginAccessControl': 'Id',
};

/**
 * @param template the synthesized template of the stack, with the settings of the last deployment.
 * @param stack what the deleted stack had.
 * @throws Error naming every retained resource of the template whose physical id the list lacks.
 */
export function importPlan(template: ImportableTemplate, stack: StackResources): ImportPlan {
  const ids = new Map(
    stack.StackResourceSummaries.map((one) => [one.LogicalResourceId, one.PhysicalResourceId]),
  );
  const wanted = Object.entries(template.Resources).filter(
    ([, { Type, DeletionPolicy = '' }]) =>
      IDENTIFIERS[Type] !== undefined && DeletionPolicy.startsWith('Retain'),
  );
  const missing = wanted.filter(([id]) => !ids.get(id)).map(([id, { Type }]) => `${Type} ${id}`);
  if (missing.length > 0)
    throw new Error(
      `the list of the stack's resources lacks ${missing.join(', ')}: list the resources of the deleted stack by its ARN, and synthesize with the settings and the version of its last deployment`,
    );
  const imported = new Set(wanted.map(([id]) => id));
  return {
    template: {
      Resources: Object.fromEntries(wanted.map(([id, resource]) => [id, only(imported, ids, resource)])),
    },
    resources: wanted.map(([LogicalResourceId, { Type }]) => ({
      ResourceType: Type,
      LogicalResourceId,
      ResourceIdentifier: { [IDENTIFIERS[Type] ?? '']: ids.get(LogicalResourceId) ?? '' },
    })),
  };
}

type Ids = ReadonlyMap<string, string | undefined>;

/** The resource without what it depends on outside of the import. */
function only(imported: ReadonlySet<string>, ids: Ids, resource: ImportableResource): ImportableResource {
  const { DependsOn: _, ...rest } = resource;
  const dependsOn = [resource.DependsOn ?? []].flat().filter((id) => imported.has(id));
  return {
    ...rest,
    Properties: replaced(imported, ids, resource.Properties ?? {}),
    ...(dependsOn.length > 0 ? { DependsOn: dependsOn } : {}),
  };
}

/**
 * References to what is not imported become the physical id of then, or a placeholder: an import changes no resource, and
 * the next deployment sets the property.
 */
function replaced(imported: ReadonlySet<string>, ids: Ids, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => replaced(imported, ids, item));
  if (typeof value !== 'object' || value === null) return value;
  const [target] = [Object(value)['Ref'], Object(value)['Fn::GetAtt']].flat().filter(Boolean);
  if (typeof target === 'string' && !target.startsWith('AWS::')) {
    const id = target.split('.')[0] ?? '';
    return imported.has(id) ? value : (ids.get(id) ?? 'not-imported');
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, replaced(imported, ids, item)]),
  );
}
