"""The steps of a list by AppTest: bad files, corrections, rules, fixes with undo, the plan, the settings."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from page_kit import html_of, texts
from streamlit.testing.v1 import AppTest

from importer.clean import History, Trim, load_history, save_history
from importer.intake import Stage
from importer.run import Ledger, RunFolder, RunState, list_runs, read_schema
from importer.settings import Settings
from importer.table import Connection, load_default

LIST = b"Email,Name,Score\n ann@example.com,Ann,1\nnot an address,Bob,2\ncarla@example.com,Carla,3\n"


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label.replace("\\", "").startswith(label)).click().run()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (bytes(range(256)) * 40, "no text"),
        (b"PK\x03\x04" + bytes(2000), ""),
    ],
)
def test_a_file_that_is_no_list_is_said_in_a_sentence(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder], content: bytes, said: str
) -> None:
    app = open_page("file.py", bring(content))
    assert not app.exception
    assert said in texts(app.error)
    assert texts(app.error).endswith(".")
    assert '"source"' not in texts(app.error)
    assert "Next: the columns" not in [button.label for button in app.button]


def test_a_header_without_rows_goes_through_to_a_plan_that_is_blocked(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(b"Email,Name\n")
    assert not open_page("columns.py", folder).error
    assert "no rows" in texts(open_page("check.py", folder).info)
    app = open_page("importing.py", folder)
    assert "no rows" in texts(app.error)
    assert app.button[-1].label != "Start the import" or app.button[-1].disabled


def test_a_corrected_delimiter_is_read_at_once(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder]
) -> None:
    folder = bring(LIST)
    app = open_page("file.py", folder)
    assert Stage.open(folder.stage).columns == ("Email", "Name", "Score")
    app.selectbox(key=f"dialect_Delimiter_{folder.run_id}_0").select(";").run()
    assert not app.error
    assert Stage.open(folder.stage).columns == ("Email,Name,Score",)
    assert "bytes not read" in html_of(app)


def test_a_path_on_the_server_is_the_second_way_in(
    open_page: Callable[..., AppTest], settings: Settings, tmp_path: object
) -> None:
    path = settings.home.parent / "on the server.csv"
    path.write_bytes(LIST)
    app = open_page()
    app.text_input[0].set_value(str(path))
    press(app, "Take this file")
    assert [run.source_name for run in list_runs(settings)] == ["on the server.csv"]
    assert path.read_bytes() == LIST
    app = open_page()
    app.text_input[0].set_value("/nowhere.csv")
    press(app, "Take this file")
    assert "no such file" in texts(app.error)


def test_a_rule_is_added_and_taken_away_in_plain_words(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = open_page("columns.py", folder)
    app.selectbox(key=f"rule_column_{folder.run_id}").select("Score").run()
    app.selectbox(key="rule_kind").select("range").run()
    next(field for field in app.text_input if field.label == "At most").set_value("2")
    press(app, "Add the rule")
    assert [rule.sentence() for rule in read_schema(folder).column("Score").rules] == [
        "must be a number of at most 2"
    ]
    assert "must be a number of at most 2" in texts(app.markdown)
    app.button(key=f"away_{folder.run_id}_2_range").click().run()
    assert read_schema(folder).column("Score").rules == ()


def test_a_rule_that_makes_no_sense_is_refused_in_words(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = open_page("columns.py", folder)
    app.selectbox(key=f"rule_column_{folder.run_id}").select("Score").run()
    app.selectbox(key="rule_kind").select("range").run()
    press(app, "Add the rule")
    assert "are both missing" in texts(app.error)


def test_a_fix_lowers_the_number_and_undo_brings_it_back(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = open_page("check.py", folder)
    assert '<div class="ci-number">1</div><div class="ci-label">ready</div>' in html_of(app)
    press(app, "Trim spaces in Email")
    assert '<div class="ci-number">2</div><div class="ci-label">ready</div>' in html_of(app)
    app.button(key="undo").click().run()
    assert '<div class="ci-number">1</div><div class="ci-label">ready</div>' in html_of(app)
    app.button(key="redo").click().run()
    app.button(key="reject_not_an_email_Email").click().run()
    assert '<div class="ci-number">0</div><div class="ci-label">need fixing</div>' in html_of(app)
    assert [step.kind for step in load_history(folder.recipe).done] == ["trim", "decide"]
    assert "Nothing is left to decide: 2 ready, 1 rejected." in texts(app.success)


def test_steps_outlive_the_session(open_page: Callable[..., AppTest], read: Callable[..., RunFolder]) -> None:
    folder = read(LIST)
    press(open_page("check.py", folder), "Trim spaces in Email")
    assert load_history(folder.recipe).recipe.operations == (Trim(("Email",)),)


def test_a_planned_list_can_no_longer_be_changed(
    open_page: Callable[..., AppTest], planned: Callable[..., RunFolder]
) -> None:
    folder = planned(LIST)
    save_history(folder.recipe, History((Trim(),)))
    app = open_page("check.py", folder)
    assert app.button(key="undo").disabled
    assert "can no longer change" in texts(app.info)
    assert not [button for button in app.button if button.label == "Leave out"]


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (RunState.PAUSED, "Paused"),
        (RunState.CANCELLED, "Cancelled"),
        (RunState.FAILED, "Stopped by an error"),
    ],
)
def test_a_run_that_stands_still_says_why_and_offers_to_go_on(
    open_page: Callable[..., AppTest], planned: Callable[..., RunFolder], state: RunState, word: str
) -> None:
    folder = planned(LIST)
    with Ledger.open(folder.ledger) as ledger:
        ledger.set_state(state, "The reason of this test.", datetime.now(UTC))
    app = open_page("importing.py", folder)
    assert word in texts(app.markdown)
    assert "The reason of this test." in texts(app.info)
    assert app.button(key="resume").label == "Resume"
    assert "rows of the file." in texts(app.info)


def test_a_run_that_waits_to_start_has_sent_nothing(
    open_page: Callable[..., AppTest], planned: Callable[..., RunFolder]
) -> None:
    folder = planned(LIST)
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        assert ledger.snapshot().buckets.rejected > 0, "rows that are never sent are no progress"
    shown = html_of(open_page("importing.py", folder))
    assert "0.0 %" in shown
    assert 'aria-valuenow="0"' in shown


def test_runs_lists_every_list_with_its_state(
    open_page: Callable[..., AppTest], planned: Callable[..., RunFolder], bring: Callable[..., RunFolder]
) -> None:
    planned(LIST)
    bring(LIST, "second.csv")
    app = open_page("runs.py")
    assert sorted(app.dataframe[0].value["state"]) == ["Draft", "Waiting to start"]
    assert "second.csv" in list(app.dataframe[0].value["list"])


def test_the_numbers_of_a_run_in_the_list_of_runs_sum_to_its_rows(
    open_page: Callable[..., AppTest], planned: Callable[..., RunFolder]
) -> None:
    planned(LIST)
    shown = open_page("runs.py").dataframe[0].value.iloc[0]
    numbers = [int(shown[name]) for name in ("written", "not written", "other", "pending")]
    assert sum(numbers) == int(shown["rows"])
    assert (numbers[0], numbers[3] > 0) == (0, True)


def test_an_endpoint_that_does_not_answer_is_said_and_not_kept(
    open_page: Callable[..., AppTest], settings: Settings
) -> None:
    app = open_page("settings.py")
    app.radio[0].set_value("custom").run()
    next(field for field in app.text_input if field.label == "Address").set_value("http://127.0.0.1:9").run()
    press(app, "Test it")
    assert len(app.error) == 1
    assert not app.exception
    assert load_default(settings).connection.kind == "embedded"


def test_a_planned_list_is_not_said_to_wait_for_a_decision_and_its_events_have_the_words_of_its_states(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder], planned: Callable[..., RunFolder]
) -> None:
    assert "rejected unless you decide" in html_of(open_page("check.py", read(LIST)))
    folder = planned(LIST)
    shown = html_of(open_page("check.py", folder))
    assert "rejected unless you decide" not in shown
    assert "no decision was made" in shown
    with Ledger.open(folder.ledger) as ledger:
        ledger.set_state(RunState.CANCELLED, "As asked.", datetime(2025, 3, 1, 10, 0, tzinfo=UTC))
        kinds = [event.kind for event in ledger.events(5)]
    shown = html_of(open_page("importing.py", folder))
    assert kinds[0] == "cancelled"
    assert "UTC · Cancelled: As asked." in shown
    assert "UTC · cancelled" not in shown


@pytest.mark.parametrize("kind", ["custom", "batch"])
def test_an_address_that_is_not_typed_yet_is_asked_for_and_is_no_error(
    open_page: Callable[..., AppTest], kind: str
) -> None:
    app = open_page("settings.py")
    app.radio[0].set_value(kind).run()
    assert not app.error
    assert "Give the endpoint's address." in texts(app.caption)
    orders = {button.label: button.disabled for button in app.button if button.label in ("Use this", "Test it")}
    assert orders == ({"Use this": True, "Test it": True} if kind == "custom" else {"Use this": True})


def test_a_wrong_address_is_refused_in_words(open_page: Callable[..., AppTest]) -> None:
    app = open_page("settings.py")
    app.radio[0].set_value("custom").run()
    next(field for field in app.text_input if field.label == "Address").set_value("ftp://nowhere").run()
    assert "no web address" in texts(app.error)


def test_a_government_region_with_fips_can_be_chosen(open_page: Callable[..., AppTest], settings: Settings) -> None:
    app = open_page("settings.py")
    app.radio[0].set_value("aws").run()
    next(box for box in app.selectbox if box.label == "Region").select("us-gov-west-1").run()
    app.toggle[0].set_value(True).run()
    press(app, "Use this")
    assert load_default(settings).connection == Connection("aws", "us-gov-west-1", None, None, use_fips=True)
    assert json.loads((settings.home / "connection.json").read_text())["profile"] is None
