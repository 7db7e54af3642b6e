import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAIN } from '../../support/cli.ts';
import { mustRun } from '../../support/command.ts';
import { debianPackages } from '../install.ts';
import type { Check } from '../report.ts';

/** What is typed, and what the only completion makes of it. */
const LINES: readonly { readonly typed: string; readonly completed: string }[] = [
  { typed: 'tok', completed: 'tokens' },
  { typed: 'tokens cre', completed: 'tokens create' },
  { typed: 'tokens create --profile fleet', completed: 'tokens create --profile fleet-server' },
  { typed: 'certs list --expir', completed: 'certs list --expiring' },
  { typed: '--local certificates rev', completed: '--local certificates revoke' },
  { typed: 'certificates revoke --reason key', completed: 'certificates revoke --reason keyCompromise' },
  { typed: 'names unb', completed: 'names unblock' },
  { typed: 'doctor --off', completed: 'doctor --offline' },
  { typed: 'completion f', completed: 'completion fish' },
];

/** The completion scripts of the command line in the real zsh and fish; bash is tested by `npm test`. */
export async function completionChecks(say: (line: string) => void): Promise<readonly Check[]> {
  await debianPackages(['zsh', 'fish'], say);
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-completion-'));
  const [zsh, fish] = await Promise.all([throughZsh(directory), throughFish(directory)]);
  return LINES.flatMap(({ typed, completed }, index) => [
    check('zsh', typed, completed, zsh[index]),
    check('fish', typed, completed, fish[index]),
  ]);
}

function check(judge: string, typed: string, completed: string, said: string | undefined): Check {
  const passed = said === completed;
  const text = `completes "${typed}" to "${said}", not "${completed}"`;
  return {
    subject: `fleetseal ${typed}`,
    judge,
    passed,
    findings: passed ? [] : [{ severity: 'error', text }],
  };
}

async function writeScript(shell: string, directory: string): Promise<string> {
  const file = join(directory, `fleetseal.${shell}`);
  writeFileSync(file, await mustRun(process.execPath, [MAIN, 'completion', shell]));
  return file;
}

async function throughZsh(directory: string): Promise<readonly string[]> {
  const driver = join(import.meta.dirname, 'drive.zsh');
  const lines = LINES.map(({ typed }) => `fleetseal ${typed}`);
  const env = { HOME: directory, TERM: 'xterm' };
  const output = await mustRun('zsh', ['-f', driver, await writeScript('zsh', directory), ...lines], { env });
  return output.trimEnd().split('\n');
}

/** fish prints what it would offer for the last word, with a description behind a tab. */
async function throughFish(directory: string): Promise<readonly string[]> {
  const script = await writeScript('fish', directory);
  const offers = LINES.map(async ({ typed }) => {
    const program = 'source $argv[1]; complete -C $argv[2]';
    const env = { HOME: directory, XDG_CONFIG_HOME: directory };
    const output = await mustRun('fish', ['-c', program, script, `fleetseal ${typed}`], { env });
    const words = output
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t')[0] ?? '');
    return [...typed.split(' ').slice(0, -1), words.join('|')].join(' ');
  });
  return Promise.all(offers);
}
