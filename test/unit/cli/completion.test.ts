import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../../../cli/run.ts';
import { fakeTerminal } from '../../support/cli.ts';
import { mustRun } from '../../support/command.ts';

async function scriptOf(shell: string): Promise<string> {
  const { terminal, written } = fakeTerminal();
  expect(await run(['completion', shell], terminal)).toBe(0);
  return written.out;
}

describe('completion in bash', () => {
  let file: string;
  beforeAll(async () => {
    file = join(mkdtempSync(join(tmpdir(), 'fleetseal-completion-')), 'fleetseal.bash');
    writeFileSync(file, await scriptOf('bash'));
  });

  /** What bash offers at the end of a line. */
  async function offered(line: string, cwd = '/'): Promise<readonly string[]> {
    const program = `source "$1"; COMP_WORDS=($2); if [[ $2 == *' ' ]]; then COMP_WORDS+=(''); fi
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _fleetseal; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const stdout = await mustRun('bash', ['-eu', '-c', program, 'bash', file, line], { cwd });
    return stdout.split('\n').filter((each) => each !== '');
  }

  test.each([
    { line: 'fleetseal tok', offers: ['tokens'] },
    { line: 'fleetseal tokens cr', offers: ['create'] },
    { line: 'fleetseal tokens ', offers: ['create', 'list', 'show', 'revoke'] },
    { line: 'fleetseal certs list --expir', offers: ['--expiring'] },
    { line: 'fleetseal certificates revoke --reason key', offers: ['keyCompromise'] },
    { line: 'fleetseal tokens create --profile fleet', offers: ['fleet-server'] },
    { line: 'fleetseal tokens create --name ', offers: [] },
    { line: 'fleetseal --url https://x tokens li', offers: ['list'] },
    { line: 'fleetseal tokens list --js', offers: ['--json'] },
    { line: 'fleetseal completion ', offers: ['bash', 'zsh', 'fish'] },
  ])('$line offers $offers', async ({ line, offers }) => {
    expect(await offered(line)).toEqual(offers);
  });

  test('files where an option takes one, directories where it takes a directory', async () => {
    expect(await offered('fleetseal kit --deployment pass', '/etc')).toContain('passwd');
    expect(await offered('fleetseal kit --out et', '/')).toEqual(['etc']);
  });

  test('options where there is nothing else', async () => {
    expect(await offered('fleetseal tokens list ')).toEqual(
      expect.arrayContaining(['--limit', '--all', '--json', '--help']),
    );
  });
});

test.each(['bash', 'zsh', 'fish'])('the script of %s says every command', async (shell) => {
  const script = await scriptOf(shell);
  for (const word of ['tokens', 'certificates', 'history', 'revoke', 'names', 'keys', 'kit', 'trust'])
    expect(script).toContain(word);
});

test('another shell is refused, with those that there are', async () => {
  const { terminal, written } = fakeTerminal();
  expect(await run(['completion', 'tcsh'], terminal)).toBe(2);
  expect(written.err).toContain(
    "argument value 'tcsh' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish.",
  );
});
