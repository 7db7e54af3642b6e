import { createHash } from 'node:crypto';
import type { Resource } from './assembly.ts';

/** Where everything is: one account, one Region. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** What `Ref` and `Fn::GetAtt` of a resource answer. */
export interface Physical {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type Naming = (resource: Resource, place: Place) => Physical;

/**
 * The names that resources get, for each type that the local cloud knows: derived from stack and logical id, so that
 * they are the same at every start (CloudFormation template reference, "Return values" of each type).
 */
const NAMING: Readonly<Record<string, Naming>> = {
  'AWS::KMS::Key': (resource, place) => {
    const id = uuid(resource);
    const Arn = arn(place, 'kms', `key/${id}`);
    return { ref: id, attributes: { Arn, KeyId: id } };
  },
  'AWS::KMS::Alias': (resource) => only(String(resource.properties['AliasName'])),
  'AWS::IAM::Role': (resource, { accountId }) => {
    const name = named(resource, 'RoleName');
    const Arn = `arn:aws:iam::${accountId}:role/${name}`;
    return { ref: name, attributes: { Arn, RoleId: `AROA${letters(resource, 17)}` } };
  },
  'AWS::IAM::Policy': (resource) => only(resource.logicalId),
  'AWS::IAM::ManagedPolicy': (resource, { accountId }) =>
    only(`arn:aws:iam::${accountId}:policy/${named(resource, 'ManagedPolicyName')}`),
  'AWS::DynamoDB::Table': (resource, place) => {
    const name = named(resource, 'TableName');
    return { ref: name, attributes: { Arn: arn(place, 'dynamodb', `table/${name}`) } };
  },
  'AWS::Lambda::Function': (resource, place) => {
    const name = named(resource, 'FunctionName');
    return { ref: name, attributes: { Arn: arn(place, 'lambda', `function:${name}`) } };
  },
  'AWS::Lambda::Permission': (resource) => only(resource.logicalId),
  'AWS::Logs::LogGroup': (resource, place) => {
    const name = named(resource, 'LogGroupName');
    return { ref: name, attributes: { Arn: `${arn(place, 'logs', `log-group:${name}`)}:*` } };
  },
  'AWS::ApiGateway::RestApi': (resource) => {
    const id = letters(resource, 10).toLowerCase();
    return {
      ref: id,
      attributes: { RestApiId: id, RootResourceId: letters(resource, 12).slice(2).toLowerCase() },
    };
  },
  'AWS::ApiGateway::Resource': (resource) => {
    const id = letters(resource, 6).toLowerCase();
    return { ref: id, attributes: { ResourceId: id } };
  },
  'AWS::ApiGateway::Deployment': (resource) => {
    const id = letters(resource, 6).toLowerCase();
    return { ref: id, attributes: { DeploymentId: id } };
  },
  'AWS::ApiGateway::Stage': (resource) => only(String(resource.properties['StageName'])),
  'AWS::Scheduler::Schedule': (resource, place) => {
    const name = named(resource, 'Name');
    return { ref: name, attributes: { Arn: arn(place, 'scheduler', `schedule/default/${name}`) } };
  },
};

/** The name and attributes of a resource. A type without an entry has only its logical id. */
export function physical(resource: Resource, place: Place): Physical {
  return (NAMING[resource.type] ?? (({ logicalId }: Resource) => only(logicalId)))(resource, place);
}

function only(ref: string): Physical {
  return { ref, attributes: {} };
}

function arn({ region, accountId }: Place, service: string, path: string): string {
  return `arn:aws:${service}:${region}:${accountId}:${path}`;
}

/** The name that the template gives, else one made of stack and logical id: at most 64 characters, as IAM takes them. */
function named(resource: Resource, property: string): string {
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
