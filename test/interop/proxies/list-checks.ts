import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { run } from '../../support/command.ts';
import type { Check } from '../report.ts';
import { ask, type Identity, type Outcome } from './client.ts';
import { type Mirror, startMirror } from './mirror.ts';
import type { Program } from './programs.ts';
import { FRONT, type Started, startVariant, type World } from './world.ts';

/** A proxy with its lists, its script and where the script gets new ones. */
interface Scene {
  readonly world: World;
  readonly program: Program;
  readonly mirror: Mirror;
  readonly started: Started;
}

/** What is wrong; undefined where nothing is. */
type Step = (scene: Scene) => Promise<string | undefined>;

/**
 * The proxy with the lists that the local cloud published, and the script of its kit, in the order of a life: clients get
 * through, one is revoked, bad lists are offered, the script is killed, the lists expire, and good ones come.
 */
const LIFE: readonly (readonly [subject: string, step: Step])[] = [
  ['shellcheck finds no fault in the script', shellcheck],
  ['a good certificate', lets('good')],
  ['a certificate before it is revoked', lets('victim')],
  ['the script puts new lists in place, and reloads', refreshed(({ revoked }) => revoked, 0)],
  ['a revoked certificate', refuses('victim')],
  ['a good certificate beside a revoked one', lets('good')],
  ['an older bundle is not taken', kept(({ initial }) => initial, 'is older than the present one')],
  ['a wrong signature is not taken', kept(({ latest }) => forged(latest), 'the signature of the list of')],
  ['an expired list is not taken', kept(({ expired }) => expired, 'has expired')],
  ['half a bundle is not taken', kept(({ latest }) => latest.slice(0, latest.length / 2), 'fleetseal: ')],
  ['nothing to download', kept(() => undefined, 'cannot download the revocation lists from')],
  ['a good certificate after all that', lets('good')],
  ['the script killed at any moment leaves lists that are whole', killed],
  ['an expired list in place: everybody is refused', expires],
  ['before that, the script says so with code 3', warns],
  ['good lists end it', refreshed(({ latest }) => latest, 0)],
  ['a good certificate again', lets('good')],
  ['a revoked certificate again', refuses('victim')],
];

/** The lists in a life, and what becomes of a proxy that starts without any, or without that of the issuer. */
export async function listChecks(world: World, program: Program): Promise<readonly Check[]> {
  if (program.withoutLists === 'checks none') return [await checksNone(world, program)];
  const mirror = await startMirror();
  try {
    const started = await startVariant(world, program, { name: 'lists', revocationUrl: mirror.url });
    const checks: Check[] = [];
    try {
      for (const [subject, step] of LIFE)
        checks.push(check(program, subject, await step({ world, program, mirror, started })));
    } finally {
      await started.stop();
    }
    return [...checks, await withoutLists(world, program), await withoutIssuersList(world, program)];
  } finally {
    await mirror.stop();
  }
}

function check({ name }: Program, subject: string, complaint: string | undefined): Check {
  const findings = complaint === undefined ? [] : [{ severity: 'error', text: complaint } as const];
  return { subject: `lists, ${subject}`, judge: name, passed: complaint === undefined, findings };
}

async function shellcheck({ started }: Scene): Promise<string | undefined> {
  const { code, stdout, stderr } = await run('shellcheck', ['--shell=sh', started.script]);
  return code === 0 ? undefined : stdout + stderr;
}

function lets(client: 'good' | 'victim'): Step {
  return ({ world, started }) => settles(world, started, world.clients[client], isPassed);
}

function refuses(client: 'good' | 'victim'): Step {
  return ({ world, started }) => settles(world, started, world.clients[client], isRefused);
}

const isPassed = (outcome: Outcome) => 'status' in outcome && outcome.status === 200;

/** In the handshake, or by nginx's page. */
const isRefused = (outcome: Outcome) =>
  'failure' in outcome ? /alert/.test(outcome.failure) : /SSL certificate error/.test(outcome.body);

/** A reload takes a moment: asks until the answer is right, for 10 seconds. */
async function settles(
  world: World,
  { ports }: Pick<Started, 'ports'>,
  identity: Identity,
  isRight: (outcome: Outcome) => boolean,
): Promise<string | undefined> {
  const question = { port: ports.fleet, host: FRONT.fleet, path: '/', ca: world.root, identity };
  let outcome = await ask(question);
  for (let tries = 0; tries < 100 && !isRight(outcome); tries++) {
    await after(100);
    outcome = await ask(question);
  }
  return isRight(outcome) ? undefined : JSON.stringify(outcome);
}

/** Runs the script as the timer does. */
function refresh({ started: { script, reload } }: Scene) {
  return run('/bin/sh', [script, ...reload]);
}

function refreshed(bundle: (bundles: World['bundles']) => string, code: number): Step {
  return async (scene) => {
    const { world, mirror, started } = scene;
    mirror.offer(bundle(world.bundles));
    const outcome = await refresh(scene);
    if (outcome.code !== code) return `code ${outcome.code}: ${outcome.stderr}`;
    return readFileSync(started.lists, 'utf8') === bundle(world.bundles) ? undefined : 'other lists in place';
  };
}

