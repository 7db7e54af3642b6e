import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, run } from '../../support/command.ts';
import { once } from '../install.ts';

/** AWS's own programs around a function, built from their sources. */
export interface LambdaPrograms {
  /** The Runtime Interface Emulator: stands for Lambda, starts the client, and passes it events. */
  readonly emulator: string;
  /** The Runtime Interface Client: the module that loads a handler and asks Lambda for events. */
  readonly client: string;
}

const EMULATOR = 'github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie';
const source = (...parts: readonly string[]) => join(import.meta.dirname, ...parts);

/** Builds them, once. @throws Error that says what is missing. */
export async function lambdaPrograms(say: (line: string) => void): Promise<LambdaPrograms> {
  const modules = ['go.mod', 'go.sum'].map((file) => source('go', file));
  const emulator = await once('lambda-emulator', modules, say, buildEmulator);
  const packages = ['package.json', 'package-lock.json'].map((file) => source('client', file));
  const client = await once('lambda-client', packages, say, buildClient);
  return {
    emulator: join(emulator, 'aws-lambda-rie'),
    client: join(client, 'node_modules/aws-lambda-ric/index.mjs'),
  };
}

async function buildEmulator(directory: string): Promise<void> {
  if ((await run('go', ['version'])).code !== 0)
    throw new Error(
      'the emulator of Lambda is built with Go 1.26.6 or later: install it from https://go.dev/dl',
    );
  const args = ['build', '-o', join(directory, 'aws-lambda-rie'), EMULATOR];
  await mustRun('go', args, { cwd: source('go'), env: { GOFLAGS: '-mod=readonly' } });
}

/** Its package brings the sources of libcurl and of a library of AWS in C++, and builds them when it is installed. */
async function buildClient(directory: string): Promise<void> {
  for (const program of ['cmake', 'make', 'c++', 'xz'])
    if ((await run(program, ['--version'])).code !== 0)
      throw new Error(
        `the client of Lambda is built with ${program} (Debian: apt-get install cmake g++ make xz-utils)`,
      );
  cpSync(source('client'), directory, { recursive: true });
  await mustRun('npm', ['ci', '--no-audit', '--no-fund'], { cwd: directory });
}
