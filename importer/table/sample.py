"""What a table wants and what its items have: its keys, and names and types from a few items; no value is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from importer.errors import ImporterError, RetryableError
from importer.table.explain import call_of, explain_client_error
from importer.table.keys import IndexKey, KeyPart, TableDescription, TableKey

SAMPLE_ITEMS = 100
"""One request, at most 1 MB (API reference, Scan): 128 read units at the very most."""


@dataclass(frozen=True)
class TableSample:
    """`items` looked at; for each attribute met, how many of them have it as which DynamoDB type. `error` says in
    plain words why none could be looked at."""

    items: int
    types: Mapping[str, Mapping[str, int]]
    error: str = ""

    def holding(self, attribute: str) -> int:
        """How many of the items have the attribute."""
        return sum(self.types.get(attribute, {}).values())


NO_SAMPLE = TableSample(0, {})


@dataclass(frozen=True)
class KnownTable:
    """What is known of a table before a list goes into it: its key, the keys of its indexes, some of its items."""

    key: TableKey
    index_keys: tuple[IndexKey, ...] = ()
    sample: TableSample = NO_SAMPLE

    @property
    def key_types(self) -> dict[str, str]:
        """Attributes of the table's key and of its indexes' keys → their type, which the table insists on."""
        parts = [part for index in self.index_keys for part in index.parts]
        return {part.attribute: part.type for part in (*self.key.parts, *parts)}

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        indexes = {index.index: [[part.attribute, part.type] for part in index.parts] for index in self.index_keys}
        types = {name: dict(counts) for name, counts in self.sample.types.items()}
        sample = {"items": self.sample.items, "types": types, "error": self.sample.error}
        return {"key": self.key.to_dict(), "indexes": indexes, "sample": sample}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> KnownTable:
        """What `to_dict` made. Raises KeyError, TypeError or ValueError for anything else."""
        indexes = tuple(
            IndexKey(str(name), tuple(KeyPart(attribute, kind) for attribute, kind in parts))
            for name, parts in raw["indexes"].items()
        )
        seen = raw["sample"]
        sample = TableSample(int(seen["items"]), dict(seen["types"]), str(seen["error"]))
        return cls(TableKey.from_dict(raw["key"]), indexes, sample)


def sample_table(client: Any, description: TableDescription, *, limit: int = SAMPLE_ITEMS) -> TableSample:
    """The attributes of the first items in the table's own order, at most `limit`, by one Scan.

    Raises ConfigError or RetryableError in plain words.
    """
    try:
        reply = client.scan(TableName=description.name, Limit=limit)
    except Exception as error:
        raise explain_client_error(error, call_of(client, "Scan", description.name)) from None
    if "Items" not in reply:
        raise RetryableError("The answer to a look at the table's items could not be read. Try again.")
    types: dict[str, Counter[str]] = {}
    for item in reply["Items"]:
        for name, value in item.items():
            types.setdefault(name, Counter())[next(iter(value))] += 1
    return TableSample(len(reply["Items"]), {name: dict(counts) for name, counts in types.items()})


def try_sample(client: Any, description: TableDescription) -> TableSample:
    """As `sample_table`; where that is refused (no right to Scan, say), an empty one with the reason in `error`."""
    try:
        return sample_table(client, description)
    except ImporterError as error:
        return TableSample(0, {}, str(error))


def look_at_table(client: Any, description: TableDescription) -> KnownTable:
    """The table's key, its indexes' keys and a sample of its items, as `try_sample` has it."""
    return KnownTable(description.key, description.index_keys, try_sample(client, description))
