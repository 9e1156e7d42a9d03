"""One suite of the write path, the same on every engine."""

from __future__ import annotations

import json

import pytest
from strict_endpoint.kit import contact_batches, contact_items, contact_puts, typed

from importer.errors import FatalError, RunPaused
from importer.table import KeyPart, TableKey
from importer.write import Command, build_puts, pack_batches

LAX = "moto takes what AWS refuses"
NO_PARTIQL = {
    "moto": "moto's optional PartiQL parser knows no parameters",
    "dynalite": "dynalite has no PartiQL",
}
TRAPS = [
    'quo"te', "back\\slash", "line\nbreak", "tab\t", "\x01", "\x7f", "é", "中文", "😀", "\u2028", "\ufeffbom",
    "00123", "NA", "null", "true", "1e5", "+1 555", "=1+1", " spaced ", "a,b;c", "</script>", "{}", "[]", "\\u0041",
]  # fmt: skip


def needs_insert(place) -> None:
    if place.name in NO_PARTIQL:
        pytest.skip(NO_PARTIQL[place.name])


def by_email(items: list[dict]) -> list[dict]:
    return sorted(items, key=lambda item: item["email"]["S"])


def test_contacts_arrive_as_they_are(place) -> None:
    table = place.table()
    result = table.write(contact_batches(500), command=lambda: Command(workers=8))
    assert result.error is None
    assert result.written == list(range(500))
    assert by_email(table.items()) == by_email(contact_items(500))


def test_overwriting_replaces_whole_items(place) -> None:
    table = place.table()
    table.write(contact_batches(60))
    columns = [
        typed("email", "S", [f"contact{row}@example.com" for row in range(30)]),
        typed("city", "S", ["Ulm"] * 30),
    ]
    result = table.write(pack_batches(0, range(30), build_puts(columns)))
    assert result.written == list(range(30))
    stored = {item["email"]["S"]: item for item in table.items()}
    assert len(stored) == 60
    assert stored["contact7@example.com"] == {"email": {"S": "contact7@example.com"}, "city": {"S": "Ulm"}}
    assert stored["contact30@example.com"] == contact_items(31)[30]


def test_inserting_leaves_what_is_there_alone(place) -> None:
    needs_insert(place)
    table = place.table()
    there = {"email": {"S": "contact3@example.com"}, "name": {"S": "Was Here First"}}
    place.client.put_item(TableName=table.name, Item=there)
    result = table.write(contact_batches(60), "insert")
    assert result.error is None
    assert result.existing == [3]
    assert result.written == [row for row in range(60) if row != 3]
    wanted = [there if row == 3 else item for row, item in enumerate(contact_items(60))]
    assert by_email(table.items()) == by_email(wanted)


def test_rows_of_a_killed_insert_are_recognised_as_ours(place) -> None:
    needs_insert(place)
    table = place.table()
    table.write(contact_batches(40))
    result = table.write(pack_batches(0, range(60), contact_puts(60), maybe_sent=True), "insert")
    assert (result.written, result.existing) == (list(range(60)), [])


def test_trap_texts_come_back_whole(place) -> None:
    table = place.table()
    columns = [typed("email", "S", [f"{row:02}" for row in range(len(TRAPS))]), typed('na"me', "S", TRAPS)]
    result = table.write(pack_batches(0, range(len(TRAPS)), build_puts(columns)))
    assert result.failed == []
    assert [item['na"me']["S"] for item in by_email(table.items())] == TRAPS


@pytest.mark.parametrize("mode", ["overwrite", "insert"])
def test_every_type_comes_back(place, mode: str) -> None:
    if mode == "insert":
        needs_insert(place)
    table = place.table()
    columns = [
        typed("email", "S", ["all", "few"]),
        typed("n", "N", ["-12.5", None]),
        typed("b", "BOOL", ["true", "false"]),
        typed("ss", "SS", ['["a","b"]', None]),
        typed("l", "L", ['[{"S":"x"},{"N":"1"}]', None]),
        typed("m", "M", ['{"k":{"S":"v"}}', None]),
        typed("z", "S", ["", ""], nulls=[1]),
    ]
    result = table.write(pack_batches(0, range(2), build_puts(columns)), mode)
    assert result.written == [0, 1]
    whole, few = by_email(table.items())
    assert sorted(whole.pop("ss")["SS"]) == ["a", "b"]
    assert whole == {
        "email": {"S": "all"},
        "n": {"N": "-12.5"},
        "b": {"BOOL": True},
        "l": {"L": [{"S": "x"}, {"N": "1"}]},
        "m": {"M": {"k": {"S": "v"}}},
        "z": {"S": ""},
    }
    assert few == {"email": {"S": "few"}, "b": {"BOOL": False}, "z": {"NULL": True}}


