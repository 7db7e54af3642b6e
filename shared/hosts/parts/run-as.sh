# shellcheck shell=sh
# run_as USER COMMAND: with a shell; with no USER, by the one who runs this. The command comes on the standard input of the
# shell: sudo logs arguments, and other users can read them.
run_as() {
  if [ -z "$1" ]; then printf '%s\n' "$2" | sh -s
  elif command -v sudo >/dev/null 2>&1; then printf '%s\n' "$2" | sudo -u "$1" sh -s
  else printf '%s\n' "$2" | su -s /bin/sh "$1"; fi
}
