import { createHash } from 'node:crypto';
import type { Resource } from './assembly.ts';
import type { Physical, Place } from './place.ts';

type Naming = (resource: Resource, place: Place) => Physical;

/** A type whose `Ref` is its name, with the attribute `Arn`. */
function named(property: string, arnOf: (name: string, place: Place) => string): Naming {
  return (resource, place) => {
    const name = nameOf(resource, property);
    return { ref: name, attributes: { Arn: arnOf(name, place) } };
  };
}

/** A type whose `Ref` is an id of so many letters, and is an attribute too. */
function identified(attribute: string, length: number): Naming {
  return (resource) => {
    const id = letters(resource, length).toLowerCase();
    return { ref: id, attributes: { [attribute]: id } };
  };
}

/**
 * The names of the resource types that the local cloud knows: derived from stack and logical id, so that they are the
 * same at every start (CloudFormation template reference, "Return values" of each type).
 */
const NAMING: Readonly<Record<string, Naming>> = {
  'AWS::KMS::Key': (resource, place) => {
    if (resource.properties['MultiRegion'] === true) return multiRegionKey(resource, place);
    const id = uuid(resource);
    return { ref: id, attributes: { Arn: arn(place, 'kms', `key/${id}`), KeyId: id } };
  },
  // The key of a replica is said by an attribute of a custom resource; both have the same description.
  'AWS::KMS::ReplicaKey': multiRegionKey,
  'AWS::KMS::Alias': ({ properties }) => only(String(properties['AliasName'])),
  'AWS::IAM::Role': named('RoleName', (name, { accountId }) => `arn:aws:iam::${accountId}:role/${name}`),
  'AWS::IAM::ManagedPolicy': (resource, place) =>
    only(`arn:aws:iam::${place.accountId}:policy/${nameOf(resource, 'ManagedPolicyName')}`),
  'AWS::DynamoDB::Table': tableWithStream,
  'AWS::DynamoDB::GlobalTable': tableWithStream,
  'AWS::S3::Bucket': (resource, place) => {
    // Of at most 63 characters (S3 user guide, "Bucket naming rules").
    const name = nameOf(resource, 'BucketName').toLowerCase().slice(0, 63);
    const DomainName = `${name}.s3.amazonaws.com`;
    const RegionalDomainName = `${name}.s3.${place.region}.amazonaws.com`;
    return { ref: name, attributes: { Arn: `arn:aws:s3:::${name}`, DomainName, RegionalDomainName } };
  },
  'AWS::Lambda::Function': named('FunctionName', (name, place) => arn(place, 'lambda', `function:${name}`)),
  'AWS::Events::EventBus': (resource, place) => {
    const Name = nameOf(resource, 'Name');
    return { ref: Name, attributes: { Name, Arn: arn(place, 'events', `event-bus/${Name}`) } };
  },
  'AWS::Events::Rule': (resource, place) => {
    const [bus, name] = [String(resource.properties['EventBusName']), nameOf(resource, 'Name')];
    return { ref: `${bus}|${name}`, attributes: { Arn: arn(place, 'events', `rule/${bus}/${name}`) } };
  },
  'AWS::Lambda::CodeSigningConfig': (resource, place) => {
    const CodeSigningConfigArn = arn(
      place,
      'lambda',
      `code-signing-config:csc-${letters(resource, 17).toLowerCase()}`,
    );
    return { ref: CodeSigningConfigArn, attributes: { CodeSigningConfigArn } };
  },
  'AWS::Lambda::EventSourceMapping': (resource) => only(uuid(resource)),
  'AWS::SQS::Queue': (resource, place) => {
    const QueueName = nameOf(resource, 'QueueName');
    const QueueUrl = `https://sqs.${place.region}.amazonaws.com/${place.accountId}/${QueueName}`;
    return { ref: QueueUrl, attributes: { Arn: arn(place, 'sqs', QueueName), QueueName, QueueUrl } };
  },
  'AWS::SNS::Topic': (resource, place) => {
    const TopicName = nameOf(resource, 'TopicName');
    const TopicArn = arn(place, 'sns', TopicName);
    return { ref: TopicArn, attributes: { TopicArn, TopicName } };
  },
  'AWS::Logs::LogGroup': named(
    'LogGroupName',
    (name, place) => `${arn(place, 'logs', `log-group:${name}`)}:*`,
  ),
  'AWS::ApiGateway::RestApi': (resource, place) => {
    const { ref, attributes } = identified('RestApiId', 10)(resource, place);
    const RootResourceId = letters(resource, 12).slice(2).toLowerCase();
    return { ref, attributes: { ...attributes, RootResourceId } };
  },
  'AWS::ApiGateway::Resource': identified('ResourceId', 6),
  'AWS::ApiGateway::Deployment': identified('DeploymentId', 6),
  'AWS::ApiGateway::Stage': ({ properties }) => only(String(properties['StageName'])),
  'AWS::CloudFront::Distribution': (resource) => {
    const id = `E${letters(resource, 13)}`;
    // Until the port is known that the local cloud serves it on.
    return { ref: id, attributes: { Id: id, DomainName: `${id.toLowerCase()}.cloudfront.net` } };
  },
  'AWS::CloudFront::CachePolicy': identified('Id', 24),
  'AWS::CloudFront::OriginAccessControl': identified('Id', 14),
  'AWS::Scheduler::Schedule': named('Name', (name, place) =>
    arn(place, 'scheduler', `schedule/default/${name}`),
  ),
};

