import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { deploymentSchema } from '../../../shared/http/contract/deployment.ts';
import { kitsDocument } from '../../support/kits/document.ts';
import { EXAMPLES, REFUSALS } from '../../support/kits/examples.ts';

const FILE = new URL('../../../docs/kits.md', import.meta.url);
const written = kitsDocument();

describe('docs/kits.md', () => {
  test('is what the code renders, line by line; `npm run docs` writes it anew', () => {
    expect(written.split('\n')).toEqual(readFileSync(FILE, 'utf8').split('\n'));
  });

  test('shows at least a dozen kits, each under a title of its own', () => {
    const titles = [...EXAMPLES, ...REFUSALS].map(({ title }) => title);
    expect(EXAMPLES.length).toBeGreaterThanOrEqual(12);
    expect(new Set(titles).size).toBe(titles.length);
  });

  test.each([...EXAMPLES, ...REFUSALS])('$title: is asked for as the API reads it', ({ deployment }) => {
    expect(deploymentSchema.parse(deployment)).toEqual(deployment);
  });

  test('holds no private key', () => {
    // The scripts that encrypt keys name the lines between which there would be one.
    expect(written).not.toMatch(/PRIVATE KEY-----\s+[A-Za-z0-9+/=]/);
  });
});
