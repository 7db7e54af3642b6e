import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Terminal } from '../terminal.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import type { Shell } from './shells.ts';
import { wordsOf } from './words.ts';
import { zshCompletion } from './zsh.ts';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** Writes the completion script of a shell, made from the commands as they are. */
export function writeCompletion(program: CommandUnknownOpts, shell: Shell, terminal: Terminal): void {
  terminal.write(SCRIPTS[shell](wordsOf(program)));
}
