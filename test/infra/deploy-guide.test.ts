import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { settings } from '../../docs/generate/settings/document.ts';
import { type Synthesized, synthesizedDefaults } from './synthesized.ts';

/* What docs/deploy.md says of stacks, outputs and settings; its commands are run by test/exhaustive/documents.test.ts. */
const PAGE = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');
const templates: Synthesized = synthesizedDefaults();
const STACKS: Readonly<Record<string, keyof Synthesized>> = {
  FleetsealAuthority: 'authority',
  FleetsealService: 'service',
};

const found = (pattern: RegExp) => [...PAGE.matchAll(pattern)].map(([, text = '']) => text);
const outputsOf = (stack: keyof Synthesized) => Object.keys(templates[stack].findOutputs('*'));

test('commands of cdk name stacks of the app', () => {
  const named = found(/npx cdk (?:deploy|destroy|diff) (\w+)/g);
  expect(named).toEqual(expect.arrayContaining(['FleetsealService', 'FleetsealAuthority']));
  expect(named.filter((id) => STACKS[id] === undefined)).toEqual([]);
});

test('commands of aws name stacks as the app does, and outputs that they have', () => {
  const named = found(/--stack-name fleetseal-prod-(\w+)/g);
  expect(new Set(named)).toEqual(new Set(Object.values(STACKS)));
  const [, stack = '', output = ''] =
    /--stack-name fleetseal-prod-(\w+) \\\n.*OutputKey=='(\w+)'/.exec(PAGE) ?? [];
  expect(stack).toBe('service');
  expect(outputsOf('service')).toContain(output);
});

test('outputs that the text names are outputs of the stack of the keys', () => {
  const named = found(/output `(\w+)`/g);
  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((name) => !outputsOf('authority').includes(name))).toEqual([]);
});

test('a stack whose creation failed is deleted once its protection is off, and only then deployed again', () => {
  const [, section = ''] = /^### The first deployment failed$([\s\S]*?)^### /m.exec(PAGE) ?? [];
  const steps = [
    'describe-stack-resources --stack-name fleetseal-prod-authority',
    'update-termination-protection --no-enable-termination-protection',
    'delete-stack --stack-name fleetseal-prod-authority',
    'wait stack-delete-complete --stack-name fleetseal-prod-authority',
    'Deploy again',
  ].map((step) => section.indexOf(step));
  expect(steps).not.toContain(-1);
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  expect(PAGE).not.toMatch(/fails half-way/);
});

test('what the rollback of a creation cannot delete is what the text names', () => {
  const [table] = Object.values(templates.authority.findResources('AWS::DynamoDB::Table'));
  expect(table?.['Properties'].DeletionProtectionEnabled).toBe(true);
  const policies = JSON.stringify(templates.authority.findResources('AWS::S3::BucketPolicy'));
  expect(policies).toContain('"Sid":"NobodyDeletes"');
});

test('settings that the text names are in the table of settings', () => {
  const known = settings().map(({ path }) => path);
  const named = found(/`([a-z]+(?:[A-Z]\w*|(?:\[\])?\.[a-z]\w*)+)`/g).filter(
    (name) => !name.endsWith('.json'),
  );
  expect(named).toEqual(expect.arrayContaining(['root.kind', 'issuers[].keySpec', 'keyAdministration']));
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});
