import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dynamodbService } from './dynamodb/dynamodb.ts';
import { startDynoxide } from './dynamodb/dynoxide.ts';
import { type Position, readStream, type StreamReader } from './dynamodb/stream.ts';
import { createTable, deleteIndexes, deleteTable, tableFinder, tableNames } from './dynamodb/tables.ts';
import { expireItems } from './dynamodb/time-to-live.ts';
import { type BusEvent, eventsService } from './events/event-bus.ts';
import {
  isOfSpec,
  type KeyState,
  type KmsKey,
  kmsKey,
  materialIn,
  readyMaterial,
  specOf,
} from './kms/key.ts';
import { isKeySpec } from './kms/key-spec.ts';
import { kmsService } from './kms/kms.ts';
import { makeUpstreamKeys, upstreamKmsService } from './kms/upstream.ts';
import { storedBuckets } from './s3/buckets.ts';
import { s3Service } from './s3/s3.ts';
import { upstreamS3Service } from './s3/upstream.ts';
import { secretsService } from './secretsmanager/secrets-manager.ts';
import type { AwsService, ServiceName } from './service/aws-service.ts';
import type { Clock } from './service/clock.ts';
import type { Credentials } from './service/credentials.ts';
import { forwardTo, type Upstream } from './service/forward.ts';
import type { Resource } from './template/assembly.ts';
import type { Deployment } from './template/deployment.ts';
import { physical } from './template/physical.ts';
import { readState, writeState } from './template/state-file.ts';
import type { Resolved, Template } from './template/template.ts';
import { TABLES } from './template/upgrade.ts';

/** A service behind its gate, and how to stop it. */
export interface Engine {
  readonly service: AwsService;
  /** Removes what the template no longer contains; to be called when the template is deployed. */
  cleanUp(): Promise<void>;
  stop(): Promise<void>;
}

