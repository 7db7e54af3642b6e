# shellcheck shell=sh disable=SC2015,SC2034,SC2154 # Other parts set and read variables; fail ends the script.
# What a run leaves for the next one: a file for each fact. Needs: state, work (in the same file system).

# remember NAME VALUE: whole or not at all, also when killed.
remember() {
  printf '%s\n' "$2" >"$work/fact" && mv -f "$work/fact" "$state/$1" || fail "cannot write $state/$1: run this as root"
}

# recall NAME: nothing where there is no such fact.
recall() { cat "$state/$1" 2>/dev/null || :; }

forget() { (cd "$state" && rm -f "$@"); }

# replace_file SOURCE DESTINATION: with the owner and mode that the destination has.
replace_file() {
  rm -f "$work/replaced"
  cp -p "$2" "$work/replaced" && cat "$1" >"$work/replaced" && mv -f "$work/replaced" "$2" || fail "cannot write $2: run this as root"
}
