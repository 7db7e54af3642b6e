import { beforeAll, describe, expect, test } from '@jest/globals';
import { DAY } from '../../shared/domain/duration.ts';
import { audit } from '../simulation/audit.ts';
import { figuresTable, type Run, simulate } from '../simulation/simulate.ts';

/*
 * 200 agents through two years. `npm run bench -- fleet` runs 2,000. Another seed is another fleet: FLEET_SEED=7.
 */

const SEED = Number(process.env['FLEET_SEED'] ?? 1);

let run: Run;
beforeAll(async () => {
  run = await simulate({ agents: 200, servers: 3, seed: SEED });
  process.stdout.write(`simulated fleet, seed ${SEED}\n${figuresTable(run)}\n`);
});

const figure = (name: string) => run.record.figures.find((one) => one.name === name)?.value ?? 0;

test('no agent is lost, at no moment and by no server', () => {
  expect({ seed: SEED, lost: run.audit.lost, gaps: run.audit.gaps.slice(0, 5) }).toEqual({
    seed: SEED,
    lost: [],
    gaps: [],
  });
});

test('nobody was refused what was not planned', () => {
  expect({ seed: SEED, surprises: run.fleet.surprises }).toEqual({ seed: SEED, surprises: [] });
});

test.each([
  ['renewed', 1500],
  ['confirmed', 1500],
  ['refused: revoked', 1],
  ['refused: expired', 1],
  ['installed again', 5],
  ['crashed', 20],
  ['AWS calls that failed', 200],
])('the two years were as hard as planned: %s', (name, least) => {
  expect(figure(name)).toBeGreaterThanOrEqual(least);
});

test('two issuers were replaced, one was compromised, and the root was rolled over', () => {
  const states = Object.fromEntries(
    run.record.authorities.map(({ id, states }) => [id, states.map(({ state }) => state).at(-1)]),
  );
  expect(states).toMatchObject({
    'root-1': 'DRAINING',
    'root-2': 'ACTIVE',
    'issuer-1': 'DRAINING',
    'issuer-2': 'COMPROMISED',
    'issuer-3': 'DRAINING',
    'issuer-4': 'ACTIVE',
  });
});

describe('the same run is not passed', () => {
  test('with a server whose bundle lacked the root for a day', () => {
    const [server, ...others] = run.fleet.servers;
    if (server === undefined) throw new Error('there is no server');
    const { from, to } = run.fleet.period;
    const loaded = server.loaded.without(() => false);
    loaded.set(to - DAY, '');
    const judged = audit(
      run.fleet.agents,
      [{ ...server, loaded }, ...others],
      run.verifier,
      to,
      run.compromises,
    );
    expect(judged.lost.length).toBeGreaterThan(100);
    expect(judged.gaps.every((gap) => gap.from >= to - DAY && gap.from >= from)).toBe(true);
  });

  test('with an agent one of whose renewals was dropped', () => {
    const { to } = run.fleet.period;
    const agent = run.fleet.agents.find(
      ({ presented, live }) => live.until(to).length === 1 && presented.until(to).length > 8,
    );
    if (agent === undefined) throw new Error('no agent lived through');
    const { name, presented, bundles, live, renewals, reachable } = agent;
    const without = presented.without((_, place) => place === 5);
    const mutated = { name, presented: without, bundles, live, renewals, reachable };
    expect(audit([mutated], [], run.verifier, to, run.compromises).lost).toEqual([agent.name]);
  });
});
