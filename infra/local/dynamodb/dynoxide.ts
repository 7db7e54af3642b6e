import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';

/** An embedded DynamoDB: the dynoxide program, in a process of its own. */
export interface Dynoxide {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts dynoxide and waits until it accepts requests.
 *
 * @param database SQLite file that keeps the tables. @default in memory
 * @throws Error that says what to do where dynoxide does not exist for this machine.
 */
export async function startDynoxide(database?: string): Promise<Dynoxide> {
  const program = findProgram();
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const child = run(program, port, database);
    if (await answers(url)) {
      if (database !== undefined) indexStreamRecords(database);
      return { url, stop: () => end(child) };
    }
    await end(child);
  }
  throw new Error(`the embedded DynamoDB did not start: ${program} --db-path ${database ?? '(memory)'}`);
}

function findProgram(): string {
  try {
    return createRequire(import.meta.url).resolve('@dynoxide/linux-x64/dynoxide');
  } catch (cause) {
    throw new Error(
      'the embedded DynamoDB runs on Linux x64 only, with the optional package @dynoxide/linux-x64; elsewhere start ' +
        'another one, such as DynamoDB Local, and set its URL: AWS_ENDPOINT_URL_DYNAMODB=http://localhost:8000',
      { cause },
    );
  }
}

/**
 * Runs it under a shell that stops it when the shell's input ends: so it stops with this process, even if that is killed.
 * Detached, because Ctrl-C would otherwise stop it before the running requests have ended.
 */
function run(program: string, port: number, database: string | undefined): ChildProcess {
  const store = database === undefined ? [] : ['--db-path', database];
  const script = '"$0" "$@" </dev/null & cat; kill $!; wait $!';
  return spawn('sh', ['-c', script, program, '--port', String(port), ...store], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
}

/**
 * Adds the index that dynoxide 1.2.1 lacks: it finds the number of a new stream record by reading all records of the table,
 * so that each write costs more than the one before. Its own statements use the index. Measured with 130,000 records: 20,000
 * pages of the file read for each write, 10 with the index.
 */
function indexStreamRecords(database: string): void {
  const connection = new DatabaseSync(database);
  try {
    connection.exec(
      'CREATE INDEX IF NOT EXISTS stream_records_by_number ON _stream_records (table_name, CAST(sequence_number AS INTEGER))',
    );
  } finally {
    connection.close();
  }
}

/** Ends its input; if that does not stop it, kills it and the shell. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  const overdue = setTimeout((group) => process.kill(-group, 'SIGKILL'), END_MILLISECONDS, child.pid);
  child.stdin?.end();
  await ended;
  clearTimeout(overdue);
}

/** Writes that are under way take a few milliseconds. */
const END_MILLISECONDS = 5000;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function answers(url: string): Promise<boolean> {
  for (let tries = 0; tries < 300; tries += 1) {
    const answered = await fetch(url, { method: 'POST' }).then(
      () => true,
      () => false,
    );
    if (answered) return true;
    await wait(10);
  }
  return false;
}
