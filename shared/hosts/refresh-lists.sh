#!/bin/sh
# Refreshes the revocation lists of a proxy. The arguments are the command that reloads the proxy; it runs only
# when the lists have changed. Without arguments, nothing is reloaded.
#
# New lists replace the present ones only if each is signed by its CA, complete, valid now and not older than the
# present one, and every CA of the proxy's own chain has one.
#
# Lists of other CAs in the roots file go into additional.pem beside the lists, with the certificates of CAs that are
# not in the roots file.
#
# Exit code: 0 success; 1 not refreshed, or not reloaded; 3 clients are refused now or soon, because a list has
# expired, has less than half of its life left, or is missing for a CA in the roots file.
url=http://pki.example.com
lists=/etc/fleetseal/crl/bundle.pem
roots=/etc/fleetseal/ca.crt
chain=/etc/fleetseal/proxy.crt
set -u
umask 022
LC_ALL=C PATH="$PATH:/usr/sbin:/sbin:/usr/local/bin:/opt/homebrew/bin"
export LC_ALL PATH
directory=$(dirname "$lists")
pending=$directory/.reload
status=0

say() { printf 'fleetseal: %s\n' "$1" >&2; }
fail() { say "$1"; status=1; return 1; }

# split FILE LABEL PREFIX: each PEM block with the label becomes a file of its own.
split() {
  awk -v "label=$2" -v "prefix=$3" '
    { sub(/\r$/, "") }
    $0 == "-----BEGIN " label "-----" { file = sprintf("%s%04d", prefix, ++count) }
    file != "" { print > file }
    $0 == "-----END " label "-----" { close(file); file = "" }' "$1"
}

# facts PREFIX: a line for each list: number, start and end in seconds since 1970, issuer.
facts() {
  for list in "$1"*; do
    [ -f "$list" ] || continue
    openssl crl -in "$list" -noout -issuer -nameopt RFC2253 -lastupdate -nextupdate -crlnumber 2>&1 | awk '
      function seconds(text, part, clock, month, year) {
        split(text, part, " ")
        split(part[3], clock, ":")
        month = (index("JanFebMarAprMayJunJulAugSepOctNovDec", part[1]) + 2) / 3
        year = part[4] - (month < 3)
        month += month < 3 ? 9 : -3
        return (365 * year + int(year / 4) - int(year / 100) + int(year / 400) + int((153 * month + 2) / 5) + part[2] - 719469) * 86400 + clock[1] * 3600 + clock[2] * 60 + clock[3]
      }
      { value = substr($0, index($0, "=") + 1) }
      /^issuer=/ { issuer = value }
      /^lastUpdate=.* GMT$/ { start = seconds(value) }
      /^nextUpdate=.* GMT$/ { end = seconds(value) }
      tolower($0) ~ /^crlnumber=(0x)?[0-9a-f]+$/ { number = toupper(value); sub(/^(0X)?0*/, "", number) }
      END {
        if (issuer == "" || start == "" || end == "") exit 1
        if (number == "") number = 0
        printf "%s %.0f %.0f %s\n", number, start, end, issuer
      }' || return 1
  done
}

# name FILE subject|issuer: of a certificate.
name() { openssl x509 -in "$1" -noout "-$2" -nameopt RFC2253 2>/dev/null | sed 's/^[a-z]*= *//'; }

# fetch WORDS URL FILE
fetch() {
  reason=$(curl --fail --silent --show-error --connect-timeout 10 --max-time 300 --retry 2 --max-filesize 1073741824 --output "$3" "$2" 2>&1) ||
    fail "cannot download $1 from $2: $reason"
}

