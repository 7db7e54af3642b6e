import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { showDay } from './progress.ts';
import { figuresTable, simulate } from './simulate.ts';

/*
 * Runs the simulated fleet and prints its figures:
 *
 *   node infra/entry.mjs test/simulation/run.ts --agents 200 --seed 1 --record
 *
 * `--record` writes the run down for docs/fleet.md and its picture: then run `npm run format` and `npm run docs`.
 */

const { values } = parseArgs({
  options: {
    agents: { type: 'string', default: '200' },
    servers: { type: 'string', default: '3' },
    days: { type: 'string', default: '730' },
    seed: { type: 'string', default: '1' },
    record: { type: 'boolean', default: false },
  },
});

const run = await simulate({
  agents: Number(values.agents),
  servers: Number(values.servers),
  days: Number(values.days),
  seed: Number(values.seed),
  progress: showDay,
});
console.log(figuresTable(run));
for (const surprise of run.fleet.surprises) console.log(surprise);
for (const { agent, verifier, from, to, serialNumber } of run.audit.gaps.slice(0, 20)) {
  const day = (time: number) => ((time - run.fleet.period.from) / 86_400).toFixed(2);
  console.log(`gap: ${agent} by ${verifier}, day ${day(from)} to ${day(to)}, ${serialNumber}`);
}
if (values.record) {
  const file = join(import.meta.dirname, '../../docs/generate/fleet/record.json');
  writeFileSync(file, `${JSON.stringify(run.record, null, 2)}\n`);
}
if (run.audit.lost.length > 0) process.exitCode = 1;
