"""Looking into a table: a page of items, items by key, and an exact count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from importer.errors import ConfigError, RunCancelled
from importer.table.display import key_value, pack_start, show_item, unpack_start
from importer.table.explain import call_of, explain_client_error
from importer.table.keys import TableDescription, TableKey

PAGE_ITEMS = 50


@dataclass(frozen=True)
class TablePage:
    """Some items, attribute → text, and where the next page starts (None: this was the last)."""

    items: tuple[dict[str, str], ...]
    next_start: str | None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every attribute of the page, in the order met: the key's first."""
        return tuple(dict.fromkeys(name for item in self.items for name in item))


def browse_table(
    client: Any,
    description: TableDescription,
    *,
    limit: int = PAGE_ITEMS,
    start: str | None = None,
    key_equals: Mapping[str, str] | None = None,
) -> TablePage:
    """A page of at most `limit` items, in the table's own order; with `key_equals` only those with that key.

    `key_equals` maps the partition attribute, and the sort attribute if wanted, to text. `start` is a page's
    `next_start`. Raises ConfigError or RetryableError in plain words.
    """
    request: dict[str, Any] = {"TableName": description.name, "Limit": limit}
    if start is not None:
        request["ExclusiveStartKey"] = unpack_start(start)
    wanted = {name: text for name, text in (key_equals or {}).items() if text}
    operation = "Query" if wanted else "Scan"
    if wanted:
        request |= _key_condition(description.key, wanted)
    try:
        reply = client.query(**request) if wanted else client.scan(**request)
    except Exception as error:
        raise explain_client_error(error, call_of(client, operation, description.name)) from None
    last = reply.get("LastEvaluatedKey")
    items = tuple(show_item(item, description.key) for item in reply["Items"])
    return TablePage(items, pack_start(last) if last else None)


def count_items(
    client: Any,
    name: str,
    *,
    on_progress: Callable[[int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> int:
    """The exact number of items now, by reading the whole table consistently (it costs read units).

    Raises RunCancelled when `cancelled` says so between two pages, and as `browse_table`.
    """
    count = 0
    request: dict[str, Any] = {"TableName": name, "Select": "COUNT", "ConsistentRead": True}
    while True:
        try:
            reply = client.scan(**request)
        except Exception as error:
            raise explain_client_error(error, call_of(client, "Scan", name)) from None
        count += int(reply["Count"])
        if on_progress is not None:
            on_progress(count)
        last = reply.get("LastEvaluatedKey")
        if not last:
            return count
        if cancelled is not None and cancelled():
            raise RunCancelled(f"The count was stopped after {count:,} items.")
        request["ExclusiveStartKey"] = last


def _key_condition(key: TableKey, wanted: Mapping[str, str]) -> dict[str, Any]:
    """The part of a Query that names the key, every attribute by placeholder (names may be reserved words)."""
    if key.partition.attribute not in wanted:
        raise ConfigError(f"Type a value for key {key.partition}: without it AWS cannot look an item up.")
    parts = [part for part in key.parts if part.attribute in wanted]
    return {
        "KeyConditionExpression": " AND ".join(f"#k{n} = :k{n}" for n in range(len(parts))),
        "ExpressionAttributeNames": {f"#k{n}": part.attribute for n, part in enumerate(parts)},
        "ExpressionAttributeValues": {
            f":k{n}": key_value(part, wanted[part.attribute]) for n, part in enumerate(parts)
        },
    }
