#!/bin/sh
# Puts the revocation lists of a file into the trust store of an Application Load Balancer, in place of those that are there.
# Usage: sh revocation-lists.sh LISTS TRUST_STORE_ARN BUCKET
# It is the command that refresh-revocation-lists.sh of the kit of a proxy runs when the lists have changed: that script has
# checked their signatures. Needs awk, and aws with elasticloadbalancing:DescribeTrustStoreRevocations,
# AddTrustStoreRevocations and RemoveTrustStoreRevocations, s3:PutObject and s3:GetObject.
set -eu
[ $# -eq 3 ] || { echo "usage: sh revocation-lists.sh LISTS TRUST_STORE_ARN BUCKET" >&2; exit 2; }
lists=$1 store=$2 bucket=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
awk -v "work=$work" '
  /^-----BEGIN X509 CRL-----/ { file = sprintf("%s/%02d.pem", work, ++count) }
  file != "" { print > file }
  /^-----END X509 CRL-----/ { close(file); file = "" }' "$lists"
[ -f "$work/01.pem" ] || { echo "$lists contains no revocation list" >&2; exit 1; }

before=$(aws elbv2 describe-trust-store-revocations --trust-store-arn "$store" --query 'TrustStoreRevocations[].RevocationId' --output text)
prefix=fleetseal/crl/$(date -u +%Y%m%dT%H%M%SZ)
aws s3 cp --recursive --only-show-errors "$work" "s3://$bucket/$prefix"
set --
for list in "$work"/*.pem; do
  set -- "$@" "S3Bucket=$bucket,S3Key=$prefix/${list##*/},RevocationType=CRL"
done
aws elbv2 add-trust-store-revocations --trust-store-arn "$store" --revocation-contents "$@" --output text
# The old lists go last: until then both count, so that no certificate is good in between.
set --
for id in $before; do
  case $id in *[!0-9]*) ;; *) set -- "$@" "$id" ;; esac
done
[ $# -eq 0 ] || aws elbv2 remove-trust-store-revocations --trust-store-arn "$store" --revocation-ids "$@"
