"""Describing and making tables on a real engine."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from importer.errors import ConfigError
from importer.table import KeyPart, TableKey, create_table, describe_table, list_tables
from importer.table.keys import read_description

EMAIL = TableKey(KeyPart("email"))


def test_the_embedded_engine_has_the_default_table(client: Any) -> None:
    description = describe_table(client, "EmailContacts")
    assert (description.status, description.key, description.item_count) == ("ACTIVE", EMAIL, 0)
    assert (description.billing, description.write_capacity, description.writable) == ("PAY_PER_REQUEST", None, True)


@pytest.mark.parametrize("key", [EMAIL, TableKey(KeyPart("id", "N")), TableKey(KeyPart("a"), KeyPart("b", "B"))])
def test_a_table_is_made_with_the_key_asked_for(client: Any, table_name: str, key: TableKey) -> None:
    assert create_table(client, table_name, key).key == key
    assert table_name in list_tables(client)


def test_a_table_made_twice_is_refused(client: Any, table_name: str) -> None:
    create_table(client, table_name, EMAIL)
    with pytest.raises(ConfigError, match="is there already"):
        create_table(client, table_name, EMAIL)


class SlowTable:
    """A client whose table becomes ACTIVE after some looks; `meta` is what a refusal's words are made of."""

    meta = SimpleNamespace(
        service_model=SimpleNamespace(signing_name="dynamodb"), region_name="us-east-1", endpoint_url=""
    )

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def create_table(self, **_: Any) -> None:
        pass

    def describe_table(self, **_: Any) -> Any:
        self.looks -= 1
        return {
            "Table": {
                "TableName": "Slow",
                "TableStatus": "CREATING" if self.looks > 0 else "ACTIVE",
                "KeySchema": [{"AttributeName": "email", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "email", "AttributeType": "S"}],
            }
        }


def test_making_waits_until_the_table_is_active() -> None:
    waits: list[float] = []
    made = create_table(SlowTable(4), "Slow", EMAIL, clock=lambda: 0.0, sleep=waits.append)
    assert made.status == "ACTIVE"
    assert waits == [0.5, 0.5, 0.5]


def test_a_table_that_never_becomes_active_is_said_so() -> None:
    now = iter(range(100))
    with pytest.raises(ConfigError, match='"Slow" is still CREATING after 3 s'):
        create_table(SlowTable(99), "Slow", EMAIL, clock=lambda: next(now), sleep=lambda _: None, patience_s=3)


def test_a_table_being_deleted_takes_no_writes() -> None:
    table = SlowTable(1).describe_table()["Table"] | {"TableStatus": "DELETING"}
    assert not read_description(table).writable


def test_a_key_survives_json() -> None:
    key = TableKey(KeyPart("a"), KeyPart("b", "N"))
    assert TableKey.from_dict(key.to_dict()) == key
    assert str(key) == '"a" (S) + "b" (N)'
    assert key.attributes == ("a", "b")
