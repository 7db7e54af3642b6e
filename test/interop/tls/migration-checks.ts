import { join } from 'node:path';
import type { Check } from '../report.ts';
import type { Issuing } from './issue.ts';
import { LIBRARY_VERSIONS, type Library, type LibraryVersion } from './library.ts';
import { type Fleet, MIGRATION, type MigrationStep, migrate, type Outcome } from './migration.ts';
import { OldCa } from './old-ca.ts';

/** What the order of the steps is for: without one of these, connections are refused. */
const NEEDED = MIGRATION.filter(({ change }) => change !== 'trust the new CA alone');

/** A fleet moves from a CA of openssl's to fleetseal's: no handshake is refused, but for a step that is left out. */
export async function migrationChecks(
  directory: string,
  own: Issuing,
  libraries: Readonly<Record<LibraryVersion, Library>>,
  say: (line: string) => void,
): Promise<readonly Check[]> {
  const [from, to] = [oldFleet(join(directory, 'old-ca')), await newFleet(own)];
  const checks: Check[] = [];
  for (const version of LIBRARY_VERSIONS) {
    const library = libraries[version];
    const run = (name: string, steps: readonly MigrationStep[]) =>
      migrate(
        { library, version },
        join(directory, `${version} ${name}`.replace(/\W+/g, '-')),
        from,
        to,
        steps,
      );
    const outcomes = await run('whole', MIGRATION);
    checks.push(...outcomes.map((outcome) => ({ judge: library.name, ...uninterrupted(outcome) })));
    const handshakes = outcomes.reduce((sum, outcome) => sum + outcome.handshakes, 0);
    say(`${library.name}: ${handshakes} handshakes during the migration`);
    for (const [name, steps] of shortcuts(version)) {
      checks.push({ judge: library.name, ...interrupted(name, await run(name, steps)) });
    }
  }
  return checks;
}

function oldFleet(directory: string): Fleet {
  const ca = new OldCa(directory);
  return { server: ca.issue('fleet-server'), agents: [ca.issue('agent'), ca.issue('agent')] };
}

async function newFleet(own: Issuing): Promise<Fleet> {
  const server = await own.issue('fleet-server', 'p256');
  return { server, agents: [await own.issue('agent', 'rsa'), await own.issue('agent', 'p256')] };
}

function uninterrupted({ step, handshakes, refusals }: Outcome): Omit<Check, 'judge'> {
  const passed = handshakes > 0 && refusals.length === 0;
  const text = `${refusals.length} of ${handshakes} handshakes refused: ${refusals[0]}`;
  return { subject: `migration, ${step}`, passed, findings: passed ? [] : [{ severity: 'error', text }] };
}

/** Ways to get it wrong. */
function shortcuts(version: LibraryVersion): readonly (readonly [string, readonly MigrationStep[]])[] {
  const without = NEEDED.map(
    (step) => [`without "${step.name}"`, MIGRATION.filter((other) => other !== step)] as const,
  );
  const neverRestarted = MIGRATION.map((step) => ({ ...step, restart: false }));
  return version === 'current'
    ? [...without, ['without a restart of Fleet Server', neverRestarted]]
    : without;
}

/** Passes where somebody is refused. */
function interrupted(name: string, outcomes: readonly Outcome[]): Omit<Check, 'judge'> {
  const at = outcomes.find(({ refusals }) => refusals.length > 0);
  const text = at === undefined ? 'nobody was refused' : `at "${at.step}": ${at.refusals[0]}`;
  const severity = at === undefined ? 'error' : 'notice';
  return {
    subject: `migration ${name}`,
    passed: at !== undefined,
    findings: [{ severity, text }],
  };
}
