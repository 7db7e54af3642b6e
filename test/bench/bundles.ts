import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { bundleFunctions, OPTIONS } from '../../infra/bundle.ts';
import { FUNCTION_NAMES, FUNCTIONS } from '../../infra/functions.ts';
import { mustRun } from '../support/command.ts';
import { type Figure, median } from './figures.ts';

const RUNS = 25;

/** Middy and the two AWS clients, with the commands that enroll uses: the least that such a function loads. */
const BASELINE = `
import middy from '@middy/core';
import { DynamoDBClient, TransactGetItemsCommand, TransactWriteItemsCommand, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { KMSClient, SignCommand, GetPublicKeyCommand } from '@aws-sdk/client-kms';
const clients = [new DynamoDBClient({}), new KMSClient({})];
const commands = [TransactGetItemsCommand, TransactWriteItemsCommand, GetItemCommand, UpdateItemCommand, SignCommand, GetPublicKeyCommand];
export const handler = middy(async () => [clients.length, commands.length]);
`;

/** Sizes of all bundles against their budgets, and how long enroll's takes to load against {@link BASELINE}. */
export async function bundleFigures(directory: string): Promise<readonly Figure[]> {
  const bundles = bundleFunctions(directory);
  const baseline = bundleBaseline(directory);
  const enroll = join(bundles.directory('enroll'), 'index.mjs');
  const sizes = FUNCTION_NAMES.map((name) => size(name, join(bundles.directory(name), 'index.mjs')));
  return [
    ...(await loadFigures(enroll, baseline)),
    { name: 'bundle: baseline', value: kilobytes(baseline), unit: 'KB' },
    ...sizes,
  ];
}

function bundleBaseline(directory: string): string {
  const outfile = join(directory, 'baseline', 'index.mjs');
  const stdin = { contents: BASELINE, resolveDir: import.meta.dirname };
  const { outputFiles } = buildSync({
    ...OPTIONS,
    // As the clients come.
    external: [],
    sourcemap: false,
    outExtension: {},
    stdin,
    outfile,
    write: true,
  });
  for (const file of outputFiles ?? []) writeFileSync(file.path, file.contents);
  return outfile;
}

function size(name: keyof typeof FUNCTIONS, path: string): Figure {
  return { name: `bundle: ${name}`, value: kilobytes(path), unit: 'KB', limit: FUNCTIONS[name].budget };
}

function kilobytes(path: string): number {
  return statSync(path).size / 1000;
}

/** Fresh processes, both bundles in turn, so that neither has the better half of the time. */
async function loadFigures(enroll: string, baseline: string): Promise<readonly Figure[]> {
  const times = { enroll: [] as number[], baseline: [] as number[] };
  for (let run = -1; run < RUNS; run++) {
    const [a, b] = [await loadTime(enroll), await loadTime(baseline)];
    if (run < 0) continue;
    times.enroll.push(a);
    times.baseline.push(b);
  }
  const [a, b] = [median(times.enroll), median(times.baseline)];
  return [
    { name: 'module load of enroll / of middy and two AWS clients', value: a / b, unit: 'ratio' },
    { name: 'module load of enroll', value: a, unit: 'ms' },
    { name: 'module load of middy and two AWS clients', value: b, unit: 'ms' },
  ];
}

const LOADER = `
const before = process.cpuUsage();
await import(process.argv[1]);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);
`;

/** What a function's environment holds, so that its module can load. */
const ENVIRONMENT = {
  TABLE_NAME: 'fleetseal',
  TRUST_DOMAIN: 'bench',
  REVOCATION_URL: 'http://revocation.example.com',
  ROOT_IDS: 'root-1',
  ISSUER_IDS: 'issuer-1,issuer-2',
  AWS_REGION: 'eu-central-1',
};

/** CPU milliseconds that importing the module takes in a process of its own: steadier than time on a busy machine. */
async function loadTime(path: string): Promise<number> {
  const args = ['--input-type=module', '--eval', LOADER, path];
  return Number(await mustRun(process.execPath, args, { env: ENVIRONMENT }));
}
