# shellcheck shell=sh
# A fingerprint that an administrator names: the argument of --trust-sha256.

# fingerprint TEXT: 64 lower-case hex digits; they may be written with colons.
fingerprint() {
  digits=$(printf '%s' "$1" | tr 'A-F' 'a-f' | tr -d ':')
  case $digits in *[!0-9a-f]*) digits='' ;; esac
  [ "${#digits}" -eq 64 ] || fail '--trust-sha256 must be 64 hex digits: see --help' 2
  printf '%s' "$digits"
}
