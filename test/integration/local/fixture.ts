// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of Fn::Sub
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/*
 * A small cloud assembly, written by hand: one function that does what its request says, a second one that may do
 * nothing, a custom resource, a table with an index, a key, an API. The product's own template is not needed to test
 * what runs it.
 */

const ROOT = pathToFileURL(join(import.meta.dirname, '..', '..', '..', 'package.json')).href;

/** Makes AWS calls as the request lists them, or misbehaves as it is told. */
const WORKER = `
import { createRequire } from 'node:module';
const require = createRequire(${JSON.stringify(ROOT)});
const clients = { kms: require('@aws-sdk/client-kms'), dynamodb: require('@aws-sdk/client-dynamodb') };
const made = { kms: new clients.kms.KMSClient({ maxAttempts: 1 }), dynamodb: new clients.dynamodb.DynamoDBClient({ maxAttempts: 1 }) };
let runs = 0;
const reply = (statusCode, body, headers = {}) => ({ statusCode, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) });
async function call({ service, action, input }) {
  if (input.Message) input.Message = Buffer.from(input.Message, 'hex');
  try {
    const { $metadata, ...output } = await made[service].send(new clients[service][action + 'Command'](input));
    return { ok: true, requestId: $metadata.requestId, output };
  } catch (error) {
    return { ok: false, name: error.name, message: error.message, reasons: error.CancellationReasons };
  }
}
export const handler = async (event, context) => {
  runs += 1;
  const text = event.isBase64Encoded && event.body ? Buffer.from(event.body, 'base64').toString() : event.body;
  const order = typeof text === 'string' ? JSON.parse(text) : event;
  if (order.log) console.log(order.log);
  if (order.sleep) await new Promise((resolve) => setTimeout(resolve, order.sleep));
  if (order.exit) process.exit(3);
  if (order.throw) throw new TypeError(order.throw);
  if (order.answer !== undefined) return order.answer;
  if (order.environment) return reply(200, { environment: process.env, context, remaining: context.getRemainingTimeInMillis() });
  if (order.clock) return reply(200, { now: Date.now(), made: new Date().getTime(), fixed: new Date(0).toISOString(), date: new Date() instanceof Date });
  if (order.calls) { const results = []; for (const one of order.calls) results.push(await call(one)); return reply(200, { results, runs }); }
  return reply(200, { event, runs });
};
`;

/** Answers as CloudFormation expects it; writes what it is asked to its log. */
const CREATOR = `
export const handler = async (event) => {
  const failed = event.ResourceProperties.fail === 'true';
  const body = JSON.stringify(failed
    ? { Status: 'FAILED', Reason: 'told to fail', PhysicalResourceId: 'none' }
    : { Status: 'SUCCESS', PhysicalResourceId: 'authority-1', Data: { Made: 'true' } });
  console.log('custom resource ' + event.RequestType);
  console.log(JSON.stringify(event));
  await fetch(event.ResponseURL, { method: 'PUT', body });
};
`;

/** Writes the keys of each batch of stream records to its log; fails at keys that say so. */
const READER = `
let told = false;
export const handler = async ({ Records }) => {
  const keys = Records.map(({ dynamodb }) => dynamodb.Keys.pk.S);
  console.log('event ' + JSON.stringify({ Records }));
  if (keys.some((key) => key.endsWith('poison'))) throw new Error('poisoned: ' + keys);
  const late = Records.find(({ dynamodb }) => dynamodb.Keys.pk.S.endsWith('late'));
  if (late !== undefined && !told) {
    told = true;
    console.log('batch ' + JSON.stringify(keys.slice(0, Records.indexOf(late))));
    return { batchItemFailures: [{ itemIdentifier: late.dynamodb.SequenceNumber }] };
  }
  console.log('batch ' + JSON.stringify(keys));
};
`;

export const getAtt = (id: string, name = 'Arn') => ({ 'Fn::GetAtt': [id, name] });
export const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
export const allow = (Action: string | string[], Resource: unknown, Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});
export const role = (...Statement: object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: policy({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'lambda.amazonaws.com' },
    }),
    Policies: Statement.length === 0 ? [] : [{ PolicyName: 'inline', PolicyDocument: policy(...Statement) }],
  },
});
const index = (name: string) => ({ 'Fn::Join': ['', [getAtt('Table'), `/index/${name}`]] });
const leading = (...keys: string[]) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } });

export const fn = (asset: string, roleId: string, more: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: 'assets', S3Key: `${asset}.zip` },
    Handler: 'index.handler',
    Role: getAtt(roleId),
    Runtime: 'nodejs24.x',
    Timeout: 10,
    MemorySize: 256,
    ...more,
  },
});

