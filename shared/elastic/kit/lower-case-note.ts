import type { CommonName } from '../../domain/common-name.ts';
import { applicable, type Note } from './note.ts';

/** A note if a certificate has its name in lower case, but it was requested otherwise. */
export function lowerCaseNotes(asked: string, name: CommonName): readonly Note[] {
  return applicable([
    asked !== name && {
      code: 'name_in_lower_case',
      severity: 'info',
      message: `The name "${asked}" is certified and recorded as "${name}", because host names are not case-sensitive. Requests accept it in upper or lower case.`,
      source: 'RFC 4343',
    },
  ]);
}
