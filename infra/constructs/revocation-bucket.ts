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

/** How long a list that was replaced is kept: what was published when stays provable for a quarter of a year. */
const REPLACED = Duration.days(90);

/**
 * Revocation lists and CA certificates, which CloudFront serves. No role can delete an object or a version of one; the
 * bucket is retained when its stack is deleted.
 */
export class RevocationBucket extends Construct implements ObjectAccess {
  readonly bucket: IBucket;
  readonly mayLack = true;
  readonly wildcards = 'The wildcard stands for the lists and certificates of every CA.';

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // A Bucket is an IBucket but for `isWebsite?`, which CDK declares without regard to exactOptionalPropertyTypes.
    this.bucket = new Bucket(this, 'Bucket', {
      versioned: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      lifecycleRules: [
        { noncurrentVersionExpiration: REPLACED, abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
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
        'The objects are public through CloudFront, their versions show every change, and the functions that write log each list.',
    });
  }
}
