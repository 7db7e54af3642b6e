/**
 * Resource types that the template may hold without the local cloud doing anything for them, with the reason. Types
 * that are neither here nor served stop the start.
 */
const IGNORED: Readonly<Record<string, string>> = {
  'AWS::CDK::Metadata': 'statistics of the CDK',
  'AWS::KMS::Alias': 'functions name keys by ARN; an alias is for people',
  'AWS::Logs::LogGroup': 'what functions write goes to the log of the local cloud',
  'AWS::Logs::MetricFilter': 'nothing is measured here',
  'AWS::CloudWatch::Alarm': 'nothing is measured here',
  'AWS::ApiGateway::Account': "the gateway's own logs go to the log of the local cloud",
  'AWS::ApiGateway::Deployment': 'the gateway serves the template as it is',
};

/** Resource types that the local cloud serves. */
const SERVED: ReadonlySet<string> = new Set([
  'AWS::KMS::Key',
  'AWS::IAM::Role',
  'AWS::IAM::Policy',
  'AWS::IAM::ManagedPolicy',
  'AWS::DynamoDB::Table',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Resource',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGateway::GatewayResponse',
  'AWS::Scheduler::Schedule',
]);

/** @throws Error naming every type that the local cloud does not know. */
export function requireKnownTypes(types: Iterable<string>): void {
  const unknown = [...types].filter(
    (type) => !SERVED.has(type) && !(type in IGNORED) && !type.startsWith('Custom::'),
  );
  if (unknown.length > 0)
    throw new Error(
      `the local cloud does not know ${unknown.join(', ')}: serve it, or list it in infra/local/template/resource-types.ts with the reason why it may be ignored`,
    );
}
