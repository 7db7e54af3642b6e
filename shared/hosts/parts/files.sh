# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# Files and directories. Whoever may write to a directory can replace the files in it, so the directory is checked first.

# give OWNER GROUP FILE: Unix names or numbers. Only root can give files away; with keeps_owner, another user keeps them.
keeps_owner=
give() {
  [ -z "$keeps_owner" ] || return 0
  chown "$1:$2" "$3" 2>/dev/null || fail "cannot give $3 to $1:$2: run this as root, and create that user or group first"
}

# make_directory PATH: with its parents; private from the moment it exists to anybody but root, then readable.
make_directory() {
  [ -d "$1" ] || (umask 022 && mkdir -p "$1") || fail "cannot create $1: run this as root"
  check_directory "$1"
}

# check_directory PATH: refuses a directory that another user owns or may write to.
check_directory() {
  # shellcheck disable=SC2012 # POSIX has no other way to read a mode and owner.
  set -- "$1" "$(ls -ldn "$1/." | awk '{ print $1, $3 }')"
  case ${2#* } in
    0 | "$(id -u)") ;;
    *) fail "$1 belongs to another user, who could replace the key: run chown 0:0 $1, or name another --directory" ;;
  esac
  case $2 in
    ?????w* | ????????w*) fail "$1 may be written to by other users, who could replace the key: run chmod go-w $1" ;;
  esac
}

# install_file SOURCE DESTINATION OWNER GROUP MODE: a reader finds the old file or the new one, never a part of it or one
# that it may not read: owner and mode are set before the rename. $work has to be in the same file system.
install_file() {
  [ ! -d "$2" ] || fail "$2 is a directory: remove it"
  rm -f "$work/installed"
  (umask 077 && cat "$1" >"$work/installed") || fail "cannot write to $work"
  give "$3" "$4" "$work/installed"
  { chmod "$5" "$work/installed" && mv -f "$work/installed" "$2"; } || fail "cannot write $2"
}

# make_work DIRECTORY: sets work to an empty directory in it that only this user can read, and removes those of runs that
# were killed. Needs the lock.
make_work() {
  rm -rf "$1"/.work.*
  work=$(umask 077 && mktemp -d "$1/.work.XXXXXXXX") || fail "cannot write to $1: run this as root"
  trap 'rm -rf "$work"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}
