import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fleetDocument, recordedFleet } from '../../../docs/generate/fleet/document.ts';
import { fleetPicture } from '../../../docs/generate/fleet/picture.ts';

const DOCS = join(import.meta.dirname, '../../../docs');
const record = recordedFleet();

test('the page and the picture in docs/ are those of the recorded run', () => {
  expect(readFileSync(join(DOCS, 'fleet.svg'), 'utf8')).toBe(fleetPicture(record));
  expect(readFileSync(join(DOCS, 'fleet.md'), 'utf8')).toBe(fleetDocument(record));
});

test('the recorded run is a whole one, in which no agent was lost', () => {
  const figures = Object.fromEntries(record.figures.map(({ name, value }) => [name, value]));
  expect(record.days).toBe(730);
  expect(figures).toMatchObject({ 'lost agents': 0, gaps: 0 });
});
