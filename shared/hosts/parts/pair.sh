# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# A certificate and its key, which change together: the two files of a pair lie in a directory of their own, named by its
# serial number, and one symbolic link says which pair is current. The paths that programs know lead through it:
#
#   agent.crt -> pairs/current/agent.crt
#   agent.key -> pairs/current/agent.key
#   pairs/current -> 1f...               the only thing that a switch changes, by one rename
#   pairs/1f.../agent.crt, agent.key     never changed once it has this name
#   pairs/pending/                       the key and what else a request needs, until it has its certificate
#
# Killed at any moment, the disk has the old pair or the new one. Needs: directory, work (in the same file system).

# new_pair: sets pair to an empty directory for the files of a new pair.
new_pair() {
  (umask 022 && mkdir -p "$directory/pairs") || fail "cannot write to $directory: run this as root"
  check_directory "$directory/pairs"
  rm -rf "$work/pair"
  (umask 022 && mkdir "$work/pair") || fail "cannot write to $work"
  pair=$work/pair
}

# keep_pair ID: the new pair is complete and gets its name. One that has the name already stays, if it is the same.
keep_pair() {
  if [ -d "$directory/pairs/$1" ]; then
    diff -r "$pair" "$directory/pairs/$1" >/dev/null 2>&1 && return 0
    [ "$(current_pair)" != "$1" ] || fail "$directory/pairs/$1 differs from the certificate that the service issued"
    rm -rf "$directory/pairs/$1"
  fi
  sync
  mv "$pair" "$directory/pairs/$1" || fail "cannot write $directory/pairs/$1"
}

# current_pair: the ID of the current pair; nothing if there is none.
current_pair() { readlink "$directory/pairs/current" || :; }

# switch_pair ID: makes a pair current.
switch_pair() {
  [ -d "$directory/pairs/$1" ] || fail "there is no $directory/pairs/$1"
  sync
  replace_link "$1" current "$directory/pairs"
  [ "$(current_pair)" = "$1" ] || fail "cannot make $directory/pairs/$1 current: $directory/pairs/current leads elsewhere"
}

# replace_link TARGET NAME DIRECTORY: mv is given the directory and not the link, which it would follow if it leads to a
# directory. The target is relative to DIRECTORY.
replace_link() {
  rm -rf "$work/link"
  { mkdir "$work/link" && ln -s "$1" "$work/link/$2"; } || fail "cannot write to $work"
  mv -f "$work/link/$2" "$3/" || fail "cannot write $3/$2"
}

# link_pair FILE...: the paths that programs know. Files that lie there become a pair first, so that what a program finds
# changes only with the switch.
link_pair() {
  adopt "$@"
  for file; do
    [ "$(readlink "$directory/$file" || :)" = "pairs/current/$file" ] ||
      replace_link "pairs/current/$file" "$file" "$directory"
  done
}

# adopt FILE...: keeps the files that lie at the paths, not links, as a pair; a complete one becomes current.
adopt() {
  new_pair
  complete=yes
  for file; do
    if [ -f "$directory/$file" ] && [ ! -L "$directory/$file" ]; then
      cp -p "$directory/$file" "$pair/$file" || fail "cannot copy $directory/$file"
    else
      complete=
    fi
  done
  if rmdir "$pair" 2>/dev/null; then return 0; fi
  # Killed while the links are made, the next run adopts the rest, perhaps within the same second.
  adopted=adopted-$(date -u +%Y%m%dT%H%M%SZ)-$$
  keep_pair "$adopted"
  [ -z "$complete" ] || switch_pair "$adopted"
}

# forget_pairs: removes all pairs but the current one and those that are named.
forget_pairs() {
  keep=" $(current_pair) $* "
  for old in "$directory"/pairs/*; do
    id=${old##*/}
    case $id in current | pending) continue ;; esac
    case $keep in *" $id "*) ;; *) rm -rf "$old" ;; esac
  done
}
