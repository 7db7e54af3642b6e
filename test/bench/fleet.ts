import { showDay } from '../simulation/progress.ts';
import { figuresTable, simulate } from '../simulation/simulate.ts';
import type { Figure } from './figures.ts';

/** 2,000 agents through two years: see `test/simulation`. Prints what happened. */
export async function fleetFigures(): Promise<readonly Figure[]> {
  const run = await simulate({ agents: 2000, servers: 4, seed: 1, progress: showDay });
  console.log(`simulated fleet\n${figuresTable(run)}\n`);
  for (const surprise of run.fleet.surprises) console.log(surprise);
  return [
    {
      name: 'hosts that a fleet of 2,000 lost in two years',
      value: run.audit.lost.length,
      unit: 'hosts',
      limit: 0,
    },
    { name: 'refusals that nobody planned', value: run.fleet.surprises.length, unit: 'refusals', limit: 0 },
  ];
}
