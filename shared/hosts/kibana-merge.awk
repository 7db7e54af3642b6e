# Merges the body of a kit into an object of Kibana: a JSON merge patch (RFC 7396), with what Kibana needs besides.
#
# Reads the body, then what GET returned. Its argument lists the fields that an update must send back, because Kibana
# resets them if they are left out. Prints what changed, or that nothing did, and on the next line the body of the update.
#
# - host_urls: an address is added to those that are there. config_yaml: the block ssl is replaced, all else stays.
# - A key is a text in ssl or a secret: the one that the kit has replaces the other. Kibana does not show secrets, so one
#   that is there counts as the same until the certificate changes; FLEETSEAL_REPLACE=1 sends it again.
# - Other paths of a certificate or key may be those of other hosts, which would lose theirs: they are replaced only with
#   FLEETSEAL_REPLACE=1.
#
# An object is count[at], key[at, n] and its members at (at, key); any other value is value[at], without spaces between
# its parts. \001 stands for an escaped backslash: JSON cannot contain it. POSIX awk, with LC_ALL=C; no single quotes.
function fail(why) { print "fleetseal: " why | "cat 1>&2"; close("cat 1>&2"); exit 1 }
function token(   text) {
  if (!match(rest, /^[ \t\r\n]*("([^"\\]|\\.)*"|[^][{}:, \t\r\n"]+|[][{}:,])/)) fail("Kibana did not return JSON")
  text = substr(rest, 1, RLENGTH)
  rest = substr(rest, RLENGTH + 1)
  sub(/^[ \t\r\n]+/, "", text)
  return text
}
function read(at,   text, depth) {
  text = token()
  if (text == "{") {
    count[at] = 0
    while ((text = token()) != "}") if (text != ",") { key[at, ++count[at]] = text; token(); read(at SUBSEP text) }
    return
  }
  value[at] = text
  for (depth = text == "["; depth; value[at] = value[at] text) { text = token(); depth += (text == "[") - (text == "]") }
}
function json(at,   i, member, out) {
  if (!(at in count)) return value[at]
  for (i = 1; i <= count[at]; i++) {
    member = at SUBSEP key[at, i]
    if (!(member in count) || count[member]) out = out (out == "" ? "" : ",") key[at, i] ":" json(member)
  }
  return "{" out "}"
}
function has(at) { return at in count || at in value }
function put(at, name, text) {
  if (!has(at SUBSEP name)) key[at, ++count[at]] = name
  delete count[at SUBSEP name]
  value[at SUBSEP name] = text
}
function drop(at, name,   i, n) {
  if (!has(at SUBSEP name)) return 0
  delete value[at SUBSEP name]
  delete count[at SUBSEP name]
  for (i = 1; i <= count[at]; i++) if (key[at, i] != name) key[at, ++n] = key[at, i]
  return 1 + (count[at] = n + 0)
}
function noted(list, text) { return list (list == "" ? "" : ", ") text }
function restored(text,   n, i, out, parts) {
  n = split(text, parts, "\001")
  for (i = 1; i <= n; i++) out = out (i > 1 ? "\\\\" : "") parts[i]
  return out
}
function yaml(old, new,   lines, n, i, ours, block, out) {
  gsub(/\\\\/, "\001", old)
  n = split(substr(old, 2, length(old) - 2), lines, /\\n/)
  for (i = 1; i <= n; i++) if (lines[i] != "") {
    if (lines[i] !~ /^[# ]/) ours = lines[i] ~ /^ssl:/
    if (ours && lines[i] !~ /^#/) block = block lines[i] "\\n"
    else out = out lines[i] "\\n"
  }
  block = "\"" restored(block) "\""
  if (block != "\"\"" && block != new && block !~ /-----BEGIN/) others = noted(others, "config_yaml is " block)
  return "\"" restored(out) substr(new, 2)
}
function merge(from, at, label,   i, name, a, b, l, old, new) {
  for (i = 1; i <= count[from]; i++) {
    name = key[from, i]
    a = from SUBSEP name
    b = at SUBSEP name
    l = label substr(name, 2, length(name) - 2)
    if (a in count) {
      if (!(b in count)) { put(at, name); delete value[b]; count[b] = 0 }
      merge(a, b, l ".")
      continue
    }
    new = value[a]
    old = has(b) ? json(b) : ""
    if (l == "host_urls" && old != "")
      new = index(old, substr(new, 2, length(new) - 2)) ? old : substr(old, 1, length(old) - 1) "," substr(new, 2)
    if (l == "config_yaml" && old ~ /^"/) new = yaml(old, new)
    if (l ~ /^secrets/ && b in count && !replace && changes !~ /ssl\.certificate(,|$)/) { kept = noted(kept, l); continue }
    if (new == old || l ~ /^secrets/ && new == value[item, "\"ssl\"", name]) continue
    if (new != "null") {
      if (l ~ /^ssl\.([a-z]+_)?(certificate|key)$/ && old ~ /^"[^-]/ && new ~ /^"[^-]/) others = noted(others, l " is " old)
      put(at, name, new)
    } else if (!drop(at, name)) continue
    changes = noted(changes, l)
    if (l ~ /^ssl\./) drop(item SUBSEP "\"secrets\"" SUBSEP "\"ssl\"", name)
    if (l ~ /^secrets\./) drop(l ~ /ssl/ ? item SUBSEP "\"ssl\"" : item, name)
  }
}
BEGIN { fields = " " ARGV[1] " "; ARGC = 1; replace = ENVIRON["FLEETSEAL_REPLACE"] == 1 }
{ rest = rest $0 "\n" }
END {
  read("kit")
  read("kibana")
  item = "kibana" SUBSEP "\"item\""
  merge("kit", item)
  if (others != "" && !replace)
    fail("other hosts may use what Fleet has: " others ". Use another id for these hosts, or set FLEETSEAL_REPLACE=1 once every host has the files of this kit.")
  for (i = count[item]; i; i--) {
    name = key[item, i]
    if (!has("kit" SUBSEP name) && (value[item, name] == "null" || !index(fields, " " substr(name, 2, length(name) - 2) " "))) drop(item, name)
  }
  print (changes != "" ? "changed " changes : kept == "" ? "unchanged" : "unchanged; FLEETSEAL_REPLACE=1 sends " kept " again")
  print json(item)
}
