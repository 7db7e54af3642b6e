/** Types that moto cannot create: their resources are left out of the templates. One that it can create by now fails. */
export const MISSING_TYPES: ReadonlySet<string> = new Set([
  'AWS::ApiGateway::Account',
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::Stage',
  'AWS::CloudFront::CachePolicy',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudWatch::Alarm',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::SubscriptionFilter',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::Schedule',
]);

/** Properties that moto accepts and loses; its KMS fails on every key that a stack made. One that it keeps by now fails. */
export const LOST_PROPERTIES: ReadonlySet<string> = new Set([
  'AWS::DynamoDB::Table PointInTimeRecoverySpecification',
  'AWS::DynamoDB::Table TimeToLiveSpecification',
  'AWS::KMS::Key Description',
  'AWS::KMS::Key KeyPolicy',
  'AWS::KMS::Key KeySpec',
  'AWS::KMS::Key KeyUsage',
  'AWS::S3::Bucket LifecycleConfiguration',
  'AWS::S3::Bucket PublicAccessBlockConfiguration',
  'AWS::S3::Bucket VersioningConfiguration',
]);
