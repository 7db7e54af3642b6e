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
  const program = createProgram(terminal);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return EXIT_CODES.done.code;
  } catch (error) {
    terminal.progress('');
    // commander has said it already; only help and version end well.
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? EXIT_CODES.done.code : EXIT_CODES.usage.code;
    terminal.note(renderError(error, args.includes('--json')));
    return EXIT_CODES[error instanceof CommandError ? error.exit : 'failed'].code;
  }
}
