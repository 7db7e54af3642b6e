"""What Schemathesis has to know of fleetseal besides its OpenAPI document."""

from . import checks, credentials, requests  # noqa: F401
