"""Signs what Schemathesis sends: a bootstrap token for enrollments, AWS Signature Version 4 for everything else."""

import datetime
import hashlib
import hmac
import os
from urllib.parse import parse_qsl, quote, urlsplit

import schemathesis
from requests.auth import AuthBase

ACCESS_KEY, SECRET_KEY = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
REGION, BOOTSTRAP_TOKEN = os.environ["AWS_REGION"], os.environ["FLEETSEAL_BOOTSTRAP_TOKEN"]


def _hmac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Credentials(AuthBase):
    """On the request as it goes out: nothing is changed after the signature."""

    def __call__(self, request):
        url = urlsplit(request.url)
        if url.path == "/v1/enroll":
            request.headers["Authorization"] = f"Bearer {BOOTSTRAP_TOKEN}"
            return request
        time = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        body = request.body or b""
        payload = hashlib.sha256(body if isinstance(body, bytes) else body.encode()).hexdigest()
        query = sorted(
            (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
            for name, value in parse_qsl(url.query, keep_blank_values=True)
        )
        canonical = "\n".join(
            [
                request.method,
                # Every service but S3 has the path encoded once more (AWS Signature Version 4, canonical URI).
                quote(url.path or "/", safe="/-_.~"),
                "&".join(f"{name}={value}" for name, value in query),
                f"host:{url.netloc}\nx-amz-date:{time}\n",
                "host;x-amz-date",
                payload,
            ]
        )
        scope = f"{time[:8]}/{REGION}/execute-api/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", time, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = f"AWS4{SECRET_KEY}".encode()
        for part in scope.split("/"):
            key = _hmac(key, part)
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        request.headers["X-Amz-Date"] = time
        request.headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/{scope}, SignedHeaders=host;x-amz-date, Signature={signature}"
        )
        return request


schemathesis.auth.set_from_requests(Credentials())
