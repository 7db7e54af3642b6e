import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { settingsProblems } from '../../infra/settings/settings.ts';
import { settingsStarter } from '../../infra/settings/starter.ts';
import { CommandError } from '../command-error.ts';
import type { Terminal } from '../terminal.ts';
import { askSettings } from './questions.ts';

export interface InitOptions {
  readonly file: string;
  readonly authority?: string | undefined;
  /** @default false */
  readonly defaults?: true | undefined;
}

/**
 * Writes the first file of settings.
 *
 * @throws CommandError `failed` if the file exists; `usage` for a wrong name, or if there is no terminal to ask on.
 */
export async function initSettings(terminal: Terminal, options: InitOptions): Promise<void> {
  const { file, authority = 'fleet', defaults = false } = options;
  if (existsSync(file)) throw exists(file);
  const [problem] = settingsProblems({ authority });
  if (problem !== undefined) throw new CommandError('usage', `--${problem}`);
  const settings = defaults ? { authority } : await askSettings(terminal, authority);
  write(file, settingsStarter(settings));
  terminal.note(`\n${file} is written. Look through it, and keep it under version control.`);
  terminal.note(`Then deploy, in the checkout of fleetseal:  ${deployCommand(file)}`);
}

/** The file needs no name where cdk finds it by itself. */
function deployCommand(file: string): string {
  const path = resolve(file);
  const isFound = basename(path) === 'fleetseal.json' && existsSync(join(dirname(path), 'cdk.json'));
  return `npx cdk deploy --all${isFound ? '' : ` -c fleetseal=${path}`}`;
}

/** Never over a file that came meanwhile. */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw exists(file);
    if (code === 'ENOENT')
      throw new CommandError('failed', `${file} cannot be written: ${dirname(resolve(file))} does not exist`);
    throw new CommandError('failed', `${file} cannot be written: ${message}`, { cause });
  }
}

function exists(file: string): CommandError {
  return new CommandError(
    'failed',
    `${file} exists and was left as it is: change it in an editor, or name another file with --file`,
  );
}