/** Where the engines keep their state, or which others do their work. */
export interface EngineOptions {
  readonly data: string;
  readonly keyMaterial: string | undefined;
  readonly region: string;
  /** Deployed resources that are no longer in the template: those to delete, and those to keep. */
  readonly removed: Pick<Deployment, 'deleted' | 'retained'>;
  /** The environment of this process: `AWS_ENDPOINT_URL_KMS` and the like, credentials for them. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  log(line: string): void;
}

/** KMS with the keys of the template: the embedded one, unless `AWS_ENDPOINT_URL_KMS` names another. */
export async function startKmsEngine(template: Template, options: EngineOptions): Promise<Engine> {
  const stop = async () => {};
  const elsewhere = upstream('kms', options);
  const keys = [...template.all('AWS::KMS::Key'), ...template.all('AWS::KMS::ReplicaKey')];
  const cleanUp = async () => {
    for (const fileOf of [keyFile, stateFile])
      await removeFiles('AWS::KMS::Key', (name) => fileOf(options, name), template, options);
  };
  if (elsewhere === undefined)
    return { service: kmsService(await embeddedKeys(keys, options)), cleanUp, stop };
  const forward = forwardTo(elsewhere);
  const made = await makeUpstreamKeys(forward, keys, join(options.data, 'upstream-keys.json'));
  for (const [key, physical] of made) template.answered(key, physical);
  const arns = [...made.values()].map(({ attributes }) => attributes['Arn'] ?? '');
  return { service: upstreamKmsService(forward, arns), cleanUp, stop };
}

/** The keys of the template, from PEM files that the first start makes: all at once, since RSA keys take seconds. */
function embeddedKeys(keys: readonly Resolved[], options: EngineOptions): Promise<readonly KmsKey[]> {
  return Promise.all(keys.map((key, index) => embeddedKey(key, index, options)));
}

async function embeddedKey(key: Resolved, index: number, options: EngineOptions): Promise<KmsKey> {
  if (key.type === 'AWS::KMS::ReplicaKey') return embeddedReplica(key, options);
  const { ref, logicalId, attributes, properties } = key;
  const { KeySpec = 'SYMMETRIC_DEFAULT', KeyUsage = 'ENCRYPT_DECRYPT' } = properties;
  if (!isKeySpec(KeySpec))
    throw new Error(`${logicalId}: the local KMS does not support the key spec ${String(KeySpec)}`);
  const file = keyFile(options, ref);
  const privateKey = await materialIn(file, () => {
    options.log(`Making the ${KeySpec} key ${logicalId}, which may take some seconds.`);
    return readyMaterial(options.keyMaterial, KeySpec, index);
  });
  if (!isOfSpec(privateKey, KeySpec))
    throw new Error(
      `${logicalId}: ${file} is not of the key spec ${KeySpec}: it is from a start that was refused. Set the key spec back, or, if the key certified nothing, delete the file`,
    );
  const made = kmsKey(attributes['Arn'] ?? '', KeySpec, privateKey, String(KeyUsage));
  made.state = await readState<KeyState>(stateFile(options, ref), 'Enabled');
  made.keepState = (state) => writeState(stateFile(options, ref), state);
  return made;
}

/** With the key material of the primary key, from its file. */
async function embeddedReplica(
  { ref, logicalId, attributes }: Resolved,
  options: EngineOptions,
): Promise<KmsKey> {
  const file = keyFile(options, ref);
  const privateKey = await materialIn(file, () => {
    throw new Error(
      `${logicalId}: ${file} does not exist. The standby Region has the keys and the table of the primary one: copy kms and dynamodb.sqlite from the data of a start there`,
    );
  });
  const keySpec = specOf(privateKey);
  if (keySpec === undefined)
    throw new Error(`${logicalId}: ${file} is of no key spec that the local KMS has`);
  return kmsKey(attributes['Arn'] ?? '', keySpec, privateKey);
}

/** @param name of the key, as it is in the local cloud. */
function keyFile({ data }: EngineOptions, name: string): string {
  return join(data, 'kms', `${name}.pem`);
}

/** Made when the state of the key first changes. */
function stateFile({ data }: EngineOptions, name: string): string {
  return join(data, 'kms', `${name}.state.json`);
}

/** An engine whose tables have streams. */
export interface DynamoEngine extends Engine {
  /** Reads the stream of a table after a position. @default - from its oldest record */
  read(table: string, from?: Position): Promise<StreamReader>;
  /**
   * Deletes the items whose time to live is over; another engine than the embedded one does so by itself.
   *
   * @param now seconds since 1970. @returns how many.
   */
  expire(now: number): Promise<number>;
}

/** DynamoDB with the tables of the template: the embedded one, unless `AWS_ENDPOINT_URL_DYNAMODB` names another. */
export async function startDynamoEngine(template: Template, options: EngineOptions): Promise<DynamoEngine> {
  const elsewhere = upstream('dynamodb', options);
  const embedded =
    elsewhere === undefined ? await startDynoxide(join(options.data, 'dynamodb.sqlite')) : undefined;
  const where: Upstream = elsewhere ?? {
    url: embedded?.url ?? '',
    service: 'dynamodb',
    region: options.region,
  };
  const forward = forwardTo(where);
  const read = (table: string, from?: Position) =>
    readStream(forward, forwardTo({ ...where, target: 'DynamoDBStreams_20120810' }), table, from);
  const tables = TABLES.flatMap((type) => template.all(type));
  const stop = async () => embedded?.stop();
  const expire = async (now: number) => {
    let deleted = 0;
    for (const table of embedded === undefined ? [] : tables)
      deleted += await expireItems(forward, table, now);
    return deleted;
  };
  const cleanUp = async () => {
    for (const table of tables) await deleteIndexes(forward, table);
    for (const name of namesOf('AWS::DynamoDB::Table', template, options.removed.deleted))
      await deleteTable(forward, name);
  };
  try {
    for (const table of tables) await createTable(forward, table);
    const { region, accountId } = template.place;
    const others = (await tableNames(forward)).map((name) => ({
      name,
      arn: `arn:aws:dynamodb:${region}:${accountId}:table/${name}`,
    }));
    return { service: dynamodbService(forward, tableFinder(tables, others)), read, expire, cleanUp, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** S3 with the buckets of the template: the embedded one, unless `AWS_ENDPOINT_URL_S3` names another. */
export async function startS3Engine(
  template: Template,
  options: EngineOptions & { readonly clock: Pick<Clock, 'now'> },
): Promise<Engine> {
  const directory = join(options.data, 's3');
  const elsewhere = endpoint('s3', options);
  const buckets = template.all('AWS::S3::Bucket');
  const service =
    elsewhere === undefined
      ? s3Service(storedBuckets(buckets, directory), options.clock)
      : await upstreamS3Service(elsewhere, buckets);
  const cleanUp = () => removeFiles('AWS::S3::Bucket', (name) => join(directory, name), template, options);
  return { service, cleanUp, stop: async () => {} };
}

/** Secrets Manager, with the secrets that the operator puts into the directory `secrets`. */
export function startSecretsEngine({ data, log }: EngineOptions): Engine {
  const nothing = async () => {};
  return { service: secretsService(join(data, 'secrets'), log), cleanUp: nothing, stop: nothing };
}

/** EventBridge with the buses of the template; what they take is in the file `events.jsonl`. @param taken gets each event */
export function startEventsEngine(
  template: Template,
  { data }: EngineOptions,
  taken: (event: BusEvent) => Promise<void>,
): Engine {
  const nothing = async () => {};
  const buses = template
    .all('AWS::Events::EventBus')
    .map(({ ref, attributes }) => ({ name: ref, arn: attributes['Arn'] ?? '' }));
  const service = eventsService(buses, join(data, 'events.jsonl'), template.place, taken);
  return { service, cleanUp: nothing, stop: nothing };
}

/** What is retained is not part of the template: if it is declared again, it starts empty, under another file name. */
async function removeFiles(
  type: string,
  fileOf: (name: string) => string,
  template: Template,
  { removed }: EngineOptions,
): Promise<void> {
  for (const name of namesOf(type, template, removed.deleted))
    await rm(fileOf(name), { recursive: true, force: true });
  for (const file of namesOf(type, template, removed.retained).map(fileOf))
    if (existsSync(file)) await rename(file, `${file}.retained-${randomUUID()}`);
}

/** Names of the resources of a type, without those that a resource of the template has taken over. */
function namesOf(type: string, template: Template, resources: readonly Resource[]): readonly string[] {
  const taken = new Set(template.all(type).map(({ ref }) => ref));
  return resources
    .filter((resource) => resource.type === type)
    .map((resource) => physical(resource, template.place).ref)
    .filter((name) => !taken.has(name));
}

function upstream(service: Upstream['service'], options: EngineOptions): Upstream | undefined {
  const { environment, region } = options;
  const url = endpoint(service, options);
  if (url === undefined) return undefined;
  const credentials = credentialsIn(environment);
  return { url, service, region, ...(credentials === undefined ? {} : { credentials }) };
}

function endpoint(service: ServiceName, { environment }: EngineOptions): string | undefined {
  return environment[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || undefined;
}

function credentialsIn(environment: EngineOptions['environment']): Credentials | undefined {
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
