import type { Command } from '@commander-js/extra-typings';
import { wholeNumber } from '../arguments/numbers.ts';

/** The options of every listing. */
export function pageOptions(command: Command) {
  return command
    .option('--limit <number>', 'how many at most (default: 50)', wholeNumber(1, 1_000_000))
    .option('--all', 'all of them, however many pages');
}