export const resource = (parent: unknown, PathPart: string, Api = 'Api') => ({
  Type: 'AWS::ApiGateway::Resource',
  Properties: { ParentId: parent, PathPart, RestApiId: { Ref: Api } },
});
export const method = (
  resourceId: unknown,
  HttpMethod: string,
  AuthorizationType: string,
  target = 'Work',
  Api = 'Api',
) => ({
  Type: 'AWS::ApiGateway::Method',
  Properties: {
    AuthorizationType,
    HttpMethod,
    ResourceId: resourceId,
    RestApiId: { Ref: Api },
    Integration: {
      Type: 'AWS_PROXY',
      IntegrationHttpMethod: 'POST',
      Uri: {
        'Fn::Sub': [
          'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F}/invocations',
          { F: getAtt(target) },
        ],
      },
    },
  },
});
const gatewayResponse = (ResponseType: string, StatusCode?: string) => ({
  Type: 'AWS::ApiGateway::GatewayResponse',
  Properties: {
    ResponseType,
    ...(StatusCode === undefined ? {} : { StatusCode }),
    ResponseParameters: { 'gatewayresponse.header.Content-Type': "'application/problem+json'" },
    ResponseTemplates: {
      'application/json':
        '{"type":"$context.error.responseType","requestId":"$context.requestId","detail":$context.error.messageString}',
    },
    RestApiId: { Ref: 'Api' },
  },
});

