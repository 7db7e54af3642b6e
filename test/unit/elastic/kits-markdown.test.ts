import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { marked } from 'marked';
import { anchor, cell, prose } from '../../../docs/generate/kits/markdown.ts';
import { Repeated } from '../../../docs/generate/kits/repeated.ts';
import { readable } from './readable.ts';

const inline = async (markdown: string) => readable(await marked.parseInline(markdown));

describe('prose', () => {
  test.each([
    { name: 'what looks like a tag', text: 'with /s/<space> where there is one' },
    { name: 'asterisks', text: 'names of the form node-*-a, or *, and *.example.com' },
    { name: 'underscores at the edge of words', text: 'the es_ fields, _security and agent_' },
    { name: 'a path of Windows', text: 'C:\\ProgramData\\*.key and \\\\host\\share' },
    { name: 'backticks', text: 'between ` and `' },
    { name: 'an entity', text: 'a &amp; b &#42;' },
    { name: 'what looks like a link', text: 'outputs[0](first) and [a][b]' },
    { name: 'tildes', text: 'from ~/.kube to ~~/x~~' },
  ])('$name: reads as it is', async ({ text }) => {
    expect(await inline(prose(text))).toBe(text);
  });

  test('reads as it is, whatever it is', async () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab1 \\`*_<>{}[]()#+-.!|~&;:/"\'='), maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(text, async (words) => {
        expect(await inline(prose(`a${words}a`))).toBe(`a${words}a`);
      }),
      { numRuns: 2000 },
    );
  });

  test('leaves words with underscores as they are', () => {
    expect(prose('KIBANA_API_KEY, xpack.fleet.outputs')).toBe('KIBANA_API_KEY, xpack.fleet.outputs');
  });
});

describe('a cell', () => {
  test('keeps within its column and its row', async () => {
    const html = await marked.parse(`| a | b |\n|---|---|\n| ${cell('x | y\nz *')} | 1 |`);
    expect(html.match(/<td>[^<]*<\/td>/g)).toEqual(['<td>x | y z *</td>', '<td>1</td>']);
  });
});

test('an anchor is as GitHub makes it', () => {
  expect(anchor("Agents in the pods of Elastic's DaemonSet, 9.5")).toBe(
    'agents-in-the-pods-of-elastics-daemonset-95',
  );
});

describe('what is repeated', () => {
  const program = (name: string) => Array.from({ length: 15 }, (_, i) => `${name} ${i}`);
  const text = (...lines: readonly string[]) => `${lines.join('\n')}\n`;

  test('is shown once, and then a comment where it stood, as far as it goes, at its indentation', () => {
    const page = new Repeated();
    const first = text('(', ...program('a'), ')');
    expect(page.without(first, 'one.command', 'One')).toBe(first.trimEnd());
    const indented = program('a').map((line) => `  ${line}`);
    expect(page.without(text('{', ...indented, 'more'), 'two.command', 'Two')).toBe(
      '{\n  # 15 lines as in one.command of "One"\nmore',
    );
    expect(page.without(text('<', ...program('a'), ')'), 'other', 'One')).toBe(
      '<\n# 16 lines as in one.command',
    );
  });

  test('is shown again if it is short, or stands twice in one text', () => {
    const page = new Repeated();
    const twice = text(...program('b'), ...program('b'));
    expect(page.without(twice, 'one', 'One')).toBe(twice.trimEnd());
    const short = text(...program('b').slice(0, 11), 'else');
    expect(page.without(short, 'two', 'Two')).toBe(short.trimEnd());
  });
});
