"""Next month: what was done to October's list, saved on the page, replayed by `run --saved` down to the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from main_job.kit import BY_EMAIL, MainJob, Outcome, assert_items, assert_told
from streamlit.testing.v1 import AppTest

from importer.check import Length, Phone
from importer.clean import Condition, MapValues, Operation, PadZeros, Recipe, SetCells, SetCellsByKey, SetColumn
from importer.fix import fixed_before, write_rows_to_fix
from importer.run import (
    RunFolder,
    adopt_source,
    change_history,
    check_run,
    create_run,
    find_saved,
    prepare_schema,
    prepare_stage,
    read_recipe,
    read_schema,
    save_for_next,
    save_schema,
)
from importer.run.saved.library import keep_saved
from importer.table import KeyPart, TableKey

FRAME = Path(__file__).resolve().parents[2] / "pages" / "frame.py"
KEY = TableKey(KeyPart("email", "S"))
NOW = datetime(2025, 10, 1, 10, 0, tzinfo=UTC)
GOOD, DAMAGED = "+4915112345678", "4.91512E+11"


def phones(*of: str) -> str:
    """A list of people 0, 1 … with these mobile numbers."""
    return "email,mobile,city\n" + "".join(f"p{n}@example.com,{number},Bonn\n" for n, number in enumerate(of))


def named(*emails: str) -> str:
    return "email,name\n" + "".join(f"{email},Ann\n" for email in emails)


PEOPLE = [f"p{n}@example.com" for n in range(20)]
OCTOBER = phones(*[GOOD] * 20, *[DAMAGED] * 3)
"""The last three numbers are damaged."""


@pytest.fixture
def october(main_job: MainJob, tmp_path: Path) -> Callable[..., RunFolder]:
    """A list as a person has it on the Check page."""

    def bring_in(text: str = OCTOBER) -> RunFolder:
        path = tmp_path / "october.csv"
        path.write_text(text)
        folder = create_run(main_job.settings, source_name="october.csv", who="tester", now=NOW)
        adopt_source(folder, path)
        prepare_stage(folder)
        schema = prepare_schema(folder, KEY)
        columns = [replace(one, rules=(Phone(),)) if one.column == "mobile" else one for one in schema.columns]
        save_schema(folder, replace(schema, columns=tuple(columns)))
        check_run(folder, KEY)
        return folder

    return bring_in


@pytest.fixture
def november(main_job: MainJob, tmp_path: Path) -> Callable[..., Outcome]:
    """`run --saved NAME` of next month's list."""

    def run(text: str, name: str, *options: str) -> Outcome:
        path = tmp_path / "november.csv"
        path.write_text(text)
        return main_job.import_list(path, BY_EMAIL, "--saved", name, *options)

    return run


def do(folder: RunFolder, *steps: Operation) -> None:
    change_history(folder, lambda history: history.do(*steps))
    check_run(folder, KEY)


def page(folder: RunFolder) -> AppTest:
    app = AppTest.from_file(str(FRAME), default_timeout=60).run()
    app.switch_page("check.py")
    app.query_params["run"] = folder.run_id
    return app.run()


def unfold(app: AppTest, key: str) -> None:
    """A popover opened; the first run after a page was chosen may still draw the page before."""
    for _ in range(2):
        app.session_state[key] = True
        app.run()


def save_on_page(folder: RunFolder, name: str) -> str:
    """Saved as a person does it; what the dialog said before."""
    app = page(folder)
    unfold(app, f"save_box_{folder.run_id}")
    app.text_input(key=f"save_name_{folder.run_id}").set_value(name)
    said = " ".join(str(one.value) for one in app.caption).replace("\\", "")
    app.button(key=f"save_it_{folder.run_id}").click().run()
    assert not app.exception
    return said


def library_text(main_job: MainJob, name: str) -> str:
    entry = find_saved(main_job.settings, name)
    return (main_job.settings.library / entry.entry_id / "entry.json").read_text("utf-8")


def test_corrections_of_key_cells_are_no_rule_for_next_months_cells_of_that_text(
    main_job: MainJob, october: Callable[..., RunFolder], november: Callable[..., Outcome], tmp_path: Path
) -> None:
    folder = october(named(*PEOPLE, *["k.A."] * 10))
    rows = write_rows_to_fix(folder, tmp_path / "fix.csv").read_text().splitlines()
    fixed = [line.replace("k.A.", f"fixed{n}@example.com") for n, line in enumerate(rows)]
    (tmp_path / "fix.csv").write_text("\n".join(fixed) + "\n")
    do(folder, *fixed_before(folder, tmp_path / "fix.csv").steps)
    said = save_on_page(folder, "German")
    assert "Not saved, because it belongs to this file: 10 cells corrected one by one." in said
    assert "No cell of this list is kept" in said
    assert "fixed" not in library_text(main_job, "German")
    outcome = november(named(*PEOPLE, *["k.A."] * 8), "German")
    assert outcome.code == 3, outcome.told
    assert_items(outcome, [{"email": {"S": one}, "name": {"S": "Ann"}} for one in PEOPLE])
    assert outcome.summary is not None
    assert (outcome.summary["rejected"], outcome.summary["duplicate"]) == (8, 0)


