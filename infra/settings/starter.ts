import * as z from 'zod/mini';
import { SETTINGS } from './settings.ts';

/** The longest line of a comment. */
const WIDTH = 110;

const HEAD = `The settings of a deployment of fleetseal. Lines that begin with "//" are comments: what they show is the default. docs/settings.md has the parts of each setting, and what can be changed later.`;

/**
 * The text of a first file of settings: those given, and all others as comments, each below its meaning.
 *
 * @param given right settings, as in a file
 */
export function settingsStarter(given: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(SETTINGS.shape).map(
    ([name, schema]) => `${comment(z.globalRegistry.get(schema)?.description ?? name)}\n${line(name, given)}`,
  );
  return `${indented(comment(HEAD), '')}\n{\n${parts.map((part) => indented(part, '  ')).join('\n\n')}\n}\n`;
}

/** The setting, or a comment with its default. */
function line(name: string, given: Readonly<Record<string, unknown>>): string {
  if (Object.hasOwn(given, name)) return `${member(name, given[name])},`;
  const fallback = DEFAULTS[name];
  return fallback === undefined
    ? `// "${name}" is not set.`
    : `${member(name, fallback)},`.replace(/^/gm, '// ');
}

/** Of all that have one. */
const DEFAULTS: Readonly<Record<string, unknown>> = SETTINGS.parse({ authority: 'unset' });

function member(name: string, value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return `"${name}": ${text.length < WIDTH / 2 ? JSON.stringify(value) : text}`;
}

/** Words in lines of a comment. */
function comment(text: string): string {
  const lines: string[] = [];
  let current = '//';
  for (const word of text.split(' ')) {
    if (current.length + word.length + 1 > WIDTH - 2) {
      lines.push(current);
      current = '//';
    }
    current += ` ${word}`;
  }
  return [...lines, current].join('\n');
}

function indented(text: string, by: string): string {
  return text.replace(/^(?=.)/gm, by);
}
