import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type GatewayHost, startGateway } from './gateway/gateway.ts';
import { readApi } from './gateway/routes.ts';
import { stageThrottle } from './gateway/throttle.ts';
import { localTls } from './gateway/tls.ts';
import type { Access } from './iam/access.ts';
import type { UsedPermission } from './iam/iam.ts';
import { createOperators, type Operators } from './iam/operators.ts';
import type { GrantedPermission } from './iam/permissions.ts';
import { managedPoliciesOf } from './iam/principals.ts';
import { createCustom } from './lambda/custom-resource.ts';
import { createFunctions, enrollSession } from './lambda/functions.ts';
import type { LocalFunction } from './lambda/lambda.ts';
import { createLogs, type Logs } from './lambda/logs.ts';
import { runSchedules } from './lambda/schedule.ts';
import { lockDirectory } from './lock.ts';
import { type CallLog, createCallLog } from './service/calls.ts';
import { type Clock, createClock } from './service/clock.ts';
import type { Credentials } from './service/credentials.ts';
import { createFaults, type Faults } from './service/faults.ts';
import { findByPart } from './service/names.ts';
import { type Closers, type Endpoints, startServices } from './services.ts';
import { readAssembly } from './template/assembly.ts';
import { planDeployment } from './template/deployment.ts';
import { requireKnownTypes } from './template/resource-types.ts';
import { createTemplate, type Template } from './template/template.ts';

export interface LocalCloudOptions {
  /**
   * Directory of the synthesized app: `cdk.out`, or what makes it once the data is locked. Compiled code of its functions
   * is kept in there, as `code-cache`.
   */
  readonly assembly: string | (() => Promise<string>);
  /** Directory that keeps keys, tables and credentials; made where missing, and used by one local cloud at a time. */
  readonly data: string;
  /** Of HTTPS on localhost; 0 takes a free one. @default 8443 */
  readonly port?: number;
  /** Instances per function at most. @default 4 */
  readonly concurrency?: number;
  /** Directory of ready-made CA key material, filled where it lacks some: RSA keys take seconds. For tests. */
  readonly keyMaterial?: string;
  /** Whether schedules run. @default true */
  readonly schedules?: boolean;
  /** Gets what the functions write and what the local cloud has to say, line by line. @default console.log */
  readonly log?: (line: string) => void;
}

/** A running local cloud. */
export interface LocalCloud extends Operators {
  /** `https://localhost:<port>`, without the stage. */
  readonly url: string;
  /** The CA that clients must trust for `url`. */
  readonly caFile: string;
  readonly caPem: string;
  readonly region: string;
  readonly accountId: string;
  /** Every call of KMS and DynamoDB by functions. */
  readonly calls: CallLog;
  readonly faults: Faults;
  readonly permissions: {
    /** What roles and users needed and had, since the start. */
    used(): readonly UsedPermission[];
    /** What the template gives its roles. */
    granted(): readonly GrantedPermission[];
  };
  readonly clock: Pick<Clock, 'shift' | 'now'>;
  /** What the functions wrote. */
  readonly logs: Logs;
  /** What an instance of a function, named by a part of its name, would call AWS with. Its role's policies hold. */
  sessionOf(name: string): Session;
  /** Invokes a function, named by a part of its name, as its schedule does. @throws Error where the function fails. */
  invoke(name: string, event: unknown): Promise<unknown>;
  /** Lets running requests end, then stops everything. What was answered is kept. */
  stop(): Promise<void>;
}

/** For an SDK client: what it signs with, and where the services are. */
export interface Session {
  readonly credentials: Credentials;
  readonly endpoints: Endpoints;
}

/** Any account will do: nothing leaves this machine. */
const ACCOUNT_ID = '000000000000';

/**
 * Runs a synthesized app on this machine: API, functions, keys, tables, custom resources and schedules, with policies
 * evaluated for each call. For development and tests: the keys are files.
 *
 * `AWS_REGION` names the Region; `AWS_ENDPOINT_URL_KMS` and `AWS_ENDPOINT_URL_DYNAMODB` put keys and tables elsewhere.
 *
 * @throws Error, in words for its reader, where the template holds what the local cloud does not know, the port is
 * taken, or a custom resource cannot be created.
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
  const { data, log = console.log } = options;
  const region = process.env['AWS_REGION'] ?? 'eu-central-1';
  await mkdir(data, { recursive: true });
  await chmod(data, 0o700);
  closers.push(lockDirectory(join(data, 'lock.sqlite')));
  const directory = typeof options.assembly === 'string' ? options.assembly : await options.assembly();
  const assembly = readAssembly(directory);
  const template = createTemplate(assembly, { accountId: ACCOUNT_ID, region });
  requireKnownTypes(template.types);

  const deployment = await planDeployment(join(data, 'deployed.json'), assembly.resources);
  for (const { type, logicalId } of deployment.retained) log(`retained: ${type} ${logicalId}`);

  const clock = createClock();
  const ready = Promise.withResolvers<GatewayHost>();
  const tls = await localTls(join(data, 'tls'));
  const api = readApi(template);
  const gateway = await startGateway(api, ready.promise, options.port ?? 8443, tls);
  closers.push(gateway.close);

  const watch = { clock, calls: createCallLog(), faults: createFaults(), logs: createLogs(log) };
  const engines = {
    data,
    keyMaterial: options.keyMaterial,
    region,
    environment: process.env,
    removed: deployment,
  };
  const { access, endpoints } = await startServices(template, engines, watch, log, closers);
  const variables = { AWS_ENDPOINT_URL_KMS: endpoints.kms, AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb };
  const { concurrency = 4 } = options;
  const codeCache = join(directory, 'code-cache');
  const host = { clock, region, concurrency, codeCache, endpoints: variables, log: watch.logs.add };
  const functions = createFunctions(template, access, host);
  closers.push(() => Promise.all([...functions.values()].map((local) => local.stop())).then(() => {}));
  // Also the first to close, once everything is up: running requests still need what is behind it.
  closers.push(gateway.close);

  await createCustom(template, functions, join(data, 'custom-resources.json'));
  await deployment.complete();
  const throttle = stageThrottle(api.methodSettings, clock);
  ready.resolve({ ...gatewayHost(template, access, clock, functions), throttle, log });
  if (options.schedules ?? true) closers.push(runSchedules(template, access, functions, log));
  const policies = managedPoliciesOf(template);
  return {
    ...(await createOperators(access.identities, template.place, policies, join(data, 'admin.env'))),
    ...template.place,
    ...tls.trust,
    ...watch,
    url: `https://localhost:${gateway.port}`,
    permissions: { used: access.iam.used, granted: access.granted },
    sessionOf: (part) => ({ credentials: enrollSession(access, named(functions, part)), endpoints }),
    invoke: (part, event) => invoke(functions, part, event),
  };
}

type Functions = ReadonlyMap<string, LocalFunction>;

function gatewayHost(
  template: Template,
  access: Access,
  clock: Clock,
  functions: Functions,
): Omit<GatewayHost, 'log' | 'throttle'> {
  return {
    place: template.place,
    clock,
    iam: access.iam,
    find: access.identities.find,
    function: (arn) => functions.get(arn),
    mayInvoke: (arn, source) => access.mayInvoke('apigateway.amazonaws.com', arn, source),
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
