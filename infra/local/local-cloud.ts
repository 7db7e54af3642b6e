import { chmod, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { localStacks } from './cloudformation/stacks.ts';
import { bindDoors } from './doors.ts';
import { runEventSources, type Undelivered } from './event-sources.ts';
import type { GatewayHost } from './gateway/gateway.ts';
import { localTls } from './gateway/tls.ts';
import type { Access } from './iam/access.ts';
import type { UsedPermission } from './iam/iam.ts';
import { createOperators, type Operators } from './iam/operators.ts';
import { managedPoliciesOf } from './iam/principals.ts';
import { createCustom } from './lambda/custom-resource.ts';
import { createFunctions, enrollSession } from './lambda/functions.ts';
import type { LocalFunction } from './lambda/lambda.ts';
import { startSchedules, type TemplateSchedules, templateSchedules } from './lambda/schedule.ts';
import { lockDirectory } from './lock.ts';
import { logSubscriptions } from './log-subscriptions.ts';
import type { LogEvent } from './logs/cloudwatch-logs.ts';
import type { Call, CallLog } from './service/calls.ts';
import { type Clock, createClock } from './service/clock.ts';
import type { Credentials } from './service/credentials.ts';
import type { Intercept } from './service/gate.ts';
import { createJournal } from './service/journal.ts';
import { findByPart } from './service/names.ts';
import { type Closers, type Endpoints, endpointVariables, startServices } from './services.ts';
import { openQueues } from './sqs/queues.ts';
import { readAssembly } from './template/assembly.ts';
import { planDeployment } from './template/deployment.ts';
import { requireKnownTypes } from './template/resource-types.ts';
import { createTemplate, type Template } from './template/template.ts';

export interface LocalCloudOptions {
  /**
   * Directory of the synthesized app (`cdk.out`), or what makes it once the data are locked. Compiled code of its
   * functions is kept in it, as `code-cache`.
   */
  readonly assembly: string | (() => Promise<string>);
  /** Directory that keeps keys, tables and credentials; made if missing, and used by one local cloud at a time. */
  readonly data: string;
  /** Port of HTTPS on localhost; 0 takes a free one. @default 8443 */
  readonly port?: number;
  /** Port of the distribution on localhost; 0 takes a free one. @default 8080, or a free one where `port` is 0 */
  readonly httpPort?: number;
  /** Region of what is emulated. @default - `AWS_REGION`, or eu-central-1 */
  readonly region?: string;
  /** The most instances of a function. @default 4 */
  readonly concurrency?: number;
  /** For tests: directory of CA key material, made if missing, since RSA keys take seconds. @default - new keys */
  readonly keyMaterial?: string;
  /** For tests: stands before the services. */
  readonly intercept?: Intercept;
  /** Whether schedules run, and DynamoDB deletes items whose time to live is over. @default true */
  readonly schedules?: boolean;
  /** Whether event source mappings read their streams and queues, and logs reach their subscribers. @default true */
  readonly streams?: boolean;
  /** Gets what the functions and the local cloud write, line by line. @default console.log */
  readonly log?: (line: string) => void;
}

/** A running local cloud. */
export interface LocalCloud extends Operators {
  /** `https://localhost:<port>`, without the stage. */
  readonly url: string;
  /** `http://127.0.0.1:<port>`, of the distribution; undefined where the template has none. */
  readonly httpUrl: string | undefined;
  /** The CA that clients of `url` must trust. */
  readonly caFile: string;
  readonly caPem: string;
  readonly region: string;
  readonly accountId: string;
  /** Every call of a service by functions. */
  readonly calls: CallLog;
  /** The permissions that roles and users needed and had, since the start. */
  usedPermissions(): readonly UsedPermission[];
  readonly clock: Pick<Clock, 'shift' | 'advanceTo' | 'now'>;
  readonly schedules: TemplateSchedules;
  /** Deletes what DynamoDB's time to live would by now. Runs by itself every hour of the clock, with the schedules. @returns how many items. */
  expireItems(): Promise<number>;
  /** The last 100,000 lines that functions wrote since the last reset. */
  readonly logs: { lines(): readonly string[]; reset(): void };
  /** What event source mappings gave up, since the start. */
  undelivered(): readonly Undelivered[];
  /** What an instance of a function calls AWS with. @param name a part of the function's name */
  sessionOf(name: string): Session;
  /** Invokes a function as its schedule does. @param name a part of its name @throws Error where it fails. */
  invoke(name: string, event: unknown): Promise<unknown>;
  /** Lets running requests end, then stops everything. */
  stop(): Promise<void>;
}

/** For an SDK client: its credentials, and the URLs of the services. */
export interface Session {
  readonly credentials: Credentials;
  readonly endpoints: Endpoints;
}

/** Any account will do: nothing leaves this machine. */
const ACCOUNT_ID = '000000000000';

/**
 * Runs a synthesized app on this machine: API, functions, keys, tables, custom resources and schedules, with policies
 * evaluated for each call. For development and tests only: the CA keys are files.
 *
 * `AWS_REGION` names the Region; `AWS_ENDPOINT_URL_KMS`, `_DYNAMODB` and `_S3` name other engines.
 *
 * @example
 *     const cloud = await startLocalCloud({ assembly: 'cdk.out', data: '.fleetseal', port: 0 });
 *     await fetch(`${cloud.url}/v1/trust`);
 *     await cloud.stop();
 *
 * @throws Error, in words for its reader, where the template contains something that the local cloud does not know, AWS
 * would not update the deployed resources to it, the port is taken, or a custom resource cannot be created or updated.
 * Such a start removes nothing: the data work with the last deployed template.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const closers: Closers = [];
  const stop = async () => {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close();
  };
  try {
    return { ...(await start(options, closers)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(options: LocalCloudOptions, closers: Closers): Promise<Omit<LocalCloud, 'stop'>> {
  const { data, port = 8443, httpPort = port === 0 ? 0 : 8080, log = console.log } = options;
  const { template, deployment, codeCache } = await readDeployment(options, closers);
  const clock = createClock();
  const tls = await localTls(join(data, 'tls'));
  const doors = await bindDoors(template, { port, httpPort }, tls, closers);

  const { region } = template.place;
  const calls = createJournal<Call>();
  const logs = createJournal<string>();
  // Neither is reset: what was signed is reconciled with what was logged.
  const trail = createJournal<Call>();
  const logEvents = createJournal<LogEvent>();
  const { keyMaterial, intercept } = options;
  const engines = { data, keyMaterial, region, environment: process.env, removed: deployment, log };
  const record = (call: Call) => {
    calls.add(call);
    if (call.service === 'kms') trail.add(call);
  };
  const watch = { clock, record, intercept };
  const undelivered = createJournal<Undelivered>();
  const queues = openQueues(template, join(data, 'sqs.sqlite'), clock, (destination, message) => {
    undelivered.add({ destination, function: undefined, records: [message] });
    log(`a message goes to ${destination} after ${message.received} attempts`);
  });
  closers.push(queues.close);
  const stacks = localStacks(template.stacks, template.place);
  const { access, endpoints, s3, read, expire, cleanUp } = await startServices(
    template,
    stacks,
    engines,
    { ...watch, trail, logEvents, queues: queues.byArn },
    closers,
  );
  let subscribed: (event: LogEvent) => void = () => {};
  const functions = createFunctions(template, access, {
    clock,
    region,
    codeCache,
    concurrency: options.concurrency ?? 4,
    endpoints: endpointVariables(endpoints),
    log(line, logGroupName) {
      logs.add(line);
      const event = { logGroupName, timestamp: clock.now(), message: line };
      logEvents.add(event);
      log(line);
      subscribed(event);
    },
  });
  closers.push(() => Promise.all([...functions.values()].map((local) => local.stop())).then(() => {}));
  const subscriptions = logSubscriptions(template, functions, access.mayInvoke);
  if (options.streams ?? true) subscribed = subscriptions;
  // Close first once everything runs: the running requests need what is behind the doors.
  closers.push(doors.close);

  await createCustom(template, functions, stacks, join(data, 'custom-resources.json'));
  // As in CloudFormation, cleanup follows success: a refused start has removed nothing.
  await deployment.complete();
  await cleanUp();
  for (const { type, logicalId } of deployment.retained)
    log(`${type} ${logicalId} is no longer in the template; its data are retained`);
  doors.open({ ...gatewayHost(template, access, clock, functions), log }, s3);
  const sources = {
    functions,
    access,
    read,
    queues: queues.byArn,
    clock,
    data,
    undelivered: undelivered.add,
    log,
  };
  const polls = options.streams ?? true;
  closers.push(await runEventSources(template, { ...sources, polls }));
  const schedules = templateSchedules(template, access, functions, log);
  const expireItems = () => expire(Math.floor(clock.now() / 1000));
  if (options.schedules ?? true) {
    closers.push(startSchedules(schedules.all, clock, schedules.run));
    const expiring = async () => {
      await expireItems().catch((error: unknown) => log(`time to live: ${error}`));
    };
    closers.push(startSchedules([{ milliseconds: 3_600_000 }], clock, expiring));
  }
  const policies = managedPoliciesOf(template);
  const admin = {
    file: join(data, 'admin.env'),
    variables: { FLEETSEAL_URL: `${doors.url}/v1`, FLEETSEAL_CA_FILE: resolve(tls.trust.caFile) },
  };
  return {
    ...(await createOperators(access.identities, template.place, policies, admin)),
    ...template.place,
    ...tls.trust,
    clock,
    schedules,
    expireItems,
    calls,
    logs: { lines: logs.all, reset: logs.reset },
    url: doors.url,
    httpUrl: doors.httpUrl,
    undelivered: undelivered.all,
    usedPermissions: access.iam.used,
    sessionOf: (part) => ({ credentials: enrollSession(access, named(functions, part)), endpoints }),
    invoke: (part, event) => invoke(functions, part, event),
  };
}

/** Locks the data, then reads the template and compares it with the last deployed one. */
async function readDeployment(
  { assembly, data, region = process.env['AWS_REGION'] ?? 'eu-central-1' }: LocalCloudOptions,
  closers: Closers,
) {
  await mkdir(data, { recursive: true });
  await chmod(data, 0o700);
  closers.push(lockDirectory(join(data, 'lock.sqlite')));
  const directory = typeof assembly === 'string' ? assembly : await assembly();
  const { resources, ...others } = readAssembly(directory, region);
  const template = createTemplate({ resources, ...others }, { accountId: ACCOUNT_ID, region });
  requireKnownTypes(template.types);
  const deployment = await planDeployment(data, { resources, exports: template.exports() });
  return { template, deployment, codeCache: join(directory, 'code-cache') };
}

type Functions = ReadonlyMap<string, LocalFunction>;

function gatewayHost(
  { place }: Template,
  { iam, identities, mayInvoke }: Access,
  clock: Clock,
  functions: Functions,
): Omit<GatewayHost, 'log' | 'throttle' | 'domainName'> {
  return {
    place,
    clock,
    iam,
    find: identities.find,
    function: (arn) => functions.get(arn),
    mayInvoke: (arn, source) => mayInvoke('apigateway.amazonaws.com', arn, source),
  };
}

async function invoke(functions: Functions, part: string, event: unknown): Promise<unknown> {
  const target = named(functions, part);
  const { failed, payload } = await target.invoke(event);
  if (failed) throw new Error(`${target.name} failed: ${payload}`);
  return payload === undefined ? undefined : JSON.parse(payload);
}

function named(functions: Functions, part: string): LocalFunction {
  return findByPart([...functions.values()], part, ({ name }) => name);
}
