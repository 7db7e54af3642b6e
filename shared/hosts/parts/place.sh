# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# Puts the files of a kit in place. Needs the values of the kit, and from them the function files, which calls another one
# for each file:
#
#   FUNCTION ROLE SOURCE OWNER GROUP MODE PATH CONTENTS PURPOSE

# place_files [KEY]: with the key of the certificate signing request, it and the certificate become the current pair. Without,
# the key is in its place already and is not touched.
place_files() {
  request_key=${1:-}
  [ -z "$agent_group" ] || make_group "$agent_group"
  files place_file
  [ -n "$request_key" ] || return 0
  new_pair
  pair_files=
  files stage_file
  keep_pair "$serial_number"
  # shellcheck disable=SC2086 # Names of files, which have no white space.
  link_pair $pair_files
  switch_pair "$serial_number"
}

# place_file: one that does not belong to the pair. A file that is right already stays as it is.
place_file() {
  case ${request_key:+pair}/$1/$2 in
    pair/*/host-key | pair/certificate-and-key/host | pair/certificate/kit) return 0 ;;
    pair/passphrase/host)
      make_passphrase "$@"
      return 0
      ;;
  esac
  if [ "$2" != kit ]; then
    [ -e "$6" ] || say "$6 has to be put there: $8"
    return 0
  fi
  printf '%s' "$7" >"$work/contents" || fail "cannot write to $work"
  if cmp -s "$work/contents" "$6"; then return 0; fi
  if [ "$1" = certificate ]; then
    if is_held "$6"; then return 0; fi
    check_place "$6"
  fi
  make_directory "$(dirname "$6")"
  install_file "$work/contents" "$6" "$3" "$4" "$5"
}

# is_held CERTIFICATE_PATH: whether a pair of bootstrap.sh has this certificate already, if with other issuers.
is_held() {
  [ -L "$1" ] && held=$("$openssl" x509 -in "$1" 2>/dev/null) && [ "$held" = "$("$openssl" x509 -in "$work/contents" 2>/dev/null)" ]
}

# check_place CERTIFICATE_PATH: whether the certificate may be replaced without its key.
check_place() {
  [ ! -L "$1" ] || fail "$1 belongs to a pair of bootstrap.sh: its rotate.sh renews it"
  beside=${1%.crt}.key
  [ -e "$beside" ] || fail "there is no key at $beside: name the key of the request with --key, and it is put there"
  belongs "$beside" "$work/contents" || fail "$beside is not the key of this certificate: name the key of the request with --key"
}

# stage_file: one that belongs to the pair, into its directory.
stage_file() {
  staged=$pair/${6##*/}
  case $1/$2 in
    certificate/kit)
      printf '%s' "$7" >"$work/contents"
      belongs "$request_key" "$work/contents" || fail "$request_key is not the key of this certificate"
      certificate_file=$staged
      ;;
    private-key/host-key)
      (umask 077 && encrypted "$request_key" >"$work/contents") || fail "cannot read $request_key"
      key_file=$staged
      ;;
    certificate-and-key/host) (umask 077 && cat "$key_file" "$certificate_file" >"$work/contents") ;;
    *) return 0 ;;
  esac
  install_file "$work/contents" "$staged" "$3" "$4" "$5"
  pair_files="$pair_files ${6##*/}"
}

# encrypted KEY: the key as the deployment keeps it: in the one encrypted form that Elastic Agent reads, or as it is.
encrypted() {
  if [ -z "$passphrase_file" ] || grep -q ENCRYPTED "$1"; then cat "$1"; else
    "$openssl" pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 100000 -in "$1" -passout "file:$passphrase_file"
  fi
}

# make_passphrase ROLE SOURCE OWNER GROUP MODE PATH: of 256 bits, without a newline at its end; none if the file exists.
make_passphrase() {
  [ ! -e "$6" ] || return 0
  (umask 077 && "$openssl" rand -hex 32 | tr -d '\n' >"$work/contents")
  [ "$(wc -c <"$work/contents")" -eq 64 ] || fail "$openssl did not make a passphrase"
  make_directory "$(dirname "$6")"
  install_file "$work/contents" "$6" "$3" "$4" "$5"
}

# make_group NAME: of agents without privileges; elastic-agent install takes the one that it finds.
make_group() {
  if grep -q "^$1:" /etc/group || getent group "$1" >/dev/null 2>&1; then return 0; fi
  if dscl . -read "/Groups/$1" >/dev/null 2>&1; then return 0; fi
  { groupadd --system "$1" || addgroup -S "$1" || dseditgroup -o create "$1"; } >/dev/null 2>&1 ||
    fail "cannot create the group $1: create it, then run this again"
  say "created the group $1, which the agent runs with"
}
