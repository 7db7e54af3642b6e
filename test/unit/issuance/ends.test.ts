import { beforeEach, describe, expect, test } from '@jest/globals';
import { DAY, HOUR } from '../../../shared/domain/duration.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { currentHolder } from '../../../shared/domain/name-record.ts';
import { renderCertificate } from '../../../shared/http/contract/certificate.ts';
import { renderToken } from '../../../shared/http/contract/token.ts';
import { readForKit } from '../../../shared/issuance/read-for-kit.ts';
import { NOW, sampleRecord, sampleToken } from '../../support/records.ts';
import { World } from './world.ts';

/*
 * Every reader of an end: in the second that the end names all say "still", one later all say "over".
 */

let world: World;
beforeEach(async () => {
  world = await World.create();
});

/** `ok`, or the code of the error. */
const outcome = (action: Promise<unknown>) =>
  action.then(
    () => 'ok',
    (error: { code: string }) => error.code,
  );

const SECONDS = [
  { when: 'in its last second', late: 0, over: false },
  { when: 'a second later', late: 1, over: true },
] as const;

describe.each(SECONDS)('a token $when', ({ late, over }) => {
  const expiresAt = plus(NOW, HOUR);
  const at = plus(expiresAt, late);

  test('is listed as it is', () => {
    expect(renderToken(sampleToken({ expiresAt }), 0, at).state).toBe(over ? 'EXPIRED' : 'OPEN');
  });

  test('enrolls, or not', async () => {
    const token = await world.token({ expiresAt });
    world.pass(HOUR + late);
    expect(await outcome(world.enroll(world.request(token)))).toBe(over ? 'token_rejected' : 'ok');
  });

  test('reserves, or not: the store', async () => {
    const token = await world.token({ expiresAt });
    world.pass(HOUR);
    world.store.interleave('reserve', () => world.pass(late));
    const { reserve } = world.store;
    world.store.reserve = (reservation) => reserve(reservation, at);
    expect(await outcome(world.enroll(world.request(token)))).toBe(over ? 'token_rejected' : 'ok');
  });

  test('gives its certificate again for 7 days, or not', async () => {
    const request = world.request(await world.token({ expiresAt }));
    await world.enroll(request);
    world.pass(HOUR + 7 * DAY + late);
    expect(await outcome(world.enroll(request))).toBe(over ? 'token_rejected' : 'ok');
  });
});

describe.each(SECONDS)('a certificate $when', ({ late, over }) => {
  const lifetime = { certificateLifetimeSeconds: HOUR, expiresAt: plus(NOW, DAY) };
  const issued = async () => {
    const request = world.request(await world.token(lifetime));
    const { record } = await world.enroll(request);
    world.pass(HOUR + late);
    return { request, record };
  };

  test('is listed as it is', () => {
    const record = sampleRecord();
    const at = plus(record.validity.notAfter, late);
    expect(renderCertificate(record, at).expired).toBe(over);
  });

  test('is handed out again, or not', async () => {
    const { request } = await issued();
    expect(await outcome(world.enroll(request))).toBe(over ? 'certificate_expired' : 'ok');
  });

  test('has a kit, or not', async () => {
    const { record } = await issued();
    const deps = {
      certificates: world.store,
      authority: world.store,
      clock: world.clock,
    };
    expect(await outcome(readForKit(deps, record))).toBe(over ? 'certificate_expired' : 'ok');
  });

  test('holds its name, or not', async () => {
    const { record } = await issued();
    const name = await world.store.name(record.name);
    expect(currentHolder(name, record.profile, world.now) === undefined).toBe(over);
    const other = world.request(await world.token(lifetime));
    expect(await outcome(world.enroll(other))).toBe(over ? 'ok' : 'name_in_use');
  });
});

describe.each(SECONDS)('a signing lease $when', ({ late, over }) => {
  class Killed extends Error {}

  /** A record that its request left open, seen when its lease ends. */
  const open = async () => {
    const request = world.request(await world.token());
    world.store.failNext('commit', { error: new Killed(), when: 'before' });
    await expect(world.enroll(request)).rejects.toThrow(Killed);
    const [record] = [...world.store.tables.records.values()];
    if (!record) throw new Error('no record');
    world.pass(record.lease.until - world.now + late);
    return record;
  };

  test('is taken by another request, or not', async () => {
    const record = await open();
    const lease = { owner: 'other', until: plus(world.now, 15) };
    const taken = await world.store.takeLease(record.serialNumber, lease, world.now);
    expect(taken?.lease.owner === 'other').toBe(over);
  });

  test('lets the sweeper void its record, or not', async () => {
    const record = await open();
    const reservedAt = plus(world.now, -DAY);
    world.store.tables.records.set(record.serialNumber, { ...record, reservedAt });
    expect((await world.sweep()).voided).toHaveLength(over ? 1 : 0);
  });
});
