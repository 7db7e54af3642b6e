import { excerpt } from '../errors/excerpt.ts';

/** Names of fields come from the caller: what is longer than any of ours is cut, so that responses stay small. */
const MAX_NAME = 64;

/**
 * JSON pointer as URI fragment (RFC 6901 section 6): `['names', 'dns', 0]` becomes `#/names/dns/0`. Names of more than
 * 64 characters are cut; lone surrogates become U+FFFD.
 */
export function pointerOf(path: readonly PropertyKey[]): string {
  return `#${path.map((part) => `/${encode(shortName(part))}`).join('')}`;
}

/** The same place as people write it: `names.dns[0]`; empty for the whole. */
export function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${shortName(part)}`))
    .join('')
    .replace(/^\./, '');
}

function shortName(part: PropertyKey): string {
  return excerpt(String(part), MAX_NAME);
}

function encode(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}
