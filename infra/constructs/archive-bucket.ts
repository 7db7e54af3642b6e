import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { ObjectAccess } from './object-access.ts';

/**
 * Certificates that have left the table. It is there with any settings, so that what was archived is found after the
 * setting is gone. No role can delete an object or a version of one; the bucket is retained when its stack is deleted.
 *
 * It is encrypted with keys of S3, whatever the settings say of the table: S3 leaves an object under the key that it was
 * written with, so a key that changes with a setting would make what was archived before unreadable.
 */
export class ArchiveBucket extends Construct implements ObjectAccess {
  readonly bucket: IBucket;
  readonly mayLack = false;
  readonly wildcards = 'The wildcard stands for the objects of the archive, whose names are drawn.';

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      versioned: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    }) as IBucket;
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'NobodyDeletes',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
        resources: [this.bucket.arnForObjects('*')],
      }),
    );
    this.bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Only functions of the service read and write it, and each of their requests is in the access log of the API or in the log of the job.',
    });
  }
}
