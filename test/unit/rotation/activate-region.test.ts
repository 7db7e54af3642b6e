import { describe, expect, test } from '@jest/globals';
import { type Instant, plus } from '../../../shared/domain/instant.ts';
import type { LedgerState } from '../../../shared/domain/ledger.ts';
import { activateRegion } from '../../../shared/rotation/activate-region.ts';
import { NOW } from '../../support/records.ts';

const [PRIMARY, STANDBY] = ['eu-central-1', 'eu-west-1'];
const STACK = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/fleetseal-acme-authority/1';
const responderKeyArn = 'arn:aws:kms:eu-central-1:111122223333:key/mrk-0123456789abcdef0123456789abcdef';

/** A ledger that both Regions see, and a clock that waiting moves. */
function world(activeRegion?: string, activeSince?: Instant) {
  let now = NOW;
  let state: LedgerState = {
    ...{ tableName: 'fleetseal-acme', openedAt: NOW },
    ...(activeRegion === undefined ? {} : { activeRegion }),
    ...(activeSince === undefined ? {} : { activeSince }),
  };
  const paused: number[] = [];
  const asked: string[] = [];
  const deploy = (
    region: string,
    active: string,
    { changed = true, rollingBack = false }: { changed?: boolean; rollingBack?: boolean } = {},
  ) =>
    activateRegion(
      {
        ledger: {
          readState: async () => state,
          activate: async (next, responder, since) => {
            state = {
              ...{
                tableName: state.tableName,
                openedAt: NOW,
                activeRegion: next,
                responderKeyArn: responder,
              },
              ...(since === undefined ? {} : { activeSince: since }),
            };
            return state;
          },
        },
        stacks: {
          isRollingBack: async (stackId) => {
            asked.push(stackId);
            return rollingBack;
          },
        },
        clock: () => now,
        pause: async (milliseconds) => {
          paused.push(milliseconds);
          now = plus(now, milliseconds / 1000);
        },
        region,
      },
      STACK,
      { activeRegion: active, responderKeyArn, changed },
    );
  return { deploy, paused, asked, state: () => state, pass: (seconds: number) => (now = plus(now, seconds)) };
}

describe('the first deployment', () => {
  test.each([PRIMARY, STANDBY])('makes %s active, which has nothing to wait for', async (active) => {
    const { deploy, paused, state } = world();
    expect(await deploy(PRIMARY, active, { changed: false })).toEqual({
      active,
      before: undefined,
      moved: true,
    });
    expect(state()).toMatchObject({ activeRegion: active, responderKeyArn });
    expect(state()).not.toHaveProperty('activeSince');
    expect(await deploy(STANDBY, active, { changed: false })).toMatchObject({ active, moved: false });
    expect(paused).toEqual([]);
  });
});

describe('a deployment that changes the active Region', () => {
  test('moves the work to its own, and waits until what began in the other one has ended', async () => {
    const { deploy, paused, asked, state } = world(PRIMARY);
    expect(await deploy(STANDBY, STANDBY)).toEqual({ active: STANDBY, before: PRIMARY, moved: true });
    expect(state()).toMatchObject({ activeRegion: STANDBY, activeSince: NOW });
    expect(paused).toEqual([45_000]);
    expect(asked).toEqual([STACK]);
  });

  test('moves it to the other one, which waits for the rest of the time', async () => {
    const { deploy, paused, pass } = world(PRIMARY);
    expect(await deploy(PRIMARY, STANDBY)).toMatchObject({ active: STANDBY, moved: true });
    expect(paused).toEqual([]);
    pass(30);
    expect(await deploy(STANDBY, STANDBY)).toMatchObject({ active: STANDBY, moved: false });
    expect(paused).toEqual([15_000]);
  });

  test('run twice, moves it once', async () => {
    const { deploy, paused, state } = world(PRIMARY);
    await deploy(STANDBY, STANDBY);
    expect(await deploy(STANDBY, STANDBY)).toMatchObject({ active: STANDBY, moved: false });
    expect(state()).toMatchObject({ activeSince: NOW });
    expect(paused).toEqual([45_000]);
  });
});

describe('work stays where it is', () => {
  test('with settings from before a failover', async () => {
    const { deploy, state } = world(STANDBY);
    expect(await deploy(PRIMARY, PRIMARY, { changed: false })).toMatchObject({
      active: STANDBY,
      moved: false,
    });
    expect(state().activeRegion).toBe(STANDBY);
  });

  test.each([
    { name: 'the returning primary, whose deployment moved nothing', region: PRIMARY },
    { name: 'the standby, whose deployment moved it away from a Region that is down', region: STANDBY },
  ])('in a rollback of $name', async ({ region }) => {
    const { deploy, asked, state } = world(PRIMARY);
    await deploy(STANDBY, STANDBY);
    expect(await deploy(region, PRIMARY, { rollingBack: true })).toEqual({
      active: STANDBY,
      before: STANDBY,
      moved: false,
    });
    expect(state().activeRegion).toBe(STANDBY);
    expect(asked).toHaveLength(2);
  });

  test('where CloudFormation does not say whether it rolls back', async () => {
    const { state } = world(STANDBY);
    const failing = activateRegion(
      {
        ledger: {
          readState: async () => state(),
          activate: () => Promise.reject(new Error('moved')),
        },
        stacks: { isRollingBack: () => Promise.reject(new Error('Throttling')) },
        clock: () => NOW,
        pause: async () => undefined,
        region: PRIMARY,
      },
      STACK,
      { activeRegion: PRIMARY, responderKeyArn, changed: true },
    );
    await expect(failing).rejects.toThrow('Throttling');
  });
});
