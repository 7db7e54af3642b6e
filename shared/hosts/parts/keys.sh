# shellcheck shell=sh disable=SC2034,SC2154 # Other parts and the scripts that include this set and read variables.
# Which key belongs to which certificate. Needs: openssl, the program; passin, as for certificate.sh.

# certificate_key FILE: its public key, PEM.
certificate_key() { "$openssl" x509 -in "$1" -noout -pubkey 2>/dev/null; }

# belongs KEY CERTIFICATE: whether the private key is the certificate's.
belongs() {
  public=$(certificate_key "$2") && [ -n "$public" ] &&
    [ "$("$openssl" pkey -in "$1" ${passin:+-passin "$passin"} -pubout 2>/dev/null </dev/null)" = "$public" ]
}
