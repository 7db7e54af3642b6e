#!/bin/sh
# Runs in a CronJob: renews the certificate of a Secret, once its renewal window has begun, by a proof of the key in the Secret,
# or enrolls where there is none or the service does not renew it.
#
# A new key is kept in the Secret (next.key) before it is sent: an attempt after an interrupted one uses it again, gets the
# same response, and costs no second use of the token. One change of the Secret puts the new pair in place; what is left to do
# then is in its entry "unfinished". Keys are made in memory; they go through pipes, since others can read arguments.
set -eu
umask 077
cd /renewal
secret=elastic-agent-fleetseal
namespace=default
names='"name":"web-01"}'
before=864000
key_options='genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072'
restarts=
failed=0
key=tls.key
certificate=tls.crt
held_key=current.key
held_certificate=current.crt
files=.
url=$(cat /token/url)
. ./parts/pod-request.sh
. ./parts/keys.sh
. ./parts/proof.sh
. ./parts/renew-key.sh

# change MEMBERS: of the Secret's data, all at once.
change() {
  printf '{"data":{%s}}' "$1" | kubectl patch secret "$secret" --namespace="$namespace" --type=merge --patch-file=/dev/stdin
}
base64_of() { openssl base64 -A -in "$1"; }
discard() { change '"next.key":null'; }

# finish: confirms a renewal, and restarts what does not read new files itself; "none" stands for an enrollment. What fails
# here fails the job at its end, and is tried again by the next: a certificate is renewed all the same.
finish() {
  predecessor=$(cat unfinished)
  if { [ "$predecessor" = none ] || confirm "$predecessor"; } &&
    { [ -z "$restarts" ] || kubectl rollout restart "$restarts" --namespace="$namespace"; }; then
    change '"unfinished":null'
  else
    failed=1
  fi
}

kubectl get secret "$secret" --namespace="$namespace" --output='jsonpath={.data.tls\.crt}{"\n"}{.data.tls\.key}{"\n"}{.data.next\.key}{"\n"}{.data.unfinished}{"\n"}{.data.ca\.crt}{"\n"}' >entries
for file in "$held_certificate" "$held_key" "$key" unfinished ca.crt; do
  read -r entry
  printf %s "$entry" | openssl base64 -d -A -out "$file"
done <entries

if [ -s unfinished ]; then finish; fi
if [ -s "$held_certificate" ]; then
  window
  if [ "${#start}" -eq 14 ]; then
    if [ "$(date -u +%Y%m%d%H%M%S)" -lt "$start" ]; then exit $failed; fi
  # 409: it was revoked.
  elif [ "$code" != 409 ] && openssl x509 -in "$held_certificate" -noout -checkend "$before"; then
    exit $failed
  fi
fi

if [ ! -s "$key" ]; then
  # shellcheck disable=SC2086 # Several words.
  openssl $key_options -out "$key"
  change "\"next.key\":\"$(base64_of "$key")\""
fi
renew "$key"
if [ -z "$renewed" ]; then
  if [ ! -s /token/token ]; then
    echo 'fleetseal: enrolling needs a bootstrap token in the Secret with the address of the service' >&2
    exit 1
  fi
  token=$(cat /token/token)
. ./parts/enroll-key.sh
fi
. ./parts/read-answer.sh
belongs "$key" "$certificate"
roots=$(text_of caBundle)
printf '%b' "$roots" >ca.crt
[ -s ca.crt ]
data="\"ca.crt\":\"$(base64_of ca.crt)\",\"tls.crt\":\"$(base64_of "$certificate")\",\"tls.key\":\"$(base64_of "$key")\",\"next.key\":null"
printf %s "${renewed:-none}" >unfinished
[ ! -s "$held_certificate" ] || data="$data,\"unfinished\":\"$(base64_of unfinished)\""
change "$data"

# Without an older certificate, nothing is left to do.
[ -s "$held_certificate" ] || exit 0
mv -f "$key" "$held_key"
mv -f "$certificate" "$held_certificate"
finish
exit $failed
