/**
 * The beginning of a text that a caller chose, for a message: at most `length` characters (80 by default), then `...`
 * where it goes on. Characters that are not seen, or change how others are shown, are written out as `\u{202e}`: control
 * (Cc), format (Cf), line and paragraph separator characters (Zl, Zp). Lone surrogates become U+FFFD.
 */
export function excerpt(text: string, length = 80): string {
  // Written out it is never shorter, so that no more of a long text need be looked at.
  return cut(writtenOut(text.slice(0, length + 1)), length);
}

/** The same for a text that is encoded afterwards: all characters but lone surrogates stay what they are. */
export function cut(text: string, length: number): string {
  return (text.length <= length ? text : `${text.slice(0, length)}...`).toWellFormed();
}

function writtenOut(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** A value of a caller in quotes, for a message: its first 64 characters, control characters escaped as in JSON. */
export function quote(value: string): string {
  return JSON.stringify(value.slice(0, 64));
}
