# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# Messages go to stderr, so that standard output has only what a caller asked for.
say() { printf 'fleetseal: %s\n' "$1" >&2; }

# fail WORDS [CODE]: in a subshell or a function, the caller passes the code on.
fail() {
  say "$1"
  exit "${2:-1}"
}

# require PROGRAM...
require() {
  for program; do
    command -v "$program" >/dev/null 2>&1 || fail "$program is required: install it"
  done
}
