import { join } from 'node:path';
import type { Check } from '../report.ts';
import type { Issuing } from './issue.ts';
import { LIBRARY_VERSIONS, type Library, type LibraryVersion } from './library.ts';
import {
  type Bundles,
  type Fleet,
  MIGRATION,
  type MigrationStep,
  migrate,
  type Outcome,
} from './migration.ts';
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
  const old = new OldCa(join(directory, 'old-ca'));
  const from: Fleet = { server: old.issue('fleet-server'), agents: [old.issue('agent'), old.issue('agent')] };
  const to = await newFleet(own, old.root);
  const checks: Check[] = LIBRARY_VERSIONS.map((version) => ({
    judge: libraries[version].name,
    ...served(to, old.root),
  }));
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
    for (const [name, steps] of shortcuts()) {
      checks.push({ judge: library.name, ...interrupted(name, await run(name, steps)) });
    }
  }
  return checks;
}

/**
 * Certificates of a service that was deployed with the old CA in its setting `additionalRoots`, and the bundles that it
 * serves then, and after a deployment without.
 */
async function newFleet(own: Issuing, oldRoot: string): Promise<Fleet & { readonly bundles: Bundles }> {
  await own.redeploy({ additionalRoots: [oldRoot] });
  const server = await own.issue('fleet-server', 'p256');
  const agents = [await own.issue('agent', 'rsa'), await own.issue('agent', 'p256')];
  const both = await own.trust();
  await own.redeploy({});
  return { server, agents, bundles: { both, alone: await own.trust() } };
}

/** That the setting does what the steps rely on. */
function served({ server, agents, bundles }: Awaited<ReturnType<typeof newFleet>>, oldRoot: string) {
  const { both, alone } = bundles;
  const count = (pem: string) => pem.split('-----BEGIN CERTIFICATE-----').length - 1;
  const faults = [
    !(both.includes(oldRoot.trim()) && count(both) === 2) && '/v1/trust.pem does not hold both CAs',
    [server, ...agents].some(({ caBundlePem }) => caBundlePem !== both) && 'caBundle is not /v1/trust.pem',
    (alone.includes(oldRoot.trim()) || count(alone) !== 1) && 'the old CA does not go with the setting',
    !both.includes(alone.trim()) && 'the root changed with the settings',
  ].filter((text) => text !== false);
  return {
    subject: 'migration, additionalRoots in the bundles of the service',
    passed: faults.length === 0,
    findings: faults.map((text) => ({ severity: 'error', text }) as const),
  };
}

function uninterrupted({ step, handshakes, refusals }: Outcome): Omit<Check, 'judge'> {
  const passed = handshakes > 0 && refusals.length === 0;
  const text = `${refusals.length} of ${handshakes} handshakes refused: ${refusals[0]}`;
  return { subject: `migration, ${step}`, passed, findings: passed ? [] : [{ severity: 'error', text }] };
}

/** Ways to get it wrong. */
function shortcuts(): readonly (readonly [string, readonly MigrationStep[]])[] {
  const without = NEEDED.map(
    (step) => [`without "${step.name}"`, MIGRATION.filter((other) => other !== step)] as const,
  );
  const neverRestarted = MIGRATION.map((step) =>
    step.restart === 'always' ? ({ ...step, restart: 'never' } as const) : step,
  );
  return [...without, ['without a restart of Fleet Server that trusts both', neverRestarted]];
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
