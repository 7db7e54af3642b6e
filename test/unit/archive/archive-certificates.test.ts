import { describe, expect, test } from '@jest/globals';
import { archiveCertificates } from '../../../shared/archive/archive-certificates.ts';
import { lineIn } from '../../../shared/archive/archive-lines.ts';
import type { ArchivePlace } from '../../../shared/archive/ports.ts';
import { DAY } from '../../../shared/domain/duration.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { fakeObjectStore } from '../../fakes/object-store.ts';
import { NOW, serialNumber } from '../../support/records.ts';

/** Two certificates that are due, and a bucket whose first writes conflict. */
function bench(conflicts: number) {
  const serials = [serialNumber(), serialNumber()];
  const objects = fakeObjectStore();
  const places: ArchivePlace[] = [];
  const names: string[] = [];
  let draws = 0;
  const run = () =>
    archiveCertificates({
      ledger: {
        expired: async () => ({
          items: serials.map((serial) => ({
            serialNumber: serial,
            validity: { notBefore: plus(NOW, -500 * DAY), notAfter: plus(NOW, -450 * DAY) },
          })),
          cursor: undefined,
        }),
        entries: async (of) =>
          of.map((serial) => ({ serialNumber: serial, line: JSON.stringify({ serialNumber: serial }) })),
        move: async (_, place) => {
          places.push(place);
          return 'moved';
        },
      },
      objects: {
        replace: async (path, content, expected) => {
          names.push(path);
          return names.length <= conflicts ? 'conflict' : objects.replace(path, content, expected);
        },
      },
      clock: () => NOW,
      random: (length) => new Uint8Array(length).fill(++draws),
      afterSeconds: 400 * DAY,
      remainingMilliseconds: () => 900_000,
    });
  return { run, serials, objects, places, names };
}

describe('an object whose write conflicts, of which nobody knows whether it is there,', () => {
  test('is written again under another name, and the notes name what was written', async () => {
    const { run, serials, objects, places, names } = bench(2);
    expect(await run()).toMatchObject({ archived: 2, objects: 1, left: 0 });
    expect(new Set(names).size).toBe(3);
    expect(places).toHaveLength(2);
    for (const { object } of places) {
      const body = objects.current(`/${object}`)?.body ?? new Uint8Array();
      for (const serial of serials) expect(lineIn(body, serial)).toBeDefined();
    }
  });

  test('ends the run if it conflicts each time: nothing leaves the ledger', async () => {
    const { run, places, names } = bench(3);
    await expect(run()).rejects.toMatchObject({
      code: 'try_again',
      message:
        'The archive did not take an object under 3 new names. No certificate left the table for it; the next run tries again.',
    });
    expect(names).toHaveLength(3);
    expect(places).toEqual([]);
  });
});
