"""A table as AWS describes it, in our own words: its key, state, billing and size."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from importer.errors import ConfigError

KeyType = Literal["S", "N", "B"]
Billing = Literal["PAY_PER_REQUEST", "PROVISIONED"]

WRITABLE_STATES = ("ACTIVE", "UPDATING")
"""AWS takes writes in these two states (API reference, TableDescription.TableStatus)."""


_TABLE_NAME = re.compile(r"[A-Za-z0-9_.-]{3,255}")
"""DynamoDB developer guide, "Naming rules"."""


@dataclass(frozen=True)
class KeyPart:
    """One attribute of a key and its DynamoDB type."""

    attribute: str
    type: KeyType = "S"

    def __str__(self) -> str:
        return f'"{self.attribute}" ({self.type})'


@dataclass(frozen=True)
class TableKey:
    """What tells two items of a table apart."""

    partition: KeyPart
    sort: KeyPart | None = None

    @property
    def parts(self) -> tuple[KeyPart, ...]:
        """Partition part first."""
        return (self.partition,) if self.sort is None else (self.partition, self.sort)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Attribute names, partition first."""
        return tuple(part.attribute for part in self.parts)

    def __str__(self) -> str:
        return " + ".join(str(part) for part in self.parts)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dict."""
        return {"parts": [[part.attribute, part.type] for part in self.parts]}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> TableKey:
        """The key of `to_dict`."""
        return cls(*(KeyPart(attribute, type_) for attribute, type_ in raw["parts"]))


@dataclass(frozen=True)
class IndexKey:
    """The key of a secondary index. An item without one of its attributes is not in the index; one that has it as
    another type, or empty, is refused whole."""

    index: str
    parts: tuple[KeyPart, ...]

    @property
    def attributes(self) -> tuple[str, ...]:
        """Attribute names, partition first."""
        return tuple(part.attribute for part in self.parts)


@dataclass(frozen=True)
class TableDescription:
    """A table at one moment. `item_count` and `size_bytes` are AWS's own, up to six hours old there."""

    name: str
    status: str
    key: TableKey
    billing: Billing
    write_capacity: int | None
    item_count: int
    size_bytes: int
    index_keys: tuple[IndexKey, ...]
    arn: str
    account: str
    region: str

    @property
    def indexes(self) -> tuple[str, ...]:
        """Names of the secondary indexes, the global ones first."""
        return tuple(key.index for key in self.index_keys)

    @property
    def writable(self) -> bool:
        """Whether the table takes writes in its state."""
        return self.status in WRITABLE_STATES


def table_to_be(name: str, key: TableKey) -> TableDescription:
    """A table that is not made yet, as `create_table` will make it. Raises ConfigError for a name that is none."""
    check_table_name(name)
    return TableDescription(name, "ACTIVE", key, "PAY_PER_REQUEST", None, 0, 0, (), "", "", "")


def check_table_name(name: str) -> None:
    """Raise ConfigError unless AWS could have a table of that name."""
    if not _TABLE_NAME.fullmatch(name):
        raise ConfigError(
            f'"{name}" cannot be a table: a name has 3 to 255 letters, digits, dots, hyphens or underscores.'
            if name
            else "No table is named. Choose one."
        )


def read_description(table: Mapping[str, Any]) -> TableDescription:
    """Our description of the `Table` part of a DescribeTable reply."""
    types = {entry["AttributeName"]: entry["AttributeType"] for entry in table["AttributeDefinitions"]}
    names = {entry["KeyType"]: entry["AttributeName"] for entry in table["KeySchema"]}
    parts = [KeyPart(names[role], types[names[role]]) for role in ("HASH", "RANGE") if role in names]
    arn = str(table.get("TableArn", ""))
    on_demand = table.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST"
    units = int(table.get("ProvisionedThroughput", {}).get("WriteCapacityUnits", 0))
    region, account = _place_of(arn)
    return TableDescription(
        name=table["TableName"],
        status=table["TableStatus"],
        key=TableKey(*parts),
        billing="PAY_PER_REQUEST" if on_demand or not units else "PROVISIONED",
        write_capacity=None if on_demand or not units else units,
        item_count=int(table.get("ItemCount", 0)),
        size_bytes=int(table.get("TableSizeBytes", 0)),
        index_keys=tuple(_index_keys(table, types)),
        arn=arn,
        account=account,
        region=region,
    )


def _place_of(arn: str) -> tuple[str, str]:
    """Region and account of `arn:PARTITION:dynamodb:REGION:ACCOUNT:table/NAME`; "" where it names none."""
    parts = arn.split(":")
    return (parts[3], parts[4]) if len(parts) > 4 else ("", "")


def _index_keys(table: Mapping[str, Any], types: Mapping[str, Any]) -> Iterator[IndexKey]:
    """A global index may have several partition and several sort attributes (four each)."""
    for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        for index in table.get(kind) or ():
            listed = sorted(index["KeySchema"], key=lambda entry: entry["KeyType"] != "HASH")
            names = [entry["AttributeName"] for entry in listed]
            yield IndexKey(index["IndexName"], tuple(KeyPart(name, types[name]) for name in names))
