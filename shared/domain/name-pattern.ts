import type { CommonName } from './common-name.ts';
import type { DnsName } from './dns-name.ts';

/**
 * A pattern of names in a bootstrap token, in lower case as names are: `*` stands for one or more characters other than
 * `.`, so `*.example.com` never covers a deeper name; every other character stands for itself.
 */
export type NamePattern = string & { readonly __brand: 'NamePattern' };

/** What a pattern of common names may be: every character of it stands for at least one of a name's 64. */
export const NAME_PATTERN_FORM = /^(?!.*\*\*)[A-Za-z0-9._*-]{1,64}$/;

/**
 * Reads a pattern in either case. Undefined where `text` has characters that no name can have, or `**`, which would mean
 * the same as `*`.
 */
export function parseNamePattern(text: string): NamePattern | undefined {
  return /^(?!.*\*\*)[A-Za-z0-9._*-]{1,253}$/.test(text) ? (text.toLowerCase() as NamePattern) : undefined;
}

/**
 * Whether `name` fits `pattern`. Walks both once with one place to go back to, so the time is at most the product of
 * their lengths however many `*` there are (a regular expression could be made to backtrack without bound).
 */
export function matchesPattern(pattern: NamePattern, name: CommonName | DnsName): boolean {
  let p = 0;
  let star = -1;
  let resume = 0;
  for (let n = 0; n < name.length; ) {
    if (pattern[p] === '*' && name[n] !== '.') {
      star = p++;
      resume = ++n;
    } else if (p < pattern.length && pattern[p] !== '*' && pattern[p] === name[n]) {
      p++;
      n++;
    } else if (star >= 0 && name[resume] !== '.' && resume < name.length) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  return p === pattern.length;
}
