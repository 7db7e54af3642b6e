import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { marked } from 'marked';
import { kitOf, kitsDocument } from '../../../docs/generate/kits/document.ts';
import { EXAMPLES, GROUPS, REFUSALS } from '../../../docs/generate/kits/examples.ts';
import { anchor } from '../../../docs/generate/kits/markdown.ts';
import { requestsOf } from '../../../docs/generate/kits/requests.ts';
import { createTokenBody, readTokenBody } from '../../../functions/create-token/request.ts';
import { enrollBody } from '../../../functions/enroll/request.ts';
import { renderKitBody } from '../../../functions/render-kit/request.ts';
import { instant } from '../../../shared/domain/instant.ts';
import { PROFILES } from '../../../shared/domain/profile.ts';
import { checkAllowed, readNames } from '../../../shared/issuance/check-names.ts';
import { createToken } from '../../../shared/issuance/create-token.ts';
import { fakeStore } from '../../fakes/store.ts';
import { readable } from './readable.ts';

const FILE = new URL('../../../docs/kits.md', import.meta.url);
const written = kitsDocument();
const unfolded = written.replace(/<details>[\s\S]*?<\/details>/g, '');
const all = [...EXAMPLES, ...REFUSALS];

/** As a reader sees it, on one line. */
const page = readable(await marked.parse(written)).replace(/\s+/g, ' ');

/** What the page shows below the title of an example. */
function below(title: string): string {
  return written.split(/^(?=## )/m).find((part) => part.startsWith(`## ${title}\n`)) ?? '';
}

describe('docs/kits.md', () => {
  test('is what the code renders, line by line; `npm run docs` writes it anew', () => {
    expect(written.split('\n')).toEqual(readFileSync(FILE, 'utf8').split('\n'));
  });

  test('shows at least a dozen kits, each under a title of its own', () => {
    expect(EXAMPLES.length).toBeGreaterThanOrEqual(12);
    expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
  });

  test('holds no private key', () => {
    // The scripts that encrypt keys name the lines between which there would be one.
    expect(written).not.toMatch(/PRIVATE KEY-----\s+[A-Za-z0-9+/=]/);
  });

  test('has a target for every link within it', () => {
    const headings = [...written.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => anchor(title));
    const ids = [...written.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id);
    const links = [...written.matchAll(/\]\(#([^)]+)\)/g)].map(([, target = '']) => target);
    expect(new Set(ids).size).toBe(ids.length);
    expect(links.filter((link) => ![...headings, ...ids].includes(link))).toEqual([]);
    expect(ids.filter((id) => !links.includes(id))).toEqual([]);
  });

  test('lists each example below its group, and what is refused apart', () => {
    const contents = written.slice(
      written.indexOf('\n## Examples\n'),
      written.indexOf(`\n## ${EXAMPLES[0]?.title}`),
    );
    const lines = contents.split('\n').filter((line) => /^(?:\*\*|- )/.test(line));
    const listed = Object.entries({ ...GROUPS, 'What is refused': REFUSALS }).flatMap(([group, examples]) => [
      `**${group}**`,
      ...examples.map(({ title }) => `- [${title}](#${anchor(title)})`),
    ]);
    expect(lines).toEqual(listed);
  });

  test('shows no long stretch of a program twice', () => {
    const blocks = [...written.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
      .filter(([, language, block = '']) => language !== 'json' && block.split('\n').length > 25)
      .map(([, , block = '']) => block.split('\n').map((line) => line.trim()));
    const seen = new Set<string>();
    for (const lines of blocks) {
      const runs = lines.slice(12).map((_, at) => lines.slice(at, at + 12).join('\n'));
      expect(runs.filter((run) => seen.has(run))).toEqual([]);
      for (const run of runs) seen.add(run);
    }
    expect(written.split('\n').length).toBeLessThan(6_200);
  });

  test('folds the calls of which the command sends one', () => {
    expect(written).toMatch(/<summary><code>\S+\.create<\/code>/);
    expect(unfolded).not.toMatch(/^`\S+\.(?:create|update)`$/m);
  });
});

describe('the notes of docs/kits.md', () => {
  test.each(EXAMPLES)('$title: are read as they are written', (example) => {
    for (const { message, source } of kitOf(example).kit.notes)
      expect(page).toContain(`: ${message} (${source})`.replace(/\s+/g, ' '));
  });

  test.each(EXAMPLES)('$title: are each listed once, warnings first and never folded', (example) => {
    const listed = [
      ...(below(example.title)
        .split('\nNotes:\n')[1]
        ?.matchAll(/^- (\*\*warning\*\* )?\[?`([a-z0-9_]+)`/gm) ?? []),
    ].map(([, warning, code]) => `${warning === undefined ? 'info' : 'warning'} ${code}`);
    const notes = kitOf(example).kit.notes.map(({ severity, code }) => `${severity} ${code}`);
    expect([...listed].sort()).toEqual([...notes].sort());
    expect(listed.findLastIndex((one) => one.startsWith('warning'))).toBe(
      notes.filter((one) => one.startsWith('warning')).length - 1,
    );
  });

  test('are told once each', () => {
    const told = unfolded.split('\n').filter((line) => /^- .*`[a-z0-9_]+`: .*\)\*$/.test(line));
    const texts = told.map((line) => line.replace(/<a id="[^"]+"><\/a>/, ''));
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.length).toBeGreaterThan(100);
  });
});

describe('what docs/kits.md asks for', () => {
  test.each(all)('$title: is read by the API as it is', (example) => {
    const { enroll, kit } = requestsOf(example);
    expect(enrollBody.safeParse(enroll).success).toBe(true);
    expect(renderKitBody.parse(kit)).toEqual(kit);
  });

  test.each(EXAMPLES)(
    '$title: has the names that its token allows and its profile needs',
    async (example) => {
      const { token, enroll } = requestsOf(example);
      const store = fakeStore();
      const random = (n: number) => new Uint8Array(n);
      const deps = { tokens: store, authority: store, clock: () => instant(0), random };
      const { record } = await createToken(
        deps,
        readTokenBody(createTokenBody.parse(token)),
        'arn:aws:iam::1:user/a',
      );
      const names = readNames({ dnsNames: [], ipAddresses: [], ...enroll });
      expect(() => checkAllowed(record, names)).not.toThrow();
    },
  );

  const servers = EXAMPLES.filter(({ profile }) => PROFILES[profile].extendedKeyUsage[0] === 'serverAuth');
  test.each(servers)('$title: shows the names of the server', ({ title, dnsNames }) => {
    expect(dnsNames?.length).toBeGreaterThan(0);
    const list = JSON.stringify(dnsNames);
    expect(below(title)).toContain(`"dns":${list}}\`, and the enrollment has \`"dnsNames":${list}\`.`);
  });
});
