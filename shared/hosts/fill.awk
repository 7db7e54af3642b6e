# Replaces the placeholder of each file named in its arguments, and nothing else that looks like one, with the contents
# of the file without the last line break, escaped for a double-quoted string: JSON (RFC 8259 section 7) and YAML (1.2.2
# section 7.3.1) agree on \\, \" and \n. If the quote before the placeholder is itself escaped (YAML within JSON), the
# contents are escaped twice. A file with ${, $$ or $} is refused: programs of Elastic replace these in every setting, and
# no escape works in all of them. No text of the kit has two placeholders for one file, so a second one did not come from
# the service. POSIX awk, with LC_ALL=C; without single quotes, so that it fits between them.
function fail(why) { print "fleetseal: " why | "cat 1>&2"; close("cat 1>&2"); exit 1 }
function contents(path,   line, text, state, count) {
  while ((state = (getline line < path)) > 0) {
    sub(/\r$/, "", line)
    text = text (count++ ? "\n" : "") line
  }
  if (state < 0 || text == "") fail("cannot read " path)
  if (match(text, /[$][{$}]/)) fail(path " contains " substr(text, RSTART, 2) ", which programs of Elastic replace: use another passphrase")
  close(path)
  return text
}
function escape(text,   i, c, out) {
  for (i = 1; i <= length(text); i++) {
    c = substr(text, i, 1)
    if (c == "\n") c = "\\n"
    else if (c == "\\" || c == "\"") c = "\\" c
    else if (c < " ") fail("a file contains a control character")
    out = out c
  }
  return out
}
function find(text,   i, at) {
  file = 0
  for (i = 1; i <= count; i++) {
    at = index(text, "{{file:" files[i] "}}")
    if (at > 0 && (file == 0 || at < start)) { file = i; start = at }
  }
  return file
}
BEGIN { count = ARGC - 1; for (i = 1; i <= count; i++) files[i] = ARGV[i]; ARGC = 1 }
{ rest = rest (NR > 1 ? "\n" : "") $0 }
END {
  while (find(rest)) {
    if (filled[file]++) fail("the text has two placeholders for " files[file])
    text = escape(contents(files[file]))
    if (substr(rest, start - 2, 2) == "\\\"") text = escape(text)
    done = done substr(rest, 1, start - 1) text
    rest = substr(rest, start + length(files[file]) + 9)
  }
  print done rest
}
