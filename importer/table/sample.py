"""What attributes a table's items have, from a few of them: names and types, no value is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from importer.errors import ImporterError
from importer.table.explain import call_of, explain_client_error
from importer.table.keys import TableDescription

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


def sample_table(client: Any, description: TableDescription, *, limit: int = SAMPLE_ITEMS) -> TableSample:
    """The attributes of the first items in the table's own order, at most `limit`, by one Scan.

    Raises ConfigError or RetryableError in plain words.
    """
    try:
        reply = client.scan(TableName=description.name, Limit=limit)
    except Exception as error:
        raise explain_client_error(error, call_of(client, "Scan", description.name)) from None
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
