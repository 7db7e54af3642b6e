import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { InstanceData, InstanceMessage, InvocationMessage } from './worker.ts';

/** How an invocation ended. */
export interface InvocationResult {
  /** What the function returned, or its error, as JSON; undefined where it returned nothing. */
  readonly payload: string | undefined;
  /** The function threw, crashed, was killed or took too long. */
  readonly failed: boolean;
}

/** One execution environment of a function: a worker thread, busy with one invocation at most. */
export interface Instance {
  invoke(message: InvocationMessage): Promise<InvocationResult>;
  /** Whether it may take another invocation. */
  alive(): boolean;
  kill(): Promise<void>;
}

/**
 * Starts an instance; it loads its bundle at once.
 *
 * @param environment everything that `process.env` holds in there.
 */
export function startInstance(
  data: InstanceData,
  environment: Readonly<Record<string, string>>,
  log: (text: string) => void,
): Instance {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: data,
    env: environment,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxOldGenerationSizeMb: data.memory },
    stdout: true,
    stderr: true,
  });
  let alive = true;
  let pending: ((result: InvocationResult) => void) | undefined;
  const finish = (result: InvocationResult) => {
    pending?.(result);
    pending = undefined;
  };
  const crash = (errorType: string, errorMessage: string) => {
    alive = false;
    finish({ payload: JSON.stringify({ errorType, errorMessage }), failed: true });
  };
  worker.on('message', (message: InstanceMessage) => {
    if (message.kind === 'log') log(message.text);
    else finish(message);
  });
  worker.on('error', (error: unknown) => {
    log(`${error instanceof Error ? error.stack : String(error)}\n`);
    crash('Runtime.UnhandledError', error instanceof Error ? error.message : String(error));
  });
  worker.on('exit', (code) => crash('Runtime.ExitError', `Runtime exited with status ${code}`));
  return {
    alive: () => alive,
    invoke: (message) =>
      new Promise((resolve) => {
        pending = resolve;
        if (alive) worker.postMessage(message);
        else crash('Runtime.ExitError', 'Runtime exited before the invocation');
      }),
    async kill() {
      if (!alive) return;
      alive = false;
      const ended = once(worker, 'exit');
      await worker.terminate();
      await ended;
    },
  };
}
