import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { confirm } from '../../../cli/output/confirm.ts';
import { createTerminal } from '../../../cli/terminal.ts';
import { fakeTerminal } from '../../support/cli.ts';

interface Options {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** What somebody types. @default - nothing; the input ends */
  readonly typed?: string;
}

function terminalWith({ isTTY = true, columns = 100, env = {}, typed = '' }: Options) {
  const stream = () => Object.assign(new PassThrough(), { isTTY, columns });
  const [stdin, stdout, stderr] = [stream(), stream(), stream()];
  stdin.end(typed);
  const text = (each: PassThrough) => String(each.read() ?? '');
  return {
    terminal: createTerminal({ env, stdin, stdout, stderr }),
    out: () => text(stdout),
    err: () => text(stderr),
  };
}

describe('a terminal', () => {
  test('has colours and a width', () => {
    const { terminal } = terminalWith({});
    expect(terminal.style('red', 'x')).toBe('\u001b[31mx\u001b[39m');
    expect(terminal.width).toBe(100);
  });

  test.each([
    { name: 'NO_COLOR', options: { env: { NO_COLOR: '1' } } },
    { name: 'TERM=dumb', options: { env: { TERM: 'dumb' } } },
    { name: 'a pipe', options: { isTTY: false } },
  ])('has none with $name', ({ options }) => {
    expect(terminalWith(options).terminal.style('red', 'x')).toBe('x');
  });

  test('that is a pipe has no width, and no progress', () => {
    const { terminal, err } = terminalWith({ isTTY: false });
    terminal.progress('working');
    expect({ width: terminal.width, err: err() }).toEqual({ width: undefined, err: '' });
  });

  test('takes progress away before anything else is written', () => {
    const { terminal, err } = terminalWith({});
    terminal.progress('working');
    terminal.note('done');
    expect(err()).toBe('working\r\u001b[Kdone\n');
  });

  test('never shows the secret of a token in what goes to standard error', () => {
    const { terminal, err } = terminalWith({});
    terminal.note(`no certificate fst_A1b2C3d4E5f6G7h8_${'s'.repeat(43)} here`);
    expect(err()).toBe('no certificate fst_A1b2C3d4E5f6G7h8_... here\n');
  });
});

describe('a confirmation', () => {
  test.each([
    { typed: 'yes\n', done: true },
    { typed: ' YES \n', done: true },
    { typed: 'y\n', done: false },
    { typed: '\n', done: false },
  ])('by $typed is one: $done', async ({ typed, done }) => {
    const { terminal } = terminalWith({ typed });
    const confirmed = confirm(terminal, 'All of it.', false);
    if (done) await confirmed;
    else
      await expect(confirmed).rejects.toMatchObject({
        exit: 'failed',
        message: 'Nothing was done: it was not confirmed.',
      });
  });

  test.each([
    { name: 'the end of the input', typed: '' },
    { name: 'Ctrl-C', typed: 'ye\u0003' },
    { name: 'Ctrl-D', typed: '\u0004' },
  ])('is not $name', async ({ typed }) => {
    const { terminal } = terminalWith({ typed });
    await expect(confirm(terminal, 'All of it.', false)).rejects.toMatchObject({
      exit: 'failed',
      message: 'Nothing was done: the question was not answered.',
    });
  });

  test('is needed on a terminal, or by --yes', async () => {
    const { terminal, written } = fakeTerminal();
    await expect(confirm(terminal, 'All of it.', false)).rejects.toMatchObject({ exit: 'usage' });
    await confirm(terminal, 'All of it.', true);
    expect(written.err).toBe('All of it.\nAll of it.\n');
  });
});
