import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../service/clock.ts';
import type { Credentials } from '../service/credentials.ts';
import { type AsynchronousLimits, invokeAsynchronously } from './asynchronous.ts';
import { lineByLine, runtimeEnvironment } from './environment.ts';
import { Instance, type InvocationResult } from './instance.ts';
import { InstancePool, type Slot } from './instance-pool.ts';

/** A function of the template, ready to be invoked. */
export interface FunctionDefinition {
  readonly name: string;
  readonly arn: string;
  readonly logicalId: string;
  readonly roleArn: string;
  /** URL of the module, and the name that it exports the handler under. */
  readonly module: string;
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Reserved concurrency: more invocations are refused. @default - they wait for an instance */
  readonly reserved?: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** Of its asynchronous invocations. */
  readonly asynchronous: AsynchronousLimits;
}

export interface LocalFunction extends FunctionDefinition {
  /** Runs the function once, as soon as an instance is free. @param requestId the API request that caused it, if any. */
  invoke(event: unknown, requestId?: string): Promise<InvocationResult>;
  /** Invokes the function asynchronously. @returns when the first attempt has ended. */
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
  /** Makes credentials for a new instance. */
  enroll(instance: InstanceHandle): Credentials;
  dismiss(credentials: Credentials): void;
}

/** The instance, for the gates of the services that it calls. */
export interface InstanceHandle {
  requestId(): string | undefined;
  kill(): Promise<void>;
}

/** Makes a function invocable. */
export function createFunction(definition: FunctionDefinition, host: LambdaHost): LocalFunction {
  const pool = new InstancePool(
    host.concurrency,
    () => openSlot(definition, host),
    ({ credentials }) => host.dismiss(credentials),
  );
  let running = 0;
  let stopped = false;
  const invoke = async (event: unknown, requestId: string = randomUUID()): Promise<InvocationResult> => {
    if (running >= (definition.reserved ?? Number.POSITIVE_INFINITY)) return THROTTLED;
    running += 1;
    const slot = await pool.acquire(requestId);
    try {
      await slot.instance.started;
      return await run(slot.instance, definition, host, event);
    } finally {
      running -= 1;
      pool.release(slot);
    }
  };
  return {
    ...definition,
    invoke,
    accept: (event) => {
      const attempt = async () => (stopped ? STOPPED : invoke(event));
      return invokeAsynchronously({
        ...host,
        name: definition.name,
        limits: definition.asynchronous,
        invoke: attempt,
      });
    },
    stop: () => {
      stopped = true;
      return pool.close();
    },
  };
}

/** Starts an instance with credentials of its own. */
function openSlot(definition: FunctionDefinition, host: LambdaHost): Slot {
  const credentials = host.enroll({
    requestId: () => slot.requestId,
    kill: () => slot.instance.kill(),
  });
  const instance = new Instance(
    { ...definition, codeCache: host.codeCache, clock: host.clock.memory },
    { ...runtimeEnvironment(definition, host, credentials), ...definition.environment },
    lineByLine(host.log),
  );
  const slot: Slot = { instance, credentials, requestId: undefined };
  return slot;
}

/** The end of a retry that is due after the stop. */
const STOPPED: InvocationResult = { failed: false, payload: undefined };

/** Lambda's answer above the reserved concurrency (Lambda API, Invoke, TooManyRequestsException). */
const THROTTLED: InvocationResult = {
  failed: true,
  throttled: true,
  payload:
    '{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}',
};

/** One invocation; kills the instance when it exceeds the timeout. */
async function run(
  instance: Instance,
  { timeoutSeconds }: FunctionDefinition,
  { clock, log }: LambdaHost,
  event: unknown,
): Promise<InvocationResult> {
  const requestId = randomUUID();
  const seconds = Math.floor(clock.now() / 1000).toString(16);
  const traceId = `Root=1-${seconds}-${randomBytes(12).toString('hex')};Sampled=0`;
  const invocation = instance.invoke({
    event,
    requestId,
    traceId,
    deadline: Date.now() + timeoutSeconds * 1000,
  });
  const overdue = setTimeout(() => {
    const message = `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
    log(`${requestId} ${message}`);
    void instance.kill('Sandbox.Timedout', message);
  }, timeoutSeconds * 1000);
  return invocation.finally(() => clearTimeout(overdue));
}
