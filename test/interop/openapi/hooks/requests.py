"""
Changes requests that fit the document where what they need cannot be drawn at random: enrollments get a real CSR and a
name of their own, proofs of possession are real, and the issuer that is active stays so.
"""

import itertools
import json
import os

import schemathesis

with open(os.environ["FLEETSEAL_CSRS"], encoding="utf-8") as file:
    CSRS = itertools.cycle(file.read().split("\n\n"))
NUMBERS = itertools.count()
with open(os.environ["FLEETSEAL_PROOFS"], encoding="utf-8") as file:
    PROOFS = {path: itertools.cycle(proofs) for path, proofs in json.load(file).items()}

# What a JWS states in its payload and nowhere else.
BESIDE_CMS = ("trustSha256", "fleetAgentId")

# Which of the two issuers these are about: without an active one, every later enrollment would rightly get 503.
ISSUER_OF = {
    "/v1/issuers/{id}/activate": "issuer-1",
    "/v1/issuers/{id}/compromise": "issuer-2",
}


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.path in ISSUER_OF and case.path_parameters.get("id") in ISSUER_OF.values():
        case.path_parameters["id"] = ISSUER_OF[case.path]
    fits = case.meta is not None and case.meta.generation.mode.is_positive
    if not fits or not isinstance(case.body, dict):
        return
    if case.path in PROOFS:
        case.body = _with_proof(case.body, next(PROOFS[case.path]))
    if case.path == "/v1/enroll":
        case.body = _enrollment(case.body, next(NUMBERS))


def _with_proof(body, proof):
    left_out = ("jws", "cms") + (BESIDE_CMS if "jws" in proof else ())
    return {**{key: value for key, value in body.items() if key not in left_out}, **proof}


def _enrollment(body, number):
    # The token allows no further names; every third request has those that were drawn all the same.
    left_out = () if number % 3 == 0 else ("dnsNames", "ipAddresses")
    kept = {key: value for key, value in body.items() if key not in left_out}
    return {**kept, "csr": next(CSRS), "name": f"host-{number}"}
