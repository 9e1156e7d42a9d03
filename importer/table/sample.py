"""What a table wants and what its items have: its keys, and names and types from a few items; no value is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from importer.errors import ImporterError, RetryableError
from importer.table.explain import call_of, explain_client_error
from importer.table.keys import IndexKey, KeyPart, TableDescription, TableKey

SAMPLE_ITEMS = 100
"""One request, at most 1 MB (API reference, Scan): 128 read units at the very most."""

MOST_ENTRIES = 2_000
"""Paths into maps that are kept: maps whose names are data have as many as there are items."""


ELEMENT = "[]"
"""The name of an element of a list in a path."""


@dataclass(frozen=True)
class TableSample:
    """`items` looked at; for each attribute met, how many of them have it as which DynamoDB type. `error` says in
    plain words why none could be looked at. `entries`: the same of what maps and lists hold, by the path to it
    (address, city); an element of a list has `[]` as its name.
    """

    items: int
    types: Mapping[str, Mapping[str, int]]
    error: str = ""
    entries: Mapping[tuple[str, ...], Mapping[str, int]] = field(default_factory=dict)

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
        entries = [[list(path), dict(counts)] for path, counts in self.sample.entries.items()]
        sample = {"items": self.sample.items, "types": types, "error": self.sample.error, "entries": entries}
        return {"key": self.key.to_dict(), "indexes": indexes, "sample": sample}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> KnownTable:
        """What `to_dict` made. Raises KeyError, TypeError or ValueError for anything else."""
        indexes = tuple(
            IndexKey(str(name), tuple(KeyPart(attribute, kind) for attribute, kind in parts))
            for name, parts in raw["indexes"].items()
        )
        seen = raw["sample"]
        entries = {tuple(map(str, path)): dict(counts) for path, counts in seen.get("entries", ())}
        sample = TableSample(int(seen["items"]), dict(seen["types"]), str(seen["error"]), entries)
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
    types: dict[tuple[str, ...], Counter[str]] = {}
    for item in reply["Items"]:
        for path, kind in _types_in(item):
            types.setdefault(path, Counter())[kind] += 1
    whole = {path[0]: dict(counts) for path, counts in types.items() if len(path) == 1}
    entries = {path: dict(counts) for path, counts in types.items() if len(path) > 1}
    return TableSample(len(reply["Items"]), whole, entries=dict(list(entries.items())[:MOST_ENTRIES]))


def _types_in(values: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """The path to each attribute, and to each entry of its maps and lists, with its type."""
    for name, value in values.items():
        kind, inner = next(iter(value.items()))
        yield (*above, name), kind
        if kind == "M":
            yield from _types_in(inner, (*above, name))
        for element in inner if kind == "L" else ():
            yield from _types_in({ELEMENT: element}, (*above, name))


def try_sample(client: Any, description: TableDescription) -> TableSample:
    """As `sample_table`; where that is refused (no right to Scan, say), an empty one with the reason in `error`."""
    try:
        return sample_table(client, description)
    except ImporterError as error:
        return TableSample(0, {}, str(error))


def look_at_table(client: Any, description: TableDescription) -> KnownTable:
    """The table's key, its indexes' keys and a sample of its items, as `try_sample` has it."""
    return KnownTable(description.key, description.index_keys, try_sample(client, description))
