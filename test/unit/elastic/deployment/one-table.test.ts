import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const ROOT = new URL('../../../../', import.meta.url).pathname;

/** What the description of the API, the reference, the ledger and a misspelling have of the new field. */
const READ = `
import { openApiDocument } from './docs/generate/openapi/document.ts';
import { deploymentDocument } from './docs/generate/deployment/document.ts';
import { deploymentSchema } from './shared/elastic/deployment/deployment.ts';
import { recordDeployment } from './shared/elastic/deployment/recording.ts';
import { readWith } from './shared/http/schema.ts';
const { agent } = openApiDocument().components.schemas.Deployment.properties;
const misspelled = { agent: { logLevell: 'debug' } };
console.log(JSON.stringify({
  described: agent.properties.logLevel,
  reference: deploymentDocument().split('\\n').filter((line) => line.includes('agent.logLevel')),
  recorded: recordDeployment({ agent: { logLevel: 'debug', proxyPassword: 'correct-horse' } }),
  hints: readWith(deploymentSchema, misspelled, ['deployment']).findings.map(({ detail }) => detail.replace(/.*Did/, 'Did')),
}));
`;

describe('a field that is added in one file', () => {
  const copy = mkdtempSync(join(tmpdir(), 'fleetseal-fields-'));
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  let read: Readonly<Record<string, unknown>>;
  beforeAll(() => {
    for (const folder of ['shared', 'docs/generate', 'functions', 'infra', 'package.json'])
      cpSync(join(ROOT, folder), join(copy, folder), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    addFields(join(copy, 'shared/elastic/deployment/fields/agent.ts'));
    const argv = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', READ];
    read = JSON.parse(execFileSync(process.execPath, argv, { cwd: copy, encoding: 'utf8' }));
  });

  test('is in the description of the API, with its words and its default', () => {
    expect(read['described']).toEqual({
      $ref: '#/components/schemas/Text',
      description: 'How much the agent logs.',
      default: 'info',
    });
  });

  test('is in the reference', () => {
    expect(read['reference']).toEqual([
      '| `agent.logLevel` | string | `info` | How much the agent logs. | yes |',
    ]);
  });

  test('is recorded, unless it is of the kind that is secret', () => {
    expect(read['recorded']).toBe('{"agent":{"logLevel":"debug"}}');
  });

  test('is guessed from a misspelling', () => {
    expect(read['hints']).toEqual(['Did you mean "logLevel"?']);
  });
});

function addFields(file: string): void {
  const source = readFileSync(file, 'utf8');
  const changed = source
    .replace('import { flag,', 'import { secret, flag,')
    .replace('  alreadyEnrolled: flag,', '  logLevel: text,\n  proxyPassword: secret,\n$&')
    .replace('  alreadyEnrolled: false,', "  logLevel: 'info',\n$&")
    .replace(
      '  alreadyEnrolled: {',
      "  logLevel: { description: 'How much the agent logs.' },\n  proxyPassword: { description: 'A secret.' },\n$&",
    );
  writeFileSync(file, changed);
}
