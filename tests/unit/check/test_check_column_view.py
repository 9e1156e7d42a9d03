"""The schema follows the columns that steps rename, take out and make, and undo gives everything back."""

from __future__ import annotations

import pytest

from importer.check import (
    ColumnSpec,
    DynamoType,
    Length,
    Phone,
    Required,
    Schema,
    first_names,
    kept_schema,
    shown_schema,
    with_new_columns,
)
from importer.clean import AddColumn, DropColumns, JoinColumns, Operation, Recipe, RenameColumn, SplitColumn
from importer.errors import ConfigError

COLUMNS = ("Mail", "Phone", "Name")
SCHEMA = Schema(
    (
        ColumnSpec("Mail", "email", rules=(Required(),)),
        ColumnSpec("Phone", "phone", rules=(Phone("GB"),)),
        ColumnSpec("Name", "name", rules=(Length(1, 40),)),
    ),
    ("email",),
)


def recipe(*steps: Operation) -> Recipe:
    return Recipe(steps)


def shown(kept: Schema, steps: Recipe, made: tuple[str, ...] = ()) -> dict[str, str | None]:
    view = shown_schema(kept, steps, COLUMNS, {*COLUMNS, *made})
    return {spec.column: spec.attribute for spec in view.columns}


def test_a_renamed_column_keeps_its_attribute_and_rules() -> None:
    view = shown_schema(SCHEMA, recipe(RenameColumn("Phone", "Tel"), RenameColumn("Tel", "Call")), COLUMNS, COLUMNS)
    assert view.column("Call") == ColumnSpec("Call", "phone", rules=(Phone("GB"),))
    assert [spec.column for spec in view.columns] == ["Mail", "Call", "Name"]


def test_a_dropped_column_is_out_of_the_schema_and_back_with_its_rules_after_undo() -> None:
    assert shown(SCHEMA, recipe(DropColumns(("Phone",)))) == {"Mail": "email", "Name": "name"}
    assert shown_schema(SCHEMA, recipe(), COLUMNS, COLUMNS) == SCHEMA


def test_what_is_changed_while_a_column_is_gone_or_renamed_is_kept_beside_its_rules() -> None:
    steps = recipe(RenameColumn("Phone", "Tel"), DropColumns(("Name",)))
    view = shown_schema(SCHEMA, steps, COLUMNS, COLUMNS)
    edited = Schema((view.columns[0], ColumnSpec("Tel", "mobile", rules=(Phone("DE"),))), ("email",))
    kept = kept_schema(edited, SCHEMA.columns, steps, COLUMNS)
    assert shown_schema(kept, steps, COLUMNS, COLUMNS) == edited
    undone = shown_schema(kept, recipe(), COLUMNS, COLUMNS)
    assert undone.column("Phone") == ColumnSpec("Phone", "mobile", rules=(Phone("DE"),))
    assert undone.column("Name") == SCHEMA.column("Name")


def test_the_key_cannot_go() -> None:
    with pytest.raises(ConfigError, match='no column becomes attribute "email"'):
        shown_schema(SCHEMA, recipe(DropColumns(("Mail",))), COLUMNS, COLUMNS)
    renamed = shown_schema(SCHEMA, recipe(RenameColumn("Mail", "E-Mail")), COLUMNS, COLUMNS)
    assert renamed.key_specs[0].column == "E-Mail"


def test_a_column_that_the_list_never_had_stays_in_the_schema_so_that_the_check_refuses_it() -> None:
    strange = Schema((*SCHEMA.columns, ColumnSpec("Town", "town")), ("email",))
    view = shown_schema(strange, recipe(DropColumns(("Name",))), COLUMNS, COLUMNS)
    with pytest.raises(ConfigError, match='The schema wants column "Town"'):
        view.check(("Mail", "Phone"))


def test_new_columns_are_taken_in_as_text_under_a_free_name() -> None:
    steps = recipe(AddColumn("Phone 2", "x"), SplitColumn("Name", " ", ("Phone!", "Last Name"), keep=False))
    columns = steps.columns_after(COLUMNS)
    view = shown_schema(SCHEMA, steps, COLUMNS, COLUMNS)
    wanted = with_new_columns(view, columns, {"Phone 2", "Phone!", "Last Name"})
    assert {spec.column: spec.attribute for spec in wanted.columns} == {
        "Mail": "email",
        "Phone": "phone",
        "Phone!": "phone_2",
        "Last Name": "last_name",
        "Phone 2": "phone_2_2",
    }
    assert wanted.column("Last Name").type is DynamoType.S
    assert with_new_columns(wanted, columns, {"Phone 2"}) == wanted


def test_a_column_of_the_list_that_a_schema_leaves_out_is_not_taken_in() -> None:
    small = Schema(SCHEMA.columns[:1], ("email",))
    assert with_new_columns(small, COLUMNS, {"New"}) == small


def test_an_undone_new_column_is_out_of_sight_with_its_rules_and_back_after_redo() -> None:
    ruled = Schema((*SCHEMA.columns, ColumnSpec("Source", "source", rules=(Required(),))), ("email",))
    assert "Source" not in shown(ruled, recipe(), made=("Source",))
    assert shown(ruled, recipe(AddColumn("Source", "fair")), made=("Source",))["Source"] == "source"


def test_no_two_columns_come_from_one() -> None:
    steps = recipe(DropColumns(("Name",)), RenameColumn("Phone", "Name"), AddColumn("Phone", ""))
    first = first_names(steps, COLUMNS)
    assert first["Mail"] == "Mail"
    assert len(set(first.values())) == 3


def test_joined_in_the_place_of_one_of_them_keeps_its_rules() -> None:
    steps = recipe(JoinColumns(("Phone", "Name"), " ", "Name", keep=False))
    assert shown(SCHEMA, steps) == {"Mail": "email", "Name": "name"}
