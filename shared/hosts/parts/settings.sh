# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# fleetseal.conf, which bootstrap.sh writes: lines of NAME=value, read and never run. A value may be in single quotes.
#
#   URL                the API's address, with /v1
#   CACERT             the CA file of the service's TLS certificate; empty for the system's CAs
#   PROFILE            the certificate's profile, which its files are named by: agent.crt and agent.key
#   FLEET_URL          of the Fleet Server that the agent of this host connects to; empty if none
#   PASSPHRASE_FILE    with the passphrase of the key; empty for a key that is not encrypted
#   RESTART            the command that makes the new files take effect where that needs one
#   AGENT_USER         the account of an agent without privileges; empty if it runs as root
#   DEPLOYMENT         the file with the deployment, JSON; empty if none

# read_settings FILE
read_settings() {
  url='' cacert='' profile='' fleet_url='' passphrase='' restart='' agent_user='' deployment=''
  [ -f "$1" ] || fail "there is no $1: run bootstrap.sh first, or name its --directory" 2
  while IFS= read -r line || [ -n "$line" ]; do
    value=${line#*=}
    case $value in \'*\') value=${value#\'} value=${value%\'} ;; esac
    case $line in
      '' | '#'*) ;;
      URL=*) url=$value ;;
      CACERT=*) cacert=$value ;;
      PROFILE=*) profile=$value ;;
      FLEET_URL=*) fleet_url=$value ;;
      PASSPHRASE_FILE=*) passphrase=$value ;;
      RESTART=*) restart=$value ;;
      AGENT_USER=*) agent_user=$value ;;
      DEPLOYMENT=*) deployment=$value ;;
      *) say "$1 has a line that is not known here: ${line%%=*}" ;;
    esac
  done <"$1"
  case $url in https://?*) ;; *) fail "$1 must have URL=https://..., the address of the service" 2 ;; esac
  case $profile in '' | *[!a-z-]*) fail "$1 must have PROFILE=..., the profile of the certificate" 2 ;; esac
}
