import { describe, expect, test } from '@jest/globals';
import { type Instant, instant, plus } from '../../../shared/domain/instant.ts';
import type { SerialNumber } from '../../../shared/domain/serial-number.ts';
import type { KeyUse, LoggedAttempt } from '../../../shared/rotation/ports.ts';
import { reconcileSignatures, type UnexplainedUse } from '../../../shared/rotation/reconcile-signatures.ts';
import { fakeEvents } from '../../fakes/events.ts';
import { fakeReconciliationProgress } from '../../fakes/reconciliation.ts';

const START = instant(1_780_000_000);
const HOUR = 3600;
const ROOT = 'arn:aws:kms:eu-central-1:111122223333:key/root';
const ISSUER = 'arn:aws:kms:eu-central-1:111122223333:key/issuer';

/** What a page of 50 events takes: CloudTrail takes two requests a second. */
const PAGE_MILLISECONDS = 700;

/** How a key is used. */
interface Signing {
  readonly keyArn?: string;
  readonly logged?: boolean;
  /** Of the certificate, as the function says. */
  readonly serial?: string;
  readonly functionName?: string;
}

/** CloudTrail, the logs and the clock, in memory. */
function bench() {
  const uses: KeyUse[] = [];
  const attempts: LoggedAttempt[] = [];
  const events = fakeEvents();
  const progress = fakeReconciliationProgress();
  const spans: (readonly [Instant, Instant])[] = [];
  let recorded: readonly string[] | undefined = [];
  let now = START;
  let time = 900_000;
  let failAfter = Number.POSITIVE_INFINITY;
  const reported: UnexplainedUse[] = [];
  return {
    reported,
    record: (...serials: readonly string[]) => {
      recorded = serials;
    },
    fence: () => {
      recorded = undefined;
    },
    failAfterSpans: (count: number) => {
      failAfter = count;
    },
    uses,
    attempts,
    events,
    spans,
    pass: (seconds: number) => {
      now = plus(now, seconds);
    },
    haveTimeFor: (milliseconds: number) => {
      time = milliseconds;
    },
    sign(
      id: string,
      { keyArn = ISSUER, logged = true, serial, functionName = 'publish-crls' }: Signing = {},
    ) {
      uses.push({
        eventId: `event-${id}`,
        at: now,
        keyArn,
        requestId: id,
        principal: 'x/enroll',
        error: undefined,
      });
      if (logged)
        attempts.push({
          functionName,
          at: now,
          requestId: id,
          serialNumber: serial as SerialNumber | undefined,
        });
    },
    run: () =>
      reconcileSignatures({
        records: {
          async keyUses(from, to, atMost) {
            const found = uses.filter(({ at }) => at >= from && at < to).sort((a, b) => b.at - a.at);
            time -= Math.ceil(Math.min(found.length, atMost + 50) / 50) * PAGE_MILLISECONDS;
            const last = found[atMost];
            if (last !== undefined) return { withinSeconds: (found[0]?.at ?? last.at) - last.at };
            if (spans.length >= failAfter) throw new Error('CloudTrail is out of reach');
            spans.push([from, to]);
            return found;
          },
          loggedAttempts: async (from, to, requestIds) =>
            attempts.filter(
              ({ at, requestId }) =>
                at >= from && at <= to && (requestId === undefined || requestIds.has(requestId)),
            ),
        },
        progress,
        certificates: {
          recordedAmong: async (serials) =>
            recorded && new Set(serials.filter((one) => recorded?.includes(one))),
        },
        events,
        onUnexplained: (use) => reported.push(use),
        clock: () => now,
        keys: { all: new Set([ROOT, ISSUER]), roots: new Set([ROOT]) },
        remainingMilliseconds: () => {
          time -= 1000;
          return time;
        },
      }),
  };
}

const published = ({ events }: ReturnType<typeof bench>) => events.published.map(({ id }) => id);

