# Writes the certificate of a response and its issuers. Needs parts/pod-request.sh, files and
# certificate, a file.
# shellcheck shell=sh disable=SC2154 # the variables above
leaf=$(text_of certificate)
issuers=$(sed -n 's/.*"chain": *\[\([^]]*\)].*/\1/p' "$files/answer.json" | sed 's/", *"//g; s/"//g')
printf '%b' "$leaf$issuers" >"$certificate"
