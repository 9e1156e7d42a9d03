"""Our signature is botocore's, byte for byte."""

from __future__ import annotations

import hashlib
import random
import string
from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from importer.write.sign import Signer, host_header

URLS = (
    "http://127.0.0.1:8000",
    "http://localhost/",
    "https://dynamodb.us-east-1.amazonaws.com",
    "https://dynamodb.us-east-1.amazonaws.com:443/",
    "https://dynamodb-fips.us-gov-west-1.amazonaws.com/",
    "https://dynamodb.cn-north-1.amazonaws.com.cn:8443/",
    "https://123456789012.ddb.eu-west-1.amazonaws.com/some/path",
    "https://dynamodb-fips.ca-central-1.api.aws/",
    "https://vpce-1a2b3c4d-5e6f.dynamodb.eu-north-1.vpce.amazonaws.com",
)


def botocore_headers(
    url: str, region: str, credentials: Credentials, *, target: str, body: bytes, now_s: int
) -> dict:
    """What add_auth does, with a time of our own."""
    request = AWSRequest("POST", url, data=body)
    request.headers["Content-Type"] = "application/x-amz-json-1.0"
    request.headers["X-Amz-Target"] = target
    request.context["timestamp"] = datetime.fromtimestamp(now_s, UTC).strftime("%Y%m%dT%H%M%SZ")
    auth = SigV4Auth(credentials, "dynamodb", region)
    auth._modify_request_before_signing(request)
    to_sign = auth.string_to_sign(request, auth.canonical_request(request))
    auth._inject_signature_to_request(request, auth.signature(to_sign, request))
    return {name.lower(): value for name, value in request.headers.items()}


def hashed(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def as_dict(lines: bytes) -> dict[str, str]:
    assert lines.endswith(b"\r\n")
    pairs = (line.split(":", 1) for line in lines.decode().removesuffix("\r\n").split("\r\n"))
    return {name.lower(): value.strip() for name, value in pairs}


def word(dice: random.Random, length: int) -> str:
    return "".join(dice.choice(string.ascii_letters + string.digits + "+/=") for _ in range(length))


@pytest.mark.parametrize("with_token", [False, True])
def test_1000_random_requests_are_signed_as_botocore_signs_them(with_token: bool) -> None:
    dice = random.Random(f"signer {with_token}")
    signers: dict[tuple[str, str], Signer] = {}
    credentials = Credentials(word(dice, 20), word(dice, 40), word(dice, 300) if with_token else None)
    now_s = 1_700_000_000
    for _ in range(1000):
        url, region = dice.choice(URLS), dice.choice(["us-east-1", "us-gov-west-1", "cn-north-1"])
        signer = signers.setdefault((url, region), Signer(url, region, "dynamodb", credentials))
        now_s += dice.choice([0, 0, 1, 3600, 86_400])
        body = dice.randbytes(dice.choice([0, 2, 3000]))
        target = dice.choice(["DynamoDB_20120810.BatchWriteItem", "DynamoDB_20120810.BatchExecuteStatement"])
        ours = as_dict(signer.headers(target, hashed(body), now_s + 0.5))
        theirs = botocore_headers(url, region, credentials, target=target, body=body, now_s=now_s)
        assert ours == theirs
        assert host_header(url) in url


def test_another_secret_gives_another_signature() -> None:
    made = [
        Signer("http://h", "us-east-1", "dynamodb", Credentials("A", secret)).headers("T", hashed(b""), 0)
        for secret in ("one", "two")
    ]
    assert made[0].splitlines()[-1] != made[1].splitlines()[-1]


class Rotating:
    """Credentials that change."""

    def __init__(self) -> None:
        self.now = Credentials("OLD", "old-secret", "old-token")
        self.asked = 0

    def get_frozen_credentials(self):
        self.asked += 1
        return self.now.get_frozen_credentials()


def test_renewed_credentials_sign_from_the_next_second_on() -> None:
    rotating = Rotating()
    signer = Signer("http://h", "us-east-1", "dynamodb", rotating)
    before = signer.headers("T", hashed(b"x"), 100.1)
    rotating.now = Credentials("NEW", "new-secret", "new-token")
    assert signer.headers("T", hashed(b"x"), 100.9) == before
    after = as_dict(signer.headers("T", hashed(b"x"), 101.0))
    theirs = botocore_headers("http://h", "us-east-1", rotating.now, target="T", body=b"x", now_s=101)
    assert after["authorization"] == theirs["authorization"]
    assert rotating.asked == 2


def test_renewed_since_compares_with_what_was_sent() -> None:
    rotating = Rotating()
    signer = Signer("http://h", "us-east-1", "dynamodb", rotating)
    sent = signer.headers("T", hashed(b""), 100)
    assert not signer.renewed_since(sent)
    rotating.now = Credentials("OLD", "old-secret", "another-token")
    assert signer.renewed_since(sent)
    assert not signer.renewed_since(signer.headers("T", hashed(b""), 100))
