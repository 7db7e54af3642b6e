# shellcheck shell=sh disable=SC2015,SC2034,SC2154 # Other parts set and read variables; fail ends the script.
# The file of the roots that this host trusts, ca.crt, follows the service's bundle. A root is taken over only if
#
#   - this host has it already, or
#   - a root of this host certified it: a certificate with its name and key, among those that the service publishes, that a
#     root of this host signed directly and that may sign for CAs itself, or
#   - the administrator said so, by the fingerprint of the whole bundle.
#
# So who can speak for the service can't make a host trust a root of their own. A root that the service no longer has is
# dropped, unless it came from elsewhere: the service never had it in a bundle that this host took over.
# Needs: directory, state, work, chain (this host's certificate and its issuers), expected (a fingerprint, or empty).

# refresh_trust: sets trust_sha256 to the fingerprint of the service's bundle where ca.crt has all of it, else to nothing.
# Returns 3 where a root was not taken over or ca.crt stays as it is, and 5 where the service does not respond.
refresh_trust() {
  trust_sha256=
  roots=$directory/ca.crt
  [ -f "$roots" ] || return 0
  request 'fetch the roots' /trust.pem || { say "cannot fetch the roots: $(reason)"; return 5; }
  read_clock
  mv "$work/body" "$work/bundle"
  served=$("$openssl" dgst -sha256 <"$work/bundle" | sed 's/^.*= *//')
  rm -f "$work"/root.* "$work"/own.*
  split_pem "$work/bundle" "$work/root."
  split_pem "$roots" "$work/own."
  [ -f "$work/root.0001" ] || { say "$url/trust.pem has no certificate: $roots stays as it is"; return 3; }
  : >"$work/trusted"
  for root in "$work"/own.*; do thumbprint "$root"; done >"$work/own"
  for root in "$work"/root.*; do thumbprint "$root"; done >"$work/served"
  refused=
  for root in "$work"/root.*; do take_root "$root" || refused=yes; done
  keep_roots
  # shellcheck disable=SC2015
  cmp -s "$work/trusted" "$roots" || replace_roots || return 3
  remember served-roots "$(cat "$work/served")"
  [ -z "$refused" ] || return 3
  trust_sha256=$served
}

# take_root FILE: into the new file, or says why not.
take_root() {
  if ! grep -qx "$(thumbprint "$1")" "$work/own" && [ "$served" != "$expected" ] && ! is_certified "$1"; then
    say "the service has a root that no root of this host has certified: $(name_of "$1"), SHA-256 $(thumbprint "$1"). To trust it, run this with --trust-sha256 $served, if \"fleetseal trust\" prints the same on a machine that you trust"
    return 1
  fi
  "$openssl" x509 -in "$1" >>"$work/trusted" || return 1
}

name_of() { "$openssl" x509 -in "$1" -noout -subject -nameopt RFC2253 | sed 's/^subject= *//'; }

# is_certified ROOT: by a root of this host. Issuers are left out, so that none of their keys can make a root.
is_certified() {
  [ -f "$work/published" ] || fetch_published || return 1
  for certified in "$work"/published.*; do
    [ -f "$certified" ] || continue
    [ "$(name_of "$certified")" = "$(name_of "$1")" ] && [ "$(certificate_key "$certified")" = "$(certificate_key "$1")" ] || continue
    is_root_like "$certified" && verify_by "$roots" -attime "$(now)" "$certified" >/dev/null 2>&1 &&
      verify_by "$1" -attime "$(now)" "$1" >/dev/null 2>&1 && return 0
  done
  return 1
}

# is_root_like FILE: whether it may sign for CAs that sign certificates themselves (RFC 5280 section 4.2.1.9).
is_root_like() {
  "$openssl" x509 -in "$1" -noout -text | awk '
    found { exit }
    /^ +X509v3 Basic Constraints:/ { getline; found = 1; ok = /^ +CA:TRUE/ && !/pathlen:0/ }
    END { exit !ok }'
}

# fetch_published: the certificates of GET /v1/trust.
fetch_published() {
  request 'fetch the certificates of CAs' /trust || { say "cannot fetch the certificates of CAs: $(reason)"; return 1; }
  sed 's/\\n/\
/g' "$work/body" | tr '"' '\n' >"$work/published"
  split_pem "$work/published" "$work/published."
}

# keep_roots: what the service never had was put there by somebody else, and stays.
keep_roots() {
  for root in "$work"/own.*; do
    print=$(thumbprint "$root")
    grep -qx "$print" "$work/served" && continue
    if printf '%s\n' "$(recall served-roots)" | grep -qx "$print"; then
      say "the service has dropped a root: $(name_of "$root"), SHA-256 $print"
    else
      "$openssl" x509 -in "$root" >>"$work/trusted"
    fi
  done
}

# replace_roots: only by a file that verifies this host's own certificate.
replace_roots() {
  if ! verifies "$work/trusted" "$chain"; then
    say "the service's roots do not verify this host's certificate: $roots stays as it is"
    return 1
  fi
  replace_file "$work/trusted" "$roots"
  say "$roots is up to date: $(grep -c BEGIN "$roots") roots"
}
