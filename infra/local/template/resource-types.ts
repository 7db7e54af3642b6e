/**
 * Resource types that the local cloud ignores, with the reason. A type that is neither ignored nor served stops the
 * start.
 */
const IGNORED: Readonly<Record<string, string>> = {
  'AWS::CDK::Metadata': 'statistics of the CDK',
  'AWS::KMS::Alias': 'functions use key ARNs; aliases are for people',
  'AWS::Lambda::CodeSigningConfig': 'the code of functions comes from this machine',
  'AWS::Logs::LogGroup': 'the output of functions goes to the log of the local cloud',
  'AWS::Logs::MetricFilter': 'the local cloud has no metrics',
  'AWS::CloudWatch::Alarm': 'the local cloud has no metrics',
  'AWS::CloudWatch::Dashboard': 'the local cloud has no metrics',
  'AWS::Events::Archive': 'events stay in a file of the local cloud',
  'AWS::SNS::Topic': 'the local cloud has no alarms',
  'AWS::SNS::TopicPolicy': 'the local cloud has no alarms',
  'AWS::SNS::Subscription': 'the local cloud has no alarms',
  'AWS::Budgets::Budget': 'nothing costs anything here',
  'AWS::ApiGateway::Account': "the gateway's own logs go to the log of the local cloud",
  'AWS::ApiGateway::DomainName':
    'clients reach the API on localhost; its trust store is in gateway/domain-names.ts',
  'AWS::ApiGateway::BasePathMapping': 'clients reach the API on localhost',
  'AWS::WAFv2::WebACLAssociation': 'the local cloud has no firewall',
  'AWS::ApiGateway::Deployment': 'the gateway always serves the current template',
};

/** Resource types that the local cloud serves. */
const SERVED: ReadonlySet<string> = new Set([
  'AWS::KMS::Key',
  'AWS::KMS::ReplicaKey',
  'AWS::IAM::Role',
  'AWS::IAM::Policy',
  'AWS::IAM::ManagedPolicy',
  'AWS::DynamoDB::Table',
  'AWS::DynamoDB::GlobalTable',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::Events::EventBus',
  'AWS::Events::Rule',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::Lambda::Function',
  'AWS::Logs::SubscriptionFilter',
  'AWS::Lambda::Permission',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Resource',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGateway::GatewayResponse',
  'AWS::Scheduler::Schedule',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::CachePolicy',
  'AWS::CloudFront::OriginAccessControl',
]);

/** @throws Error that names every unknown type. */
export function requireKnownTypes(types: Iterable<string>): void {
  const unknown = [...types].filter(
    (type) => !SERVED.has(type) && !(type in IGNORED) && !type.startsWith('Custom::'),
  );
  if (unknown.length > 0)
    throw new Error(
      `the local cloud does not know ${unknown.join(', ')}: serve it, or list it in infra/local/template/resource-types.ts with the reason to ignore it`,
    );
}
