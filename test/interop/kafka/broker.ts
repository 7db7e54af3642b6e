import { type ChildProcess, spawn } from 'node:child_process';
import { once as event } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { mustRun } from '../../support/command.ts';
import { debianProgram, once } from '../install.ts';

const POM = join(import.meta.dirname, 'pom.xml');
const CLIENT = join(import.meta.dirname, 'java/Client.java');

/** Kafka's programs. */
export interface Kafka {
  readonly classpath: string;
  readonly version: string;
}

/** Gets Kafka from Maven Central, once. @throws Error that says what is missing. */
export async function installKafka(say: (line: string) => void): Promise<Kafka> {
  await debianProgram('java', ['-version'], 'default-jdk-headless', say);
  await debianProgram('mvn', ['-version'], 'maven', say);
  const jars = await once('kafka', [POM], say, (into) =>
    mustRun('mvn', ['-q', '-B', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${into}`]),
  );
  const version = /<version>(\d+\.[\d.]+)</.exec(readFileSync(POM, 'utf8'))?.[1] ?? 'unknown';
  return { classpath: join(jars, '*'), version };
}

/** A broker with its controller (KRaft), its properties in a file. */
export interface Broker {
  readonly stop: () => Promise<void>;
}

/** @throws Error with its last words where it does not listen on the port. */
export async function startBroker(classpath: string, properties: string, port: number): Promise<Broker> {
  const java = (...args: readonly string[]) => ['-Xmx512m', '-cp', classpath, ...args];
  const format = ['format', '--cluster-id', 'MkU3OEVBNTcwNTJENDM2Qg', '--config', properties];
  await mustRun('java', java('kafka.tools.StorageTool', ...format));
  const child = spawn('java', java('kafka.Kafka', properties), { stdio: ['ignore', 'pipe', 'pipe'] });
  const words: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => words.push(String(text)));
  if (!(await listens(child, port))) {
    child.kill('SIGKILL');
    throw new Error(`Kafka does not start: ${words.join('').slice(-3000)}`);
  }
  return { stop: () => ended(child) };
}

/** For 60 seconds at most. */
async function listens(child: ChildProcess, port: number): Promise<boolean> {
  for (let tries = 0; tries < 600 && child.exitCode === null; tries++) {
    const socket = connect(port, '127.0.0.1');
    const opened = await Promise.race([
      event(socket, 'connect').then(() => true),
      event(socket, 'close'),
    ]).catch(() => false);
    socket.destroy();
    if (opened === true) return true;
    await after(100);
  }
  return false;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const closed = event(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

/** A producer and administrator in a program of its own. */
export interface Client {
  /** @returns `ok`, or `refused` and why */
  readonly ask: (...words: readonly string[]) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** @param host - the name that is this machine for the program */
export function startClient(classpath: string, directory: string, host: string): Client {
  const hosts = join(directory, 'hosts');
  writeFileSync(hosts, `127.0.0.1 ${host} localhost\n`);
  const child = spawn('java', [`-Djdk.net.hosts.file=${hosts}`, '-cp', classpath, CLIENT], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    ask: async (...words) => {
      child.stdin.write(`${words.join('\t')}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error('the client of Kafka ended');
      return value;
    },
    stop: () => ended(child),
  };
}