/** Every resource of the fixture; tests change some. */
export function fixtureResources() {
  return {
    Key: {
      Type: 'AWS::KMS::Key',
      Properties: {
        KeySpec: 'ECC_NIST_P256',
        KeyUsage: 'SIGN_VERIFY',
        KeyPolicy: policy(
          {
            Effect: 'Allow',
            Principal: { AWS: getAtt('WorkRole') },
            Action: 'kms:Sign',
            Resource: '*',
            Condition: {
              StringEquals: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256', 'kms:MessageType': 'DIGEST' },
            },
          },
          { Effect: 'Allow', Principal: { AWS: getAtt('OtherRole') }, Action: 'kms:*', Resource: '*' },
          {
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: 'kms:Sign',
            Resource: '*',
            Condition: { ArnNotEquals: { 'aws:PrincipalArn': getAtt('WorkRole') } },
          },
        ),
      },
    },
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'shard', AttributeType: 'S' },
          { AttributeName: 'owner', AttributeType: 'S' },
          { AttributeName: 'secret', AttributeType: 'S' },
        ],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'byShard',
            KeySchema: [{ AttributeName: 'shard', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
          {
            IndexName: 'byOwner',
            KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
          {
            IndexName: 'bySecret',
            KeySchema: [{ AttributeName: 'secret', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      },
    },
    WorkRole: role(
      allow(
        ['dynamodb:PutItem', 'dynamodb:GetItem', 'dynamodb:BatchGetItem'],
        getAtt('Table'),
        leading('TOKEN#*'),
      ),
      allow('dynamodb:ConditionCheckItem', getAtt('Table'), leading('NAME#*')),
      allow('dynamodb:Query', index('byShard')),
      // Two that AWS may or may not follow: the key that they rely on is not documented for a query of an index.
      allow('dynamodb:Query', index('byOwner'), leading('open-*')),
      allow('dynamodb:Query', index('bySecret')),
      {
        Effect: 'Deny',
        Action: 'dynamodb:Query',
        Resource: index('bySecret'),
        Condition: {
          'ForAnyValue:StringNotLike': { 'dynamodb:LeadingKeys': ['open-*'] },
        },
      },
      {
        Effect: 'Deny',
        Action: 'kms:Sign',
        Resource: '*',
        Condition: {
          ArnNotEquals: {
            'lambda:SourceFunctionArn': {
              'Fn::Sub': 'arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:fixture-Work',
            },
          },
        },
      },
    ),
    OtherRole: role(),
    CreatorRole: role(),
    Work: fn('work', 'WorkRole', {
      Environment: { Variables: { TABLE_NAME: { Ref: 'Table' }, KEY_ARN: getAtt('Key') } },
    }),
    Other: fn('work', 'OtherRole', { Timeout: 1 }),
    Impostor: fn('work', 'WorkRole'),
    Creator: fn('creator', 'CreatorRole'),
    Authority: {
      Type: 'Custom::Authority',
      Properties: { ServiceToken: getAtt('Creator'), years: 20, key: getAtt('Key'), fail: false },
    },
    Api: {
      Type: 'AWS::ApiGateway::RestApi',
      Properties: { Name: 'fixture', BinaryMediaTypes: ['application/octet-stream'] },
    },
    Deployment: { Type: 'AWS::ApiGateway::Deployment', Properties: { RestApiId: { Ref: 'Api' } } },
    Stage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { StageName: 'v1', RestApiId: { Ref: 'Api' }, DeploymentId: { Ref: 'Deployment' } },
    },
    // Behind its child on purpose: order says nothing in a template.
    Item: resource({ Ref: 'Items' }, '{id}'),
    Items: resource(getAtt('Api', 'RootResourceId'), 'items'),
    Rest: resource(getAtt('Api', 'RootResourceId'), '{proxy+}'),
    Forbidden: resource(getAtt('Api', 'RootResourceId'), 'unpermitted'),
    Permitted: resource(getAtt('Api', 'RootResourceId'), 'permitted'),
    ItemsGet: method({ Ref: 'Items' }, 'GET', 'AWS_IAM'),
    ItemsPost: method({ Ref: 'Items' }, 'POST', 'NONE'),
    ItemGet: method({ Ref: 'Item' }, 'GET', 'AWS_IAM'),
    ItemPut: method({ Ref: 'Item' }, 'PUT', 'NONE'),
    RestAny: method({ Ref: 'Rest' }, 'ANY', 'NONE'),
    ForbiddenGet: method({ Ref: 'Forbidden' }, 'GET', 'NONE', 'Other'),
    PermittedGet: method({ Ref: 'Permitted' }, 'GET', 'NONE', 'Named'),
    Named: fn('work', 'OtherRole'),
    NamedPermission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: getAtt('Named'),
        Principal: 'apigateway.amazonaws.com',
        SourceArn: {
          'Fn::Sub': 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/v1/GET/permitted',
        },
      },
    },
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: getAtt('Work'),
        Principal: 'apigateway.amazonaws.com',
        SourceArn: { 'Fn::Sub': 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/v1/*' },
      },
    },
    AccessDenied: gatewayResponse('ACCESS_DENIED', '403'),
    Signature: gatewayResponse('INVALID_SIGNATURE', '403'),
    Default4: gatewayResponse('DEFAULT_4XX'),
    Default5: gatewayResponse('DEFAULT_5XX'),
    Reader: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: {
        PolicyDocument: policy(
          allow('execute-api:Invoke', {
            'Fn::Sub': 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/v1/GET/items/*',
          }),
        ),
      },
    },
    Lister: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: {
        PolicyDocument: policy(
          allow('execute-api:Invoke', {
            'Fn::Sub': 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/v1/GET/items',
          }),
        ),
      },
    },
  };
}

/** Writes a cloud assembly with these resources into a new directory, and answers it. */
export function writeAssembly(resources: object = fixtureResources()): string {
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-assembly-'));
  const write = (name: string, value: unknown) =>
    writeFileSync(join(directory, name), typeof value === 'string' ? value : JSON.stringify(value));
  for (const [name, code] of Object.entries({ work: WORKER, creator: CREATOR, reader: READER })) {
    mkdirSync(join(directory, `asset.${name}`));
    write(`asset.${name}/index.mjs`, code);
  }
  write('manifest.json', {
    artifacts: {
      Fixture: {
        type: 'aws:cloudformation:stack',
        properties: { templateFile: 'Fixture.template.json', stackName: 'fixture' },
        dependencies: ['Fixture.assets'],
      },
      'Fixture.assets': { type: 'cdk:asset-manifest', properties: { file: 'Fixture.assets.json' } },
    },
  });
  write('Fixture.template.json', { Resources: resources });
  write('Fixture.assets.json', {
    files: Object.fromEntries(
      ['work', 'creator', 'reader'].map((name) => [
        name,
        { source: { path: `asset.${name}` }, destinations: { current: { objectKey: `${name}.zip` } } },
      ]),
    ),
  });
  return directory;
}

/** One AWS call that the function shall make. */
export interface Step {
  readonly service: 'kms' | 'dynamodb';
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What it answers for each call. */
export interface StepResult {
  readonly ok: boolean;
  readonly name?: string;
  readonly message?: string;
  readonly requestId?: string;
  readonly output?: Readonly<Record<string, unknown>>;
  readonly reasons?: readonly { readonly Code: string }[];
}

export const TABLE = 'fixture-Table';
const item = (pk: string) => ({ pk: { S: pk } });

export const putItem = (pk: string): Step => ({
  service: 'dynamodb',
  action: 'PutItem',
  input: { TableName: TABLE, Item: item(pk) },
});

export const getItem = (pk: string): Step => ({
  service: 'dynamodb',
  action: 'GetItem',
  input: { TableName: TABLE, Key: item(pk) },
});

/** A transaction of puts and of checks that an item does not exist. */
export const transact = (puts: readonly string[], checks: readonly string[] = []): Step => ({
  service: 'dynamodb',
  action: 'TransactWriteItems',
  input: {
    TransactItems: [
      ...puts.map((pk) => ({ Put: { TableName: TABLE, Item: item(pk) } })),
      ...checks.map((pk) => ({
        ConditionCheck: { TableName: TABLE, Key: item(pk), ConditionExpression: 'attribute_not_exists(pk)' },
      })),
    ],
  },
});
