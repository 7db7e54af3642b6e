import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** An embedded DynamoDB: the dynoxide program, in a process of its own. */
export interface Dynoxide {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts dynoxide and waits until it answers.
 *
 * @param database SQLite file that keeps the tables; in memory without.
 * @throws Error that says what to do where there is no dynoxide for this machine.
 */
export async function startDynoxide(database?: string): Promise<Dynoxide> {
  const program = findProgram();
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const child = run(program, port, database);
    if (await answers(url)) return { url, stop: () => end(child) };
    await end(child);
  }
  throw new Error(`the embedded DynamoDB does not start: ${program} --db-path ${database ?? '(memory)'}`);
}

function findProgram(): string {
  try {
    return createRequire(import.meta.url).resolve('@dynoxide/linux-x64/dynoxide');
  } catch (cause) {
    throw new Error(
      'there is no embedded DynamoDB for this machine (package @dynoxide/linux-x64 exists for Linux on x64 only); ' +
        'start DynamoDB Local, for example, and set AWS_ENDPOINT_URL_DYNAMODB=http://localhost:8000',
      { cause },
    );
  }
}

/**
 * Runs it under a shell that ends it when the shell's input ends: so it ends with us, also when we are killed. Detached,
 * since Ctrl-C would reach it before we have finished what we are busy with.
 */
function run(program: string, port: number, database: string | undefined): ChildProcess {
  const store = database === undefined ? [] : ['--db-path', database];
  const script = '"$0" "$@" </dev/null & cat; kill $!; wait $!';
  return spawn('sh', ['-c', script, program, '--port', String(port), ...store], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
}

/** Ends it with its input; what does not end so is killed, shell and all. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  const overdue = setTimeout((group) => process.kill(-group, 'SIGKILL'), END_WITHIN, child.pid);
  child.stdin?.end();
  await ended;
  clearTimeout(overdue);
}

/** Milliseconds; it takes a few to write what is in flight. */
const END_WITHIN = 5000;

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
