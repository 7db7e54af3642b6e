import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { EVENT_STREAMS, OPTIONS } from '../../infra/bundle.ts';
import { synthesize } from '../../infra/synthesize.ts';
import { deployedCode } from '../interop/lambda/deployed-code.ts';
import { type EmulatedCode, emulate } from '../interop/lambda/emulated-function.ts';
import { type LambdaPrograms, lambdaPrograms } from '../interop/lambda/programs.ts';
import { ASSEMBLY } from '../support/assembly.ts';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { gatewayEvent } from '../unit/http/gateway.ts';
import { type Figure, median } from './figures.ts';

const COLD_STARTS = 7;
const WARM_EVENTS = 15;

/** Milliseconds, each the median of several. */
interface Timing {
  /** From the start of the process to the first request for an event: Lambda's "init". */
  readonly init: number;
  /** Of the first event, without init. */
  readonly first: number;
  readonly warm: number;
}

/**
 * Enroll under AWS's Runtime Interface Client, beside a middy handler that does nothing: how much longer its environment
 * takes to start, and an event to handle. The services that it calls are those of the local cloud, in this process, and
 * their time is part of the events'. Aim: init at most 2.0 times. A third handler does nothing either, but makes the two
 * clients of AWS that enroll needs: what a start costs that calls DynamoDB and KMS.
 */
export async function lambdaFigures(directory: string): Promise<readonly Figure[]> {
  const programs = await lambdaPrograms(console.log);
  synthesize(ASSEMBLY);
  const cloud = await TestCloud.start();
  try {
    const code = deployedCode(cloud).find(({ id }) => id === 'Enroll');
    if (code === undefined) throw new Error('the template has no function Enroll');
    const authorization = `Bearer ${await cloud.token({ maxUses: 1000 })}`;
    const event = () => {
      const headers = { Authorization: authorization };
      return gatewayEvent({ method: 'POST', route: '/enroll', headers, body: enrollment(), principal: null });
    };
    const idle = (name: keyof typeof IDLE_HANDLERS) =>
      trialOf(programs, { directory: idleHandler(directory, name), variables: code.variables }, event);
    const [nothing, clients, enroll] = [idle('empty'), idle('clients'), trialOf(programs, code, event)];
    // In turns, so that whatever else the machine does falls on all three.
    for (let start = 0; start < COLD_STARTS; start += 1)
      for (const trial of [nothing, clients, enroll]) await trial.start();
    return [
      {
        name: 'the clients of AWS alone in Lambda, init, beside an empty handler',
        value: clients.timing().init / nothing.timing().init,
        unit: 'ratio',
      },
      ...figures(enroll.timing(), nothing.timing()),
    ];
  } finally {
    await cloud.stop();
  }
}

function figures(enroll: Timing, nothing: Timing): readonly Figure[] {
  return (['init', 'first', 'warm'] as const).flatMap((name): Figure[] => [
    { name: `enroll in Lambda, ${name}`, value: enroll[name], unit: 'ms' },
    {
      name: `enroll in Lambda, ${name}, beside an empty handler`,
      value: enroll[name] / nothing[name],
      unit: 'ratio',
    },
  ]);
}

/** Handlers that respond at once, by what they do when they are loaded. */
const IDLE_HANDLERS = {
  empty: '',
  clients: `import { dynamoClient } from './shared/store/client.ts';
    import { kmsClient } from './shared/kms/client.ts';
    export const clients = [dynamoClient(), kmsClient()];`,
};

/** @returns the directory of its bundle. */
function idleHandler(directory: string, name: keyof typeof IDLE_HANDLERS): string {
  const outdir = join(directory, name);
  const contents = `${IDLE_HANDLERS[name]}
    import middy from '@middy/core';
    export const handler = middy(async () => ({ statusCode: 201 }));`;
  const stdin = { contents, resolveDir: OPTIONS.absWorkingDir, sourcefile: 'index.ts' };
  const external = [...OPTIONS.external, EVENT_STREAMS];
  buildSync({
    ...OPTIONS,
    external,
    stdin,
    outfile: join(outdir, 'index.mjs'),
    outExtension: {},
    write: true,
  });
  return outdir;
}

/** A function to start again and again. */
function trialOf(programs: LambdaPrograms, code: EmulatedCode, event: () => unknown) {
  const inits: number[] = [];
  const firsts: number[] = [];
  const warm: number[] = [];
  return {
    /** Starts an environment and sends it an event; the first one gets more. */
    async start(): Promise<void> {
      const fn = await emulate(programs, code);
      const send = () => timed(() => fn.invoke(event()));
      const whole = await send()
        .then(async (milliseconds) => {
          while (inits.length === 0 && warm.length < WARM_EVENTS) warm.push(await send());
          return milliseconds;
        })
        .finally(fn.stop);
      const init = fn.initMilliseconds() ?? Number.NaN;
      inits.push(init);
      firsts.push(whole - init);
    },
    timing: (): Timing => ({ init: median(inits), first: median(firsts), warm: median(warm) }),
  };
}

/** @throws Error where the function did not respond with 201. */
async function timed(invoke: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  const answer = await invoke();
  const milliseconds = performance.now() - start;
  if ((answer as { statusCode?: number } | undefined)?.statusCode !== 201)
    throw new Error(`the function responded with ${JSON.stringify(answer)}`);
  return milliseconds;
}
