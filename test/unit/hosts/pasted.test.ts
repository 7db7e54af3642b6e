import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PASTED, scriptText } from '../../../docs/generate/hosts/scripts.ts';
import { BUNDLE_PATH, caCertificatePath } from '../../../shared/domain/revocation-points.ts';

/** Variables that zsh has a use for: an assignment to them fails, or changes where it looks for programs (zshparam(1)). */
const OF_ZSH =
  /^ *(?:argv|cdpath|fignore|fpath|mailpath|manpath|options|path|pipestatus|psvar|status|watch)=/m;

/** What zsh takes for an event of its history outside of single quotes, also within double quotes (zshexpn(1), "Event Designators"). */
const HISTORY = /![^\s=(]/;
const unquoted = (script: string) => script.replace(/'[^']*'/g, "''");

const DOCS = join(import.meta.dirname, '../../../docs');

describe.each(PASTED)('%s, which people paste', (name) => {
  const pasted = scriptText(name);

  test('assigns no variable that means something to zsh', () => {
    expect(pasted).not.toMatch(OF_ZSH);
  });

  test('has no comments, which an interactive zsh does not know', () => {
    expect(pasted).not.toMatch(/(^|\s)#/);
  });
});

test.each(PASTED.filter((name) => name.endsWith('.sh')))(
  '%s has no event of the history of an interactive zsh',
  (name) => {
    expect(unquoted(scriptText(name))).not.toMatch(HISTORY);
  },
);

test.each(['README.md', ...readdirSync(DOCS).filter((name) => name.endsWith('.md'))])(
  'commands in %s have neither',
  (name) => {
    const text = readFileSync(join(name === 'README.md' ? join(DOCS, '..') : DOCS, name), 'utf8');
    // What the page leaves out is not pasted from there.
    const whole = text.replace(/^ *# \d+ lines as in .*\n/gm, '');
    for (const [, block = ''] of whole.matchAll(/^```sh\n(.*?)^```$/gms)) {
      expect(unquoted(block)).not.toMatch(HISTORY);
      expect(unquoted(block)).not.toMatch(/(^|\s)#/);
    }
  },
);

test('refresh-lists.sh fetches what the service publishes', () => {
  const script = scriptText('refresh-lists.sh');
  expect(script.match(/\$url\/\S+?(?=["])/g)).toEqual([
    `$url${caCertificatePath('$id')}`,
    `$url${BUNDLE_PATH}`,
    `$url${BUNDLE_PATH}`,
  ]);
});
