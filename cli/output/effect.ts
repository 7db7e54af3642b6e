import type { Terminal } from '../terminal.ts';
import { plain } from './plain.ts';
import { wrap } from './wrap.ts';

/** Each place in the words of the service; commands stand on lines of their own, to be copied. */
export function renderEffect(effect: Readonly<Record<string, unknown>>, terminal: Terminal): string {
  const texts = Object.entries(effect).filter(([, value]) => typeof value === 'string');
  const all = Object.values(effect).flatMap((value) => (Array.isArray(value) ? value.map(String) : []));
  // Certificates of one host share their commands.
  const commands = [...new Set(all)];
  const width = Math.max(0, ...texts.map(([where]) => where.length)) + 2;
  const lines = texts.map(
    ([where, what]) =>
      `${where.padEnd(width)}${wrap(plain(String(what)), ' '.repeat(width), terminal.width)}\n`,
  );
  return [
    ...lines,
    ...commands.map(
      (command) =>
        `\n${command
          .split('\n')
          .map((line) => plain(line))
          .join('\n')}\n`,
    ),
  ].join('');
}
