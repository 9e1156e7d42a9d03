"""What stands in the way of a run is found before its first request."""

import pytest

from importer.check import ColumnSpec, DynamoType, Schema
from importer.errors import ConfigError
from importer.plan import BadLimit, Mode, check_guards
from importer.table import KeyPart, TableDescription, TableKey


def table(key: TableKey, status: str = "ACTIVE") -> TableDescription:
    return TableDescription("EmailContacts", status, key, "PAY_PER_REQUEST", None, 0, 0, (), "", "", "")


EMAIL = TableKey(KeyPart("email", "S"))
SCHEMA = Schema((ColumnSpec("E-Mail", "email"), ColumnSpec("Age", "age", DynamoType.N)), ("email",))


def guards(description=None, schema=SCHEMA, **numbers):
    return check_guards(schema, description, **({"rows": 10, "ready": 9, "rejected": 1} | numbers))


def test_nothing_stands_in_the_way_of_a_good_plan():
    assert guards(table(EMAIL)) == ()


def test_a_table_that_cannot_be_described_blocks_with_its_own_sentence():
    (found,) = guards(None, table_error="There is no table.")
    assert (found.code, found.message, found.blocking) == ("table_unreachable", "There is no table.", True)


@pytest.mark.parametrize(
    ("status", "blocked"), [("ACTIVE", False), ("UPDATING", False), ("CREATING", True), ("DELETING", True)]
)
def test_a_table_takes_writes_only_in_some_states(status, blocked):
    assert any(found.code == "table_not_active" for found in guards(table(EMAIL, status))) is blocked


def test_a_key_that_no_column_is_mapped_to_is_named_with_what_to_do():
    (found,) = guards(table(TableKey(KeyPart("email", "S"), KeyPart("created", "N"))))
    assert found.message == (
        'Table "EmailContacts" wants key "created" (N); no column of the file is mapped to it. '
        "Map one on the Columns page or in the schema."
    )
    assert found.blocking


def test_a_key_of_another_type_is_named():
    schema = Schema((ColumnSpec("Age", "age", DynamoType.N),), ("age",))
    (found,) = guards(table(TableKey(KeyPart("age", "S"))), schema=schema)
    assert found.code == "key_type"
    assert found.message.endswith("the schema makes it N. Change its type to S.")


@pytest.mark.parametrize(
    ("numbers", "code"),
    [({"rows": 0, "ready": 0, "rejected": 0}, "no_rows"), ({"ready": 0, "rejected": 10}, "no_ready_rows")],
)
def test_a_list_without_a_row_to_write_blocks(numbers, code):
    (found,) = guards(table(EMAIL), **numbers)
    assert (found.code, found.blocking) == (code, True)


def test_undecided_rows_are_told_and_do_not_block_and_blocking_ones_come_first():
    found = guards(table(EMAIL, "CREATING"), undecided=1)
    assert [(guard.code, guard.blocking) for guard in found] == [
        ("table_not_active", True),
        ("undecided_rows", False),
    ]


def wide(last: int) -> Schema:
    """158 attributes: `email`, 156 with names of 47 characters, and one with a name of `last`."""
    names = ["email", *(f"a{number:046}" for number in range(156)), "b" * last]
    return Schema(tuple(ColumnSpec(name, name) for name in names), ("email",))


@pytest.mark.parametrize(("last", "blocked"), [(30, False), (31, True)])
def test_a_row_whose_insert_statement_is_longer_than_dynamodb_takes_blocks(last, blocked):
    assert bool(guards(table(EMAIL), schema=wide(last), mode=Mode.INSERT)) is blocked


def test_a_statement_that_is_too_long_is_told_with_its_number_and_what_to_do():
    (found,) = guards(table(EMAIL), schema=wide(131), mode=Mode.INSERT)
    assert (found.code, found.blocking) == ("statement_too_long", True)
    assert found.message == (
        "Insert only names the table and every attribute in the statement of each row. Here that is 8,293 characters "
        "for 158 attributes, more than the 8,192 that DynamoDB takes. Import fewer columns, give them shorter "
        "attribute names, or choose overwrite."
    )


def test_an_overwrite_has_no_statement_and_takes_any_names():
    assert guards(table(EMAIL), schema=wide(131), mode=Mode.OVERWRITE) == ()


@pytest.mark.parametrize(("limit", "blocked"), [("1", False), ("0", True), ("10%", False), ("9.9%", True)])
def test_more_rejected_rows_than_the_limit_refuse_to_start(limit, blocked):
    assert bool(guards(table(EMAIL), max_bad=limit)) is blocked


def test_a_limit_that_is_none_blocks_instead_of_being_ignored():
    (found,) = guards(table(EMAIL), max_bad="many")
    assert (found.code, found.blocking) == ("bad_limit", True)


@pytest.mark.parametrize("text", ["", "-1", "1.5", "101%", "%", "five", "1e3"])
def test_wrong_limits_are_refused(text):
    with pytest.raises(ConfigError):
        BadLimit.parse(text)


def test_limits_of_rows_and_shares():
    assert BadLimit.parse("20").allowed(1000) == 20
    assert BadLimit.parse(" 0.5 %").allowed(1999) == 9
    assert not BadLimit.parse("0%").exceeded(0, 100)
    assert BadLimit.parse("0").exceeded(1, 100)
