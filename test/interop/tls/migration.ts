import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Host, serverYaml, writeHost, writeKitHost } from './host.ts';
import type { Issued } from './issue.ts';
import { PLAIN } from './keys.ts';
import type { Library, LibraryVersion, StepAnswer } from './library.ts';
import { HOST } from './names.ts';

/** The certificates of a small fleet, all of one CA. */
export interface Fleet {
  readonly server: Issued;
  readonly agents: readonly Issued[];
}

/** A step from the old CA to the new one, on every host of a side. */
export interface MigrationStep {
  readonly name: string;
  readonly side: 'server' | 'agents';
  readonly change: 'trust both' | 'take the new certificate' | 'trust the new CA alone';
  /** When the side is restarted after it: with every library, or with one that reads no file again. */
  readonly restart: 'always' | 'where no file is read again' | 'never';
}

/** The trust bundles that fleetseal serves: while the setting `additionalRoots` holds the old CA, and after. */
export interface Bundles {
  readonly both: string;
  readonly alone: string;
}

/**
 * In the order that loses no connection: trust first, then certificates, and only then the old CA goes.
 *
 * Fleet Server is restarted to trust both: the library reads a listener's CA files again, but only to refuse more. What
 * it may accept is fixed in the `ClientCAs` of the crypto/tls configuration that is built at the start (0.47.0,
 * tls_config.go, ToConfig).
 */
export const MIGRATION: readonly MigrationStep[] = [
  { name: 'Fleet Server trusts both CAs', side: 'server', change: 'trust both', restart: 'always' },
  {
    name: 'agents trust both CAs',
    side: 'agents',
    change: 'trust both',
    restart: 'where no file is read again',
  },
  {
    name: 'agents take their new certificates',
    side: 'agents',
    change: 'take the new certificate',
    restart: 'where no file is read again',
  },
  {
    name: 'Fleet Server takes its new certificate',
    side: 'server',
    change: 'take the new certificate',
    restart: 'where no file is read again',
  },
  {
    name: 'Fleet Server trusts the new CA alone',
    side: 'server',
    change: 'trust the new CA alone',
    restart: 'where no file is read again',
  },
  {
    name: 'agents trust the new CA alone',
    side: 'agents',
    change: 'trust the new CA alone',
    restart: 'where no file is read again',
  },
];

/** What the agents' handshakes came to from one step to the next. */
export interface Outcome {
  readonly step: string;
  readonly handshakes: number;
  /** The words of each that was refused. */
  readonly refusals: readonly string[];
}

/** How often each agent connects after a step, at least; and for how long, so that renewed files are read. */
const HANDSHAKES = 20;
/** 5 seconds by default; shortened, else the steps would take minutes. Milliseconds. */
const RELOAD_INTERVAL = 50;
const SETTLED = 4 * RELOAD_INTERVAL;

/**
 * Moves a live fleet from one CA to another, step by step, while its agents connect all the time. The files keep their
 * paths: the current library reads them again by itself, the older one is restarted after each step.
 */
export async function migrate(
  { library, version }: { readonly library: Library; readonly version: LibraryVersion },
  directory: string,
  from: Fleet,
  to: Fleet & { readonly bundles: Bundles },
  steps: readonly MigrationStep[],
): Promise<readonly Outcome[]> {
  const reload =
    version === 'current' ? `ssl.certificate_reload.reload_interval: ${RELOAD_INTERVAL}ms\n` : '';
  const server = writeHost(join(directory, 'server'), from.server);
  const agents = from.agents.map((agent, i) => writeKitHost(join(directory, `agent-${i}`), agent, PLAIN));
  const startServer = () =>
    begun(library.do({ op: 'listen', server: directory, yaml: serverYaml(server) + reload }));
  const client = (i: number) => `${directory}-${i}`;
  const startAgents = () =>
    Promise.all(
      agents.map(({ kit }, i) =>
        begun(
          library.do({ op: 'load', client: client(i), yaml: `${kit.output?.yaml}${reload}`, host: HOST }),
        ),
      ),
    );
  await startServer();
  await startAgents();

  const outcomes: Outcome[] = [];
  let running = connectUntilSettled();
  outcomes.push({ step: 'before', ...(await running) });
  for (const step of steps) {
    running = connectUntilSettled();
    if (step.side === 'server') change(step, server, to.server, to.bundles);
    else for (const [i, { host }] of agents.entries()) change(step, host, to.agents[i], to.bundles);
    if (restarts(step, version)) await (step.side === 'server' ? startServer() : startAgents());
    outcomes.push({ step: step.name, ...(await running) });
  }
  await library.do({ op: 'close', server: directory });
  return outcomes;

  /** Every agent connects again and again, from before the step until after. */
  async function connectUntilSettled(): Promise<Omit<Outcome, 'step'>> {
    const results = await Promise.all(agents.map((_, i) => connect(client(i))));
    const answers = results.flat();
    const refused = answers.filter(({ ok }) => !ok);
    return {
      handshakes: answers.length,
      refusals: refused.map(({ error, serverError }) => [error, serverError].filter(Boolean).join(' | ')),
    };
  }

  async function connect(name: string): Promise<readonly StepAnswer[]> {
    const answers: StepAnswer[] = [];
    const start = performance.now();
    while (answers.length < HANDSHAKES || performance.now() - start < SETTLED) {
      answers.push(await library.do({ op: 'dial', client: name, server: directory }));
    }
    return answers;
  }
}

async function begun(answer: Promise<StepAnswer>): Promise<void> {
  const { ok, error } = await answer;
  if (!ok) throw new Error(`the migration cannot start: ${error}`);
}

function restarts({ restart }: MigrationStep, version: LibraryVersion): boolean {
  return restart === 'always' || (restart === 'where no file is read again' && version !== 'current');
}

function change(step: MigrationStep, host: Host, next: Issued | undefined, bundles: Bundles): void {
  if (next === undefined) throw new Error('no new certificate for the host');
  if (step.change === 'take the new certificate') {
    // Between the two, key and certificate do not match: an agent keeps what it has until they do.
    replace(host.key, next.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    replace(host.certificate, [next.certificatePem, ...next.chainPem].join(''));
  } else {
    replace(host.ca, step.change === 'trust both' ? bundles.both : bundles.alone);
  }
}

/** Whole at any time, as the kit's files are written. */
function replace(path: string, contents: string): void {
  writeFileSync(`${path}.new`, contents);
  renameSync(`${path}.new`, path);
}
