import { type ScalarTag, stringify } from 'yaml';

/*
 * How text is written for its readers: YAML here, words of POSIX sh (shell.ts) and PowerShell (powershell.ts), literal
 * dollar signs (dollars.ts), and scripts with other variables (script.ts). This room imports nothing of
 * shared/elastic.
 *
 * - Whatever the text is, the reader gets that text: values of callers are quoted, never pasted. Tests draw them at
 *   random and ask the real readers.
 * - Where readers differ, the form is the one that all read alike: YAML that 1.1 and 1.2 agree on, words in single
 *   quotes for shells.
 * - What needs no quotes has none: people read kits.
 */

/**
 * Strings that every reader reads as the same string without quotes: a letter or a slash first, then what paths,
 * addresses and names are made of, and none of {@link WORDS}. Other numbers, dates, times, merge keys, aliases and tags
 * start with other characters.
 */
const PLAIN = /^[A-Za-z/](?:[A-Za-z0-9_.:/@%+=-]*[A-Za-z0-9/])?$/;

/**
 * What YAML 1.1 or 1.2 reads as something else (yaml.org/type/bool.html and null.html; YAML 1.2.2, section 10.3), and
 * exponents without a number, which eemeli/yaml reads as a number in YAML 1.1.
 */
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|e[-+]?[0-9]+)$/i;

/** Several lines of printable ASCII, the first neither empty nor indented, the last not empty: fit for a block. */
const BLOCK = /^[\x21-\x7e][\x20-\x7e]*\n(?:(?:[\x20-\x7e]*\n)*[\x20-\x7e]+\n?)?$/;

/**
 * YAML that people can read and paste, and that readers of YAML 1.1 (go-yaml, sigs.k8s.io/yaml, PyYAML) and 1.2 read
 * alike: what they could read differently is in double quotes, in ASCII only. Long lines are not folded, because paths
 * and PEM must stay whole, and there are no aliases.
 */
export function yaml(value: object): string {
  return stringify(value, {
    lineWidth: 0,
    aliasDuplicateObjects: false,
    customTags: (tags) => [STRING, ...tags],
  });
}

/** Several documents, as `kubectl apply` reads them. */
export function yamlDocuments(values: readonly object[]): string {
  return values.map(yaml).join('---\n');
}

/** Writes every string, including keys, instead of the library's own tag, which is safe only in YAML 1.2. */
const STRING: ScalarTag = {
  identify: (value) => typeof value === 'string',
  default: true,
  tag: 'tag:yaml.org,2002:str',
  resolve: (text) => text,
  stringify: ({ value }, { indent, implicitKey }) => {
    const text = String(value);
    if (PLAIN.test(text) && !WORDS.test(text)) return text;
    return BLOCK.test(text) && implicitKey !== true ? block(text, indent) : quoted(text);
  },
};

/** A literal block scalar (YAML 1.2.2, section 8.1.2; the same in 1.1): `-` if the text ends without a line break. */
function block(text: string, indent: string): string {
  const lines = text.replace(/\n$/, '').split('\n');
  const indented = lines.map((line) => (line === '' ? '' : indent + line));
  return [text.endsWith('\n') ? '|' : '|-', ...indented].join('\n');
}

/** As in JSON, and in ASCII: YAML has its own escape for characters that need more than four digits. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[^\x20-\x7e]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}
