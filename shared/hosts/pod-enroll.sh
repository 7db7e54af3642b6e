#!/bin/sh
# Makes a key, enrolls it with the node's name, and installs both. The new key is kept until everything is in place: an
# attempt after an interrupted one uses it again, gets the same response, and costs no second use of the token. A key
# that the service refuses is removed: its certificate may have expired, unfetched, on a node that was off for a month.
set -eu
umask 077
directory=/var/lib/fleetseal/kube-system/elastic-agent
pair_certificate=agent.crt
pair_key=agent.key
algorithm=RSA
option=rsa_keygen_bits:3072
cd "$directory"
# RFC 5280, ub-common-name.
if [ "${#NODE_NAME}" -gt 64 ]; then
  echo "fleetseal: the name of this node, $NODE_NAME, is longer than the 64 characters that a certificate's name can have" >&2
  exit 1
fi
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT

if [ ! -s "$pair_key.new" ]; then
  openssl genpkey -algorithm "$algorithm" ${option:+-pkeyopt} ${option:+"$option"} -out "$pair_key.part"
  mv -f "$pair_key.part" "$pair_key.new"
fi
key=$pair_key.new
certificate=$pair_certificate.new
files=$scratch
url=$(cat /fleetseal/access/url)
token=$(cat /fleetseal/access/token)
names="\"name\":\"$NODE_NAME\"}"
discard=$key
. ./parts/enroll-key.sh
roots=$(sed -n 's/.*"caBundle": *"\([^"]*\)".*/\1/p' "$scratch/answer.json")
printf '%b' "$roots" >ca.crt.new
from=$(sed -n 's/.*"renewal": *{ *"from": *"\([^"]*\)".*/\1/p' "$scratch/answer.json" | tr -dc 0-9)

# Nothing is replaced unless the whole response is understood.
[ "${#from}" -eq 14 ]
[ -s ca.crt.new ]
[ "$(openssl x509 -in "$certificate" -noout -pubkey)" = "$(openssl pkey -in "$key" -pubout)" ]
printf %s "$from" >renew-from.new

# The key comes last: until then the pair does not match, and the next attempt continues.
mv -f ca.crt.new ca.crt
mv -f "$certificate" "$pair_certificate"
mv -f renew-from.new renew-from
mv -f "$key" "$pair_key"
# Newer than an agent that read the old pair while this script ran.
touch "$pair_certificate"
