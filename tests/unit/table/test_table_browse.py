"""Looking into a table of a real engine."""

from __future__ import annotations

from typing import Any

import pytest

from importer.errors import ConfigError, RunCancelled
from importer.table import KeyPart, TableKey, TableSample, browse_table, count_items, create_table
from importer.table.display import key_value, pack_start, show_value, unpack_start
from importer.table.sample import sample_table


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"S": "00123"}, "00123"),
        ({"S": ""}, ""),
        ({"S": "<b>&"}, "<b>&"),
        ({"N": "12345678901234567890123456789012345678"}, "12345678901234567890123456789012345678"),
        ({"BOOL": False}, "false"),
        ({"NULL": True}, "null"),
        ({"B": b"\x00\x01\x02"}, "<3 bytes>"),
        ({"SS": ["b", 'a"']}, '["a\\"", "b"]'),
        ({"NS": ["10", "9"]}, "[9, 10]"),
        ({"BS": [b"ab"]}, '["<2 bytes>"]'),
        ({"L": [{"S": "é"}, {"N": "1.10"}, {"NULL": True}]}, '["é", 1.10, null]'),
        ({"M": {"a": {"M": {"b": {"BOOL": True}}}, "c": {"B": b""}}}, '{"a": {"b": true}, "c": "<0 bytes>"}'),
    ],
)
def test_a_value_is_shown_exactly(value: dict[str, Any], text: str) -> None:
    assert show_value(value) == text


@pytest.mark.parametrize(
    ("type_", "text", "words"),
    [("N", "abc", "is a number"), ("N", "NaN", "is a number"), ("B", "?", "base64"), ("S", "", "Type a value")],
)
def test_a_key_that_cannot_be_is_refused_without_quoting_it(type_: Any, text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        key_value(KeyPart("id", type_), text)


def test_a_page_start_of_any_key_type_survives_being_text() -> None:
    start = {"a": {"S": "é"}, "b": {"B": b"\xff"}, "c": {"N": "1"}}
    assert unpack_start(pack_start(start)) == start
    with pytest.raises(ConfigError, match="first page"):
        unpack_start("nonsense")


@pytest.fixture
def visits(client: Any, table_name: str) -> Any:
    """Ten people, three visits each."""
    description = create_table(client, table_name, TableKey(KeyPart("email"), KeyPart("visit", "N")))
    for person in range(10):
        for visit in range(3):
            item = {"email": {"S": f"p{person}@example.org"}, "visit": {"N": str(visit)}, "zip": {"S": "00501"}}
            client.put_item(TableName=table_name, Item=item)
    return description


def test_paging_shows_every_item_once(client: Any, visits: Any) -> None:
    seen: list[tuple[str, str]] = []
    start, pages = None, 0
    while True:
        page = browse_table(client, visits, limit=7, start=start)
        seen += [(item["email"], item["visit"]) for item in page.items]
        start, pages = page.next_start, pages + 1
        if start is None:
            break
    assert len(seen) == len(set(seen)) == 30
    assert pages == 5


def test_a_page_names_the_key_first(client: Any, visits: Any) -> None:
    assert browse_table(client, visits, limit=1).columns == ("email", "visit", "zip")


def test_a_partition_key_finds_its_items_and_a_sort_key_narrows_them(client: Any, visits: Any) -> None:
    page = browse_table(client, visits, key_equals={"email": "p3@example.org", "visit": ""})
    assert [item["visit"] for item in page.items] == ["0", "1", "2"]
    (only,) = browse_table(client, visits, key_equals={"email": "p3@example.org", "visit": "1"}).items
    assert only == {"email": "p3@example.org", "visit": "1", "zip": "00501"}
    assert browse_table(client, visits, key_equals={"email": "nobody@example.org"}).items == ()


def test_a_sort_key_alone_asks_for_the_partition_key(client: Any, visits: Any) -> None:
    with pytest.raises(ConfigError, match='Type a value for key "email"'):
        browse_table(client, visits, key_equals={"visit": "1"})


def test_a_query_can_be_paged_too(client: Any, visits: Any) -> None:
    first = browse_table(client, visits, limit=2, key_equals={"email": "p3@example.org"})
    rest = browse_table(client, visits, limit=2, key_equals={"email": "p3@example.org"}, start=first.next_start)
    assert [item["visit"] for item in (*first.items, *rest.items)] == ["0", "1", "2"]


class ThreePages:
    """A client whose count comes in three pages."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def scan(self, **request: Any) -> Any:
        self.asked.append(request.get("ExclusiveStartKey"))
        return {"Count": 10, **({"LastEvaluatedKey": len(self.asked)} if len(self.asked) < 3 else {})}


def test_a_count_adds_up_all_pages_and_can_be_stopped(client: Any, visits: Any) -> None:
    assert count_items(client, visits.name) == 30
    pages, told = ThreePages(), []
    assert count_items(pages, "T", on_progress=told.append) == 30
    assert pages.asked == [None, 1, 2]
    assert told == [10, 20, 30]
    with pytest.raises(RunCancelled, match="after 10 items"):
        count_items(ThreePages(), "T", cancelled=lambda: True)


def test_a_sample_tells_names_and_types_and_keeps_no_value(client: Any, visits: Any) -> None:
    client.put_item(TableName=visits.name, Item={"email": {"S": "x"}, "visit": {"N": "9"}, "zip": {"NULL": True}})
    whole = sample_table(client, visits)
    assert whole == TableSample(31, {"email": {"S": 31}, "visit": {"N": 31}, "zip": {"S": 30, "NULL": 1}})
    assert sample_table(client, visits, limit=4).items == 4


def test_a_sample_of_an_empty_table_is_empty_and_of_none_is_said_in_words(client: Any, table_name: str) -> None:
    empty = create_table(client, table_name, TableKey(KeyPart("email")))
    assert sample_table(client, empty) == TableSample(0, {})
    client.delete_table(TableName=table_name)
    with pytest.raises(ConfigError, match=table_name):
        sample_table(client, empty)
