import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianProgram } from '../install.ts';
import type { Finding } from '../judges.ts';
import type { Check } from '../report.ts';
import { makeJudges } from './clients.ts';
import { makeDeployedWorld } from './deployed.ts';
import type { Judge, State, Verdict } from './judges.ts';
import { makeStagedWorld } from './staged.ts';
import { type Case, SCENES, type Scene, SHARDS, type World } from './world.ts';

/** What a client has to make of a scene; whatever it cannot decide, it must not take. */
const EXPECTED: Readonly<Record<Scene, State>> = {
  good: 'good',
  revoked: 'revoked',
  unknown: 'unknown',
  expired: 'unknown',
  forged: 'unknown',
};

/**
 * One good and one revoked certificate of every shard, before the clients that check revocation, each with the list or the
 * OCSP answer that it reads: as the local cloud serves them, missing, expired and with a wrong signature. All agree, but
 * where one errs in a way that is known of it.
 */
export async function revocationChecks(say: (line: string) => void): Promise<readonly Check[]> {
  await debianProgram('ocsptool', ['--version'], 'gnutls-bin', say);
  const judges = await makeJudges(say);
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-revocation-'));
  try {
    say(`certificates of all shards before ${judges.length} clients`);
    const deployed = await worldChecks(await makeDeployedWorld(join(directory, 'deployed')), judges);
    const staged = await worldChecks(await makeStagedWorld(join(directory, 'staged')), judges);
    return [...deployed, ...staged];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function worldChecks(world: World, judges: readonly Judge[]): Promise<readonly Check[]> {
  try {
    const checks: Check[] = [];
    for (const scene of SCENES) checks.push(...(await sceneChecks(world, judges, scene)));
    return checks;
  } finally {
    await world.stop();
  }
}

async function sceneChecks(world: World, judges: readonly Judge[], scene: Scene): Promise<readonly Check[]> {
  const cases = world.cases.filter((each) => each.scene === scene);
  if (cases.length === 0) return [];
  world.show(scene);
  return Promise.all(
    judges.map(async (judge) => checkOf(judge, scene, cases, await judge.judge(cases, world))),
  );
}

/** One cell of the table, a row per client: what it said of a certificate of each shard. */
function checkOf(
  { name, errs = {} }: Judge,
  scene: Scene,
  cases: readonly Case[],
  verdicts: readonly Verdict[],
): Check {
  const known = errs[scene];
  const expected = known?.state ?? EXPECTED[scene];
  const wrong = cases.flatMap(({ shard }, i): readonly Finding[] => {
    const { state, words } = verdicts[i] ?? { state: 'none', words: '' };
    if (state === expected) return [];
    return [{ severity: 'error', text: `shard ${shard}: ${state} ${words}, expected: ${expected}` }];
  });
  const passed = wrong.length === 0 && cases.length === SHARDS;
  const listed: readonly Finding[] =
    known === undefined ? [] : [{ severity: 'overruled', text: known.reason }];
  const right = `${expected} ${cases.length}${known === undefined ? '' : ' (listed)'}`;
  return {
    subject: name,
    judge: scene,
    passed,
    findings: [...wrong, ...listed],
    cell: passed ? right : `${wrong.length} of ${cases.length} WRONG`,
  };
}
