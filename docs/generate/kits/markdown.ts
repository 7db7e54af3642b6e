import { isDeepStrictEqual } from 'node:util';
import { Repeated } from './repeated.ts';

/** What the page has shown already. */
export class Shown {
  /** Folded texts, each with the title of the example that it stands in. */
  readonly folded = new Map<string, string>();
  readonly repeated = new Repeated();
}

/** A text of at least so many lines is shown once, and folded. */
const LONG = 25;

/** The command of a call sends it: the call itself is folded too. */
const FOLDED: readonly string[] = ['create', 'update'];

/** Of the parts of a kit, by the names of their fields. */
export const LANGUAGES: Readonly<Record<string, string>> = {
  shell: 'sh',
  powershell: 'powershell',
  command: 'sh',
  commands: 'sh',
  fill: 'sh',
  prepare: 'sh',
  systemd: 'sh',
  cron: 'sh',
  fetch: 'sh',
  yaml: 'yaml',
  standalone: 'yaml',
  kibanaYml: 'yaml',
  beatsYml: 'yaml',
  curl: 'sh',
  envoy: 'yaml',
  static: 'yaml',
  dynamic: 'yaml',
  apache: 'apache',
  caddy: 'caddyfile',
  manifests: 'yaml',
  patches: 'yaml',
  compose: 'yaml',
  helmValues: 'yaml',
  elasticsearchYml: 'yaml',
  nginx: 'nginx',
  kafkaProperties: 'properties',
};

/** Every part of a kit under its own name, whatever parts there are: a new one needs nothing here. */
export function sections(parts: object, example: string, shown: Shown): string {
  return leaves(parts, [])
    .map((leaf) => leafText(leaf, example, shown))
    .join('\n\n');
}

function leafText({ path, language, text }: Leaf, example: string, shown: Shown): string {
  if (language === 'prose') return text;
  if (language === 'text' && !text.trimEnd().includes('\n')) return `\`${path}\`: ${prose(text)}`;
  const before = shown.folded.get(text);
  if (before !== undefined) return `\`${path}\`: the same as in [${prose(before)}](#${anchor(before)}).`;
  const isLong = text.split('\n').length >= LONG;
  // JSON has no comments.
  const shortened =
    isLong && language !== 'json' ? shown.repeated.without(text, path, example) : text.trimEnd();
  const block = `\`\`\`${language}\n${shortened}\n\`\`\``;
  if (!isLong && !FOLDED.includes(path.split('.').at(-1) ?? '')) return `\`${path}\`\n\n${block}`;
  shown.folded.set(text, example);
  return `<details>\n<summary><code>${path}</code></summary>\n\n${block}\n\n</details>`;
}

interface Leaf {
  readonly path: string;
  readonly language: string;
  readonly text: string;
}

function leaves(value: unknown, path: readonly string[]): readonly Leaf[] {
  const name = path.at(-1) ?? '';
  const leaf = (language: string, text: string): readonly Leaf[] => [
    { path: path.join('.'), language, text },
  ];
  if (typeof value === 'string') return leaf(languageOf(path), value);
  if (value === null || typeof value !== 'object') return leaf('json', JSON.stringify(value));
  if (name === 'tokenRequest') return leaf('json', JSON.stringify(value, null, 2));
  if (name === 'environment')
    return leaf('properties', lines(Object.entries(value).map((pair) => pair.join('='))));
  if ('title' in value && 'detail' in value) {
    const { title, detail, ...rest } = value;
    return [
      {
        path: '',
        language: 'prose',
        text: `**${path.join('.')}: ${prose(String(title))}.** ${prose(String(detail))}`,
      },
      ...leaves(rest, path),
    ];
  }
  if ('create' in value && 'update' in value && isUpdate(value.create, value.update)) {
    const { method, path: address } = value.update;
    const text = `${method} ${address}, with the headers and the body of create, but without id`;
    return Object.entries(value).flatMap(([key, item]) =>
      key === 'update'
        ? { path: [...path, key].join('.'), language: 'text', text }
        : leaves(item, [...path, key]),
    );
  }
  // A call of an API is one thing, and the command that sends it another.
  if ('method' in value || name === 'body') {
    const { command, ...call }: { readonly command?: unknown } = value;
    const sends = command === undefined ? [] : leaves(command, [...path, 'command']);
    return [...leaf('json', JSON.stringify(call, null, 2)), ...sends];
  }
  if (Array.isArray(value) && value.every((item) => typeof item === 'string'))
    return value.length === 0 ? [] : leaf(languageOf(path), lines(value));
  const quoted = 'shell' in value || 'powershell' in value;
  return Object.entries(value)
    .filter(([key]) => !(quoted && key === 'arguments'))
    .flatMap(([key, item]) => leaves(item, [...path, key]));
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: object;
}

function isCall(value: unknown): value is Call {
  return typeof value === 'object' && value !== null && 'method' in value && 'body' in value;
}

/** Whether a call that changes an object says no more than the one that creates it. */
function isUpdate(create: unknown, update: unknown): update is Call {
  if (!isCall(create) || !isCall(update)) return false;
  const others = Object.entries(create.body).filter(([name]) => name !== 'id');
  return isDeepStrictEqual(Object.fromEntries(others), update.body);
}

/** The outermost name that has one decides: `systemd.nginx` is a shell's, not nginx's. */
function languageOf(path: readonly string[]): string {
  return path.map((name) => LANGUAGES[name]).find((language) => language !== undefined) ?? 'text';
}

/** One below the other; apart where one has several lines itself. */
function lines(items: readonly string[]): string {
  return items.join(items.some((item) => item.includes('\n')) ? '\n\n' : '\n');
}

/** A text that reads as it is: what Markdown would take for its own is escaped (CommonMark 2.4; `_` counts at the edge of a word). */
export function prose(text: string): string {
  return text.replace(
    /[\\`*<~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|&(?=[A-Za-z#])|\](?=[([])/g,
    (character) => `\\${character}`,
  );
}

/** The same within a cell of a table. */
export function cell(text: string): string {
  return prose(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** As GitHub makes it of a heading. */
export function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}
