import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import { KEY_KINDS } from '../../../shared/domain/key-kind.ts';
import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import type { Kit } from '../../../shared/elastic/kit/kit.ts';
import { renderKit } from '../../../shared/elastic/render-kit.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { placeFiles } from '../../support/place-files.ts';
import type { Check } from '../report.ts';
import { fillIn } from './host.ts';
import type { Issued, Issuing } from './issue.ts';
import { verdict } from './judge.ts';
import { ENCRYPTED, type KeyForm, PLAIN } from './keys.ts';
import { choicesOf, deploymentOf, isRefused, type KitChoice, WRITERS } from './kit-choices.ts';
import type { Library } from './library.ts';
import { type Connection, connectionsIn, READ_PARTS, strayTexts } from './parts.ts';
import { type Attempt, attempt, attemptOf, listenAll, type OtherCas } from './peers.ts';
import type { Expected } from './verdict.ts';

/** A connection to try once, and the rows of the table that have it. */
interface Job extends Attempt {
  readonly expected: Expected;
  readonly rows: Set<string>;
}

/** What the walk over all kits came to. */
interface Walk {
  readonly jobs: Map<string, Job>;
  readonly parts: Set<string>;
  readonly strays: Set<string>;
  /** What the kit refuses and should not, or serves and should refuse. */
  readonly wrong: Set<string>;
  /** Digests of kits that were read: most versions differ in their notes alone. */
  readonly read: Set<string>;
  kits: number;
  refused: number;
}

const UNREADABLE = /no passphrase|passphrase/i;
const NO_ED25519 = /unknown key type ed25519\.PrivateKey/;

/**
 * Renders every kit of the choices, writes its files as a host would, takes every connection out of it that it
 * configures, and makes a handshake with each: accepted, or refused where the kit says that nothing could read the key.
 */
export async function kitChecks(
  directory: string,
  own: Issuing,
  foreign: Issued,
  others: OtherCas,
  libraries: readonly Library[],
  say: (line: string) => void,
): Promise<readonly Check[]> {
  const walk: Walk = {
    jobs: new Map(),
    parts: new Set(),
    strays: new Set(),
    wrong: new Set(),
    read: new Set(),
    kits: 0,
    refused: 0,
  };
  for (const profile of WRITERS) {
    for (const kind of KEY_KINDS) {
      const host = { directory, issued: await own.issue(profile, kind), company: others.company.caBundlePem };
      for (const choice of choicesOf(profile, kind)) visit(walk, host, choice, kind);
    }
  }
  say(
    `${walk.kits} kits rendered, ${walk.refused} refused; ${walk.jobs.size} different settings in ${walk.parts.size} parts`,
  );
  await listenAll(join(directory, 'peers'), own, foreign, others, libraries);
  const checks = await tried([...walk.jobs.values()], libraries);
  return [...checks, ...completeness(walk, libraries)];
}

interface Machine {
  readonly directory: string;
  readonly issued: Issued;
  readonly company: string;
}

function visit(walk: Walk, machine: Machine, choice: KitChoice, kind: KeyKind): void {
  const deployment = (keyKind: KeyKind, asked: KitChoice) =>
    checkDeployment(deploymentOf(asked, placeOf(machine, choice), machine.company), {
      profile: choice.profile,
      keyKind,
      dnsNames: machine.issued.dnsNames,
    });
  const row = (part: string) => `${choice.profile} ${kind}, ${formOf(choice).name}: ${part}`;
  if (!isRefused(choice, kind)) {
    const kit = allowed(walk, choice, () => render(machine, deployment(kind, choice)));
    if (kit !== undefined) note(walk, machine, choice, kit, () => 'accepted', row);
    return;
  }
  walk.refused++;
  const refusal = refusalOf(() => deployment(kind, choice));
  if (refusal === undefined)
    walk.wrong.add(`served, though nothing could do it: ${JSON.stringify({ kind, ...choice })}`);
  if (!choice.encrypted) return;
  // What the agent would have made of it: the kit's texts, rendered as if there were nothing to refuse.
  const [asIf, words] = unreadable(choice, kind);
  const kit = served(() => render(machine, deployment(asIf.encrypted ? 'rsa' : kind, asIf)));
  if (kit !== undefined)
    note(
      walk,
      machine,
      choice,
      kit,
      () => words,
      (part) => `refused by the kit, ${row(part)}`,
    );
}

/** The nearest choice that is served, and the words with which the library refuses the key of the one that is not. */
function unreadable(choice: KitChoice, kind: KeyKind): readonly [KitChoice, Expected] {
  const known = choice.os !== 'container' && isRefused({ ...choice, encrypted: false }, kind) === false;
  // Ed25519: the passphrase reaches the library, which does not know the key within.
  if (kind === 'ed25519' && known && !isRefused(choice, 'rsa')) return [choice, NO_ED25519];
  // No flag, variable or field for the passphrase.
  return [{ ...choice, encrypted: false }, UNREADABLE];
}

