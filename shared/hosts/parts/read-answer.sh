# Writes the certificate of a response and its issuers. Needs files and certificate, a file.
# shellcheck shell=sh disable=SC2154 # the variables above
leaf=$(sed -n 's/.*"certificate": *"\([^"]*\)".*/\1/p' "$files/answer.json")
issuers=$(sed -n 's/.*"chain": *\[\([^]]*\)].*/\1/p' "$files/answer.json" | sed 's/", *"//g; s/"//g')
printf '%b' "$leaf$issuers" >"$certificate"
