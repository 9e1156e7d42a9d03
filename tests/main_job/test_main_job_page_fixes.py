"""Fixes of warning cards, clicked on the Check page, down to what the table holds; the recipe does the same."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from main_job.kit import MainJob, Outcome, TableSpec, assert_items, assert_told
from page_kit import html_of
from streamlit.testing.v1 import AppTest

import importer.run.prepare
from importer.clean import load_history
from importer.run import (
    Ledger,
    RunFolder,
    RunState,
    adopt_source,
    choose_table,
    create_run,
    prepare_stage,
    run_summary,
)
from importer.table import Connection, TableChoice

FRAME = Path(__file__).resolve().parents[2] / "pages" / "frame.py"
PATIENCE_S = 60

LIST = (
    "id,zip,born,phone,note,city,joined\n"
    "k1,07102,1984-12-31,p:+4915112345678,n/a,Oslo ,2024-03-01\n"
    "k2,10001,0/0/00,p:+33612345678,blue,Rome,2024-03-02\n"
    "k3,94110,1990-01-05,p:+4930123456,-,Bern\u00a0,next week\n"
    "k4,7030,00/00/0000,+4930123457,tbd,Bonn,2024-03-04\n"
    "k5,60601,1977-05-05,+4930123458,red,Köln,2024-03-05\n"
    "k6,30301,1978-05-05,+4930123459,green,Graz,2024-03-06\n"
)
MENDED = [
    {"zip": "07102", "born": "1984-12-31", "phone": "+4915112345678", "city": "Oslo", "joined": "2024-03-01"},
    {"zip": "10001", "phone": "+33612345678", "note": "blue", "city": "Rome", "joined": "2024-03-02"},
    {"zip": "94110", "born": "1990-01-05", "phone": "+4930123456", "city": "Bern"},
    {"zip": "07030", "phone": "+4930123457", "city": "Bonn", "joined": "2024-03-04"},
    {"zip": "60601", "born": "1977-05-05", "phone": "+4930123458", "note": "red", "city": "Köln"}
    | {"joined": "2024-03-05"},
    {"zip": "30301", "born": "1978-05-05", "phone": "+4930123459", "note": "green", "city": "Graz"}
    | {"joined": "2024-03-06"},
]
FIXES = (
    "Pad zip with zeros to 5 digits",
    "Clear dates that are no day (0/0/00) in born",
    "Take prefixes like p: or tel: off phone",
    'Clear "n/a", "NULL", "-" and the like in note',
    "Trim spaces in city",
    "Clear what is no date in joined",
)


@pytest.fixture
def folder(main_job: MainJob, tmp_path: Path) -> RunFolder:
    """The list, read, on its way to a new table that the pages go to."""
    source = tmp_path / "list.csv"
    source.write_bytes(LIST.encode())
    table = main_job.make_table(TableSpec({"id": "S"}))
    made = create_run(main_job.settings, source_name="list.csv", who="tester", now=datetime.now(UTC))
    choose_table(made, TableChoice(Connection("embedded"), table))
    adopt_source(made, source)
    prepare_stage(made)
    return made


def open_page(file: str, run: RunFolder) -> AppTest:
    app = AppTest.from_file(str(FRAME), default_timeout=60).run()
    app.switch_page(file)
    app.query_params["run"] = run.run_id
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    found = [one for one in app.button if one.label.replace("\\", "").replace("\u2060", "") == label]
    assert found, [one.label for one in app.button]
    return found[0].click().run()


def items_of(main_job: MainJob, table: str) -> Outcome:
    return Outcome(0, "", "", None, table, ("id",), main_job.items(table))


def test_each_card_says_what_it_changes_and_its_fix_reaches_the_table(
    main_job: MainJob, folder: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer.run.prepare, "LEAST_REMEMBERED", 0)  # as in a long list: a fix checks one column
    wanted = [
        {"id": {"S": f"k{row}"}} | {name: {"S": text} for name, text in cells.items()}
        for row, cells in enumerate(MENDED, 1)
    ]
    app = open_page("check.py", folder)
    assert not app.exception
    assert html_of(app).count("Warning only, still imported") == len(FIXES)
    assert "1 code in &quot;zip&quot; may have lost its leading zeros (7102 for 07102)" in html_of(app)
    assert "Pad zip with zeros to 5 digits: will change 1 cell in 1 row." in html_of(app)
    for fix in FIXES:
        app = press(app, fix)
        assert not app.exception
        assert not app.error
    assert "Warning only" not in html_of(app)
    app.button(key="undo").click().run()
    assert "1 cell of &quot;joined&quot; is no date, unlike the others" in html_of(app)
    app = press(app, FIXES[-1])
    assert 1 < len(list(folder.checked_columns.iterdir())) <= 1 + len(FIXES) + 2
    start = open_page("importing.py", folder)
    start.button(key=f"start_{folder.run_id}").click().run()
    assert not start.exception
    assert not folder.checked_columns.exists()
    table = run_summary(folder).table
    wait_until_finished(folder)
    assert_items(items_of(main_job, table), wanted)
    recipe = tmp_path / "recipe.json"
    recipe.write_text(load_history(folder.recipe).recipe.to_json(), "utf-8")
    outcome = main_job.import_list(tmp_path / "list.csv", TableSpec({"id": "S"}), "--recipe", recipe)
    assert_items(outcome, wanted)
    assert outcome.summary is not None
    assert outcome.summary["warnings"] == []


def wait_until_finished(folder: RunFolder) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        with Ledger.open(folder.ledger, read_only=True) as ledger:
            now = ledger.snapshot()
        if now.state is RunState.FINISHED:
            return
        assert time.monotonic() < deadline, now
        time.sleep(0.05)


def test_what_was_told_before_start_is_kept_with_the_run(main_job: MainJob, folder: RunFolder) -> None:
    app = open_page("check.py", folder)
    assert not app.exception
    start = open_page("importing.py", folder)
    assert any("6 warnings about the list" in caption.value for caption in start.caption)
    start.button(key=f"start_{folder.run_id}").click().run()
    wait_until_finished(folder)
    codes = {warning.code for warning in run_summary(folder).warnings}
    assert codes == {"lost_zeros", "zero_date", "prefix", "null_word", "padded", "odd_date"}
    _, shown, _ = main_job.command("show", folder.run_id)
    assert "warning zero_date: born, 2\n" in shown


def test_the_import_page_names_what_an_overwrite_takes_away(main_job: MainJob, folder: RunFolder) -> None:
    there = {"id": {"S": "k1"}, "score": {"N": "7"}, "tier": {"S": "gold"}}
    table = main_job.make_table(TableSpec({"id": "S"}, items=[there]))
    choose_table(folder, TableChoice(Connection("embedded"), table))
    open_page("check.py", folder)
    start = open_page("importing.py", folder)
    told = " ".join(str(warning.value) for warning in start.warning).replace("\\", "").replace("\u2060", "")
    assert "score (in 1), tier (in 1)" in told
    start.radio(key=f"mode_{folder.run_id}").set_value("insert").run()
    told = " ".join(str(warning.value) for warning in start.warning)
    assert "score" not in told


def test_dates_of_two_orders_ask_which_one_is_meant(main_job: MainJob, tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text("id,d\nk1,31/12/2023\nk2,12/31/2023\nk3,30/11/2023\nk4,01/02/2024\n", "utf-8")
    run = create_run(main_job.settings, source_name="list.csv", who="tester", now=datetime.now(UTC))
    choose_table(run, TableChoice(Connection("embedded"), main_job.make_table(TableSpec({"id": "S"}))))
    adopt_source(run, source)
    prepare_stage(run)
    app = open_page("check.py", run)
    key = f"order_{run.run_id}_d_0"
    app.session_state[key] = True
    app.run()
    assert app.selectbox(key=f"{key}_order").value is None
    app.selectbox(key=f"{key}_order").select("dmy").run()
    assert "Will change 3 cells in 3 rows. 1 cell cannot be read and stays as it is." in html_of(app)
    app.button(key=f"{key}_do").click().run()
    assert "1 date in &quot;d&quot; could not be read by a step" in html_of(app)
    press(app, "Write dates in d as year-month-day (read as month, day, year)")
    recipe = tmp_path / "recipe.json"
    recipe.write_text(load_history(run.recipe).recipe.to_json(), "utf-8")
    outcome = main_job.import_list(source, TableSpec({"id": "S"}), "--recipe", recipe)
    days = ("2023-12-31", "2023-12-31", "2023-11-30", "2024-02-01")
    assert_items(outcome, [{"id": {"S": f"k{row}"}, "d": {"S": day}} for row, day in enumerate(days, 1)])
    assert_told(outcome, "4 of 4 rows can be written")


def test_a_ready_contact_corrected_row_by_row_reaches_the_table(main_job: MainJob, folder: RunFolder) -> None:
    app = open_rows(folder)
    app = app.text_input(key=f"grid_text_{folder.run_id}").set_value("k5").run()
    editor = app.data_editor[0]
    assert editor.value["row"].tolist() == [6]
    city = f"c{LIST.partition(chr(10))[0].split(',').index('city')}"
    app.session_state[editor.key] = {"edited_rows": {0: {city: "Cologne"}}, "added_rows": [], "deleted_rows": []}
    app = app.run()
    assert not app.exception
    start = open_page("importing.py", folder)
    start.button(key=f"start_{folder.run_id}").click().run()
    wait_until_finished(folder)
    held = {item["id"]["S"]: item["city"]["S"] for item in main_job.items(run_summary(folder).table)}
    assert (held["k5"], held["k6"]) == ("Cologne", "Graz")


def open_rows(run: RunFolder) -> AppTest:
    """All rows of the list, row by row."""
    app = AppTest.from_file(str(FRAME), default_timeout=60).run()
    app.switch_page("check.py")
    for name, value in {"run": run.run_id, "view": "rows", "problem": "every"}.items():
        app.query_params[name] = value
    return app.run()


def test_all_rows_that_a_filter_shows_changed_in_one_step_reach_the_table(main_job: MainJob, tmp_path: Path) -> None:
    text = "id,city,plan\n" + "".join(f"k{n},{('Oslo', 'Rome')[n % 2]},free\n" for n in range(40))
    source = tmp_path / "cities.csv"
    source.write_text(text, "utf-8")
    run = create_run(main_job.settings, source_name="cities.csv", who="tester", now=datetime.now(UTC))
    choose_table(run, TableChoice(Connection("embedded"), main_job.make_table(TableSpec({"id": "S"}))))
    adopt_source(run, source)
    prepare_stage(run)
    app = open_rows(run)
    app = app.selectbox(key=f"grid_column_{run.run_id}").set_value("city").run()
    app = app.selectbox(key=f"grid_value_{run.run_id}_city").set_value("Rome").run()
    app.text_input(key=f"set_text_{run.run_id}").set_value("Roma")
    next(one for one in app.button if one.label == "Put it into 20 rows").click().run()
    app = open_rows(run)
    app = app.text_input(key=f"grid_text_{run.run_id}").set_value("K1").run()
    next(one for one in app.button if one.label == "Leave out: 11 rows").click().run()
    recipe = tmp_path / "recipe.json"
    recipe.write_text(load_history(run.recipe).recipe.to_json(), "utf-8")
    outcome = main_job.import_list(source, TableSpec({"id": "S"}), "--recipe", recipe)
    rows = [n for n in range(40) if n != 1 and not 10 <= n < 20]
    assert_items(
        outcome,
        [{"id": {"S": f"k{n}"}, "city": {"S": ("Oslo", "Roma")[n % 2]}, "plan": {"S": "free"}} for n in rows],
    )
