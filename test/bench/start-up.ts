import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Figure, median } from './figures.ts';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');

const RUNS = 7;

/** How long the command line takes to its help, beside a Node that does nothing. Aim: 300 ms. */
export function startUpFigures(): readonly Figure[] {
  const help = medianOf([MAIN, '--help']);
  const nothing = medianOf(['--eval', '']);
  return [
    { name: 'fleetseal --help', value: help, unit: 'ms' },
    { name: 'fleetseal --help beside an empty Node', value: help / nothing, unit: 'ratio' },
  ];
}

function medianOf(args: readonly string[]): number {
  const times = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    const { status } = spawnSync(process.execPath, args);
    if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
    return performance.now() - start;
  });
  return median(times);
}
