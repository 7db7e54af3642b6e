import type { CommonName } from '../../domain/common-name.ts';
import { applicable, info, type Note } from './note.ts';

/** A note if a certificate has its name in lower case, but it was requested otherwise. */
export function lowerCaseNotes(asked: string, name: CommonName): readonly Note[] {
  return applicable([
    asked !== name &&
      info(
        'name_in_lower_case',
        `The name "${asked}" is certified and recorded as "${name}", because host names are not case-sensitive. Requests accept it in upper or lower case.`,
        'RFC 4343',
      ),
  ]);
}
