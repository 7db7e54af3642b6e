import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readApi } from './api-routes.ts';
import { readAssembly } from './assembly.ts';
import { type CallLog, createCallLog } from './calls.ts';
import { type Clock, createClock } from './clock.ts';
import { createCustomResources } from './custom-resource.ts';
import { dynamodbService } from './dynamodb.ts';
import { keysOf, startTables } from './engines.ts';
import { createFaults, type Faults } from './faults.ts';
import { functionsOf } from './functions.ts';
import { type Boundary, startGate } from './gate.ts';
import { startGateway } from './gateway.ts';
import { createIam, type UsedPermission } from './iam.ts';
import { createIdentities } from './identities.ts';
import { kmsService } from './kms.ts';
import { createFunction, type LocalFunction } from './lambda.ts';
import { lockDirectory } from './lock.ts';
import { findByPart } from './names.ts';
import { createOperators, type Operators } from './operators.ts';
import { functionPolicies, type GrantedPermission, grantedPermissions } from './permissions.ts';
import { managedPoliciesOf, newCredentials, rolesOf, sessionPrincipal } from './principals.ts';
import { requireKnownTypes } from './resource-types.ts';
import { type Schedule, schedulesOf, startSchedules } from './schedule.ts';
import { createTable, tableFinder } from './tables.ts';
import { createTemplate } from './template.ts';
import { localTls } from './tls.ts';

