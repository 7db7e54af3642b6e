#!/bin/sh
# Makes a key, renews the present certificate for it by a proof of the present key, or enrolls it with the node's name where
# there is none or the service does not renew it, and installs both. With the argument "confirm" it only confirms a renewal,
# with "window" it only asks when to renew.
#
# The new key is kept until everything is in place: an attempt after an interrupted one uses it again, gets the same response,
# and costs no second use of the token. A key that the service refuses is removed: its certificate may have expired,
# unfetched, on a node that was off for a month. Once the whole response is understood, the key is called "ready", and any
# later attempt only puts the files in place.
set -eu
umask 077
directory=/var/lib/fleetseal/kube-system/elastic-agent
pair_certificate=agent.crt
pair_key=agent.key
key_options='genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072'
cd "$directory"
# RFC 5280, ub-common-name.
if [ "${#NODE_NAME}" -gt 64 ]; then
  echo "fleetseal: the name of this node, $NODE_NAME, is longer than the 64 characters that a certificate's name can have" >&2
  exit 1
fi
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
key=$pair_key.new
certificate=$pair_certificate.new
held_key=$pair_key
held_certificate=$pair_certificate
files=$scratch
url=$(cat /fleetseal/access/url)
names="\"name\":\"$NODE_NAME\"}"
discard() { rm -f "$key"; }
. ./parts/pod-request.sh
. ./parts/keys.sh
. ./parts/proof.sh
. ./parts/renew-key.sh
confirm_renewal() { confirm "$(cat unconfirmed)" && rm -f unconfirmed; }

# What is known stays where the service does not say; it is time at once where the certificate was revoked.
keep_window() {
  window
  [ "$code" != 409 ] || rm -f renew-from
  if [ "${#start}" -ne 14 ] || [ -z "$retry_after" ]; then return 0; fi
  printf %s "$(($(date -u +%s) + retry_after))" >ask-after.part
  printf %s "$start" >renew-from.part
  mv -f ask-after.part ask-after
  mv -f renew-from.part renew-from
}

case ${1:-} in
  confirm) confirm_renewal ;;
  window) keep_window ;;
esac
[ "$#" -eq 0 ] || exit 0

if [ ! -e "$pair_key.ready" ]; then
  if [ ! -s "$key" ]; then
    # shellcheck disable=SC2086 # Several words.
    openssl $key_options -out "$pair_key.part"
    mv -f "$pair_key.part" "$key"
  fi
  renew "$key"
  if [ -z "$renewed" ]; then
    token=$(cat /fleetseal/access/token)
. ./parts/enroll-key.sh
  fi
. ./parts/read-answer.sh
  roots=$(text_of caBundle)
  printf '%b' "$roots" >ca.crt.new
  from=$(sed -n 's/.*"renewal": *{ *"from": *"\([^"]*\)".*/\1/p' "$scratch/answer.json" | tr -dc 0-9)

  # Nothing is replaced unless the whole response is understood.
  [ "${#from}" -eq 14 ]
  [ -s ca.crt.new ]
  belongs "$key" "$certificate"
  printf %s "$from" >renew-from.new
  rm -f unconfirmed.new
  [ -z "$renewed" ] || printf %s "$renewed" >unconfirmed.new
  mv -f "$key" "$pair_key.ready"
fi

# The key comes last: until then the pair does not match, and the next attempt continues here.
for file in ca.crt "$pair_certificate" renew-from unconfirmed; do
  [ ! -e "$file.new" ] || mv -f "$file.new" "$file"
done
mv -f "$pair_key.ready" "$pair_key"
# Newer than an agent that read the old pair while this script ran.
touch "$pair_certificate"
echo "fleetseal: $NODE_NAME has a new certificate"
[ ! -e unconfirmed ] || confirm_renewal || :
