import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';

import { styleText } from 'node:util';
import { CommandError } from './command-error.ts';

/** How a cell or a word is shown where there is colour. */
export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red';

/** Where a command reads and writes: results on standard output, everything else on standard error. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  now(): number;
  /** Characters of a line of standard output; undefined where it is not a terminal: lines are never cut there. */
  readonly width: number | undefined;
  /** Writes to standard output. */
  write(text: string): void;
  /** Writes a line to standard error, without the secret of any token in it. */
  note(line: string): void;
  /** Shows what is going on in place of the last progress; nothing where standard error is not a terminal. */
  progress(text: string): void;
  /** The text in the style, or plain where standard output takes no colour. */
  style(style: Style, text: string): string;
  /** Asks on the terminal; undefined where there is no terminal to ask on. @throws CommandError `failed` at Ctrl-C or Ctrl-D. */
  ask(question: string): Promise<string | undefined>;
}

interface Process {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
}

/** Below this nothing readable fits. */
const NARROWEST = 40;

/** The terminal that a process has. `NO_COLOR` (no-color.org) and `TERM=dumb` turn colours off. */
export function createTerminal({ env, stdin, stdout, stderr }: Process): Terminal {
  const colour = stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  let shown = '';
  const clear = () => {
    if (shown !== '') stderr.write('\r\u001b[K');
    shown = '';
  };
  return {
    env,
    now: () => Date.now(),
    width: stdout.isTTY === true ? Math.max(NARROWEST, stdout.columns ?? 80) : undefined,
    write(text) {
      clear();
      stdout.write(text);
    },
    note(line) {
      clear();
      stderr.write(`${withoutSecrets(line)}\n`);
    },
    progress(text) {
      if (stderr.isTTY !== true) return;
      clear();
      shown = text.slice(0, (stderr.columns ?? 80) - 1);
      stderr.write(shown);
    },
    style: (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text),
    async ask(question) {
      if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined;
      clear();
      const reader = createInterface({ input: stdin, output: stderr });
      // The end of the input and Ctrl-C or Ctrl-D are no answer, and no default either.
      const ended = once(reader, 'close').then(() => undefined);
      const answer = await Promise.race([reader.question(question).catch(unlessAborted), ended]);
      reader.close();
      if (answer !== undefined) return answer;
      stderr.write('\n');
      throw new CommandError('failed', 'Nothing was done: the question was not answered.');
    },
  };
}

/** readline rejects the question at Ctrl-C and Ctrl-D. */
function unlessAborted(error: { readonly name?: string }): undefined {
  if (error.name !== 'AbortError') throw error;
}

/** A token that somebody put in the wrong place is not repeated in an error; its id is. */
function withoutSecrets(text: string): string {
  return text.replace(/(fst_[0-9A-Za-z]+)_[0-9A-Za-z]{8,}/g, '$1_...');
}
