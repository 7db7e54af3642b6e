//go:build boringcrypto

package main

// Holds crypto/tls to the rules of BoringSSL for FIPS, which are stricter than those of Go's own module.
import _ "crypto/tls/fipsonly"
