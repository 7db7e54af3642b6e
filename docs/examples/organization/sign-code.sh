#!/bin/sh
# Signs the code of all functions with AWS Signer, and puts it where `cdk deploy` looks for it.
#
#   sign-code.sh ASSEMBLY BUCKET PROFILE PROFILE_OWNER
#
# ASSEMBLY is the directory that `cdk synth` wrote; BUCKET, with versioning, is CDK's for assets. It may run again: code
# that is there under its hash is left as it is. Needs aws, jq and zip.
set -eu

[ $# -eq 4 ] || { echo 'usage: sign-code.sh ASSEMBLY BUCKET PROFILE PROFILE_OWNER' >&2; exit 2; }
assembly=$1 bucket=$2 profile=$3 owner=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sign() {
  key=$1 directory=$2
  if aws s3api head-object --bucket "$bucket" --key "$key" >/dev/null 2>&1; then
    echo "$key is there"
    return
  fi
  rm -f "$work/code.zip"
  (cd "$directory" && zip -q -X -r "$work/code.zip" .)
  version=$(aws s3api put-object --bucket "$bucket" --key "unsigned/$key" --body "$work/code.zip" --query VersionId --output text)
  job=$(aws signer start-signing-job --profile-name "$profile" --profile-owner "$owner" \
    --source "s3={bucketName=$bucket,key=unsigned/$key,version=$version}" \
    --destination "s3={bucketName=$bucket,prefix=signed/}" --query jobId --output text)
  aws signer wait successful-signing-job --job-id "$job"
  signed=$(aws signer describe-signing-job --job-id "$job" --query signedObject.s3.key --output text)
  aws s3 cp "s3://$bucket/$signed" "s3://$bucket/$key" --only-show-errors
  echo "$key is signed"
}

for manifest in "$assembly"/*.assets.json; do
  jq -r '.files[] | select(.source.packaging == "zip") | [.destinations[].objectKey, .source.path] | @tsv' "$manifest"
done | sort -u >"$work/assets"
while IFS="$(printf '\t')" read -r key path; do
  sign "$key" "$assembly/$path" </dev/null
done <"$work/assets"
