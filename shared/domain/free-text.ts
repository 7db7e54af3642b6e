/** What a rule lets pass that {@link freeTextProblem} refuses by default. */
export interface FreeTextOptions {
  /** Whether CR and LF may be in it, as in PEM. @default false */
  readonly lineBreaks?: boolean;
}

/**
 * Cc, Cf, Zl and Zp up to U+FFFF, without CR and LF, as members of a character class. Readers of JSON Schema have no
 * common way to name a category.
 */
const UNFIT =
  '\\x00-\\x09\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\xad\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u180e' +
  '\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2064\\u2066-\\u206f\\ufeff\\ufff9-\\ufffb';

/**
 * The rule of {@link freeTextProblem} as a pattern without flags, for the API's description. It takes too much, never too
 * little: format characters above U+FFFF and lone surrogates too. `{` and `$` stand where no `{` follows.
 */
export function freeTextForm({ lineBreaks = false }: FreeTextOptions = {}): RegExp {
  const unfit = lineBreaks ? UNFIT : `\\n\\r${UNFIT}`;
  return new RegExp(`^(\\{?\\$*[^${unfit}{$])*\\{?\\$*$`);
}

/**
 * What would make a text of a caller something else where it is read again: in YAML, a shell, a log, a terminal, or a
 * template of Elastic, Docker or this service. The ONE rule for every string that a caller sends; a test walks the
 * schemas of all requests and fails for a string without it.
 *
 * - Lone surrogates: no encoding has them, so readers disagree on what they are.
 * - Control (Cc), format (Cf), line and paragraph separator characters (Zl, Zp): U+0085, U+2028 and U+2029 end a line in
 *   YAML 1.1, others are invisible or turn the direction of what follows (CVE-2021-42574).
 * - `{{` and `${`: placeholders of kits, and variables of Elastic's and of Docker's files.
 *
 * @returns the end of a sentence that begins with the field's name, with the way out; undefined where the text is fit
 * @example freeTextProblem('rack\u2028 4') // 'contains U+2028, a control, format or separator character: remove it'
 */
export function freeTextProblem(
  text: string,
  { lineBreaks = false }: FreeTextOptions = {},
): string | undefined {
  if (!text.isWellFormed()) return 'contains half of a surrogate pair, which is not a character: remove it';
  const [character] =
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.exec(lineBreaks ? text.replace(/[\r\n]/g, '') : text) ?? [];
  if (character !== undefined)
    return `contains ${nameOf(character)}, a control, format or separator character: remove it`;
  const [template] = /\{\{|\$\{/.exec(text) ?? [];
  if (template !== undefined) return `contains "${template}", which templates replace: remove it`;
  return undefined;
}

/** `U+2028`. */
function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