def test_a_table_with_a_sort_key_that_is_a_number(place) -> None:
    table = place.table(TableKey(KeyPart("list"), KeyPart("row", "N")))
    columns = [typed("list", "S", ["a"] * 50), typed("row", "N", [str(row) for row in range(50)])]
    puts = build_puts(columns, key=("list", "row"))
    assert table.write(pack_batches(0, range(50), puts)).written == list(range(50))
    if place.name not in NO_PARTIQL:
        assert table.write(pack_batches(0, range(50), puts), "insert").existing == list(range(50))
    assert len(table.items()) == 50


def test_an_engine_that_cannot_insert_is_told_at_once(place) -> None:
    if place.name != "dynalite":
        pytest.skip("the others know the operation")
    result = place.table().write(contact_batches(60), "insert")
    assert isinstance(result.error, RunPaused)
    assert "does not know what this mode needs (UnknownOperationException)" in str(result.error)
    assert result.written == []


@pytest.mark.parametrize("mode", ["overwrite", "insert"])
def test_one_item_over_400_kb_fails_alone(place, mode: str) -> None:
    if mode == "insert":
        needs_insert(place)
    table = place.table()
    texts = ["x" * (410 * 1024) if row == 9 else "x" for row in range(25)]
    columns = [typed("email", "S", [f"{row:02}" for row in range(25)]), typed("note", "S", texts)]
    result = table.write(pack_batches(0, range(25), build_puts(columns)), mode)
    assert [(failure.position, failure.code) for failure in result.failed] == [(9, "ItemTooLarge")]
    assert len(table.items()) == 24


@pytest.mark.parametrize(
    ("column", "code"),
    [
        (typed("bad", "N", ["1" * 39]), "BadNumber"),
        (typed("bad", "N", ["1E+126"]), "BadNumber"),
        (typed("bad", "SS", ["[]"]), "EmptySet"),
        (typed("email", "S", [""]), "EmptyKey"),
        (typed("email", "S", ["x" * 2049]), "KeyTooLarge"),
        (typed("email", "N", ["1"]), "WrongKeyType"),
    ],
    ids=["39 digits", "too large", "empty set", "empty key", "long key", "number as key"],
)
def test_what_dynamodb_refuses_is_told_with_a_stable_code(place, column, code: str) -> None:
    if place.name == "moto":
        pytest.skip(LAX)
    table = place.table()
    columns = [column] if column.attribute == "email" else [typed("email", "S", ["a"]), column]
    result = table.write(pack_batches(0, range(1), build_puts(columns)))
    told = [(failure.position, failure.code) for failure in result.failed]
    assert told == [(0, code)]
    assert table.items() == []


def test_a_table_that_is_not_there_ends_the_run(place) -> None:
    table = place.table()
    place.client.delete_table(TableName=table.name)
    result = table.write(contact_batches(10))
    assert isinstance(result.error, FatalError)
    assert result.written == []


def test_moto_is_lax_and_our_own_guards_refuse_first(place) -> None:
    """26 items and one key twice pass there; they cannot come out of our builder and packer."""
    if place.name != "moto":
        pytest.skip("the others refuse")
    table = place.table()
    puts = [json.loads(put) for put in contact_puts(26).bodies]
    place.client.batch_write_item(RequestItems={table.name: puts})
    assert len(table.items()) == 26
    assert max(len(batch.puts) for batch in contact_batches(26)) == 25
    with pytest.raises(FatalError, match="repeat a key"):
        build_puts([typed("email", "S", ["a", "a"])], key=("email",))
