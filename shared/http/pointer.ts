import { cut, excerpt } from '../errors/excerpt.ts';

/** Names of fields come from the caller: what is longer or deeper than any of ours is cut, so that responses stay small. */
const MAX_NAME = 64;
const MAX_PARTS = 16;

/**
 * JSON pointer as URI fragment (RFC 6901 section 6): `['names', 'dns', 0]` becomes `#/names/dns/0`. Names of more than
 * 64 characters are cut, and so is what lies deeper than 16 levels; lone surrogates become U+FFFD.
 */
export function pointerOf(path: readonly PropertyKey[]): string {
  return `#${path
    .slice(0, MAX_PARTS)
    .map((part) => `/${encode(cut(String(part), MAX_NAME))}`)
    .join('')}`;
}

/** The same place as people write it: `names.dns[0]`; empty for the whole. */
export function placeOf(path: readonly PropertyKey[]): string {
  return path
    .slice(0, MAX_PARTS)
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${excerpt(String(part), MAX_NAME)}`))
    .join('')
    .replace(/^\./, '');
}

function encode(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}