describe('an attempt to sign a certificate', () => {
  const DAY = 24 * HOUR;
  const ONE = '01'.repeat(18);
  const OTHER = '02'.repeat(18);
  const enroll = (serial?: string) => ({
    functionName: 'enroll',
    ...(serial === undefined ? {} : { serial }),
  });

  /** Two days after the first run. */
  async function later() {
    const at = bench();
    await at.run();
    at.pass(2 * DAY);
    await at.run();
    return at;
  }

  test('explains its use if the certificate is recorded, however often it was tried', async () => {
    const at = await later();
    at.record(ONE);
    at.sign('a', enroll(ONE));
    at.sign('b', enroll(ONE));
    at.pass(2 * HOUR);
    expect(await at.run()).toMatchObject({ uses: 2, unexplained: [] });
  });

  test('explains nothing if it is not', async () => {
    const at = await later();
    at.record(ONE);
    at.sign('a', enroll(OTHER));
    at.pass(2 * HOUR);
    expect(await at.run()).toMatchObject({ uses: 1, unexplained: [{ requestId: 'a', unrecorded: OTHER }] });
    expect(at.reported).toHaveLength(1);
  });

  test('explains its use if it names no certificate, as a version of before does, also after a rollback days later', async () => {
    const at = await later();
    at.record(ONE);
    at.sign('new', enroll(ONE));
    at.pass(3 * DAY);
    await at.run();
    at.sign('rolled-back', enroll());
    at.pass(26 * HOUR);
    expect(await at.run()).toMatchObject({ unexplained: [] });
    expect(at.reported).toEqual([]);
  });

  test('is asked for again a day later, if nobody could tell', async () => {
    const at = await later();
    at.fence();
    at.sign('a', enroll(OTHER));
    at.pass(2 * HOUR);
    expect((await at.run()).unexplained).toEqual([]);
    at.record(ONE);
    at.pass(DAY);
    expect((await at.run()).unexplained).toMatchObject([{ unrecorded: OTHER }]);
  });
});