# The CA certificates that may sign lists: the roots, the issuers of the proxy, and those in additional.pem. "required" are the CAs above it.
read_cas() {
  split "$roots" CERTIFICATE "$work/root."
  split "$chain" CERTIFICATE "$work/chain."
  if [ -f "$directory/additional.pem" ]; then split "$directory/additional.pem" CERTIFICATE "$work/more."; fi
  [ -f "$work/root.0001" ] || fail "$roots contains no certificate: put the file of the kit there" || return 1
  [ -f "$work/chain.0001" ] || fail "$chain contains no certificate: put the file of the kit there" || return 1
  for certificate in "$work"/chain.*; do name "$certificate" issuer; done >"$work/required"
  mv "$work/chain.0001" "$work/leaf"
  for certificate in "$work"/root.* "$work"/chain.* "$work"/more.*; do
    if [ -f "$certificate" ]; then add_ca "$certificate"; fi
  done
}
add_ca() {
  name "$1" subject >>"$work/known"
  cat "$1" >>"$work/cas"
}

# fetch_ca NAME: an issuer that this host does not know yet; a root must have certified it. Beside -CAfile, openssl takes the
# CAs of the system too, from a directory that -CApath and SSL_CERT_DIR (for OpenSSL 3) name.
fetch_ca() {
  id=$(printf '%s' "$1" | sed -n 's/^CN=.* \([a-z0-9-]\{1,64\}\)$/\1/p')
  [ -n "$id" ] || fail "the list of $1 is not from a CA of fleetseal: its certificate is not in $roots" || return 1
  fetch "the certificate of $1" "$url/ca/$id.cer" "$work/ca.der" || return 1
  openssl x509 -inform DER -in "$work/ca.der" -out "$work/ca" 2>/dev/null &&
    [ "$(name "$work/ca" subject)" = "$1" ] && SSL_CERT_DIR="$work/none" openssl verify -CApath "$work/none" -CAfile "$roots" "$work/ca" >/dev/null 2>&1 ||
    fail "the certificate of $1 is not signed by a root in $roots" || return 1
  add_ca "$work/ca"
}

# check_list FILE: signed by its CA, and valid now. Adds it to the new lists.
check_list() {
  line=$(facts "$1") || fail "a revocation list cannot be read" || return 1
  read -r _ start end issuer <<LINE
$line
LINE
  grep -qxF "$issuer" "$work/known" || fetch_ca "$issuer" || return 1
  SSL_CERT_DIR="$work/none" openssl crl -in "$1" -CApath "$work/none" -CAfile "$work/cas" -out "$work/list" 2>&1 | grep -qx 'verify OK' ||
    fail "the signature of the list of $issuer is wrong" || return 1
  [ "$start" -le "$now" ] || fail "the list of $issuer is not valid yet: check the clock of this host" || return 1
  [ "$end" -gt "$now" ] || fail "the list of $issuer has expired: check the clock of this host, and the service" || return 1
  printf '%s\n' "$line" >>"$work/facts.new"
  cat "$work/list" >>"$work/lists" || fail "cannot write $work"
}

# check_complete FILE: no Issuing Distribution Point, which some versions of OpenSSL spell wrong, and no other critical
# extension: those limit what a list covers (RFC 5280 section 5.2). Reads up to the entries only.
check_complete() {
  openssl crl -in "$1" -noout -text 2>/dev/null | awk '
    /^ +X509v3 Issuing Distr[iu]bution Point:/ || /: critical *$/ { exit }
    /^(No )?Revoked Certificates/ { complete = 1; exit }
    END { exit !complete }' ||
    fail "the list of $issuer covers only a part of its certificates: check what is served at $url/crl/bundle.pem"
}

# All lists of the service have to be right and complete. One of another CA that is not is left out.
check_lists() {
  now=$(date -u +%s)
  [ -f "$work/new.0001" ] || fail "the download contains no revocation list" || return 1
  for list in "$work"/new.*; do check_list "$list" && check_complete "$list" || return 1; done
  for list in "$work"/own.*; do
    [ -f "$list" ] || continue
    check_list "$list" || { say "a list in $directory/additional.pem is left out"; status=3; }
  done
}

