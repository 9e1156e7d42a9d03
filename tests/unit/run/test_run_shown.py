"""A click is about what was on screen: every difference of a plan, a run and a saved list is found and named."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from run_folders import NOW, TARGET, checked_folder, frozen_folder, plan_for

from importer.check import BlankMeans, CheckResult, ColumnSpec, DynamoType, Length, Schema, Winner
from importer.clean import ChangeCase, Recipe, Trim
from importer.errors import ConfigError
from importer.fix import merge_fixed
from importer.plan import Mode, Pace
from importer.prove import write_reject_file
from importer.run import (
    ChangedElsewhere,
    Ledger,
    NotAsShown,
    RunState,
    ShownList,
    ShownPlan,
    choose_table,
    delete_saved,
    find_saved,
    freeze_plan,
    open_as,
    plan_changes,
    read_recipe,
    read_schema,
    rename_saved,
    save_for_next,
    shown_run,
    start_runner,
    table_of,
)
from importer.run.destination import _refuse_other_account
from importer.settings import Settings
from importer.table import Connection, KeyPart, TableChoice, TableKey, Target, save_default

SCHEMA = Schema((ColumnSpec("email", "email"), ColumnSpec("name", "name")), ("email",))
RECIPE = Recipe((Trim(("email",)), ChangeCase("name", "upper")))
PLACE = "endpoint http://127.0.0.1:1, region us-east-1"
OTHER = Target(Connection("custom", endpoint_url="http://127.0.0.1:1"), "made-up", "Others")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "home")


def shown(tmp_path: Path) -> ShownPlan:
    folder = checked_folder(tmp_path)
    return ShownPlan(plan_for(folder), ShownList(RECIPE, SCHEMA))


def with_columns(*columns: ColumnSpec, **more: Any) -> dict[str, Schema]:
    return {"schema": replace(SCHEMA, columns=columns, **more)}


EMAIL, NAME = SCHEMA.columns
OF_PLAN: dict[str, tuple[dict[str, Any], str]] = {
    "target": ({"target": OTHER}, f"Target: table EmailContacts, {PLACE} → table Others, {PLACE}."),
    "account": ({"target": replace(TARGET, account="other")}, "Target: "),
    "key": ({"key": TableKey(KeyPart("id", "N"))}, 'The table\'s key: "email" (S) → "id" (N).'),
    "key columns": ({"key_columns": ("name",)}, "Columns of the key: email → name."),
    "file": ({"source_sha256": "5a"}, "The file itself changed."),
    "reading": ({"dialect": {"encoding": "cp1252"}}, "How the file is read: encoding"),
    "mode": ({"mode": Mode.INSERT}, "Mode: overwrite → insert."),
    "pace": ({"pace": Pace(rate_wcu=50.0)}, "Pace: no limit → 50 write units a second."),
    "limit": ({"max_bad": "5%"}, "Limit of bad rows: none → 5%."),
    "rows": ({"rows": 7}, "Rows: 6 → 7."),
    "ready": ({"ready": 2}, "Ready: 3 → 2."),
    "rejected": ({"rejected": 4}, "Rejected: 2 → 4."),
    "skipped": ({"skipped": 1}, "Left out: 0 → 1."),
    "duplicate": ({"duplicate": 2}, "Duplicates: 1 → 2."),
    "check": ({"check_fingerprint": "c4"}, "The outcome of the check changed."),
}
OF_LIST: dict[str, tuple[dict[str, Any], str]] = {
    "step more": ({"recipe": RECIPE.then(Trim(("name",)))}, "Steps added: Trim spaces in name."),
    "step less": ({"recipe": RECIPE.without(2)}, "Steps taken out: Change name to upper case."),
    "order": ({"recipe": Recipe(RECIPE.operations[::-1])}, "The steps are in another order."),
    "column gone": (with_columns(EMAIL), "Columns: name is gone."),
    "column new": (with_columns(EMAIL, NAME, ColumnSpec("city", "city")), "Columns: city is new."),
    "attribute": (with_columns(EMAIL, replace(NAME, attribute=None)), "Columns: name (name → not imported)."),
    "type": (with_columns(EMAIL, replace(NAME, type=DynamoType.L)), "Columns: name (text → list)."),
    "blank": (with_columns(EMAIL, replace(NAME, blank=BlankMeans.NULL)), "Columns: name (blank)."),
    "rules": (with_columns(EMAIL, replace(NAME, rules=(Length(1, 9),))), "Columns: name (rules)."),
    "indexes": (
        with_columns(EMAIL, NAME, indexes=(("by-name", ("name",)),)),
        "What is known of the table's indexes.",
    ),
    "held": (
        with_columns(EMAIL, NAME, held=((("p", "amt"), ("N",)),)),
        "What the table holds in its maps and lists.",
    ),
    "dots": (with_columns(EMAIL, NAME, nest_dots=True), "Attributes with a dot: as they are → entries of a map."),
    "winner": (with_columns(EMAIL, NAME, winner=Winner.FIRST), "Of rows with one key: last → first."),
    "key": (with_columns(EMAIL, NAME, key=("name",)), "Attributes of the key: email → name."),
}


@pytest.mark.parametrize("what", OF_PLAN)
def test_what_is_not_planned_as_it_was_shown_is_named_with_both_sides(what: str, tmp_path: Path) -> None:
    was = shown(tmp_path)
    change, told = OF_PLAN[what]
    (sentence,) = plan_changes(was, replace(was, plan=replace(was.plan, **change)))
    assert sentence.startswith(told) if told.endswith(("encoding", ": ")) else sentence == told


@pytest.mark.parametrize("what", OF_LIST)
def test_steps_and_columns_that_are_not_as_shown_are_named(what: str, tmp_path: Path) -> None:
    was = shown(tmp_path)
    change, told = OF_LIST[what]
    assert plan_changes(was, replace(was, listed=replace(was.listed, **change))) == (told,)


def test_control_what_is_as_it_was_shown_has_no_difference(tmp_path: Path) -> None:
    was = shown(tmp_path)
    again = ShownPlan(replace(was.plan), ShownList(Recipe(RECIPE.operations), replace(SCHEMA)))
    assert plan_changes(was, again) == ()


def test_every_field_of_a_plan_that_is_on_screen_is_compared(tmp_path: Path) -> None:
    follow_from_others = {
        "source_name",
        "recipe_fingerprint",
        "schema_fingerprint",
        "slices",
        "batches",
        "estimated_wcu",
    }
    compared = {name for change, _ in OF_PLAN.values() for name in change}
    assert {field.name for field in fields(shown(tmp_path).plan)} == compared | follow_from_others


def test_every_field_of_a_schema_is_compared() -> None:
    assert {field.name for field in fields(SCHEMA)} == {"columns", "key", "winner", "indexes", "nest_dots", "held"}


def test_a_plan_is_not_frozen_for_another_table_than_its_list_goes_to(tmp_path: Path) -> None:
    folder = checked_folder(tmp_path)
    choose_table(folder, TableChoice(OTHER.connection, "Others"))
    with pytest.raises(NotAsShown, match=r"Target: table EmailContacts, .* → table Others"):
        freeze_plan(folder, plan_for(folder), CheckResult.open(folder.check))
    assert not folder.frozen


def test_control_a_plan_for_the_table_of_its_list_is_frozen(tmp_path: Path) -> None:
    folder = checked_folder(tmp_path)
    choose_table(folder, TableChoice(TARGET.connection, "EmailContacts"))
    freeze_plan(folder, plan_for(folder), CheckResult.open(folder.check)).close()
    assert folder.frozen


def test_a_draft_keeps_its_table_and_a_planned_run_has_that_of_its_plan(settings: Settings, tmp_path: Path) -> None:
    folder = checked_folder(tmp_path)
    save_default(settings, TableChoice(TARGET.connection, "EmailContacts"))
    assert table_of(settings, folder).table == "EmailContacts"
    save_default(settings, TableChoice(TARGET.connection, "Others"))
    assert table_of(settings, folder).table == "EmailContacts"
    freeze_plan(folder, plan_for(folder), CheckResult.open(folder.check)).close()
    folder.table.unlink()
    assert table_of(settings, folder).table == "EmailContacts"
    with pytest.raises(ConfigError, match="planned already"):
        choose_table(folder, TableChoice(TARGET.connection, "Others"))


def test_a_list_that_another_person_moved_meanwhile_is_not_moved(settings: Settings, tmp_path: Path) -> None:
    folder = checked_folder(tmp_path)
    seen = table_of(settings, folder)
    choose_table(folder, TableChoice(OTHER.connection, "Theirs"), seen=seen)
    with pytest.raises(ChangedElsewhere, match="Another person sent this list to table Theirs"):
        choose_table(folder, TableChoice(OTHER.connection, "Mine"), seen=seen)
    assert table_of(settings, folder).table == "Theirs"


@pytest.mark.parametrize(
    ("choice", "target", "same"),
    [
        (
            Connection("embedded"),
            Target(Connection("embedded", endpoint_url="http://127.0.0.1:9"), "local", "T"),
            True,
        ),
        (Connection("aws", ""), Target(Connection("aws", "us-gov-west-1"), "123456789012", "T"), True),
        (Connection("aws", "us-east-1"), Target(Connection("aws", "us-gov-west-1"), "123456789012", "T"), False),
        (Connection("aws", "", "mine"), Target(Connection("aws", "us-gov-west-1", "other"), "1", "T"), False),
        (Connection("embedded"), Target(Connection("embedded"), "local", "Others"), False),
        (Connection("custom", endpoint_url="http://127.0.0.1:1"), OTHER, False),
    ],
)
def test_a_choice_and_a_target_are_the_same_place_or_not(choice: Connection, target: Target, same: bool) -> None:
    assert TableChoice(choice, "T").means(target) is same


def test_credentials_that_lead_to_another_account_by_now_are_refused() -> None:
    plan = SimpleNamespace(target=Target(Connection("aws", "us-gov-west-1"), "111111111111", "EmailContacts"))
    there = SimpleNamespace(name="EmailContacts", account="222222222222")
    with pytest.raises(ConfigError, match="account 222222222222; the plan was made for account 111111111111"):
        _refuse_other_account(plan, there)  # type: ignore[arg-type]


def test_control_the_planned_account_and_places_without_one_are_taken() -> None:
    for connection, account in (
        (Connection("aws", "us-gov-west-1"), "111111111111"),
        (Connection("embedded"), "000"),
    ):
        plan = SimpleNamespace(target=Target(connection, "111111111111", "EmailContacts"))
        _refuse_other_account(plan, SimpleNamespace(name="EmailContacts", account=account))  # type: ignore[arg-type]


CHANGES_OF_RUN = {
    "state": (lambda ledger: ledger.set_state(RunState.CANCELLED, "", NOW), "The run was paused; it is cancelled."),
    "pace": (lambda ledger: ledger.command(rate_rows=9.0), "Pace: no limit → 9 rows a second."),
}


@pytest.mark.parametrize("what", CHANGES_OF_RUN)
def test_resume_and_fixed_rows_are_refused_for_a_run_that_is_not_as_it_was_shown(
    what: str, settings: Settings, tmp_path: Path
) -> None:
    folder = frozen_folder(tmp_path)
    change, told = CHANGES_OF_RUN[what]
    with Ledger.open(folder.ledger) as ledger:
        ledger.set_state(RunState.PAUSED, "", NOW)
        seen = shown_run(ledger)
        change(ledger)
        now = ledger.snapshot().state
    with pytest.raises(NotAsShown) as refused:
        start_runner(settings, folder.run_id, seen=seen)
    assert refused.value.changes == (told,)
    with pytest.raises(NotAsShown):
        merge_fixed(folder, write_reject_file(folder), name="fixed.csv", who="", seen=seen)
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        assert (ledger.snapshot().state, ledger.rounds()) == (now, [])


def test_a_second_file_of_fixed_rows_is_refused_when_another_person_sent_one_meanwhile(tmp_path: Path) -> None:
    folder = frozen_folder(tmp_path)
    with Ledger.open(folder.ledger) as ledger:
        ledger.set_state(RunState.PAUSED, "", NOW)
        seen = shown_run(ledger)
    fixed = tmp_path / "fixed.csv"
    fixed.write_bytes(write_reject_file(folder).read_bytes().replace(b"nobody", b"bert@example.com"))
    merge_fixed(folder, fixed, name="fixed.csv", who="", seen=seen)
    with pytest.raises(NotAsShown, match="Files of fixed rows sent back: 0 → 1"):
        merge_fixed(folder, fixed, name="fixed.csv", who="", seen=seen)


def test_a_list_is_not_saved_with_other_steps_than_were_shown(settings: Settings, tmp_path: Path) -> None:
    folder = checked_folder(tmp_path, operations=(Trim(("name",)),))
    seen = ShownList(Recipe(), read_schema(folder))
    now = datetime(2025, 3, 1, tzinfo=UTC)
    with pytest.raises(NotAsShown, match="Steps added: Trim spaces in name"):
        save_for_next(settings, folder, "Partner", now=now, seen=seen)
    control, _ = save_for_next(settings, folder, "Partner", now=now, seen=replace(seen, recipe=read_recipe(folder)))
    assert control.recipe.operations == (Trim(("name",)),)


def test_a_saved_list_that_was_saved_anew_is_neither_opened_nor_renamed_deleted_or_replaced_unseen(
    settings: Settings, tmp_path: Path
) -> None:
    folder = checked_folder(tmp_path, operations=(Trim(("name",)),))
    save_for_next(settings, folder, "Partner", now=NOW)
    seen = find_saved(settings, "Partner")
    save_for_next(settings, folder, "Partner", now=datetime(2025, 4, 1, tzinfo=UTC), overwrite=True)
    theirs = find_saved(settings, "Partner")
    for act in (
        lambda: open_as(settings, folder, seen.entry_id, seen=seen),
        lambda: rename_saved(settings, seen.entry_id, "Mine", seen=seen),
        lambda: delete_saved(settings, seen.entry_id, seen=seen),
    ):
        with pytest.raises(ChangedElsewhere, match='"Partner" was changed by another person'):
            act()
    with pytest.raises(ConfigError, match="is called"):
        save_for_next(settings, folder, "Partner", now=NOW, overwrite=True, replacing=seen)
    assert find_saved(settings, "Partner") == theirs
    assert rename_saved(settings, theirs.entry_id, "Mine", seen=theirs).name == "Mine"
