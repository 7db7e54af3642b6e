import * as z from 'zod/mini';
/** What a string must be, in words and as far as JSON Schema can say it. */
export interface Format {
  /** Its name in the API's description. @default - described in place */
  readonly id?: string;
  /** Ends the sentence "must be ..."; shown to the caller, and in the API's description. */
  readonly rule: string;
  /** What breaks the rule, where that can be named: follows "it". */
  readonly problem?: (text: string) => string | undefined;
  /** Takes everything that the rule allows; without flags, since JSON Schema has none. */
  readonly pattern?: RegExp;
  /** Further keywords of JSON Schema (2020-12). */
  readonly schema?: Readonly<Record<string, unknown>>;
}

/** The keywords of a format, for the API's description; they check nothing. */
export function describeFormat({ id, rule, pattern, schema }: Format) {
  return z.meta({
    ...(id === undefined ? {} : { id }),
    description: rule,
    ...(pattern ? { pattern: pattern.source } : {}),
    ...schema,
  });
}
