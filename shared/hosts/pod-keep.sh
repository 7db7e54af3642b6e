#!/bin/sh
# Runs in a pod of Elastic's DaemonSet. Gets a certificate if there is none, or once the renewal window of the present one has
# begun: the service is asked for it as often as it says. Succeeds if there is a valid certificate afterwards, old or new, so
# that pods start while the service cannot be reached. Runs enroll.sh as a program of its own: set -e has no effect in a
# command that || follows.
set -u
umask 077
directory=/var/lib/fleetseal/kube-system/elastic-agent
certificate=agent.crt
key=agent.key
cd "$directory" || exit 1

# A rename replaces the old file by a complete one.
for ca in /fleetseal/settings/*.crt; do
  [ -e "$ca" ] || continue
  name=${ca##*/}
  cmp -s "$ca" "$name" || { cp "$ca" "$name.new" && mv -f "$name.new" "$name"; }
done

valid() {
  [ -s "$certificate" ] && [ -s "$key" ] &&
    [ "$(openssl x509 -in "$certificate" -noout -pubkey)" = "$(openssl pkey -in "$key" -pubout)" ] &&
    openssl x509 -in "$certificate" -noout -checkend 0 >/dev/null
}

run() { sh /fleetseal/settings/enroll.sh "$@"; }
# before FORMAT FILE: whether it is before the time in a file.
before() { [ -s "$2" ] && [ "$(date -u "$1")" -lt "$(cat "$2")" ]; }

if [ ! -e "$key.ready" ] && valid; then
  [ ! -e unconfirmed ] || run confirm
  before +%s ask-after || run window
  if before +%Y%m%d%H%M%S renew-from; then exit 0; fi
fi
if run && valid; then exit 0; fi
if valid; then
  echo "fleetseal: no new certificate; the present one: $(openssl x509 -in "$certificate" -noout -enddate)" >&2
  exit 0
fi
echo "fleetseal: $NODE_NAME has no valid certificate" >&2
exit 1
