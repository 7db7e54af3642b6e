# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# What openssl says of certificates and keys. Needs: openssl, the program; passin, "file:PATH" of the passphrase of keys, or
# empty for keys that are not encrypted.

# choose_openssl PASSPHRASE_FILE: sets openssl, and passin. LibreSSL, as macOS has it, can neither encrypt keys as agents need
# it nor sign with Ed25519.
choose_openssl() {
  passin=${1:+file:$1}
  for openssl in "${OPENSSL:-openssl}" /opt/homebrew/opt/openssl@3/bin/openssl /usr/local/opt/openssl@3/bin/openssl; do
    case $("$openssl" version 2>/dev/null) in OpenSSL*) return 0 ;; esac
  done
  openssl=${OPENSSL:-openssl}
  [ -z "$1" ] || fail "OpenSSL 1.1.1 or later is required for an encrypted key (LibreSSL does not work): install it, or set the variable OPENSSL to its path"
}

# read_certificate FILE: sets serial (36 hex digits of this service), subject, from and until of the first certificate.
read_certificate() {
  facts=$("$openssl" x509 -in "$1" -noout -serial -startdate -enddate -subject -nameopt RFC2253 2>/dev/null) || return 1
  serial=$(printf '%s\n' "$facts" | sed -n 's/^serial=//p' | tr 'A-F' 'a-f')
  subject=$(printf '%s\n' "$facts" | sed -n 's/^subject= *CN=//p')
  from=$(seconds_of "$(printf '%s\n' "$facts" | sed -n 's/^notBefore=//p')")
  until=$(seconds_of "$(printf '%s\n' "$facts" | sed -n 's/^notAfter=//p')")
  [ -n "$serial" ] && [ -n "$from" ] && [ -n "$until" ]
}

# make_key KIND: a new private key on standard output. LibreSSL writes the parameters of a curve out, where it is not asked for
# the name.
make_key() {
  case $1 in
    rsa*) "$openssl" genpkey -algorithm RSA -pkeyopt "rsa_keygen_bits:${1#rsa}" 2>/dev/null ;;
    p*) "$openssl" genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:P-${1#p}" -pkeyopt ec_param_enc:named_curve ;;
    ed25519) "$openssl" genpkey -algorithm ED25519 ;;
  esac
}

# make_request KEY FILE: a request for a certificate, DER, without a name: the service knows it.
make_request() {
  printf '[req]\ndistinguished_name = name\n[name]\n' >"$work/request.cnf" &&
    "$openssl" req -new -config "$work/request.cnf" -key "$1" ${passin:+-passin "$passin"} -subj / -outform DER -out "$2" </dev/null 2>/dev/null
}

# thumbprint FILE: SHA-256 of its first certificate, hex.
thumbprint() { "$openssl" x509 -in "$1" -outform DER 2>/dev/null | "$openssl" dgst -sha256 | sed 's/^.*= *//'; }

# verifies ROOTS CHAIN: whether the first certificate of CHAIN leads to a root. At the time when it was issued, 5 minutes after
# it begins: the clock of the host may be wrong, and a certificate that has expired meanwhile leads there too.
verifies() {
  issued=$(read_certificate "$2" && printf '%s' "$((from + 300))") || return 1
  verify_by "$1" -attime "$issued" -untrusted "$2" "$2" >"$work/verified" 2>&1
}

# verify_by ROOTS ARGUMENT...: by these roots only. Beside -CAfile, openssl takes the CAs of the system too: -CApath stands for
# their directory, and OpenSSL 3 looks for it a second time (openssl-verification-options(1), -CAstore), by SSL_CERT_DIR.
verify_by() { SSL_CERT_DIR=$(no_cas) "$openssl" verify -CApath "$(no_cas)" -CAfile "$@"; }

# split_pem FILE PREFIX: each certificate becomes a file of its own.
split_pem() {
  awk -v "prefix=$2" '
    { sub(/\r$/, "") }
    $0 == "-----BEGIN CERTIFICATE-----" { file = sprintf("%s%04d", prefix, ++count) }
    file != "" { print > file }
    $0 == "-----END CERTIFICATE-----" { close(file); file = "" }' "$1"
}
