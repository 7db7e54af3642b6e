import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { mustRun } from '../../support/command.ts';
import { openssl } from '../../support/openssl.ts';
import { debianProgram } from '../install.ts';
import type { Host } from './host.ts';

/** TLS servers in a Java program of their own, one after the other; see `java/Server.java`. */
export interface JavaServers {
  /** For example `Java 17.0.15`. */
  readonly version: string;
  /** Starts one with the host's files. Answers its port. @throws Error where Java does not take them. */
  readonly listen: (style: ServerStyle, host: Host) => Promise<number>;
  /** Of the next connection: `accepted <subject>`, or `refused <why>`. */
  readonly outcome: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** Whose files and settings: Logstash takes PEM with a PKCS#8 key, Elasticsearch PKCS#12 as well. */
export type ServerStyle = 'Logstash' | 'Elasticsearch';

const SOURCE = join(import.meta.dirname, 'java/Server.java');
const PASSWORD = 'changeit';

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
    listen: async (style, host) => {
      const files = style === 'Logstash' ? pemFiles(host) : await pkcs12Files(host);
      const answer = await ask('listen', ...files);
      if (answer.startsWith('!'))
        throw new Error(`Java does not take the files of ${host.issued.name}: ${answer}`);
      return Number(answer);
    },
    outcome: () => ask('outcome'),
    stop: () => {
      program.stdin.end();
      return ended.promise;
    },
  };
}

function pemFiles({ certificate, key, ca }: Host): readonly string[] {
  return ['pem', certificate, key, ca];
}

async function pkcs12Files({ directory, certificate, key, ca }: Host): Promise<readonly string[]> {
  const [keys, trust] = [join(directory, 'http.p12'), `${ca}.p12`];
  const password = ['-passout', `pass:${PASSWORD}`];
  openssl('pkcs12', '-export', '-in', certificate, '-inkey', key, '-out', keys, ...password);
  const store = ['-keystore', trust, '-storetype', 'PKCS12', '-storepass', PASSWORD];
  await mustRun('keytool', ['-importcert', '-noprompt', '-alias', 'ca', '-file', ca, ...store]);
  return ['pkcs12', keys, trust, PASSWORD];
}
