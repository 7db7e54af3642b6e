import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { once as madeOnce, pythonPackages, TOOLS } from '../install.ts';
import { freePort } from '../ports.ts';

/** A DynamoDB that runs in a process of its own. */
export interface Engine {
  /** For example `ministack 1.5.33`. */
  readonly name: string;
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly url: string;
  /** How many tables it holds, 100 at most. */
  tables(): Promise<number>;
  stop(): Promise<void>;
}

const PINS = 'dynamodb-requirements.txt';

/** Only what the contract needs, on the loopback interface, with nothing kept on disk. */
const ONLY_STORES = {
  SERVICES: 'dynamodb,s3',
  BIND_HOST: '127.0.0.1',
  IOT_MTLS_ENABLED: '0',
  SFTP_ENABLED: '0',
  LOG_LEVEL: 'ERROR',
};

/**
 * Starts ministack's DynamoDB and S3. Its authors are others than those of dynoxide and of the local cloud's S3, so that
 * a misreading of a service's rules is unlikely to be shared.
 *
 * @throws Error with its last words where it does not start.
 */
export async function startEngine(say: (line: string) => void): Promise<Engine> {
  const directory = await madeOnce('ministack', [PINS], say, (into) => pythonPackages(PINS, into));
  const version = /^ministack==(.*)$/m.exec(readFileSync(join(TOOLS, PINS), 'utf8'))?.[1];
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(join(directory, 'bin/ministack'), {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...ONLY_STORES, GATEWAY_PORT: String(port) },
  });
  const client = new DynamoDBClient({
    endpoint: url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const tables = async () => (await client.send(new ListTablesCommand())).TableNames?.length ?? 0;
  const stop = async () => {
    client.destroy();
    await ended(child);
  };
  await ready(child, tables);
  return { name: `ministack ${version}`, url, tables, stop };
}

/** Waits until it answers, 30 seconds at most. */
async function ready(child: ChildProcess, ask: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < 300 && child.exitCode === null; tries += 1) {
    const answered = await ask().then(
      () => true,
      () => false,
    );
    if (answered) return;
    await after(100);
  }
  await ended(child);
  throw new Error('the second DynamoDB engine does not start');
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
