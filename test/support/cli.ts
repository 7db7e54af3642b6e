import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Terminal } from '../../cli/terminal.ts';
import { TestCloud } from './cloud.ts';
import { type Outcome, run } from './command.ts';

/** The entry point. */
export const MAIN = join(import.meta.dirname, '..', '..', 'cli', 'main.ts');

/** Variables of this shell that would change what the command line does. */
const UNSET = {
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_SESSION_TOKEN: undefined,
  AWS_PROFILE: undefined,
  AWS_REGION: undefined,
  AWS_DEFAULT_REGION: undefined,
  FLEETSEAL_URL: undefined,
  FLEETSEAL_CA_FILE: undefined,
  FLEETSEAL_DATA: undefined,
  NODE_EXTRA_CA_CERTS: undefined,
  NO_COLOR: undefined,
};

/** Runs the command line as a process of its own. */
export function fleetseal(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Outcome> {
  return run(process.execPath, [MAIN, ...args], { env: { ...UNSET, ...env } });
}

/** A local cloud whose data directory the command line reads with `--local`. */
export async function startCloudForCli() {
  const data = mkdtempSync(join(tmpdir(), 'fleetseal-cli-'));
  const cloud = await TestCloud.start({ data });
  return {
    cloud,
    data,
    local: (...args: string[]) => fleetseal([...args, '--local'], { FLEETSEAL_DATA: data }),
  };
}

/** A terminal that keeps what is written to it. */
export function fakeTerminal({ width }: { readonly width?: number } = {}) {
  const written = { out: '', err: '' };
  const terminal: Terminal = {
    env: {},
    now: () => Date.parse('2026-11-28T06:00:00Z'),
    width,
    write(text) {
      written.out += text;
    },
    note(line) {
      written.err += `${line}\n`;
    },
    progress() {},
    style: (_, text) => text,
    ask: async () => undefined,
  };
  return { terminal, written };
}

/** For sessions without a service: no text is expected. */
export async function noText(path: string): Promise<never> {
  throw new Error(`unexpected request for the text of ${path}`);
}
