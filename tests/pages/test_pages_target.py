"""Two people, one list: what is started is what stood on the screen of the person who pressed Start."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from page_kit import texts
from streamlit.testing.v1 import AppTest

from importer.check import Length
from importer.clean import Decide, DropColumns, Trim
from importer.fix import write_rows_to_fix
from importer.intake import Dialect
from importer.run import (
    Ledger,
    RunFolder,
    RunState,
    change_history,
    choose_table,
    load_plan,
    prepare_stage,
    read_schema,
    save_schema,
    table_of,
)
from importer.settings import Settings
from importer.table import (
    Connection,
    KeyPart,
    TableChoice,
    TableKey,
    create_table,
    dynamodb_client,
    embedded_connection,
    load_default,
    save_default,
    stop_engine,
)
from pages.parts import keeping, plan_view, target

LIST = b"email,name,score\n ann@example.com,Ann,1\nbob@example.com,Bob,2\nno address,Carl,3\n"
PATIENCE_S = 60


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A home with its engine up."""
    settings = Settings(tmp_path_factory.mktemp("target") / "home")
    settings.home.mkdir()
    embedded_connection(settings, lease="tests")
    yield settings
    stop_engine(settings)


@pytest.fixture
def client(home: Settings) -> Iterator[Any]:
    made = dynamodb_client(embedded_connection(home, lease="tests"))
    yield made
    made.close()


@pytest.fixture
def tables(home: Settings, client: Any) -> tuple[str, str]:
    """Two new tables: the first is where new lists go, Others is another."""
    names = f"Mine-{secrets.token_hex(4)}", f"Others-{secrets.token_hex(4)}"
    for name in names:
        create_table(client, name, TableKey(KeyPart("email", "S")))
    save_default(home, TableChoice(Connection("embedded"), names[0]))
    target.look_again()
    return names


