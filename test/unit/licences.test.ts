import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { at } from '../support/json.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

/** Licences of what is deployed, as docs/licences.md lists them. */
const DEPLOYED = ['0BSD', 'Apache-2.0', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0'];

interface Package {
  readonly name: string;
  readonly license: string;
  readonly deployed: boolean;
}

function packages(): readonly Package[] {
  const lock: Record<string, unknown> = JSON.parse(read('package-lock.json'));
  return Object.entries(lock['packages'] ?? {}).flatMap(([path, entry]) => {
    if (path === '') return [];
    const development = ['dev', 'devOptional', 'optional'].some((flag) => at(entry, flag) === true);
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return [{ name, license: String(at(entry, 'license')), deployed: !development }];
  });
}

test('what is deployed has the licences that docs/licences.md lists, and no other', () => {
  const deployed = packages().filter((each) => each.deployed);
  expect(deployed.length).toBeGreaterThan(20);
  expect([...new Set(deployed.map(({ license }) => license))].sort()).toEqual(DEPLOYED);
  for (const license of DEPLOYED) expect(read('docs/licences.md')).toContain(license);
});

test('the AGPL packages are those that docs/licences.md speaks of', () => {
  const agpl = packages().filter(({ license }) => license.includes('AGPL'));
  expect(agpl.map(({ name, deployed }) => ({ name, deployed }))).toEqual([
    { name: '@cloud-copilot/iam-policy', deployed: false },
    { name: '@cloud-copilot/iam-simulate', deployed: false },
    { name: '@cloud-copilot/iam-utils', deployed: false },
  ]);
});
