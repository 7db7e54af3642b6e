import { expect, test } from '@jest/globals';
import { choices, tally, VERSIONS } from '../unit/elastic/fleet-server/choices.ts';

test('every array of arguments is accepted by what enroll.go says, and means what was asked', () => {
  const { wrong, expected, ...counts } = tally(choices());
  expect(wrong.slice(0, 5)).toEqual([]);
  process.stdout.write(
    `elastic-agent accepts ${counts.accepted} arrays of arguments, of ${counts.choices} choices over ${VERSIONS.length} versions; ${counts.refused} choices are refused\n`,
  );
  expect(counts).toMatchObject(expected);
  expect(counts.accepted).toBeGreaterThan(45_000);
});
