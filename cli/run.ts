import { CommanderError } from '@commander-js/extra-typings';
import { CommandError } from './command-error.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { renderError } from './output/error.ts';
import { createProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

/**
 * Runs one command.
 *
 * @param args without the program: `['tokens', 'list']`.
 * @returns its exit code, see {@link EXIT_CODES}.
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const json = args.includes('--json');
  const program = createProgram(terminal, { json });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return EXIT_CODES.done.code;
  } catch (error) {
    terminal.progress('');
    if (error instanceof CommanderError) return endOf(error, json, terminal);
    terminal.note(renderError(error, json));
    return EXIT_CODES[error instanceof CommandError ? error.exit : 'failed'].code;
  }
}

/** commander has shown help, version or error itself; errors for programs are left to us. */
function endOf({ exitCode, code, message }: CommanderError, json: boolean, terminal: Terminal): number {
  if (exitCode === 0) return EXIT_CODES.done.code;
  const detail = message.replace(/^error: /, '');
  if (json && code !== 'commander.help') terminal.note(renderError(new CommandError('usage', detail), true));
  return EXIT_CODES.usage.code;
}
