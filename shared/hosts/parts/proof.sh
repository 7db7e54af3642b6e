# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# A proof of possession: a statement that a certificate's key signs, as a compact JWS (RFC 7515). CMS would do for RSA and EC
# keys, but openssl can't be told the time that it signs, and a host whose clock is wrong could never renew.

base64url() { "$openssl" base64 -A | tr '+/' '-_' | tr -d '='; }

# make_proof KEY CERTIFICATE PAYLOAD: the JWS; PAYLOAD is JSON.
make_proof() {
  signer=$(kind_of "$2") || return 1
  case $signer in
    rsa*) header='"alg":"RS256"' ;;
    p256) header='"alg":"ES256"' ;;
    p384) header='"alg":"ES384"' ;;
    p521) header='"alg":"ES512"' ;;
    ed25519) header='"alg":"EdDSA"' ;;
  esac
  signed=$("$openssl" x509 -in "$2" -outform DER | "$openssl" dgst -sha256 -binary | base64url)
  printf '%s.%s' "$(printf '{%s,"x5t#S256":"%s"}' "$header" "$signed" | base64url)" "$(printf '%s' "$3" | base64url)" >"$work/input"
  signature=$(sign "$1" "$work/input" | base64url)
  [ -n "$signature" ] && printf '%s.%s' "$(cat "$work/input")" "$signature"
}

# sign KEY FILE: by the key of kind $signer, as RFC 7518 section 3 and RFC 8037 have it.
sign() {
  case $signer in
    rsa*) "$openssl" dgst -sha256 ${passin:+-passin "$passin"} -sign "$1" "$2" ;;
    p256) "$openssl" dgst -sha256 ${passin:+-passin "$passin"} -sign "$1" "$2" | concatenated 64 ;;
    p384) "$openssl" dgst -sha384 ${passin:+-passin "$passin"} -sign "$1" "$2" | concatenated 96 ;;
    p521) "$openssl" dgst -sha512 ${passin:+-passin "$passin"} -sign "$1" "$2" | concatenated 132 ;;
    ed25519) "$openssl" pkeyutl -sign -rawin -inkey "$1" ${passin:+-passin "$passin"} -in "$2" ;;
  esac </dev/null 2>"$work/error"
}

# concatenated DIGITS: of a signature, two INTEGERs in DER, both with that many hex digits, as octets.
concatenated() {
  octets=$("$openssl" asn1parse -inform DER | awk -v "digits=$1" '
    / INTEGER / {
      sub(/^.*:/, "")
      while (length($0) < digits) $0 = "0" $0
      for (i = 1; i < digits; i += 2)
        printf "\\%03o", index("0123456789ABCDEF", substr($0, i, 1)) * 16 + index("0123456789ABCDEF", substr($0, i + 1, 1)) - 17
    }')
  # shellcheck disable=SC2059 # The octets are escapes of the format.
  printf "$octets"
}
