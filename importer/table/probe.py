"""One plain HTTP request to an engine on this machine, without an SDK: is it ready, and is its first table there?"""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from importer.settings import DEFAULT_KEY, DEFAULT_TABLE

REQUEST_TIMEOUT_S = 2.0
MOST_BYTES = 1024 * 1024

_AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=embedded/20260101/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=0"
)
"""Engines on this machine want the header and check nothing in it."""


def is_ready(endpoint_url: str) -> bool:
    """Whether the engine answers a real request (ListTables)."""
    status, reply = _ask(endpoint_url, "ListTables", {})
    return status == 200 and "TableNames" in reply


def ensure_default_table(endpoint_url: str) -> bool:
    """Make the default table (`EmailContacts`, key `email`) unless it is there; whether it is there now."""
    request = {
        "TableName": DEFAULT_TABLE,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": DEFAULT_KEY, "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": DEFAULT_KEY, "KeyType": "HASH"}],
    }
    status, reply = _ask(endpoint_url, "CreateTable", request)
    return status == 200 or str(reply.get("__type", "")).endswith("ResourceInUseException")


def _ask(endpoint_url: str, operation: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Status and body; (0, {}) when nothing readable came back."""
    parts = urlsplit(endpoint_url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=REQUEST_TIMEOUT_S)
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": f"DynamoDB_20120810.{operation}",
        "X-Amz-Date": "20260101T000000Z",
        "Authorization": _AUTHORIZATION,
    }
    try:
        connection.request("POST", "/", json.dumps(request), headers)
        answer = connection.getresponse()
        reply = json.loads(answer.read(MOST_BYTES))
        return answer.status, reply if isinstance(reply, dict) else {}
    except (OSError, http.client.HTTPException, ValueError):
        return 0, {}
    finally:
        connection.close()
