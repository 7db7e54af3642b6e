import { parentPort, workerData } from 'node:worker_threads';

/*
 * Runs in the worker thread of an instance: loads the bundle and handles one invocation at a time, as the Lambda runtime
 * does. Its environment holds only the variables of the function.
 */

/** What an instance needs to start. */
export interface InstanceData {
  /** URL of the module, and the name that it exports the handler under. */
  readonly module: string;
  readonly handler: string;
  readonly name: string;
  readonly arn: string;
  readonly memoryMb: number;
  /** The shift of the clock in milliseconds (`clock.ts`). */
  readonly clock: SharedArrayBuffer;
  /** Directory of the code cache. */
  readonly codeCache: string;
}

export interface InvocationMessage {
  readonly event: unknown;
  readonly requestId: string;
  readonly traceId: string;
  /** Milliseconds since 1970, unshifted. */
  readonly deadline: number;
}

/** `ready`: the bundle is loaded. `log`: text that the function wrote. `done`: an invocation ended; the payload is JSON. */
export type InstanceMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'log'; readonly text: string }
  | { readonly kind: 'done'; readonly payload: string | undefined; readonly failed: boolean };

const data = workerData as InstanceData;
const RealDate = Date;

// Node has read it; Lambda does not set it.
delete process.env['NODE_COMPILE_CACHE'];
shiftClock(new BigInt64Array(data.clock));
captureOutput();
const handler = await load();
parentPort?.on('message', (message: InvocationMessage) => void run(message));
post({ kind: 'ready' });

/** Replaces `Date` before the bundle loads, so that no module keeps the real one. */
function shiftClock(offset: BigInt64Array): void {
  const now = () => RealDate.now() + Number(Atomics.load(offset, 0));
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, values, self) =>
      Reflect.construct(target, values.length === 0 ? [now()] : values, self),
    apply: () => new RealDate(now()).toString(),
    get: (target, name, self) => (name === 'now' ? now : Reflect.get(target, name, self)),
  });
}

/** Lines pass through the same port as results, so that they arrive in the order in which they were written. */
function captureOutput(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      post({ kind: 'log', text: typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString() });
      const callback = rest.find((item) => typeof item === 'function');
      if (callback !== undefined) process.nextTick(callback as () => void);
      return true;
    };
}

function post(message: InstanceMessage): void {
  parentPort?.postMessage(message);
}

async function load(): Promise<(event: unknown, context: object) => Promise<unknown>> {
  const module = (await import(data.module)) as Record<string, unknown>;
  const exported = module[data.handler];
  if (typeof exported !== 'function') throw new Error(`${data.module} exports no function ${data.handler}`);
  return exported as (event: unknown, context: object) => Promise<unknown>;
}

async function run(message: InvocationMessage): Promise<void> {
  process.env['_X_AMZN_TRACE_ID'] = message.traceId;
  try {
    const result = await handler(message.event, contextOf(message));
    post({ kind: 'done', payload: JSON.stringify(result), failed: false });
  } catch (error) {
    const { name, message: text, stack } = error instanceof Error ? error : new Error(String(error));
    // As the Node runtime logs and returns it (Lambda developer guide, "Lambda function handler in Node.js", errors).
    const failure = { errorType: name, errorMessage: text, stack: stack?.split('\n') };
    process.stderr.write(`Invoke Error ${JSON.stringify(failure)}\n`);
    post({ kind: 'done', payload: JSON.stringify(failure), failed: true });
  }
}

/** Lambda developer guide, "Lambda context object in Node.js". */
function contextOf({ requestId, deadline }: InvocationMessage): object {
  return {
    awsRequestId: requestId,
    functionName: data.name,
    functionVersion: '$LATEST',
    invokedFunctionArn: data.arn,
    memoryLimitInMB: String(data.memoryMb),
    logGroupName: `/aws/lambda/${data.name}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - RealDate.now()),
  };
}
