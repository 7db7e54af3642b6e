import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { InstanceData, InstanceMessage, InvocationMessage } from './worker.ts';

/** How an invocation ended. */
export interface InvocationResult {
  /** What the function returned, or its error, as JSON; undefined where it returned nothing. */
  readonly payload: string | undefined;
  /** The function threw, crashed, was killed or took too long. */
  readonly failed: boolean;
  /** It did not run: too many invocations were running. */
  readonly throttled?: boolean;
}

/** One execution environment of a function: a worker thread, busy with one invocation at most. */
export interface Instance {
  /** Fulfils when the bundle is loaded, or never will be: loading is not part of a function's timeout. */
  readonly started: Promise<void>;
  invoke(message: InvocationMessage): Promise<InvocationResult>;
  /** Whether it may take another invocation. */
  alive(): boolean;
  /** Ends it at once; an invocation that runs ends with this error. */
  kill(errorType?: string, errorMessage?: string): Promise<void>;
}

/**
 * Starts an instance; it loads its bundle at once. Node keeps what it compiled of the bundle, and of worker.ts without
 * its types, in the code cache, by the content of the files: a later start takes half of the time (measured, enroll: 222
 * against 124 ms of CPU).
 *
 * @param environment everything that `process.env` holds in there; worker.ts takes out what is for Node alone.
 */
export function startInstance(
  data: InstanceData,
  environment: Readonly<Record<string, string>>,
  log: (text: string) => void,
): Instance {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: data,
    env: { ...environment, NODE_COMPILE_CACHE: data.codeCache },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxOldGenerationSizeMb: data.memory },
    stdout: true,
    stderr: true,
  });
  let alive = true;
  const started = Promise.withResolvers<void>();
  let pending: ((result: InvocationResult) => void) | undefined;
  const finish = (result: InvocationResult) => {
    pending?.(result);
    pending = undefined;
  };
  const crash = (errorType: string, errorMessage: string) => {
    alive = false;
    started.resolve();
    finish({ payload: JSON.stringify({ errorType, errorMessage }), failed: true });
  };
  worker.on('message', (message: InstanceMessage) => {
    if (message.kind === 'ready') started.resolve();
    else if (message.kind === 'log') log(message.text);
    else finish(message);
  });
  worker.on('error', (error: unknown) => {
    log(`${error instanceof Error ? error.stack : String(error)}\n`);
    crash('Runtime.UnhandledError', error instanceof Error ? error.message : String(error));
  });
  let killed: readonly [string, string] | undefined;
  worker.on('exit', (code) =>
    crash(...(killed ?? ['Runtime.ExitError', `Runtime exited with status ${code}`])),
  );
  return {
    started: started.promise,
    alive: () => alive,
    invoke: (message) =>
      new Promise((resolve) => {
        pending = resolve;
        if (alive) worker.postMessage(message);
        else crash('Runtime.ExitError', 'Runtime exited before the invocation');
      }),
    async kill(errorType = 'Runtime.ExitError', errorMessage = 'Runtime was killed') {
      if (!alive) return;
      alive = false;
      killed = [errorType, errorMessage];
      const ended = once(worker, 'exit');
      await worker.terminate();
      await ended;
    },
  };
}
