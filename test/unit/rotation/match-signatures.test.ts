import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Instant, instant, plus } from '../../../shared/domain/instant.ts';
import { unexplainedUses } from '../../../shared/rotation/match-signatures.ts';
import type { KeyUse, LoggedAttempt } from '../../../shared/rotation/ports.ts';

const NOON = instant(1_780_000_000);
const ENROLL = 'fleetseal-acme-enroll';

const use = (id: string, changes: Partial<KeyUse> = {}): KeyUse => ({
  eventId: `event-${id}`,
  at: NOON,
  keyArn: 'arn:aws:kms:eu-central-1:111122223333:key/issuer',
  requestId: id,
  principal: `arn:aws:sts::111122223333:assumed-role/EnrollRole/${ENROLL}`,
  error: undefined,
  ...changes,
});
const attempt = (requestId: string | undefined, at: Instant = NOON): LoggedAttempt => ({
  functionName: ENROLL,
  at,
  requestId,
  serialNumber: undefined,
});

describe('a use of a CA key', () => {
  test.each<{ name: string; uses: KeyUse[]; attempts: LoggedAttempt[]; unexplained: string[] }>([
    {
      name: 'that a function logged is explained',
      uses: [use('a')],
      attempts: [attempt('a')],
      unexplained: [],
    },
    {
      name: 'that nobody logged is not',
      uses: [use('a'), use('b')],
      attempts: [attempt('a')],
      unexplained: ['b'],
    },
    {
      name: 'that CloudTrail delivered twice counts once',
      uses: [use('a'), use('b'), use('b')],
      attempts: [attempt('a')],
      unexplained: ['b'],
    },
    {
      name: 'that was refused is not explained either',
      uses: [use('a', { error: 'AccessDenied', principal: 'arn:aws:iam::111122223333:user/eve' })],
      attempts: [],
      unexplained: ['a'],
    },
    {
      name: 'whose response was lost is explained by the attempt of its function at its time',
      uses: [use('a')],
      attempts: [attempt(undefined, plus(NOON, 4))],
      unexplained: [],
    },
    {
      name: 'is explained by one lost response, another is not',
      uses: [use('a'), use('b', { at: plus(NOON, 1) })],
      attempts: [attempt(undefined, plus(NOON, 4))],
      unexplained: ['b'],
    },
    {
      name: 'long before a lost response is not explained',
      uses: [use('a')],
      attempts: [attempt(undefined, plus(NOON, 60))],
      unexplained: ['a'],
    },
    {
      name: 'by another principal is not explained by a lost response',
      uses: [use('a', { principal: 'arn:aws:sts::111122223333:assumed-role/Admin/eve' })],
      attempts: [attempt(undefined, NOON)],
      unexplained: ['a'],
    },
  ])('$name', ({ uses, attempts, unexplained }) => {
    expect(unexplainedUses(uses, attempts).map(({ requestId }) => requestId)).toEqual(unexplained);
  });

  test('is found however many others there are, in any order', () => {
    const ids = fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(ids, fc.nat(), fc.integer({ min: 0, max: 10 }), (all, seed, duplicates) => {
        const foreign = all[seed % all.length];
        const uses = [...all, ...all.slice(0, duplicates)].map((id) => use(id));
        const attempts = all.filter((id) => id !== foreign).map((id) => attempt(id));
        expect(unexplainedUses(uses.reverse(), attempts).map(({ requestId }) => requestId)).toEqual([
          foreign,
        ]);
      }),
    );
  });
});
