import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { OPTIONS } from '../../infra/bundle.ts';
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
 * their time is part of the events'. Aim: init at most 2.0 times.
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
    const nothing = await timing(
      programs,
      { directory: emptyHandler(directory), variables: code.variables },
      event,
    );
    const enroll = await timing(programs, code, event);
    return figures(enroll, nothing);
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

/** @returns the directory of its bundle. */
function emptyHandler(directory: string): string {
  const outdir = join(directory, 'empty-handler');
  const contents =
    "import middy from '@middy/core';\nexport const handler = middy(async () => ({ statusCode: 201 }));\n";
  const stdin = { contents, resolveDir: OPTIONS.absWorkingDir, sourcefile: 'index.ts' };
  buildSync({ ...OPTIONS, stdin, outfile: join(outdir, 'index.mjs'), outExtension: {}, write: true });
  return outdir;
}

async function timing(programs: LambdaPrograms, code: EmulatedCode, event: () => unknown): Promise<Timing> {
  const inits: number[] = [];
  const firsts: number[] = [];
  const warm: number[] = [];
  for (let start = 0; start < COLD_STARTS; start += 1) {
    const fn = await emulate(programs, code);
    const whole = await timed(() => fn.invoke(event()))
      .then(async (milliseconds) => {
        const more = start === 0 ? WARM_EVENTS : 0;
        for (let count = 0; count < more; count += 1) warm.push(await timed(() => fn.invoke(event())));
        return milliseconds;
      })
      .finally(fn.stop);
    const init = fn.initMilliseconds() ?? Number.NaN;
    inits.push(init);
    firsts.push(whole - init);
  }
  return { init: median(inits), first: median(firsts), warm: median(warm) };
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
