import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDynoxide } from '../../infra/local/dynamodb/dynoxide.ts';
import { listen } from '../../infra/local/service/listener.ts';
import { synthesize } from '../../infra/synthesize.ts';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { mustRun } from '../support/command.ts';
import { TableCopies } from '../support/table-copy.ts';

/*
 * The commands of "The records were restored" in docs/recovery.md, pasted into a shell. The programs `aws` and `npx` are
 * stand-ins that take these commands and no others: what DynamoDB and Lambda would do is done by the local cloud.
 */

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/recovery.md'), 'utf8');
const directory = mkdtempSync(join(tmpdir(), 'fleetseal-restore-page-'));

let engine: Awaited<ReturnType<typeof startDynoxide>>;
let tables: TableCopies;
let stub: Awaited<ReturnType<typeof listen>>;
let cloud: TestCloud;
let streamArn = '';

beforeAll(async () => {
  engine = await startDynoxide();
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = engine.url;
  tables = new TableCopies(engine.url);
  cloud = await TestCloud.start({ assembly: synthesize(join(directory, 'before'), { authority: 'acme' }) });
  stub = await listen(async (message, response) => {
    const answer = await perform(JSON.parse(await text(message))).catch((error: unknown) => error);
    const failed = answer instanceof Error;
    response.writeHead(failed ? 500 : 200).end(failed ? answer.message : answer);
  });
  mkdirSync(join(directory, 'bin'));
  for (const program of ['aws', 'npx']) {
    const file = join(directory, 'bin', program);
    writeFileSync(
      file,
      `#!${process.execPath}\nfetch('http://127.0.0.1:${stub.port}/', { method: 'POST', body: JSON.stringify(['${program}', ...process.argv.slice(2)]) }).then(async (answer) => { process[answer.ok ? 'stdout' : 'stderr'].write(await answer.text()); process.exitCode = answer.ok ? 0 : 1; });\n`,
    );
    chmodSync(file, 0o755);
  }
}, 300_000);
afterAll(async () => {
  delete process.env['AWS_ENDPOINT_URL_DYNAMODB'];
  await cloud.stop();
  await stub.close();
  tables.close();
  await engine.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** What the stand-ins do, by the command with the names of its options. @returns what is printed. */
const COMMANDS: Readonly<Record<string, (values: readonly string[]) => Promise<string>>> = {
  'aws cloudformation list-stack-resources --stack-name --query --output': async () =>
    (await tables.names())[0] ?? '',
  'aws dynamodb restore-table-to-point-in-time --source-table-name --target-table-name --restore-date-time':
    async ([from = '', to = '']) => {
      await tables.copy(from, to);
      return '{}';
    },
  'aws dynamodb wait table-exists --table-name': async () => '',
  'aws dynamodb update-time-to-live --table-name --time-to-live-specification': async () => '{}',
  'aws dynamodb update-continuous-backups --table-name --point-in-time-recovery-specification': async () =>
    '{}',
  'aws dynamodb update-table --table-name --deletion-protection-enabled': async () => '{}',
  'aws dynamodb update-table --table-name --stream-specification --query --output': async ([name = '']) => {
    streamArn = `arn:aws:dynamodb:eu-central-1:000000000000:table/${name}/stream/2026-11-28T03:12:45.123`;
    return streamArn;
  },
  'npx cdk deploy --all': async () => {
    const settings = { authority: 'acme', restoredLedger: { streamArn } };
    cloud = await cloud.redeploy(synthesize(join(directory, 'restored'), settings));
    return '';
  },
  'aws lambda invoke --function-name --cli-binary-format --cli-read-timeout --payload report.json': async (
    values,
  ) => {
    expect(values[0]).toBe('fleetseal-acme-merge-ledger');
    const report = await cloud.local.invoke('merge-ledger', JSON.parse(values[3] ?? ''));
    writeFileSync(join(directory, 'report.json'), JSON.stringify(report));
    return '{ "StatusCode": 200 }';
  },
};

async function perform(words: readonly string[]): Promise<string> {
  const isValue = (at: number) => words[at - 1]?.startsWith('--') && !words[at]?.startsWith('--');
  const values = words.filter((_, at) => isValue(at));
  const command = words.filter((_, at) => !isValue(at)).join(' ');
  const act = COMMANDS[command];
  if (act === undefined) throw new Error(`the page has a command that this test does not know: ${command}`);
  return act(values);
}

/** The shell blocks of the section, in order. */
function blocks(): readonly string[] {
  const [, section = ''] = PAGE.split('## The records were restored');
  return [...(section.split('\n## ')[0] ?? '').matchAll(/^( *)```sh\n([\s\S]*?)^\1```$/gm)].map(
    ([, indent = '', block = '']) => block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
}

function run(block = ''): Promise<string> {
  const env = { PATH: `${join(directory, 'bin')}:${process.env['PATH']}` };
  return mustRun('bash', ['-euo', 'pipefail', '-c', block], { cwd: directory, env });
}

test('the commands of the page restore a ledger, and open it', async () => {
  const [restore, prepare, deploy, look, merge, ...more] = blocks();
  expect(more).toEqual([]);
  const token = await cloud.token({ maxUses: 2 });
  expect((await cloud.enroll(token, enrollment())).status).toBe(201);
  await run(restore);
  expect((await cloud.enroll(token, enrollment())).status).toBe(201);
  expect(await run(prepare)).toContain(streamArn);
  await run(deploy);
  expect((await cloud.enroll(token, enrollment())).status).toBe(503);
  expect(await run(look)).toMatch(/"adopted":1,.*"open":false/);
  expect(await run(merge)).toContain('"open":false');
  cloud.pass(121);
  expect(await run(merge)).toContain('"open":true');
  expect((await cloud.enroll(token, enrollment())).status).toBe(401);
  expect((await cloud.enroll(await cloud.token(), enrollment())).status).toBe(201);
}, 300_000);
