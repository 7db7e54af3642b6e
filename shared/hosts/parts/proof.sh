# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# A proof of possession: a statement that a certificate's key signs, as a compact JWS (RFC 7515). CMS would do for RSA and EC
# keys, but openssl can't be told the time that it signs, and a host whose clock is wrong could never renew.

# kind_of CERTIFICATE: rsa2048 and the like, p256, p384, p521 or ed25519. Of the kinds that this service certifies, the
# number of bits tells RSA from EC.
kind_of() {
  line=$(certificate_key "$1" | "$openssl" pkey -pubin -noout -text_pub 2>/dev/null | sed 1q)
  case $line in
    ED25519*) printf ed25519 ;;
    *'(256 bit)'*) printf p256 ;;
    *'(384 bit)'*) printf p384 ;;
    *'(521 bit)'*) printf p521 ;;
    *'bit)'*) printf 'rsa%s' "$(printf '%s' "$line" | tr -cd 0-9)" ;;
    *) return 1 ;;
  esac
}

base64url() { "$openssl" base64 -A | tr '+/' '-_' | tr -d '='; }

# make_proof KEY CERTIFICATE PAYLOAD: the JWS; PAYLOAD is JSON.
make_proof() {
  signer=$(kind_of "$2") || return 1
  case $signer in
    rsa*) algorithm=RS256 ;;
    p256) algorithm=ES256 digits=64 ;;
    p384) algorithm=ES384 digits=96 ;;
    p521) algorithm=ES512 digits=132 ;;
    ed25519) algorithm=EdDSA ;;
  esac
  signed=$("$openssl" x509 -in "$2" -outform DER | "$openssl" dgst -sha256 -binary | base64url)
  printf '%s.%s' "$(printf '{"alg":"%s","x5t#S256":"%s"}' "$algorithm" "$signed" | base64url)" "$(printf '%s' "$3" | base64url)" >"$work/input"
  signature=$(sign "$1" "$work/input" | base64url)
  [ -n "$signature" ] && printf '%s.%s' "$(cat "$work/input")" "$signature"
}

# sign KEY FILE: by $algorithm, as RFC 7518 section 3 and RFC 8037 have it.
sign() {
  case $algorithm in
    RS*) "$openssl" dgst -sha256 ${passin:+-passin "$passin"} -sign "$1" "$2" ;;
    ES*) "$openssl" dgst "-sha${algorithm#ES}" ${passin:+-passin "$passin"} -sign "$1" "$2" | concatenated ;;
    *) "$openssl" pkeyutl -sign -rawin -inkey "$1" ${passin:+-passin "$passin"} -in "$2" ;;
  esac </dev/null 2>"$work/error"
}

# concatenated: of a signature, two INTEGERs in DER, both with $digits hex digits, as octets.
concatenated() {
  octets=$("$openssl" asn1parse -inform DER | awk -v "digits=$digits" '
    / INTEGER / {
      sub(/^.*:/, "")
      while (length($0) < digits) $0 = "0" $0
      for (i = 1; i < digits; i += 2)
        printf "\\%03o", index("0123456789ABCDEF", substr($0, i, 1)) * 16 + index("0123456789ABCDEF", substr($0, i + 1, 1)) - 17
    }')
  # shellcheck disable=SC2059 # The octets are escapes of the format.
  printf "$octets"
}