# The new lists beside the present ones.
compare_lists() {
  while read -r issuer; do
    cut -d ' ' -f 4- "$work/facts.new" | grep -qxF "$issuer" ||
      fail "there is no list of $issuer: without it, the proxy refuses every client" || return 1
  done <"$work/required"
  [ -f "$lists" ] || return 0
  split "$lists" 'X509 CRL' "$work/old."
  facts "$work/old." >"$work/facts.old" || return 0
  older=$(awk '
    { issuer = $0; sub(/^[^ ]* [^ ]* [^ ]* /, "", issuer) }
    FNR == NR { number[issuer] = $1; next }
    issuer in number {
      new = $1 ""; old = number[issuer] ""
      if (length(new) < length(old) || (length(new) == length(old) && new < old)) { print issuer; exit }
    }' "$work/facts.old" "$work/facts.new")
  [ -z "$older" ] || fail "the list of $older is older than the present one"
}

refresh() {
  read_cas || return 1
  fetch 'the revocation lists' "$url/crl/bundle.pem" "$work/download" || return 1
  split "$work/download" 'X509 CRL' "$work/new."
  if [ -f "$directory/additional.pem" ]; then split "$directory/additional.pem" 'X509 CRL' "$work/own."; fi
  check_lists && compare_lists || return 1
  if cmp -s "$work/lists" "$lists"; then return 0; fi
  # The reload is noted first: if this script ends in between, its next run makes up for it.
  sync
  { : >"$pending" && mv -f "$work/lists" "$lists"; } || fail "cannot write $lists: run this as root"
}

# Whether the proxy refuses clients, now or soon.
warn() {
  [ -f "$lists" ] || return 0
  mkdir "$work/present"
  split "$lists" 'X509 CRL' "$work/present/"
  if ! facts "$work/present/" >"$work/facts"; then
    say "$lists contains a list that cannot be read"
    status=3
    return
  fi
  now=$(date -u +%s)
  while read -r _ start end issuer; do
    left=$((end - now))
    if [ "$left" -le 0 ]; then
      say "the list of $issuer has expired: the proxy refuses every client"
      status=3
    elif [ "$((left * 2))" -lt "$((end - start))" ]; then
      say "the list of $issuer expires in $((left / 3600)) h $((left / 60 % 60)) min, and the proxy then refuses every client"
      status=3
    fi
  done <"$work/facts"
  for certificate in "$work"/root.*; do
    [ -f "$certificate" ] || continue
    subject=$(name "$certificate" subject)
    cut -d ' ' -f 4- "$work/facts" | grep -qxF "$subject" && continue
    say "there is no list of $subject, whose clients the proxy refuses: put one into $directory/additional.pem"
    status=3
  done
}

for program in curl openssl awk; do
  command -v "$program" >/dev/null || { say "$program is required: install it"; exit 1; }
done
mkdir -p "$directory" || exit 1
# One at a time. macOS has no flock. No other user can open the file: who may read it could hold the lock for ever.
if command -v flock >/dev/null; then
  (umask 077 && : >>"$directory/.lock") || exit 1
  exec 9<>"$directory/.lock"
  flock 9
  rm -rf "$directory"/.new.*
fi
work=$(mktemp -d "$directory/.new.XXXXXX") || { say "cannot write to $directory: run this as root"; exit 1; }
trap 'rm -rf "$work"' EXIT
trap 'exit 143' HUP INT TERM
mkdir "$work/none" || exit 1

if ! refresh; then
  if [ -f "$lists" ]; then say "the present lists stay in use"; else say "there are no lists yet"; fi
fi
warn
if [ -e "$pending" ] && [ "$#" -gt 0 ]; then
  if "$@" 9<&-; then rm -f "$pending"; else say "cannot reload the proxy: $*"; [ "$status" -eq 3 ] || status=1; fi
fi
exit "$status"