function allowed(walk: Walk, choice: KitChoice, make: () => Kit): Kit | undefined {
  try {
    walk.kits++;
    return make();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    walk.wrong.add(`${error.message}: ${JSON.stringify(choice)}`);
    return undefined;
  }
}

function refusalOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

function served(make: () => Kit): Kit | undefined {
  let kit: Kit | undefined;
  refusalOf(() => {
    kit = make();
  });
  return kit;
}

function render({ issued }: Machine, deployment: ReturnType<typeof checkDeployment>): Kit {
  return renderKit({ deployment, certificate: issued });
}

function note(
  walk: Walk,
  machine: Machine,
  choice: KitChoice,
  kit: Kit,
  expected: (connection: Connection) => Expected,
  row: (part: string) => string,
): void {
  const digest = createHash('sha256')
    .update(JSON.stringify({ ...kit, notes: [] }))
    .digest('hex');
  const name = `${digest} ${row('')}`;
  if (walk.read.has(name)) return;
  walk.read.add(name);
  writeFiles(machine, choice, kit);
  for (const text of strayTexts(kit)) walk.strays.add(text);
  for (const connection of connectionsIn(kit)) {
    const { part, to, yaml, at } = connection;
    walk.parts.add(part);
    const asked = attemptOf(connection, choice.trust);
    // Who shows no certificate needs no key.
    const wanted = asked.open ? 'accepted' : expected(connection);
    const key = JSON.stringify([to, asked.trust, yaml, at, String(wanted)]);
    const job = walk.jobs.get(key) ?? { ...asked, expected: wanted, rows: new Set() };
    walk.jobs.set(key, job);
    job.rows.add(row(part));
  }
}

function formOf({ encrypted }: KitChoice): KeyForm {
  return encrypted ? ENCRYPTED : PLAIN;
}

/**
 * A directory per certificate, form of key, and trust. A path of Windows is one strange name of a file in the directory
 * that the library runs in: it shows that backslashes come through.
 */
function placeOf({ directory, issued }: Machine, { os, encrypted, trust }: KitChoice): string {
  const name = `${issued.name}-${encrypted ? 'encrypted' : 'plain'}-${trust}`;
  return os === 'windows' ? `C:\\hosts\\${name}` : join(directory, 'hosts', name);
}

const WRITTEN = new Map<string, string>();

function writeFiles(machine: Machine, choice: KitChoice, kit: Kit): void {
  const { directory, issued } = machine;
  const place = placeOf(machine, choice);
  const onDisk = (path: string) => (path.startsWith('C:') ? join(directory, path) : path);
  const file = (name: string) => onDisk(choice.os === 'windows' ? `${place}\\${name}` : join(place, name));
  if (!WRITTEN.has(place)) {
    if (choice.os !== 'windows') mkdirSync(place, { recursive: true });
    formOf(choice).write(issued.privateKey, {
      key: file(`${issued.profile}.key`),
      passphrase: file('key.pass'),
    });
    writeFileSync(file('company-ca.pem'), machine.company);
    WRITTEN.set(place, '');
  }
  for (const { path, contents } of kit.files.filter(({ source }) => source === 'kit')) {
    const before = WRITTEN.get(onDisk(path));
    if (before !== undefined && before !== contents)
      throw new Error(`two kits of one host disagree about ${path}`);
    WRITTEN.set(onDisk(path), contents ?? '');
  }
  for (const file of placeFiles(kit.files, undefined, onDisk)) fillIn(file, onDisk(file.path));
}

/** How many handshakes are made at the same time. */
const ABREAST = 8;

async function tried(jobs: readonly Job[], libraries: readonly Library[]): Promise<readonly Check[]> {
  const checks = new Map<string, Check>();
  for (const library of libraries) {
    const entries = jobs.entries();
    const worker = async () => {
      for (const [i, job] of entries) {
        const { findings } = verdict(await attempt(library, job, `${i}`), job.expected);
        for (const subject of job.rows) {
          const name = `${subject} ${library.name}`;
          const before = checks.get(name)?.findings ?? [];
          const texts = new Set(before.map(({ text }) => text));
          const all = [...before, ...findings.filter(({ text }) => !texts.has(text))];
          const passed = all.every(({ severity }) => severity !== 'error');
          checks.set(name, { subject, judge: library.name, passed, findings: all });
        }
      }
    };
    await Promise.all(Array.from({ length: ABREAST }, worker));
  }
  return [...checks.values()].sort((a, b) => (a.subject < b.subject ? -1 : 1));
}

/** That nothing is left out: every part read, every text of TLS settings known, every refusal as it should be. */
function completeness(walk: Walk, libraries: readonly Library[]): readonly Check[] {
  const unread = READ_PARTS.filter((part) => !walk.parts.has(part));
  const findings = [
    ...unread.map((part) => `no kit has ${part}`),
    ...[...walk.strays].map((path) => `TLS settings that nobody reads: ${path}`),
    ...walk.wrong,
  ];
  return libraries.map(({ name: judge }) => ({
    subject: 'every part of every kit is read',
    judge,
    passed: findings.length === 0,
    findings: findings.slice(0, 20).map((text) => ({ severity: 'error', text })),
  }));
}
