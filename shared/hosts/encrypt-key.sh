#!/bin/sh
# Encrypts the private key of an agent in place, as root: PBES2, PBKDF2 with HMAC-SHA-256, AES-256-CBC. Creates the
# passphrase file if there is none, changes nothing if the key is encrypted like this already, and can be run again at
# any time. Needs OpenSSL 1.1.1 or later.
#
# The form is the one that every reader takes (RFC 8018): Elastic's library reads neither PBES1 nor HMAC-SHA-512
# (decrypt_block_nofips.go). -iter came with OpenSSL 1.1.0; LibreSSL has neither that nor -v2prf (OpenBSD,
# usr.bin/openssl/pkcs8.c).
#
# In a subshell, and in kits without these comments, so that it can be pasted into zsh too.
(
set -eu
umask 077
key=/etc/fleetseal/agent.key
key_owner=root:root
key_mode=0600
pass=/etc/fleetseal/agent.pass
pass_owner=root:root
pass_mode=0600
iterations=100000
longest=1000
new=
fail() { printf 'fleetseal: %s\n' "$1" >&2; exit 1; }
trap '[ -z "$new" ] || rm -f "$new"' EXIT
trap 'exit 1' HUP INT TERM
# opens FILE: the passphrase decrypts the key. No prompt appears.
opens() { "$openssl" pkey -in "$1" -passin "file:$pass" -noout </dev/null 2>/dev/null; }
# ready FILE: it has one key, in the right form.
ready() {
  [ "$(grep 'BEGIN .*PRIVATE KEY' "$1")" = '-----BEGIN ENCRYPTED PRIVATE KEY-----' ] || return 1
  case $("$openssl" asn1parse -in "$1" 2>/dev/null) in
    *:PBES2*:PBKDF2*:hmacWithSHA256*:aes-256-cbc*) ;;
    *) return 1 ;;
  esac
}
# Homebrew's come after the one in the PATH, which on macOS is LibreSSL.
openssl=
for program in "${OPENSSL:-openssl}" /opt/homebrew/opt/openssl@3/bin/openssl /usr/local/opt/openssl@3/bin/openssl; do
  case $("$program" version 2>/dev/null) in
    'OpenSSL 0.'* | 'OpenSSL 1.0.'*) ;;
    'OpenSSL '*) openssl=$program && break ;;
  esac
done
[ -n "$openssl" ] || fail 'OpenSSL 1.1.1 or later is required (LibreSSL does not work): install it, or set the variable OPENSSL to its path'

[ -f "$key" ] || fail "there is no key at $key: create it first"
# The links of bootstrap.sh lead to keys that it encrypts itself.
[ ! -L "$key" ] || ready "$key" || fail "$key is a symbolic link to a key that is not encrypted: put the key itself there"
if grep -q ENCRYPTED "$key" && [ ! -e "$pass" ]; then
  fail "$key is already encrypted, but its passphrase is not in $pass: write it there with printf %s"
fi
# The file appears under its name only when it is complete, and never replaces another: a hard link replaces nothing, so
# of two concurrent scripts one wins and both use its passphrase. It is on the disk before the key depends on it.
if [ ! -e "$pass" ]; then
  new=$(mktemp "$pass.XXXXXXXX") || fail "cannot write next to $pass: create its directory first, and run this as root"
  "$openssl" rand -hex 32 | tr -d '\n' >"$new"
  [ "$(wc -c <"$new")" -eq 64 ] || fail 'openssl did not generate a passphrase'
  chown "$pass_owner" "$new"
  chmod "$pass_mode" "$new"
  sync
  ln "$new" "$pass" 2>/dev/null || [ -f "$pass" ] || fail "cannot write $pass"
  rm -f "$new"
  new=
fi
# Accepts only what OpenSSL and the agent read alike: OpenSSL stops at the end of a line, newer agents trim white space.
# No message contains any of the file.
[ -f "$pass" ] || fail "$pass is not a regular file: keep the passphrase in a file of its own"
bytes=$(wc -c <"$pass")
[ "$bytes" -gt 0 ] || fail "$pass is empty: remove it, and the script creates a passphrase"
[ "$bytes" -le "$longest" ] || fail "$pass is longer than $longest bytes: use a shorter passphrase"
if [ "$(LC_ALL=C tr -d '\000-\037\177' <"$pass" | wc -c)" -ne "$bytes" ] || LC_ALL=C grep -q -e '^ ' -e ' $' "$pass"; then
  fail "$pass must contain only the passphrase, without newlines, other control characters or spaces at its start or end: fix it with p=\$(cat FILE) && printf %s \"\$p\" >FILE, where FILE is its path"
fi
# Only openssl reads and writes the key: there is no unencrypted copy. A key that is encrypted in another form, with the
# same passphrase, gets the right form too. -passin and -passout may not name the same file
# (openssl-passphrase-options(1)).
if ready "$key"; then
  opens "$key" || fail "$pass does not hold the passphrase of $key: put the right one there, or make a new key"
else
  new=$(mktemp "$key.XXXXXXXX") || fail "cannot write next to $key: run this as root"
  "$openssl" pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -iter "$iterations" -in "$key" -passin stdin -passout "file:$pass" -out "$new" <"$pass" ||
    fail "cannot read $key: it must be a private key in PEM, without encryption or with the passphrase in $pass"
  { ready "$new" && opens "$new"; } || fail "$openssl did not write a form that Elastic Agent can read"
  chown "$key_owner" "$new"
  chmod "$key_mode" "$new"
  sync
  mv -f "$new" "$key"
  new=
fi
chown "$pass_owner" "$pass"
chmod "$pass_mode" "$pass"
chown "$key_owner" "$key"
chmod "$key_mode" "$key"
printf 'fleetseal: %s is encrypted\n' "$key"
)
