import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestCloud } from '../../support/cloud.ts';
import { BootstrapHost, type BootstrapOptions } from '../../support/hosts/bootstrap-host.ts';
import { awaitLock, killGroup, killsOf } from '../../support/hosts/kills.ts';
import { randomSequence } from '../../support/random-sequence.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterAll(() => cloud.stop());

const KILLS = killsOf({ usually: 20 });
const SEED = 20_261_128;

const PLACED = [
  'agent.crt',
  'agent.key',
  'ca.crt',
  'fleetseal.conf',
  'pairs',
  'pairs/current',
  'rotate.sh',
  'service-ca.crt',
];

/** A host with a token and a name of its own. */
async function fresh() {
  const host = await BootstrapHost.of(cloud);
  const [token, name] = [await cloud.token(), `host-${randomBytes(4).toString('hex')}`];
  const args = [...(await host.arguments()), '--name', name];
  const start = (options: BootstrapOptions = {}) => {
    const environment = { FLEETSEAL_TOKEN: token, ...options.environment };
    return host.start(args, { ...options, environment });
  };
  const run = () => host.run(args, { environment: { FLEETSEAL_TOKEN: token } });
  return { host, token, name, start, run };
}

type Fresh = Awaited<ReturnType<typeof fresh>>;

/** Whatever a killed run left, it is no pair or a usable one, and the next run finishes with one certificate. */
async function expectRecovery({ host, token, name, run }: Fresh, moment: unknown): Promise<void> {
  awaitLock(host.directory);
  if (hasBoth(host)) expect([moment, host.usable]).toEqual([moment, true]);
  const { code, stderr } = await run();
  expect([moment, code, stderr]).toEqual([moment, 0, expect.any(String)]);
  expect([host.usable, host.files]).toEqual([true, PLACED]);
  expect(await cloud.uses(token)).toBe(1);
  expect(await cloud.certificates({ name })).toHaveLength(1);
  host.remove();
}

/** Whether both paths lead to files. */
function hasBoth(host: BootstrapHost): boolean {
  return ['agent.crt', 'agent.key'].every((name) =>
    statSync(join(host.directory, name), { throwIfNoEntry: false }),
  );
}

test(`killed at ${KILLS} random moments, it leaves nothing or a pair, and the next run finishes`, async () => {
  const random = randomSequence(SEED);
  let usual = 0;
  for (let kills = 0; kills < KILLS; ) {
    const made = await fresh();
    const begin = performance.now();
    const child = made.start();
    const ended = once(child, 'close');
    const alone = random() < 0.5;
    const timer = usual > 0 ? setTimeout(() => killGroup(child.pid, alone), random() * usual) : undefined;
    await ended;
    clearTimeout(timer);
    // A run that was faster than the one before has ended, and counts as none; the first one only tells how long it takes.
    if (child.signalCode === 'SIGKILL') kills += 1;
    else usual = performance.now() - begin;
    await expectRecovery(made, `kill ${kills}`);
  }
});

test('killed by every third call of a program, it leaves the same', async () => {
  /** Programs that count their calls, of which one, from 1, kills the whole run instead. */
  const watch = (host: BootstrapHost, at: number) => {
    const count = host.file('count', '0\n');
    const path = `${host.bin}:${process.env['PATH']}`;
    const programs =
      'awk cat chmod chown cmp cp curl cut date diff dirname flock head id ln ls mkdir mktemp mv od openssl readlink rm rmdir sed sort tail tr uname wc';
    for (const program of programs.split(' '))
      host.program(
        program,
        `read -r n <'${count}'; n=$((n + 1)); echo $n >'${count}'; [ $n -ne ${at} ] || kill -9 0\nPATH='${path}' exec ${program} "$@"`,
        join(host.root, 'watched'),
      );
    return { environment: { PATH: `${join(host.root, 'watched')}:${path}` } };
  };
  const whole = await fresh();
  await once(whole.start(watch(whole.host, 0)), 'close');
  const total = Number(readFileSync(join(whole.host.root, 'count'), 'utf8'));
  whole.host.remove();
  expect(total).toBeGreaterThan(30);
  let kills = 0;
  for (let at = 2; at <= total; at += 3) {
    const made = await fresh();
    const child = made.start(watch(made.host, at));
    await once(child, 'close');
    if (child.signalCode === 'SIGKILL') kills += 1;
    await expectRecovery(made, `call ${at}`);
  }
  // Programs of a pipe count at the same time, so that a few of the last runs may end before their count is reached.
  expect(kills).toBeGreaterThan(8);
});
