"""
Gives enrollments that fit the document a real CSR and a name of their own, and reports of a compromised key a real proof:
none of them can be drawn at random.
"""

import itertools
import json
import os

import schemathesis

with open(os.environ["FLEETSEAL_CSRS"], encoding="utf-8") as file:
    CSRS = itertools.cycle(file.read().split("\n\n"))
NUMBERS = itertools.count()
with open(os.environ["FLEETSEAL_PROOFS"], encoding="utf-8") as file:
    PROOFS = itertools.cycle(json.load(file))


@schemathesis.hook
def before_call(context, case, kwargs):
    fits = case.meta is not None and case.meta.generation.mode.is_positive
    if not fits or not isinstance(case.body, dict):
        return
    if case.path == "/v1/revoke":
        case.body = next(PROOFS)
    if case.path != "/v1/enroll":
        return
    number = next(NUMBERS)
    # The token allows no further names; every third request has those that were drawn all the same.
    left_out = () if number % 3 == 0 else ("dnsNames", "ipAddresses")
    body = {key: value for key, value in case.body.items() if key not in left_out}
    case.body = {**body, "csr": next(CSRS), "name": f"host-{number}"}
