"""The bodies of the requests to DynamoDB."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from importer.write.build import PutRange
from importer.write.items import Item, parse_put

BATCH_WRITE = "DynamoDB_20120810.BatchWriteItem"
BATCH_STATEMENT = "DynamoDB_20120810.BatchExecuteStatement"
BATCH_GET = "DynamoDB_20120810.BatchGetItem"


def write_body(table: str, puts: Sequence[bytes]) -> bytes:
    """BatchWriteItem with the puts as they are. Asks for consumed capacity with that of the indexes."""
    joined = puts.joined if isinstance(puts, PutRange) else b",".join(puts)
    return b'{"RequestItems":{"%b":[%b]},"ReturnConsumedCapacity":"INDEXES"}' % (table.encode(), joined)


def insert_body(table: str, puts: Sequence[bytes]) -> bytes:
    """BatchExecuteStatement with one PartiQL INSERT for each put, the values as parameters."""
    statements = [_insert_statement(table, parse_put(put)) for put in puts]
    return _dumps({"Statements": statements, "ReturnConsumedCapacity": "INDEXES"})


def compare_body(table: str, puts: Sequence[bytes], key: Sequence[str]) -> bytes:
    """BatchGetItem, consistent, of the items that have the puts' keys."""
    keys = [{name: item[name] for name in key} for item in map(parse_put, puts)]
    return _dumps({"RequestItems": {table: {"Keys": keys, "ConsistentRead": True}}})


def _insert_statement(table: str, item: Item) -> dict[str, Any]:
    names = ", ".join("'" + name.replace("'", "''") + "': ?" for name in item)
    return {"Statement": f'INSERT INTO "{table}" VALUE {{{names}}}', "Parameters": list(item.values())}


def _dumps(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
