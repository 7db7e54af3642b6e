import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, run } from '../../support/command.ts';
import { once, pythonPackages } from '../install.ts';

/** What a reader made of a text: its documents, or why it could not read it. */
export type Reading = readonly unknown[] | string;

/** Other people's readers of YAML, and Kubernetes' expansion of `$(NAME)`. */
export interface TextJudges {
  /** By the name of the reader, for each text. */
  readonly read: (texts: readonly string[]) => Readonly<Record<string, readonly Reading[]>>;
  /** Each value with `<NAME>` in the place of `$(NAME)`: every variable is defined. */
  readonly expand: (values: readonly string[]) => readonly string[];
  /** The name of what expands. */
  readonly expansion: string;
  /** What programs of Elastic make of each value of a setting; null if they cannot read it. */
  readonly configure: (settings: readonly string[]) => readonly (string | null)[];
  readonly configuration: string;
}

const SOURCE = join(import.meta.dirname, 'go');
const SCRIPT = join(import.meta.dirname, 'reader.py');
const PINS = 'yaml-requirements.txt';

/** Builds and installs them, once. @throws Error that says what is missing. */
export async function textJudges(say: (line: string) => void): Promise<TextJudges> {
  const sources = ['go.mod', 'go.sum', 'main.go'].map((file) => join(SOURCE, file));
  const go = await once('text', sources, say, buildReader);
  const python = await once('pyyaml', [PINS], say, (into) => pythonPackages(PINS, into));
  const askGo = (request: object) => ask(join(go, 'text'), [], { texts: [], values: [], ...request });
  return {
    read: (texts) => {
      const { readers } = askGo({ texts });
      return {
        [`yaml.v2 ${pinned('gopkg.in/yaml.v2')}`]: readers.v2.map(decoded),
        [`yaml.v3 ${pinned('gopkg.in/yaml.v3')}`]: readers.v3.map(decoded),
        [`sigs.k8s.io/yaml ${pinned('sigs.k8s.io/yaml')}`]: readers.sigs.map(decoded),
        [readFileSync(join(SOURCE, '../../tools', PINS), 'utf8')
          .match(/^PyYAML==.*/m)?.[0]
          .replace('==', ' ') ?? 'PyYAML']: ask(join(python, 'bin/python'), [SCRIPT], { texts }).map(decoded),
      };
    },
    expand: (values) => askGo({ values }).values,
    configure: (settings) => askGo({ settings }).settings,
    configuration: `go-ucfg ${pinned('github.com/elastic/go-ucfg')}`,
    expansion: `Kubernetes $(NAME) ${pinned('k8s.io/kubernetes')}`,
  };
}

async function buildReader(directory: string): Promise<void> {
  if ((await run('go', ['version'])).code !== 0)
    throw new Error('readers of YAML are built with Go 1.26 or later: install it from https://go.dev/dl');
  const args = ['build', '-o', join(directory, 'text'), '.'];
  await mustRun('go', args, { cwd: SOURCE, env: { GOFLAGS: '-mod=readonly' } });
}

function ask(program: string, args: readonly string[], request: object) {
  const limits = { encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  return JSON.parse(execFileSync(program, args, { input: JSON.stringify(request), ...limits }));
}

function pinned(module: string): string {
  const line = readFileSync(join(SOURCE, 'go.mod'), 'utf8')
    .split('\n')
    .find((text) => text.trim().startsWith(`${module} v`));
  return line?.trim().split(' ')[1]?.replace(/^v/, '') ?? 'unknown';
}

/** Names of fields come as data, in lists with their values: V8 now and then misreads a name of one escaped character. */
function decoded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decoded);
  if (typeof value !== 'object' || value === null || !('fields' in value)) return value;
  const fields = value.fields as readonly (readonly [string, unknown])[];
  return Object.fromEntries(fields.map(([name, field]) => [name, decoded(field)]));
}
