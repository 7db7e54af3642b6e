import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnBucket, IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import type { ObjectGrant } from '../permissions.ts';

/** A bucket whose objects functions read and write by the permission table. */
export interface ObjectAccess {
  readonly bucket: IBucket;
  /** Whether a missing object is expected, and not an error. */
  readonly mayLack: boolean;
  /** What a wildcard in the keys of its grants stands for. */
  readonly wildcards: string;
}

/**
 * The statements that allow the entries of the permission table, and to list where an object may be missing: S3 tells that
 * only who may list (S3 API reference, GetObject).
 */
export function objectStatements(
  { bucket, mayLack }: ObjectAccess,
  grants: readonly ObjectGrant[],
): PolicyStatement[] {
  if (grants.length === 0) return [];
  return [
    ...(mayLack ? [new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] })] : []),
    ...grants.map(
      ({ actions, keys, onlyNew }) =>
        new PolicyStatement({
          actions: actions.map((action) => `s3:${action}`),
          resources: keys.map((key) => bucket.arnForObjects(key)),
          // S3 user guide, "Enforce conditional writes on Amazon S3 buckets".
          ...(onlyNew ? { conditions: { Null: { 's3:if-none-match': 'false' } } } : {}),
        }),
    ),
  ];
}

/** Acknowledges the wildcards of the grants in `policy`. */
export function acknowledgeWildcards(
  policy: IConstruct,
  { bucket, wildcards }: ObjectAccess,
  grants: readonly ObjectGrant[],
): void {
  const arn = arnIn(Stack.of(policy), bucket);
  for (const key of grants.flatMap(({ keys }) => keys).filter((one) => one.includes('*')))
    Validations.of(policy).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${arn}/${key}]`,
      reason: wildcards,
    });
}

/** A bucket's ARN as cdk-nag writes it: by its logical id, or by the name under which its stack exports it to another. */
function arnIn(stack: Stack, bucket: IBucket): string {
  const own = Stack.of(bucket);
  if (own === stack) return `<${own.getLogicalId(bucket.node.defaultChild as CfnBucket)}.Arn>`;
  const imported: { readonly 'Fn::ImportValue': string } = own.resolve(own.exportValue(bucket.bucketArn));
  return imported['Fn::ImportValue'];
}