def test_control_as_a_rule_the_correction_gives_all_of_them_one_address(
    main_job: MainJob, october: Callable[..., RunFolder], tmp_path: Path
) -> None:
    folder = october(named(*PEOPLE, "k.A."))
    do(folder, MapValues("email", (("k.A.", "fixed@example.com"),)))
    (tmp_path / "recipe.json").write_text(read_recipe(folder).to_json())
    (tmp_path / "november.csv").write_text(named(*["k.A."] * 18))
    outcome = main_job.import_list(tmp_path / "november.csv", BY_EMAIL, "--recipe", tmp_path / "recipe.json", "--yes")
    assert_items(outcome, [{"email": {"S": "fixed@example.com"}, "name": {"S": "Ann"}}])
    save_for_next(main_job.settings, folder, "Mapped", now=NOW)
    assert find_saved(main_job.settings, "Mapped").recipe == Recipe(), "saved, it is no rule"


def blank_the_damaged(folder: RunFolder) -> None:
    """On the card of the damaged numbers: another way, one text into all of them, an empty one."""
    app = page(folder)
    key, card = f"other_{folder.run_id}_not_a_phone_mobile", f"another_{folder.run_id}_not_a_phone_mobile"
    unfold(app, card)
    app.selectbox(key=f"{key}_what").select("set_these")
    unfold(app, card)
    app.checkbox(key=f"{key}_set_these_0_text_empty").check()
    unfold(app, card)
    app.button(key=f"{key}_set_these_0_do").click().run()
    assert not app.exception


def test_a_fix_on_a_cause_mends_next_months_bad_cells_and_leaves_the_good_ones(
    main_job: MainJob, october: Callable[..., RunFolder], november: Callable[..., Outcome]
) -> None:
    folder = october()
    blank_the_damaged(folder)
    assert "No cell of this list is kept" in save_on_page(folder, "Phones")
    assert "example.com" not in library_text(main_job, "Phones")
    outcome = november(phones(DAMAGED, *[GOOD] * 22), "Phones")
    assert outcome.code == 0, outcome.told
    contacts = [{"email": {"S": f"p{n}@example.com"}, "city": {"S": "Bonn"}} for n in range(23)]
    assert_items(outcome, [contacts[0], *({**one, "mobile": {"S": GOOD}} for one in contacts[1:])])
    assert "every rule as" not in outcome.told


def test_control_by_contact_it_would_wipe_numbers_that_are_good_by_now_and_is_refused(
    main_job: MainJob, october: Callable[..., RunFolder], november: Callable[..., Outcome]
) -> None:
    """As an earlier version saved it."""
    save_for_next(main_job.settings, october(), "By contact", now=NOW)
    cells = tuple((f"p{n}@example.com", "") for n in (20, 21, 22))
    old = Recipe((SetCellsByKey("mobile", "email", cells),))
    keep_saved(main_job.settings, replace(find_saved(main_job.settings, "By contact"), recipe=old), overwrite=True)
    now = phones(*[GOOD] * 21, "", DAMAGED)
    outcome = november(now, "By contact")
    assert (outcome.code, outcome.items) == (2, ())
    assert_told(outcome, r"doubt: Step 1 of .By contact. .* changes 2 cells of mobile, 1 of which keeps every rule")
    accepted = november(now, "By contact", "--yes")
    assert "p20@example.com" in {one["email"]["S"] for one in accepted.items if "mobile" not in one}


def test_a_step_that_mended_only_bad_cells_is_asked_about_when_it_would_change_good_ones(
    october: Callable[..., RunFolder], november: Callable[..., Outcome]
) -> None:
    folder = october(OCTOBER.replace(f"{DAMAGED},Bonn", f"{DAMAGED},Rom"))
    do(folder, SetColumn("mobile", "", Condition("city", "equals", "Rom")))
    save_on_page(folder, "Rome")
    moved = phones(*[GOOD] * 23).replace(f"p7@example.com,{GOOD},Bonn", f"p7@example.com,{GOOD},Rom")
    outcome = november(moved, "Rome")
    assert (outcome.code, outcome.items) == (2, ())
    assert_told(
        outcome, r"\(Put one text into the cells\) changes 1 cell of mobile that keeps every rule as it stands: row 9"
    )


def test_a_step_whose_effect_on_good_cells_was_shown_when_it_was_saved_is_told_and_done(
    october: Callable[..., RunFolder], november: Callable[..., Outcome]
) -> None:
    folder = october()
    damaged = SetCells("mobile", tuple((row, GOOD) for row in (22, 23, 24)))
    do(folder, MapValues("city", (("Bonn", "Bonn am Rhein"),)), damaged)
    said = save_on_page(folder, "City")
    assert "Next month these steps change cells that have no problem, as they did here:" in said
    assert "23 such cells of city" in said
    assert "2 texts that steps and rules look for or put in" in said
    outcome = november(phones(*[GOOD] * 23), "City")
    assert outcome.code == 0, outcome.told
    assert {one["city"]["S"] for one in outcome.items} == {"Bonn am Rhein"}
    assert_told(outcome, "warning: Step 1 of .City. .* changes 23 cells of city .* It did so when the list was saved")


def test_codes_that_keep_their_rule_are_not_padded_unasked(
    october: Callable[..., RunFolder], november: Callable[..., Outcome]
) -> None:
    listed = "email,code\n" + "".join(f"p{n}@example.com,{10000 + n}\n" for n in range(20)) + "q@example.com,20115\n"
    folder = october(listed)
    schema = read_schema(folder)
    columns = [replace(one, rules=(Length(4, 5),)) if one.column == "code" else one for one in schema.columns]
    save_schema(folder, replace(schema, columns=tuple(columns)))
    do(folder, PadZeros("code", 5))
    save_on_page(folder, "Codes")
    outcome = november(listed.replace("20115", "2011"), "Codes")
    assert (outcome.code, outcome.items) == (2, ())
    assert_told(outcome, r"\(Pad with zeros\) changes 1 cell of code that keep")
