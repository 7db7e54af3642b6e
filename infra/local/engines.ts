import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dynamodbService } from './dynamodb/dynamodb.ts';
import { startDynoxide } from './dynamodb/dynoxide.ts';
import { createTable, deleteTable, tableFinder } from './dynamodb/tables.ts';
import { generateMaterial, type KmsKey, kmsKey, materialIn } from './kms/key.ts';
import { isKeySpec } from './kms/key-spec.ts';
import { kmsService, readyMaterial } from './kms/kms.ts';
import { makeUpstreamKeys, upstreamKmsService } from './kms/upstream.ts';
import type { AwsService } from './service/aws-service.ts';
import type { Credentials } from './service/credentials.ts';
import { type Forward, forwardTo } from './service/forward.ts';
import type { Resource } from './template/assembly.ts';
import { physical } from './template/physical.ts';
import type { Resolved, Template } from './template/template.ts';

/** What does the work of a service. */
export interface Engine {
  readonly service: AwsService;
  stop(): Promise<void>;
}

/** Where the engines keep their state, or which others do their work. */
export interface EngineOptions {
  readonly data: string;
  readonly keyMaterial: string | undefined;
  readonly region: string;
  /** What was deployed before and goes with its data. */
  readonly deleted: readonly Resource[];
  /** The environment of this process: `AWS_ENDPOINT_URL_KMS`, `AWS_ENDPOINT_URL_DYNAMODB`, credentials for them. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** KMS with the keys of the template; the embedded one, unless `AWS_ENDPOINT_URL_KMS` names another. */
export async function startKmsEngine(template: Template, options: EngineOptions): Promise<Engine> {
  const stop = async () => {};
  const forward = upstream('kms', options);
  const keys = template.all('AWS::KMS::Key');
  for (const name of namesOf('AWS::KMS::Key', template, options))
    await rm(join(options.data, 'kms', `${name}.pem`), { force: true });
  if (forward === undefined) return { service: kmsService(await embeddedKeys(keys, options)), stop };
  const made = await makeUpstreamKeys(forward, keys, join(options.data, 'upstream-keys.json'));
  for (const [key, physical] of made) template.answered(key, physical);
  const arns = [...made.values()].map(({ attributes }) => attributes['Arn'] ?? '');
  return { service: upstreamKmsService(forward, arns), stop };
}

/**
 * The keys of the template, from PEM files that are made at the first start. RSA keys take seconds, so all are made at
 * once.
 */
function embeddedKeys(
  keys: readonly Resolved[],
  { data, keyMaterial }: EngineOptions,
): Promise<readonly KmsKey[]> {
  return Promise.all(
    keys.map(async ({ ref, logicalId, attributes, properties }, index) => {
      const { KeySpec = 'SYMMETRIC_DEFAULT', KeyUsage = 'ENCRYPT_DECRYPT' } = properties;
      if (!isKeySpec(KeySpec))
        throw new Error(`${logicalId}: the local KMS makes no key of spec ${String(KeySpec)}`);
      const make = () =>
        keyMaterial === undefined ? generateMaterial(KeySpec) : readyMaterial(keyMaterial, KeySpec, index);
      const privateKey = await materialIn(join(data, 'kms', `${ref}.pem`), make);
      return kmsKey(attributes['Arn'] ?? '', KeySpec, privateKey, String(KeyUsage));
    }),
  );
}

/** DynamoDB with the tables of the template; the embedded one, unless `AWS_ENDPOINT_URL_DYNAMODB` names another. */
export async function startDynamoEngine(template: Template, options: EngineOptions): Promise<Engine> {
  const elsewhere = upstream('dynamodb', options);
  const embedded =
    elsewhere === undefined ? await startDynoxide(join(options.data, 'dynamodb.sqlite')) : undefined;
  const forward =
    elsewhere ?? forwardTo({ url: embedded?.url ?? '', service: 'dynamodb', region: options.region });
  const stop = async () => embedded?.stop();
  try {
    for (const name of namesOf('AWS::DynamoDB::Table', template, options)) await deleteTable(forward, name);
    const tables = template.all('AWS::DynamoDB::Table');
    for (const table of tables) await createTable(forward, table);
    return { service: dynamodbService(forward, tableFinder(tables)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Names of the deleted resources of a type. */
function namesOf(type: string, { place }: Template, { deleted }: EngineOptions): readonly string[] {
  return deleted
    .filter((resource) => resource.type === type)
    .map((resource) => physical(resource, place).ref);
}

function upstream(service: 'kms' | 'dynamodb', { environment, region }: EngineOptions): Forward | undefined {
  const url = environment[`AWS_ENDPOINT_URL_${service.toUpperCase()}`];
  if (url === undefined || url === '') return undefined;
  const credentials = credentialsIn(environment);
  return forwardTo({ url, service, region, ...(credentials === undefined ? {} : { credentials }) });
}

function credentialsIn(environment: EngineOptions['environment']): Credentials | undefined {
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
