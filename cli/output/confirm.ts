import { CommandError } from '../command-error.ts';
import type { Terminal } from '../terminal.ts';

/**
 * Lets somebody confirm what can't be undone. What it will do stands before the question.
 *
 * @param yes whether `--yes` has confirmed it.
 * @throws CommandError `usage` where there is no terminal to ask on, `failed` where the answer is not yes.
 */
export async function confirm(terminal: Terminal, plan: string, yes: boolean): Promise<void> {
  terminal.note(plan.trimEnd());
  if (yes) return;
  const answer = await terminal.ask('This cannot be undone. Type "yes" to go on: ');
  if (answer === undefined)
    throw new CommandError(
      'usage',
      'Nothing was done: there is no terminal to confirm it on. Pass --yes to confirm it.',
    );
  if (answer.trim().toLowerCase() !== 'yes')
    throw new CommandError('failed', 'Nothing was done: it was not confirmed.');
}