export interface LocalCloudOptions {
  /** Directory of the synthesized app: `cdk.out`. */
  readonly assembly: string;
  /** Directory that keeps keys, tables and credentials; made where missing. */
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
  /** What the functions wrote to stdout and stderr. */
  readonly logs: { lines(): readonly string[]; reset(): void };
  /** Invokes a function, named by a part of its name, as its schedule does. @throws Error where the function fails. */
  invoke(name: string, event: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** Any account will do: nothing leaves this machine. */
const ACCOUNT_ID = '000000000000';

/**
 * Runs a synthesized app on this machine: API, functions, keys, tables, custom resources and schedules, with policies
 * evaluated for each call. For development and tests: keys are files.
 *
 * @throws Error, in words for its reader, where the template holds what the local cloud does not know, the port is
 * taken, or a custom resource cannot be created.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const closers: (() => Promise<void> | void)[] = [];
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

type Closers = (() => Promise<void> | void)[];

async function start(options: LocalCloudOptions, closers: Closers): Promise<Omit<LocalCloud, 'stop'>> {
  const { data, log = console.log } = options;
  const region = process.env['AWS_REGION'] ?? 'eu-central-1';
  const place = { accountId: ACCOUNT_ID, region };
  const template = createTemplate(readAssembly(options.assembly), place);
  requireKnownTypes(template.types);
  const api = readApi(template);
  await mkdir(data, { recursive: true });
  await chmod(data, 0o700);
  closers.push(await lockDirectory(join(data, 'lock')));

  const clock = createClock();
  const calls = createCallLog();
  const faults = createFaults();
  const logs = createLogs(log);
  const roles = rolesOf(template);
  const keys = template.all('AWS::KMS::Key');
  const tables = template.all('AWS::DynamoDB::Table');
  const iam = createIam(
    place.accountId,
    new Map(keys.map((key) => [key.attributes['Arn'] ?? '', key.properties['KeyPolicy']])),
  );
  const identities = createIdentities(iam, log);
  const mayInvoke = functionPolicies(template);
  const functions = new Map<string, LocalFunction>();

  const tls = await localTls(join(data, 'tls'));
  const gateway = await startGateway(
    api,
    {
      place,
      clock,
      iam,
      find: identities.find,
      function: (arn) => functions.get(arn),
      mayInvoke: (arn, source) => mayInvoke('apigateway.amazonaws.com', arn, source),
    },
    options.port ?? 8443,
    tls,
  );

  const [kmsKeys, engine] = await Promise.all([
    keysOf(keys, join(data, 'kms'), options.keyMaterial),
    startTables(join(data, 'dynamodb.sqlite'), process.env['AWS_ENDPOINT_URL_DYNAMODB']),
  ]);
  closers.push(engine.stop);
  for (const table of tables) await createTable(engine.forward, table);

  const boundary: Boundary = {
    clock,
    caller: identities.caller,
    authorize: identities.authorize,
    strike: faults.strike,
    record: calls.add,
  };
  const kms = await startGate(kmsService(kmsKeys), boundary);
  const dynamodb = await startGate(dynamodbService(engine.forward, tableFinder(tables)), boundary);
  closers.push(kms.close, dynamodb.close);

  for (const definition of functionsOf(template)) {
    const role = roles.find(({ name }) => name === definition.role);
    if (role === undefined)
      throw new Error(`${definition.logicalId}: its role ${definition.role} is not in the template`);
    const local = createFunction(definition, {
      clock,
      region,
      concurrency: options.concurrency ?? 4,
      endpoints: { AWS_ENDPOINT_URL_KMS: kms.url, AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url },
      log: logs.add,
      enroll({ name, arn }, instance) {
        const credentials = newCredentials('session');
        const principal = sessionPrincipal(place.accountId, role, name, arn);
        identities.add({ credentials, principal, caller: { function: name, role: role.name, ...instance } });
        return credentials;
      },
      dismiss: identities.remove,
    });
    functions.set(definition.arn, local);
    closers.push(local.stop);
  }
  closers.push(gateway.close);

  const createCustom = createCustomResources(join(data, 'custom-resources.json'));
  for (const custom of template.custom) {
    const resource = template.resolve(custom);
    const target = functions.get(String(resource.properties['ServiceToken']));
    if (target === undefined)
      throw new Error(`${custom.logicalId}: its ServiceToken is no function of the template`);
    template.answered(custom, await createCustom(resource, target));
  }

  const runSchedule = async (schedule: Schedule): Promise<void> => {
    const role = roles.find(({ arn }) => arn === schedule.roleArn);
    const refusal =
      role === undefined
        ? mayInvoke('events.amazonaws.com', schedule.functionArn, schedule.ruleArn ?? '')
          ? undefined
          : `no policy lets ${schedule.name} invoke ${schedule.functionArn}`
        : await iam.refusal(sessionPrincipal(place.accountId, role, 'schedule', ''), {
            action: 'lambda:InvokeFunction',
            resource: schedule.functionArn,
            context: {},
          });
    if (refusal !== undefined) log(`schedule ${schedule.name}: ${refusal}`);
    else await functions.get(schedule.functionArn)?.invoke(schedule.event);
  };
  if (options.schedules ?? true) closers.push(startSchedules(schedulesOf(template), runSchedule));

  const operators = await createOperators(
    identities,
    place.accountId,
    region,
    managedPoliciesOf(template),
    join(data, 'admin.env'),
  );
  return {
    ...operators,
    url: `https://localhost:${gateway.port}`,
    caFile: tls.caFile,
    caPem: tls.caPem,
    region,
    accountId: place.accountId,
    calls: { all: calls.all, reset: calls.reset },
    faults: { add: faults.add, clear: faults.clear },
    permissions: { used: iam.used, granted: () => grantedPermissions(roles, keys) },
    clock: { shift: clock.shift, now: clock.now },
    logs: { lines: logs.lines, reset: logs.reset },
    async invoke(part, event) {
      const target = findByPart([...functions.values()], part, ({ name }) => name);
      const { failed, payload } = await target.invoke(event);
      if (failed) throw new Error(`${target.name} failed: ${payload}`);
      return payload === undefined ? undefined : JSON.parse(payload);
    },
  };
}

function createLogs(log: (line: string) => void) {
  let lines: string[] = [];
  return {
    add(line: string) {
      lines.push(line);
      log(line);
    },
    lines: () => [...lines],
    reset: () => {
      lines = [];
    },
  };
}
