import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../service/clock.ts';
import type { Credentials } from '../service/credentials.ts';
import { invokeAsynchronously } from './asynchronous.ts';
import { lineByLine, runtimeEnvironment } from './environment.ts';
import { type Instance, type InvocationResult, startInstance } from './instance.ts';

/** A function of the template, ready to be invoked. */
export interface FunctionDefinition {
  readonly name: string;
  readonly arn: string;
  readonly logicalId: string;
  readonly roleArn: string;
  /** URL of the module, and the name that it exports the handler under. */
  readonly module: string;
  readonly handler: string;
  /** Seconds. */
  readonly timeout: number;
  /** MB. */
  readonly memory: number;
  /** Reserved concurrency: what is above is refused. @default - only the instances are limited, and invocations wait */
  readonly reserved?: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
}

export interface LocalFunction extends FunctionDefinition {
  /** Runs the function once, as soon as an instance is free. @param requestId of the API request, if one is the cause. */
  invoke(event: unknown, requestId?: string): Promise<InvocationResult>;
  /** Takes an event for asynchronous invocation. @returns when its first attempt has ended. */
  accept(event: unknown): Promise<void>;
  stop(): Promise<void>;
}

/** What all functions share. */
export interface LambdaHost {
  readonly clock: Clock;
  /** Instances per function at most. */
  readonly concurrency: number;
  readonly region: string;
  /** Directory that keeps the compiled code of functions between starts; made where missing. */
  readonly codeCache: string;
  /** Variables that name the endpoints of the services. */
  readonly endpoints: Readonly<Record<string, string>>;
  log(line: string): void;
  /** Credentials of a new instance; who calls with them is that instance. */
  enroll(instance: InstanceHandle): Credentials;
  dismiss(credentials: Credentials): void;
}

/** What others may know of an instance and do to it. */
export interface InstanceHandle {
  requestId(): string | undefined;
  kill(): Promise<void>;
}

interface Slot {
  readonly instance: Instance;
  readonly credentials: Credentials;
  requestId: string | undefined;
}

/** Runs a function in as many instances as there are invocations, up to the limit; further invocations wait. */
export function createFunction(definition: FunctionDefinition, host: LambdaHost): LocalFunction {
  const slots = new Set<Slot>();
  const waiting: ((slot: Slot) => void)[] = [];
  let running = 0;
  let stopped = false;

  const open = (): Slot => {
    const handle: InstanceHandle = {
      requestId: () => slot.requestId,
      kill: () => slot.instance.kill(),
    };
    const credentials = host.enroll(handle);
    const slot: Slot = {
      instance: startInstance(
        {
          ...definition,
          functionName: definition.name,
          functionArn: definition.arn,
          clock: host.clock.memory,
          codeCache: host.codeCache,
        },
        { ...runtimeEnvironment(definition, host, credentials), ...definition.environment },
        lineByLine(host.log),
      ),
      credentials,
      requestId: undefined,
    };
    slots.add(slot);
    return slot;
  };

  const close = async (slot: Slot): Promise<void> => {
    slots.delete(slot);
    host.dismiss(slot.credentials);
    await slot.instance.kill();
  };

  /** The oldest that is idle, so that few instances do most of the work. */
  const acquire = async (requestId: string): Promise<Slot> => {
    for (const slot of slots) if (slot.requestId === undefined && !slot.instance.alive()) void close(slot);
    const idle = [...slots].find((slot) => slot.requestId === undefined);
    const slot =
      idle ??
      (slots.size < host.concurrency ? open() : await new Promise<Slot>((resolve) => waiting.push(resolve)));
    slot.requestId = requestId;
    return slot;
  };

  const release = (slot: Slot): void => {
    slot.requestId = undefined;
    const alive = slot.instance.alive();
    if (!alive) void close(slot);
    const next = waiting.shift();
    if (next === undefined) return;
    const free = alive ? slot : open();
    free.requestId = 'promised to a waiting invocation';
    next(free);
  };

  const local: LocalFunction = {
    ...definition,
    async invoke(event, requestId = randomUUID()) {
      if (running >= (definition.reserved ?? Number.POSITIVE_INFINITY)) return THROTTLED;
      running += 1;
      const slot = await acquire(requestId);
      try {
        await slot.instance.started;
        return await run(slot.instance, definition, host, event);
      } finally {
        running -= 1;
        release(slot);
      }
    },
    async accept(event) {
      const invoke = async () => (stopped ? NOTHING : local.invoke(event));
      await invokeAsynchronously({ ...host, name: definition.name, invoke });
    },
    async stop() {
      stopped = true;
      await Promise.all([...slots].map(close));
    },
  };
  return local;
}

/** What becomes of a retry when everything has been stopped. */
const NOTHING: InvocationResult = { failed: false, payload: undefined };

/** What Lambda answers above the reserved concurrency (Lambda API, Invoke, TooManyRequestsException). */
const THROTTLED: InvocationResult = {
  failed: true,
  throttled: true,
  payload:
    '{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}',
};

/** One invocation; ends the instance where it takes longer than the function may. */
async function run(
  instance: Instance,
  { timeout }: FunctionDefinition,
  { clock, log }: LambdaHost,
  event: unknown,
): Promise<InvocationResult> {
  const requestId = randomUUID();
  const seconds = Math.floor(clock.now() / 1000).toString(16);
  const traceId = `Root=1-${seconds}-${randomBytes(12).toString('hex')};Sampled=0`;
  const deadline = Date.now() + timeout * 1000;
  const invocation = instance.invoke({ event, requestId, traceId, deadline });
  const overdue = setTimeout(() => {
    log(`${requestId} Task timed out after ${timeout.toFixed(2)} seconds`);
    void instance.kill('Sandbox.Timedout', `Task timed out after ${timeout.toFixed(2)} seconds`);
  }, timeout * 1000);
  return invocation.finally(() => clearTimeout(overdue));
}
