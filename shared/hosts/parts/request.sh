# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# Requests to the service, with curl 7.61 or later (RHEL 8). They need: url, the API's address with /v1; work, a directory
# that only this user can read; cacert, the CA file of the service's TLS certificate, or empty for the system's CAs.
# Beside --cacert, curl takes the directory of the system's CAs too, unless --capath names another one (Debian's curl has one
# built in). What ~/.curlrc says is heeded, since it may name a proxy; but no "insecure".

# request WHAT PATH [CURL ARGUMENTS...]: one request. Sets status to the HTTP status, or to 000 without a response; leaves
# the body in $work/body and the headers in $work/headers. WHAT completes "cannot ...". Secrets are sent by --header @FILE:
# other users can read arguments.
request() {
  what=$1
  address=$url$2
  shift 2
  : >"$work/body"
  : >"$work/headers"
  curl_code=0
  status=$(curl --silent --show-error --proto '=https' --tlsv1.2 --connect-timeout 10 --max-time 60 \
    --max-filesize 4194304 --no-insecure ${cacert:+--cacert "$cacert" --capath "$(no_cas)"} --dump-header "$work/headers" --output "$work/body" --write-out '%{http_code}' \
    "$@" "$address" 2>"$work/error") || curl_code=$?
  [ "$curl_code" -eq 0 ] || status=000
  case $status in 2??) return 0 ;; *) return 1 ;; esac
}

# no_cas: a directory of no CAs.
no_cas() { mkdir -p "$work/none" && printf '%s' "$work/none"; }

# header NAME: of the last response, the last one where a proxy responded too. NAME is in lower case.
header() {
  tr -d '\r' <"$work/headers" | awk -v "name=$1" '
    { colon = index($0, ":") }
    tolower(substr($0, 1, colon - 1)) == name { value = substr($0, colon + 1); sub(/^ +/, "", value); found = value }
    END { printf "%s", found }'
}

# json_text NAME FILE: the first text of that name in JSON that the service wrote, on one line. Only for plain texts: of
# the escapes, it reads \" and \\ and \/, and leaves the others as they are.
json_text() {
  tr -d '\000-\010\013-\037\177' <"$2" | tr '\n' ' ' | awk -v "name=$1" '
    {
      if (!match($0, "\"" name "\": *\"([^\"\\\\]|\\\\.)*\"")) exit
      text = substr($0, RSTART, RLENGTH)
      sub(/^"[^"]*": *"/, "", text)
      text = substr(text, 1, length(text) - 1)
      while (match(text, /\\["\\\/]/)) {
        read = read substr(text, 1, RSTART - 1) substr(text, RSTART + 1, 1)
        text = substr(text, RSTART + 2)
      }
      printf "%s", read text
    }'
}

# json_findings FILE: a line for each field of a problem that was refused: "pointer: detail"; nothing where it is only one,
# which the detail of the problem has too.
json_findings() {
  tr -d '\000-\037\177' <"$1" | awk '
    {
      while (match($0, /"pointer": *"([^"\\]|\\.)*", *"detail": *"([^"\\]|\\.)*"/)) {
        finding = substr($0, RSTART, RLENGTH)
        $0 = substr($0, RSTART + RLENGTH)
        sub(/^"pointer": *"#?\/?/, "", finding)
        sub(/", *"detail": *"/, ": ", finding)
        sub(/"$/, "", finding)
        gsub(/\\"/, "\"", finding)
        findings[++count] = finding
      }
    }
    END { for (i = 1; count > 1 && i <= count; i++) print findings[i] }'
}

# reason: why the last request failed, in the words of the service where it said any.
reason() {
  if [ "$status" = 000 ]; then
    sed -n '1s/^curl: *//p' "$work/error"
    return
  fi
  detail=$(json_text detail "$work/body")
  code=$(json_text code "$work/body")
  if [ -n "$detail" ]; then printf '%s (%s%s)\n' "$detail" "$status" "${code:+ $code}"; else printf 'HTTP status %s\n' "$status"; fi
  json_findings "$work/body" | sed 's/^/  /'
}

# may_succeed_later: whether the last request, sent again, may succeed without anybody doing anything.
may_succeed_later() {
  case $status in
    000) case $curl_code in 5 | 6 | 7 | 16 | 18 | 28 | 35 | 52 | 55 | 56 | 92) return 0 ;; *) return 1 ;; esac ;;
    408 | 425 | 429 | 500 | 502 | 503 | 504) return 0 ;;
    *) return 1 ;;
  esac
}

# is_untrusted: whether curl refused the TLS certificate of the service, or has no CA to verify it with.
is_untrusted() { case $curl_code in 51 | 60 | 77) return 0 ;; *) return 1 ;; esac }

# persistently WHAT PATH [CURL ARGUMENTS...]: the request, again after a wait as long as it may succeed later. Returns 4 if
# the service refuses it, and 5 if it gave up.
persistently() {
  try=1
  while ! request "$@"; do
    if ! may_succeed_later; then
      say "cannot $what: $(reason)"
      [ "$status" = 000 ] || return 4
      if is_untrusted; then
        say "the service's TLS certificate is not trusted here: name its CA file with --cacert, and check the clock of this host, which says $(date -u +%Y-%m-%dT%H:%M:%SZ)"
      fi
      return 5
    fi
    if [ "$try" -ge "$tries" ]; then
      say "cannot $what: $(reason)"
      say "gave up after $tries tries; run this again later, it goes on where it stopped"
      return 5
    fi
    after=$(header retry-after)
    case $after in '' | *[!0-9]*) after=0 ;; ??????????*) after=999999999 ;; esac
    if [ "$after" -gt "$longest_pause" ]; then
      say "cannot $what: $(reason)"
      say "the service accepts this again in $((after / 60 + 1)) minutes: run it again then, it goes on where it stopped"
      return 5
    fi
    seconds=$(wait_seconds "$try" "$after")
    say "cannot $what yet: $(reason); trying again in $seconds s (try $try of $tries)"
    sleep "$seconds"
    try=$((try + 1))
  done
}
