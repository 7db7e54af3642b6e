import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { awaitLock, killGroup, killsOf } from '../../support/hosts/kills.ts';
import { USERLANDS, type Userland } from '../../support/hosts/programs.ts';
import { RenewalService } from '../../support/hosts/renewal-service.ts';
import { RotatingHost } from '../../support/hosts/rotating-host.ts';
import { randomSequence } from '../../support/random-sequence.ts';

let service: RenewalService;
beforeAll(async () => {
  service = await RenewalService.start();
});
afterAll(() => service.stop());

/** In all userlands together. */
const KILLS = killsOf({ usually: 50 });
const SEED = 20_261_128;

function hostIn({ shell, path }: Userland) {
  const host = new RotatingHost(service);
  const environment = { PATH: `${host.bin}:${path(host.root)}` };
  const options = { shell, environment };
  return { host, options, run: () => host.run(['--now'], options) };
}

/** What a run that was not killed leaves: a usable pair, that was confirmed, and nothing else. */
function expectFinished(
  host: RotatingHost,
  old: string,
  { code, stderr }: { code: unknown; stderr: string },
) {
  expect([code, stderr]).toEqual([0, expect.stringContaining('the new certificate is in place')]);
  expect([host.usable, host.leftovers, host.pairs]).toEqual([true, [], [host.serial, 'current']]);
  expect(host.serial).not.toBe(old);
}

describe.each(USERLANDS)('rotate.sh in $name, killed', (userland) => {
  const kills = Math.ceil(KILLS / USERLANDS.length);

  test(`at ${kills} random moments, leaves a usable pair, and the next run finishes`, async () => {
    const { host, options, run } = hostIn(userland);
    const random = randomSequence(SEED + userland.name.length);
    const begin = performance.now();
    await run();
    let usual = performance.now() - begin;
    // A run that was faster than usual has ended before, and counts as none.
    for (let kill = 0; kill < kills; ) {
      const child = host.start(['--now'], options);
      const ended = once(child, 'close');
      const alone = random() < 0.5;
      const timer = setTimeout(() => killGroup(child.pid, alone), random() * usual);
      await ended;
      clearTimeout(timer);
      if (child.signalCode === 'SIGKILL') kill += 1;
      awaitLock(host.directory);
      expect(host.usable).toBe(true);
      const [start, old] = [performance.now(), host.serial];
      expectFinished(host, old, await run());
      usual = (usual + performance.now() - start) / 2;
    }
    host.remove();
  });
});

test('before any call of a program that changes something, killed, leaves the same', async () => {
  const [userland] = USERLANDS;
  if (userland === undefined) throw new Error('there is no shell');
  const whole = hostIn(userland);
  const calls = whole.host.watch(0, whole.options.environment.PATH);
  await whole.run();
  const total = calls().length;
  whole.host.remove();
  expect(total).toBeGreaterThan(20);
  for (let at = 1; at <= total; at++) {
    const { host, options, run } = hostIn(userland);
    host.watch(at, options.environment.PATH);
    await run();
    expect(host.usable).toBe(true);
    host.watch(-1, options.environment.PATH);
    expectFinished(host, host.serial, await run());
    host.remove();
  }
});
