"""The bodies of the requests to DynamoDB."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from importer.plan import insert_statement
from importer.write.build import PutRange
from importer.write.items import parse_put
from importer.write.model import Around, Body, BodyOf, Part

BATCH_WRITE = "DynamoDB_20120810.BatchWriteItem"
BATCH_STATEMENT = "DynamoDB_20120810.BatchExecuteStatement"
BATCH_GET = "DynamoDB_20120810.BatchGetItem"


@dataclass(frozen=True)
class TableBody:
    """Puts → the body that writes them to `table`."""

    table: str
    insert: bool

    @property
    def around(self) -> Around | None:
        """Of BatchWriteItem; the statements of an insert are made of the puts' parts."""
        return None if self.insert else Around(BATCH_WRITE, *around_puts(self.table))

    def __call__(self, puts: Sequence[bytes]) -> Body:
        """BatchExecuteStatement where rows are only inserted, else BatchWriteItem."""
        if self.insert:
            return with_hash(BATCH_STATEMENT, insert_body(self.table, puts))
        return with_hash(BATCH_WRITE, write_body(self.table, puts))


def part_body(part: Part, body_of: BodyOf) -> Body:
    """The body that was made beforehand where the part is its whole batch, else a new one."""
    if part.batch.body is not None and len(part.indexes) == len(part.batch.positions):
        return part.batch.body
    return body_of(part_puts(part))


def part_puts(part: Part) -> Sequence[bytes]:
    """The puts of the part, of one piece where they are neighbours."""
    puts = part.batch.puts
    if len(part.indexes) == len(puts):
        return puts
    first, last = part.indexes[0], part.indexes[-1] + 1
    if isinstance(puts, PutRange) and last - first == len(part.indexes):
        return puts[first:last]
    return [puts[index] for index in part.indexes]


def with_hash(target: str, data: bytes) -> Body:
    """A body and its hash."""
    return Body(target, data, sha256(data).hexdigest().encode())


def write_body(table: str, puts: Sequence[bytes]) -> bytes:
    """BatchWriteItem with the puts as they are. Asks for consumed capacity with that of the indexes."""
    before, after = around_puts(table)
    return b"".join((before, puts.joined if isinstance(puts, PutRange) else b",".join(puts), after))


def around_puts(table: str) -> tuple[bytes, bytes]:
    """What stands before and after the puts of a BatchWriteItem."""
    return b'{"RequestItems":{"%b":[' % table.encode(), b']},"ReturnConsumedCapacity":"INDEXES"}'


def insert_body(table: str, puts: Sequence[bytes]) -> bytes:
    """BatchExecuteStatement with one PartiQL INSERT for each put, the values as parameters."""
    items = map(parse_put, puts)
    statements = [{"Statement": insert_statement(table, item), "Parameters": list(item.values())} for item in items]
    return _dumps({"Statements": statements, "ReturnConsumedCapacity": "INDEXES"})


def compare_body(table: str, puts: Sequence[bytes], key: Sequence[str]) -> bytes:
    """BatchGetItem, consistent, of the items that have the puts' keys."""
    keys = [{name: item[name] for name in key} for item in map(parse_put, puts)]
    return _dumps({"RequestItems": {table: {"Keys": keys, "ConsistentRead": True}}})


def _dumps(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
