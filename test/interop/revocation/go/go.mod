module fleetseal.invalid/interop-revocation

go 1.26

require golang.org/x/crypto v0.55.0