/** The script says why it does not take the bundle, and changes nothing. */
function kept(bundle: (bundles: World['bundles']) => string | undefined, words: string): Step {
  return async (scene) => {
    const { world, mirror, started } = scene;
    const before = readFileSync(started.lists, 'utf8');
    mirror.offer(bundle(world.bundles));
    const { code, stderr } = await refresh(scene);
    if (code !== 1) return `code ${code}: ${stderr}`;
    if (!stderr.includes(words) || !stderr.includes('the present lists stay in use')) return stderr;
    return readFileSync(started.lists, 'utf8') === before ? undefined : 'the lists have changed';
  };
}

/** Each list with a wrong last bit. */
function forged(bundle: string): string {
  return bundle.replaceAll(/-----BEGIN X509 CRL-----([^-]*)/g, (_, base64: string) => {
    const der = Buffer.from(base64, 'base64');
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
    return `-----BEGIN X509 CRL-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd()}\n`;
  });
}

/** Milliseconds that the script takes, about. */
const USUAL = 300;

/** With a command that does nothing in place of the reload: a program that is reloaded again and again is another matter. */
const NO_RELOAD = 'true';

/** The lists, and the lock of the script, which is never removed: another run may hold it. */
const STAYING: readonly string[] = ['bundle.pem', '.lock'];

async function killed({ world, mirror, started }: Scene): Promise<string | undefined> {
  const { revoked, latest } = world.bundles;
  mirror.offer(latest);
  for (let round = 0; round < 12; round++) {
    writeFileSync(`${started.lists}.old`, revoked);
    renameSync(`${started.lists}.old`, started.lists);
    await killedAfter(started, randomInt(USUAL));
    const left = readFileSync(started.lists, 'utf8');
    if (left !== revoked && left !== latest) return 'neither the old nor the new lists';
    const { code, stderr } = await run('/bin/sh', [started.script, NO_RELOAD]);
    if (code !== 0) return `code ${code} of the next run: ${stderr}`;
    if (readFileSync(started.lists, 'utf8') !== latest) return 'the next run has not finished';
    const leftovers = readdirSync(dirname(started.lists)).filter((name) => !STAYING.includes(name));
    if (leftovers.length > 0) return `left over: ${leftovers.join(', ')}`;
  }
  return settles(world, started, world.clients.good, isPassed);
}

async function killedAfter({ script }: Started, milliseconds: number): Promise<void> {
  const child = spawn('/bin/sh', [script, NO_RELOAD], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.on('close', resolve));
  await Promise.race([ended, after(milliseconds)]);
  child.kill('SIGKILL');
  await ended;
}

/** What nobody hopes for: the lists expired, because nothing refreshed them. */
async function expires({ world, started }: Scene): Promise<string | undefined> {
  writeFileSync(`${started.lists}.new`, world.bundles.expired);
  renameSync(`${started.lists}.new`, started.lists);
  const [command, ...args] = started.reload;
  if (command !== undefined) await run(command, args);
  return settles(world, started, world.clients.good, isRefused);
}

async function warns(scene: Scene): Promise<string | undefined> {
  scene.mirror.offer(undefined);
  const { code, stderr } = await refresh(scene);
  if (code !== 3) return `code ${code}: ${stderr}`;
  return /has expired: the proxy refuses every client\n/.test(stderr) ? undefined : stderr;
}

/** As the kit warns. When this fails, the program has learnt it, and the kit should use it. */
async function checksNone(world: World, program: Program): Promise<Check> {
  const started = await startVariant(world, program, { name: 'lists', lists: world.bundles.revoked });
  try {
    const complaint = await settles(world, started, world.clients.victim, isPassed);
    return check(program, 'it checks none: a revoked certificate gets through', complaint);
  } finally {
    await started.stop();
  }
}

async function withoutLists(world: World, program: Program): Promise<Check> {
  const startsNot = program.withoutLists === 'does not start';
  const subject = startsNot ? 'without them it does not start' : 'without them it refuses everybody';
  let started: Started;
  try {
    started = await startVariant(world, program, { name: 'without', lists: undefined });
  } catch (error) {
    const words = error instanceof Error ? error.message : '';
    const expected = startsNot && words.includes('bundle.pem');
    return check(program, subject, expected ? undefined : words);
  }
  try {
    const question = { port: started.ports.fleet, host: FRONT.fleet, path: '/', ca: world.root };
    const outcome = await ask({ ...question, identity: world.clients.good });
    return check(program, subject, startsNot || isPassed(outcome) ? JSON.stringify(outcome) : undefined);
  } finally {
    await started.stop();
  }
}

/** The root's list comes first in a bundle. */
async function withoutIssuersList(world: World, program: Program): Promise<Check> {
  const [end, { initial }] = ['-----END X509 CRL-----\n', world.bundles];
  const lists = initial.slice(0, initial.indexOf(end) + end.length);
  const started = await startVariant(world, program, { name: 'partial', lists });
  try {
    const complaint = await settles(world, started, world.clients.good, isRefused);
    return check(program, 'without that of the issuer it refuses everybody', complaint);
  } finally {
    await started.stop();
  }
}