describe('reconciling signatures', () => {
  test('finds a use that nobody logged, an hour after it, and not a use of a key of others', async () => {
    const at = bench();
    await at.run();
    at.sign('mine');
    at.sign('foreign', { logged: false });
    at.sign('others', { logged: false, keyArn: 'arn:aws:kms:eu-central-1:111122223333:key/other' });
    at.pass(HOUR);
    expect(await at.run()).toMatchObject({ uses: 0, unexplained: [], behindSeconds: 0 });
    at.pass(HOUR);
    expect(await at.run()).toMatchObject({
      uses: 2,
      unexplained: [{ requestId: 'foreign', ofRoot: false }],
    });
    expect(at.events.published).toMatchObject([
      {
        id: 'signature.unexplained/event-foreign',
        type: 'signature.unexplained',
        detail: { keyArn: ISSUER, kmsRequestId: 'foreign', cloudTrailEventId: 'event-foreign' },
      },
    ]);
  });

  test('tells the use of a root', async () => {
    const at = bench();
    await at.run();
    at.sign('ceremony', { keyArn: ROOT, logged: false });
    at.pass(2 * HOUR);
    expect(await at.run()).toMatchObject({ unexplained: [{ requestId: 'ceremony', ofRoot: true }] });
  });

  test('finds an event that CloudTrail delivers hours later, with the same id if it was found before', async () => {
    const at = bench();
    await at.run();
    at.sign('soon', { logged: false });
    at.pass(2 * HOUR);
    await at.run();
    // It happened at the same time, and comes now.
    at.uses.push({ ...(at.uses[0] as KeyUse), eventId: 'event-late', requestId: 'late' });
    at.pass(24 * HOUR);
    await at.run();
    expect(published(at)).toEqual([
      'signature.unexplained/event-soon',
      'signature.unexplained/event-soon',
      'signature.unexplained/event-late',
    ]);
  });

  test('goes on where it ended: after an outage no time is left out, and none is compared more than twice', async () => {
    const at = bench();
    await at.run();
    at.pass(50 * HOUR);
    at.haveTimeFor(183_000);
    expect((await at.run()).behindSeconds).toBeGreaterThan(0);
    at.haveTimeFor(900_000);
    expect((await at.run()).behindSeconds).toBe(0);
    const seconds = at.spans.reduce((sum, [from, to]) => sum + to - from, 0);
    // From the start: the early pass until an hour ago, and the late one until a day ago.
    expect(seconds).toBe(49 * HOUR + 26 * HOUR);
  });

  test('goes on through a storm of 500 signatures a second, which takes longer to read than to make', async () => {
    const at = bench();
    await at.run();
    at.pass(60);
    for (let second = 0; second < 120; second++) {
      for (let n = 0; n < 500; n++) at.sign(`${second}-${n}`);
      at.pass(1);
    }
    at.sign('foreign', { logged: false });
    let runs = 0;
    for (let behind = Number.POSITIVE_INFINITY; behind > 0; runs++) {
      at.pass(2 * HOUR);
      at.haveTimeFor(900_000);
      behind = (await at.run()).behindSeconds;
      expect(runs).toBeLessThan(30);
    }
    expect(at.reported.map(({ requestId }) => requestId)).toContain('foreign');
    process.stdout.write(`a storm of two minutes was reconciled in ${runs} runs\n`);
  });

  test('catches up with weeks in a few spans where little was signed', async () => {
    const at = bench();
    await at.run();
    at.pass(60 * 24 * HOUR);
    expect((await at.run()).behindSeconds).toBe(0);
    expect(at.spans.length).toBeLessThan(25);
  });

  test('takes a busy hour in parts', async () => {
    const at = bench();
    await at.run();
    for (let minute = 0; minute < 60; minute++) {
      for (let n = 0; n < 400; n++) at.sign(`${minute}-${n}`);
      at.pass(60);
    }
    at.sign('foreign', { logged: false });
    at.pass(2 * HOUR);
    expect((await at.run()).unexplained.map(({ requestId }) => requestId)).toEqual(['foreign']);
    expect(at.spans.length).toBeGreaterThan(3);
  });

  test('reports what it found where a later span fails, because that span is not compared again', async () => {
    const at = bench();
    await at.run();
    at.sign('foreign', { keyArn: ROOT, logged: false });
    at.pass(3 * HOUR);
    at.failAfterSpans(1);
    await expect(at.run()).rejects.toThrow('CloudTrail is out of reach');
    expect(at.reported).toMatchObject([{ requestId: 'foreign', ofRoot: true }]);
    at.failAfterSpans(Number.POSITIVE_INFINITY);
    expect(await at.run()).toMatchObject({ unexplained: [], behindSeconds: 0 });
  });

  test('reports what it found where the bus is out of reach', async () => {
    const at = bench();
    await at.run();
    at.sign('foreign', { logged: false });
    at.pass(2 * HOUR);
    at.events.failing = 'before';
    await expect(at.run()).rejects.toThrow('the bus is out of reach');
    expect(at.reported).toMatchObject([{ requestId: 'foreign' }]);
  });

  test('begins with the first run: signatures of an earlier version, which logged none, accuse nobody', async () => {
    const at = bench();
    at.sign('earlier', { logged: false });
    at.pass(2 * HOUR);
    await at.run();
    at.sign('foreign', { logged: false });
    at.pass(26 * HOUR);
    await at.run();
    expect(new Set(at.reported.map(({ requestId }) => requestId))).toEqual(new Set(['foreign']));
  });

  test('compares a span again where the bus was out of reach', async () => {
    const at = bench();
    await at.run();
    at.sign('foreign', { logged: false });
    at.pass(2 * HOUR);
    at.events.failing = 'before';
    await expect(at.run()).rejects.toThrow('the bus is out of reach');
    at.events.failing = undefined;
    await at.run();
    expect(published(at)).toEqual(['signature.unexplained/event-foreign']);
  });
});
