/**
 * The beginning of a text that somebody else chose, for a message: at most `length` characters (80 by default), then
 * `...` where it goes on. Lone surrogates become U+FFFD.
 */
export function excerpt(text: string, length = 80): string {
  return (text.length <= length ? text : `${text.slice(0, length)}...`).toWellFormed();
}
