import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { mustRun } from '../../support/command.ts';
import { debianProgram } from '../install.ts';
import type { ListenWords } from './java-servers.ts';

/** TLS servers in a Java program of their own, one after the other; see `java/Server.java`. */
export interface JavaServers {
  /** For example `Java 17.0.15`. */
  readonly version: string;
  /** Starts one. Answers its port. @throws Error where Java does not take the files. */
  readonly listen: (words: ListenWords) => Promise<number>;
  /** Of the next connection: `accepted <subject>`, or `refused <why>`. */
  readonly outcome: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

const SOURCE = join(import.meta.dirname, 'java/Server.java');

export async function startJava(say: (line: string) => void): Promise<JavaServers> {
  await debianProgram('java', ['-version'], 'default-jdk-headless', say);
  const version = /version "([\d.]+)/.exec(await mustRun('sh', ['-c', 'java -version 2>&1']))?.[1];
  const program = spawn('java', [SOURCE], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = Promise.withResolvers<void>();
  program.on('close', () => ended.resolve());
  program.on('error', (error) => ended.reject(error));
  const lines = createInterface(program.stdout)[Symbol.asyncIterator]();
  const ask = async (...words: readonly string[]): Promise<string> => {
    program.stdin.write(`${words.join('\t')}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error('the Java program ended');
    return value;
  };
  return {
    version: `Java ${version}`,
    listen: async (words) => {
      const answer = await ask('listen', ...words);
      if (answer.startsWith('!')) throw new Error(`Java does not take ${words.join(' ')}: ${answer}`);
      return Number(answer);
    },
    outcome: () => ask('outcome'),
    stop: () => {
      program.stdin.end();
      return ended.promise;
    },
  };
}
