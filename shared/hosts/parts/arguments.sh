# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# The arguments of bootstrap.sh.

# read_arguments ARGUMENT...: sets a variable for each, and checks them.
read_arguments() {
  url='' trust='' cacert='' asked_name='' dns_names='' ip_addresses='' deployment='' directory='' key_type=rsa3072
  agent_directory=. dry_run='' start_delay=0 timer=yes again='' token_file=''
  token=${FLEETSEAL_TOKEN:-}
  unset FLEETSEAL_TOKEN
  while [ "$#" -gt 0 ]; do
    case $1 in
      --dry-run) dry_run=yes ;;
      --no-timer) timer='' ;;
      --again) again=yes ;;
      --help | -h) usage && exit 0 ;;
      --*=*) read_argument "${1%%=*}" "${1#*=}" ;;
      *)
        read_argument "$1" "${2:-}" "$#"
        shift
        ;;
    esac
    shift
  done
  check_arguments
}

# read_argument OPTION VALUE [LEFT]
read_argument() {
  case $1 in
    --url | --trust-sha256 | --token | --token-file | --cacert | --name | --dns-name | --ip-address | --deployment | \
      --directory | --key-type | --agent | --start-delay) ;;
    *) fail "unknown argument $1: see --help" 2 ;;
  esac
  { [ "${3:-2}" -ge 2 ] && [ -n "$2" ]; } || fail "$1 needs a value: see --help" 2
  case $1 in
    --url) url=${2%/} ;;
    --trust-sha256) trust="$trust $(fingerprint "$2")" || exit ;;
    --token) token=$2 ;;
    --token-file) token_file=$2 ;;
    --cacert) cacert=$2 ;;
    --name) asked_name=$2 ;;
    --dns-name) dns_names="$dns_names${dns_names:+,}\"$(plain "$1" "$2")\"" || exit ;;
    --ip-address) ip_addresses="$ip_addresses${ip_addresses:+,}\"$(plain "$1" "$2")\"" || exit ;;
    --deployment) deployment=$2 ;;
    --directory) directory=${2%/} ;;
    --key-type) key_type=$2 ;;
    --agent) agent_directory=$2 ;;
    --start-delay) start_delay=$2 ;;
  esac
}

# plain OPTION VALUE: a name or an address, as JSON takes it without escapes.
plain() {
  case $2 in *[!A-Za-z0-9.:_*-]*) fail "$1 may have letters, digits and . : _ - only: $2" 2 ;; esac
  printf '%s' "$2"
}

check_arguments() {
  case $url in https://?*) ;; *) fail '--url must be the address of the service, https://...: see --help' 2 ;; esac
  case $url in */v1) ;; *) url=$url/v1 ;; esac
  [ -n "$trust" ] || fail '--trust-sha256 is needed: without it, this host would trust any service. See --help' 2
  if [ -z "$asked_name" ]; then
    asked_name=$(uname -n)
    asked_name=${asked_name%%.*}
  fi
  asked_name=$(plain --name "$asked_name") || exit
  case $key_type in
    rsa2048 | rsa3072 | rsa4096 | p256 | p384 | p521 | ed25519) ;;
    *) fail '--key-type must be rsa2048, rsa3072, rsa4096, p256, p384, p521 or ed25519' 2 ;;
  esac
  case $start_delay in '' | *[!0-9]* | ??????*) fail '--start-delay must be a number of seconds, below 100000' 2 ;; esac
  [ -z "$cacert" ] || [ -f "$cacert" ] || fail "there is no file $cacert" 2
  [ -z "$token_file" ] || [ "$token_file" = - ] || [ -f "$token_file" ] || fail "there is no file $token_file" 2
  check_deployment
  check_directory_name
}

# check_deployment: sets passphrase_file, and the directory to that of the deployment.
check_deployment() {
  passphrase_file=
  [ -n "$deployment" ] || return 0
  [ -f "$deployment" ] || fail "there is no file $deployment" 2
  case $(tr -d ' \t\r\n' <"$deployment" | cut -c 1) in '{') ;; *) fail "$deployment is not a JSON object" 2 ;; esac
  passphrase_file=$(json_text keyPassphraseFile "$deployment")
  deployed=$(json_text directory "$deployment")
  if [ -n "$deployed" ] && [ -n "$directory" ] && [ "${deployed%/}" != "$directory" ]; then
    fail "--directory is $directory, but $deployment has the directory $deployed: leave one out" 2
  fi
  if [ -z "$deployed" ] && [ -n "$directory" ] && [ "$directory" != "$(default_directory)" ]; then
    fail "--directory is $directory, but $deployment has no directory: put \"directory\": \"$directory\" into it, and leave --directory out" 2
  fi
  directory=${directory:-${deployed%/}}
}

default_directory() {
  case $(uname) in Darwin) echo /usr/local/etc/fleetseal ;; *) echo /etc/fleetseal ;; esac
}

check_directory_name() {
  directory=${directory:-$(default_directory)}
  case $directory in
    *[!A-Za-z0-9/._-]* | [!/]*) fail "--directory must be an absolute path of letters, digits and / . _ - only: $directory" 2 ;;
  esac
}

# read_token: sets token. It is checked here, so that a mistake costs no request.
read_token() {
  case $token_file in
    '') ;;
    -) IFS= read -r token || [ -n "$token" ] || fail 'standard input has no token' 2 ;;
    *) token=$(head -n 1 "$token_file") || fail "cannot read $token_file" 2 ;;
  esac
  [ -n "$token" ] || fail 'a bootstrap token is needed: --token-file FILE, or the variable FLEETSEAL_TOKEN. See --help' 2
  case $token in
    *[!A-Za-z0-9_]* | [!f]*) fail 'the bootstrap token must have the form fst_ID_SECRET' 2 ;;
    fst_*_*) ;;
    *) fail 'the bootstrap token must have the form fst_ID_SECRET' 2 ;;
  esac
}