@pytest.fixture
def settings(home: Settings, tables: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The home of all tests here, instead of one each."""
    monkeypatch.setenv("IMPORTER_HOME", str(home.home))
    return home


@pytest.fixture
def folder(read: Callable[..., RunFolder]) -> RunFolder:
    return read(LIST)


def press_start(app: AppTest, folder: RunFolder) -> AppTest:
    return app.button(key=f"start_{folder.run_id}").click().run()


def held(client: Any, table: str) -> set[str]:
    return {item["email"]["S"] for item in client.scan(TableName=table)["Items"]}


def finished(folder: RunFolder) -> bool:
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        return ledger.snapshot().state is RunState.FINISHED


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def choose_on_settings(open_page: Callable[..., AppTest], table: str, run: RunFolder | None = None) -> AppTest:
    app = open_page("settings.py", run)
    next(field for field in app.text_input if field.label == "Table").set_value(table).run()
    return next(button for button in app.button if button.label == "Use this").click().run()


def test_a_list_is_written_into_the_table_that_was_shown_whatever_another_person_chooses_on_settings(
    open_page: Callable[..., AppTest], settings: Settings, folder: RunFolder, client: Any, tables: tuple[str, str]
) -> None:
    mine = open_page("importing.py", folder)
    assert f"into **{tables[0]}**" in texts(mine.markdown)
    choose_on_settings(open_page, tables[1])
    assert load_default(settings).table == tables[1]
    press_start(mine, folder)
    wait_until(lambda: finished(folder))
    assert load_plan(folder).target.table == tables[0]
    assert [held(client, table) for table in tables] == [{"bob@example.com"}, set()]


def test_control_with_one_table_for_the_whole_home_and_clicks_about_nothing_it_goes_into_the_other_one(
    open_page: Callable[..., AppTest],
    folder: RunFolder,
    client: Any,
    tables: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def button_of_now(button: Callable[..., bool], label: str, *, shown: object, key: str, **how: Any) -> object:
        return shown if button(label, key=key, **how) else None

    monkeypatch.setattr(target, "table_of", lambda settings, _: load_default(settings))
    monkeypatch.setattr(plan_view, "pressed", button_of_now)
    mine = open_page("importing.py", folder)
    assert f"into **{tables[0]}**" in texts(mine.markdown)
    choose_on_settings(open_page, tables[1])
    folder.table.unlink(missing_ok=True)
    press_start(mine, folder)
    wait_until(lambda: finished(folder))
    assert [held(client, table) for table in tables] == [set(), {"bob@example.com"}], "what nobody had seen"


def step(folder: RunFolder, *_: object) -> None:
    change_history(folder, lambda history: history.do(Trim(("email",))))


def decision(folder: RunFolder, *_: object) -> None:
    change_history(folder, lambda history: history.do(Decide("not_an_email", "email", "drop")))


def gone_column(folder: RunFolder, *_: object) -> None:
    change_history(folder, lambda history: history.do(DropColumns(("score",))))


def rule(folder: RunFolder, *_: object) -> None:
    schema = read_schema(folder)
    columns = tuple(
        replace(spec, rules=(*spec.rules, Length(1, 9))) if spec.column == "name" else spec for spec in schema.columns
    )
    save_schema(folder, replace(schema, columns=columns))


def attribute(folder: RunFolder, *_: object) -> None:
    schema = read_schema(folder)
    columns = tuple(
        replace(spec, attribute="full_name") if spec.column == "name" else spec for spec in schema.columns
    )
    save_schema(folder, replace(schema, columns=columns))


def reading(folder: RunFolder, *_: object) -> None:
    now = Dialect.from_dict(json.loads(folder.dialect.read_text("utf-8")))
    prepare_stage(folder, replace(now, quote=""))


def other_table(folder: RunFolder, open_page: Callable[..., AppTest], table: str) -> None:
    """The other person sends this very list elsewhere, on the Import page."""
    theirs = open_page("importing.py", folder)
    theirs.session_state[f"other_table_{folder.run_id}"] = True
    theirs.run()
    choice = next(box for box in theirs.selectbox if box.label == "Table for this list")
    choice.select(table).run()
    theirs.button(key=f"use_table_{folder.run_id}").click().run()
    assert not theirs.exception


CHANGES = {
    "step": (step, "Steps added: Trim spaces in email.", "Ready: 1 → 2."),
    "decision": (decision, 'Steps added: Drop: e-mail addresses in "email" are not valid.', "Left out: 0 → 2."),
    "column": (gone_column, "Steps added: Drop column score.", "Columns: score is gone."),
    "rule": (rule, "Columns: name (rules).", ""),
    "attribute": (attribute, "Columns: name (name → full_name).", ""),
    "reading": (reading, "How the file is read: quote", ""),
    "table": (other_table, "Target: table Mine-", "→ table Others-"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_start_refuses_what_was_not_on_screen_and_shows_the_difference(
    what: str, open_page: Callable[..., AppTest], folder: RunFolder, tables: tuple[str, str]
) -> None:
    change, *told = CHANGES[what]
    mine = open_page("importing.py", folder)
    change(folder, open_page, tables[1])
    press_start(mine, folder)
    assert not folder.frozen
    warned = texts(mine.warning)
    assert "Nothing was done:" in warned
    assert all(words in warned for words in told), warned
    assert not mine.exception


def test_after_the_difference_was_shown_the_next_press_starts_what_is_on_screen_by_then(
    open_page: Callable[..., AppTest], folder: RunFolder, client: Any, tables: tuple[str, str]
) -> None:
    mine = open_page("importing.py", folder)
    other_table(folder, open_page, tables[1])
    press_start(press_start(mine, folder), folder)
    wait_until(lambda: finished(folder))
    assert [held(client, table) for table in tables] == [set(), {"bob@example.com"}]


def test_control_a_start_of_what_was_shown_is_not_refused(
    open_page: Callable[..., AppTest], folder: RunFolder
) -> None:
    mine = open_page("importing.py", folder)
    open_page("importing.py", folder)
    press_start(mine, folder)
    assert folder.frozen
    assert "Nothing was done" not in texts(mine.warning)


def test_a_mode_that_changes_in_the_same_moment_as_the_click_is_not_started(
    open_page: Callable[..., AppTest], folder: RunFolder
) -> None:
    mine = open_page("importing.py", folder)
    next(radio for radio in mine.radio if radio.value == "overwrite").set_value("insert")
    press_start(mine, folder)
    assert not folder.frozen
    assert "Mode: overwrite → insert." in texts(mine.warning)


def test_who_presses_start_after_another_person_did_is_told(
    open_page: Callable[..., AppTest], folder: RunFolder, tables: tuple[str, str]
) -> None:
    mine = open_page("importing.py", folder)
    other_table(folder, open_page, tables[1])
    press_start(open_page("importing.py", folder), folder)
    assert load_plan(folder).target.table == tables[1]
    press_start(mine, folder)
    warned = texts(mine.warning)
    assert "Nothing was done: another person started this import before you pressed." in warned
    assert "It goes to table Others-" in warned
    assert "not to table Mine-" in warned


def test_a_click_that_nobody_took_does_not_come_back_later(
    open_page: Callable[..., AppTest], folder: RunFolder
) -> None:
    app = open_page("importing.py", folder)
    crumb = f"pressed_start_{folder.run_id}"
    app.session_state[crumb] = (app.session_state["turn"], app.session_state["plan"])
    assert crumb in app.session_state
    for _ in range(keeping.NEWEST_TURNS):
        app.switch_page("columns.py").run()
    app.switch_page("importing.py").run()
    assert not folder.frozen


def test_the_table_of_a_list_is_its_own_and_can_be_the_default_on_a_persons_word(
    open_page: Callable[..., AppTest], settings: Settings, folder: RunFolder, tables: tuple[str, str]
) -> None:
    open_page("columns.py", folder)
    app = choose_on_settings(open_page, tables[1], folder)
    assert table_of(settings, folder).table == tables[0]
    app.button(key=f"default_too_{folder.run_id}").click().run()
    assert table_of(settings, folder).table == tables[1]
    assert not [button for button in app.button if button.label == "Use that for this list too"]


def test_a_new_list_takes_the_default_of_its_time(
    open_page: Callable[..., AppTest], settings: Settings, read: Callable[..., RunFolder], tables: tuple[str, str]
) -> None:
    choose_on_settings(open_page, tables[1])
    folder = read(LIST)
    open_page("file.py", folder)
    choose_on_settings(open_page, tables[0])
    assert table_of(settings, folder).table == tables[1]


def test_looking_at_another_table_moves_neither_a_list_nor_the_default(
    open_page: Callable[..., AppTest], settings: Settings, folder: RunFolder, tables: tuple[str, str]
) -> None:
    app = open_page("table.py", folder)
    next(box for box in app.selectbox if box.label == "Table").select(tables[1]).run()
    assert not app.exception
    assert (load_default(settings).table, table_of(settings, folder).table) == (tables[0], tables[0])


def test_a_list_that_is_sent_to_a_table_of_another_key_says_what_to_do(
    open_page: Callable[..., AppTest], folder: RunFolder, client: Any
) -> None:
    open_page("importing.py", folder)
    by_number = f"ByNumber-{secrets.token_hex(4)}"
    create_table(client, by_number, TableKey(KeyPart("score", "N")))
    choose_table(folder, TableChoice(Connection("embedded"), by_number))
    app = open_page("importing.py", folder)
    assert 'The table wants key "score" (N); the schema has email.' in texts(app.error)
    assert not [button for button in app.button if button.label == "Start the import"]


def paused(folder: RunFolder) -> None:
    with Ledger.open(folder.ledger) as ledger:
        ledger.set_state(RunState.PAUSED, "The reason of this test.", datetime.now(UTC))


def test_resume_is_about_the_run_that_was_on_screen(
    open_page: Callable[..., AppTest], planned: Callable[..., RunFolder]
) -> None:
    folder = planned(LIST)
    paused(folder)
    app = open_page("importing.py", folder)
    with Ledger.open(folder.ledger) as ledger:
        ledger.command(rate_wcu=7.0)
    app.button(key="resume").click().run()
    assert "Pace: no limit → 7 write units a second." in texts(app.warning)
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        assert ledger.snapshot().state is RunState.PAUSED
    app.button(key="resume").click().run()
    wait_until(lambda: finished(folder))


def test_resume_on_the_list_of_runs_is_about_the_picked_run_when_another_list_comes_in(
    open_page: Callable[..., AppTest], planned: Callable[..., RunFolder]
) -> None:
    folder = planned(LIST)
    paused(folder)
    app = open_page("runs.py")
    assert app.button(key=f"resume_{folder.run_id}").label == "Resume"
    newer = planned(LIST)
    paused(newer)
    app.button(key=f"resume_{folder.run_id}").click().run()
    with Ledger.open(newer.ledger, read_only=True) as ledger:
        assert ledger.snapshot().state is RunState.PAUSED, "it was not on screen"


def test_fixed_rows_are_not_taken_into_a_list_whose_steps_are_others_by_now(
    open_page: Callable[..., AppTest], folder: RunFolder, tmp_path: Path
) -> None:
    app = open_page("check.py", folder, {"view": "sheet"})
    rows = write_rows_to_fix(folder, tmp_path / "fix.csv").read_bytes().replace(b"no address", b"carl@example.com")
    app.file_uploader[0].upload("fixed.csv", rows, "text/csv").run()
    step(folder)
    app.button(key=f"fixed_take_{folder.run_id}").click().run()
    assert "The list was changed in another tab, so nothing was done." in texts(app.toast)
    assert "changed" not in texts(app.success)
