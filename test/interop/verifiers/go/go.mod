module fleetseal.invalid/interop-verifier

go 1.26
