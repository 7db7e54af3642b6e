import {
  Annotations,
  CfnOutput,
  CfnResource,
  Duration,
  RemovalPolicy,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  HttpVersion,
  PriceClass,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  Signing,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { RestApiOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { OCSP_PATH } from '../../shared/domain/revocation-points.ts';
import type { Placement } from '../settings/regions.ts';
import type { Settings } from '../settings/settings.ts';

export interface RevocationDistributionProps {
  readonly authority: string;
  readonly bucket: IBucket;
  readonly revocation: Settings['revocation'];
  /** @default - one Region */
  readonly placement?: Placement | undefined;
}

/** An error is never cached longer: a list that was missing is served as soon as it exists. */
const ERROR_TTL = Duration.seconds(5);

/** The longest that CloudFront keeps what its origin lets it keep; each response says how long itself. */
const MAX_TTL = Duration.days(1);

/**
 * Serves revocation lists, OCSP and CA certificates to anyone, over plain HTTP too: what they say is signed, and a
 * verifier that needed TLS to fetch them would first have to verify another certificate (RFC 5280 section 8).
 *
 * Certificates contain its name, so it is retained when its stack is deleted. What is retained with it is named after the
 * bucket, whose name CloudFormation generates: another deployment of the stack does not find its names taken.
 */
export class RevocationDistribution extends Construct {
  /** `http://<host>`: the base of the addresses in certificates. */
  readonly url: string;
  private readonly distribution: Distribution;
  private readonly behavior: Omit<BehaviorOptions, 'origin'>;

  constructor(scope: Construct, id: string, props: RevocationDistributionProps) {
    super(scope, id);
    const { authority, bucket, revocation, placement } = props;
    const hasName = placement?.servesRevocationData ?? true;
    this.behavior = {
      viewerProtocolPolicy: ViewerProtocolPolicy.ALLOW_ALL,
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
      compress: false,
      cachePolicy: new CachePolicy(this, 'Caching', {
        cachePolicyName: bucket.bucketName,
        comment: 'As long as the response says; nothing if it says nothing.',
        minTtl: Duration.seconds(0),
        defaultTtl: Duration.seconds(0),
        maxTtl: MAX_TTL,
      }),
    };
    this.distribution = new Distribution(this, 'Distribution', {
      comment: `fleetseal ${authority}: revocation lists, OCSP, CA certificates`,
      // With signing "always", CloudFront talks to S3 over HTTPS even for a viewer on HTTP (CloudFront developer guide,
      // "Restrict access to an Amazon S3 origin").
      defaultBehavior: {
        ...this.behavior,
        origin: S3BucketOrigin.withOriginAccessControl(bucket, {
          originAccessControl: new S3OriginAccessControl(this, 'AccessControl', {
            originAccessControlName: bucket.bucketName,
            signing: Signing.SIGV4_ALWAYS,
          }),
        }),
      },
      errorResponses: [403, 404, 500, 502, 503, 504].map((httpStatus) => ({ httpStatus, ttl: ERROR_TTL })),
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      ...alias(this, revocation, hasName),
    });
    const { distributionDomainName } = this.distribution;
    this.url = `http://${revocation.domainName ?? distributionDomainName}`;
    // With any name: the service stack is deployed later, and CloudFormation deletes no export that it still imports.
    Stack.of(this).exportValue(distributionDomainName);
    for (const construct of this.node.findAll())
      if (construct instanceof CfnResource)
        construct.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    acknowledge(this.distribution, revocation.certificateArn === undefined);
    if (placement !== undefined) this.sayHowToMove(hasName);
  }

  /** What the commands that move the name need. */
  private sayHowToMove(hasName: boolean): void {
    const { distributionId, distributionDomainName } = this.distribution;
    new CfnOutput(Stack.of(this), 'RevocationDistributionId', {
      value: distributionId,
      description: 'CloudFront distribution of the revocation data in this Region.',
    });
    new CfnOutput(Stack.of(this), 'RevocationDomainTarget', {
      value: distributionDomainName,
      description:
        'Target of the CNAME or alias record for the name of the revocation data, while this Region serves it.',
    });
    if (!hasName)
      Annotations.of(this.distribution).acknowledgeWarning(
        '@aws-cdk/aws-cloudfront:emptyDomainNames',
        'The distribution of the other Region has the name.',
      );
  }

  /** Serves OCSP from `api`. */
  serveOcsp(api: RestApi): void {
    this.distribution.addBehavior(`${OCSP_PATH}*`, new RestApiOrigin(api), {
      ...this.behavior,
      // There is no set of methods with POST that is smaller.
      allowedMethods: AllowedMethods.ALLOW_ALL,
    });
  }
}

/**
 * Its alias and the certificate of that name, where the settings give one. Of two distributions only one can have the name;
 * the other one needs the certificate to get it (CloudFront developer guide, "Move an alternate domain name").
 */
function alias(scope: Construct, { domainName, certificateArn }: Settings['revocation'], hasName: boolean) {
  return domainName === undefined || certificateArn === undefined
    ? {}
    : {
        domainNames: hasName ? [domainName] : [],
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
        certificate: Certificate.fromCertificateArn(scope, 'Certificate', certificateArn),
      };
}

function acknowledge(distribution: Distribution, ownName: boolean): void {
  Validations.of(distribution).acknowledge(
    { id: 'AwsSolutions-CFR1', reason: 'Verifiers are wherever the hosts are.' },
    {
      id: 'AwsSolutions-CFR2',
      reason: 'A WAF is up to the operator; the data are public, and OCSP is throttled at its API.',
    },
    {
      id: 'AwsSolutions-CFR3',
      reason: 'A log of the requests would say which host verifies whom; OCSP has the access log of its API.',
    },
  );
  if (ownName)
    Validations.of(distribution).acknowledge({
      id: 'AwsSolutions-CFR4',
      reason:
        'CloudFront fixes the TLS versions of its own name; the data are signed, and served over HTTP too.',
    });
}