/** By the description of the key, which is the same in both Regions, as the name of the stack is. */
export function multiRegionKeyId(stack: string, description: string): string {
  return `mrk-${createHash('sha256').update(`${stack}/${description}`).digest('hex').slice(0, 32)}`;
}

/** An id that is the same in both Regions. */
function multiRegionKey({ stack, properties }: Resource, place: Place): Physical {
  const id = multiRegionKeyId(stack, String(properties['Description']));
  return { ref: id, attributes: { Arn: arn(place, 'kms', `key/${id}`), KeyId: id } };
}

/** Every table has one stream, made at the same time. */
export function streamArnOf(tableArn: string): string {
  return `${tableArn}/stream/2026-01-01T00:00:00.000`;
}

function tableWithStream(resource: Resource, place: Place): Physical {
  const name = nameOf(resource, 'TableName');
  const Arn = arn(place, 'dynamodb', `table/${name}`);
  if (resource.properties['StreamSpecification'] === undefined) return { ref: name, attributes: { Arn } };
  return { ref: name, attributes: { Arn, StreamArn: streamArnOf(Arn) } };
}

/** The name and attributes of a resource. A type without an entry has only its logical id. */
export function physical(resource: Resource, place: Place): Physical {
  return (NAMING[resource.type] ?? (({ logicalId }: Resource) => only(logicalId)))(resource, place);
}

function only(ref: string): Physical {
  return { ref, attributes: {} };
}

export function arn({ region, accountId }: Place, service: string, path: string): string {
  return `arn:aws:${service}:${region}:${accountId}:${path}`;
}

/** The name in the template, resolved, else one of stack and logical id, of at most 64 characters (IAM's limit). */
function nameOf(resource: Resource, property: string): string {
  const given = resource.properties[property];
  if (typeof given === 'string') return given;
  const whole = `${resource.stack}-${resource.logicalId}`;
  return whole.length <= 64 ? whole : `${whole.slice(0, 55)}-${letters(resource, 8)}`;
}

function hash({ stack, logicalId }: Resource): Buffer {
  return createHash('sha256').update(`${stack}/${logicalId}`).digest();
}

function letters(resource: Resource, length: number): string {
  return Array.from(
    hash(resource).subarray(0, length),
    (byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32],
  ).join('');
}

function uuid(resource: Resource): string {
  return hash(resource)
    .toString('hex')
    .slice(0, 32)
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}
