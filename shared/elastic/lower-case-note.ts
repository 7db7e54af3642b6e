import type { CommonName } from '../domain/common-name.ts';
import { applicable, type Note } from './note.ts';

/** Says that a certificate holds a name in lower case, where it was asked for in another. */
export function lowerCaseNotes(asked: string, name: CommonName): readonly Note[] {
  return applicable([
    asked !== name && {
      code: 'name_in_lower_case',
      severity: 'info',
      message: `The name "${asked}" is certified and recorded as "${name}": host names have no case. Every request takes it in either case.`,
      source: 'RFC 4343',
    },
  ]);
}
