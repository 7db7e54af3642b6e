"""
The checks of Schemathesis that would fail where the API is right. Each rule has its reason in ../rules.ts; how often a
failing check needed it is counted, so that one that is not needed can be told.
"""

import atexit
import json
import os
import re
from collections import Counter

import schemathesis  # noqa: F401
from schemathesis.checks import CHECKS, load_all_checks


def _problem(response):
    try:
        return response.json()
    except ValueError:
        return {}


def _refused(detail):
    """Whether the request was refused with 400 for reasons of this form, and for no other."""

    def holds(case, response):
        problem = _problem(response)
        errors = problem.get("errors", [])
        return (
            (response.status_code, problem.get("code")) == (400, "malformed_request")
            and len(errors) > 0
            and all(re.search(detail, error["detail"]) for error in errors)
        )

    return holds


# The methods that API Gateway's ANY stands for.
ANY = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}

# By name of the check: the rules by their names, each with when it holds.
RULES = {
    "missing_required_header": {
        "unsigned": lambda case, response: response.status_code == 403 and case.path != "/v1/enroll",
    },
    "unsupported_method": {
        "method": lambda case, response: response.status_code == 403 and response.request.method not in ANY,
    },
    "use_after_free": {
        "revoked": lambda case, response: case.method == "GET" and case.path == "/v1/tokens/{id}",
    },
    "negative_data_rejection": {
        "size": lambda case, response: response.status_code == 413,
    },
    "positive_data_acceptance": {
        "policy": lambda case, response: response.status_code == 422,
        "cursor": _refused(r"^(cursor )?is not a cursor"),
        "network": _refused(r"(network whose host bits are zero|IPv6 (address )?in standard notation), .*not IPv4-mapped"),
        "pem": _refused(r"^(certificate|csr) must be the PEM of one "),
        "two-profiles": _refused(r"^profile is .* but the path says"),
        "fingerprint": _refused(r"^path\.id must be 64 hexadecimal digits"),
        "astral": _refused(r" contains U\+[0-9A-F]{5}, a control, format or separator character"),
    },
}

COUNTS = {"checks": Counter(), "rules": Counter()}


def _counted(check):
    rules = RULES.get(check.__name__, {})

    def counted(ctx, response, case):
        try:
            skipped = check(ctx, response, case)
        except AssertionError:
            needed = next((name for name, holds in rules.items() if holds(case, response)), None)
            if needed is None:
                raise
            COUNTS["rules"][needed] += 1
            skipped = None
        COUNTS["checks"][check.__name__] += skipped is not True
        return skipped

    counted.__name__ = check.__name__
    return counted


def _write_counts():
    with open(os.environ["FLEETSEAL_COUNTS"], "w", encoding="utf-8") as file:
        json.dump(COUNTS, file)


load_all_checks()
for _check in CHECKS.get_all():
    CHECKS.register(_counted(_check))
atexit.register(_write_counts)
