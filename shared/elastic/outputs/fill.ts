import { shellWord } from '../syntax/shell.ts';

/** Stands for the contents of a file on the host, which this service must not know. */
export function placeholder(path: string): string {
  return `{{file:${path}}}`;
}

/** Whether a text holds a {@link placeholder}. */
export function hasPlaceholder(text: string): boolean {
  return text.includes('{{file:');
}

/** The beginning of a {@link placeholder}: no text of a caller may hold it, or the host would fill in a file of theirs. */
export const PLACEHOLDER_START = '{{';

/**
 * Replaces each placeholder by the contents of its file without the last line break, escaped for the double-quoted
 * string that it stands in: JSON (RFC 8259 section 7) and YAML (1.2.2 section 7.3.1) agree on `\\`, `\"` and `\n`.
 * Where the quote before it is escaped itself (YAML within JSON) it is escaped twice. POSIX awk; no single quotes, so
 * that it fits between them.
 */
const FILL = `
function fail(why) { print "fleetseal: " why | "cat 1>&2"; close("cat 1>&2"); exit 1 }
function contents(path,   line, text, state, count) {
  while ((state = (getline line < path)) > 0) {
    sub(/\\r$/, "", line)
    text = text (count++ ? "\\n" : "") line
  }
  if (state < 0 || text == "") fail("cannot read " path)
  close(path)
  return text
}
function escape(text,   i, c, out) {
  for (i = 1; i <= length(text); i++) {
    c = substr(text, i, 1)
    if (c == "\\n") c = "\\\\n"
    else if (c == "\\\\" || c == "\\"") c = "\\\\" c
    else if (c < " ") fail("a file holds a control character")
    out = out c
  }
  return out
}
{ rest = rest (NR > 1 ? "\\n" : "") $0 }
END {
  while ((start = index(rest, "{{file:")) > 0) {
    path = substr(rest, start + 7)
    path = substr(path, 1, index(path, "}}") - 1)
    text = escape(contents(path))
    if (substr(rest, start - 2, 2) == "\\\\\\"") text = escape(text)
    done = done substr(rest, 1, start - 1) text
    rest = substr(rest, start + 9 + length(path))
  }
  print done rest
}`;

/**
 * A filter for a POSIX shell: any text of the kit on its standard input, the same with the files filled in on its
 * output. Bytes are bytes (`LC_ALL=C`).
 */
export const FILL_COMMAND = `LC_ALL=C awk ${shellWord(FILL.trimStart())}`;
