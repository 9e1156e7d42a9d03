"""Next month's list, replayed by `run --saved`: what a saved step would change of good cells is asked first, whatever
the step, and what was agreed to when it was saved is done and shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from main_job.kit import BY_EMAIL, MainJob, Outcome, assert_items, assert_told
from main_job.test_main_job_saved import NOW, save_on_page

from importer.clean import (
    ChangeCase,
    Condition,
    DropRows,
    EpochSeconds,
    FillBlanks,
    FormatPhones,
    KeepRows,
    NormaliseEmails,
    OneWriting,
    Operation,
    PadZeros,
    ParseDates,
    ParseList,
    ParseNumbers,
    ParseYesNo,
    RemoveInvisible,
    Replace,
    SetColumn,
    SplitColumn,
    Trim,
)
from importer.run import (
    RunFolder,
    adopt_source,
    change_history,
    check_run,
    create_run,
    prepare_schema,
    prepare_stage,
    save_for_next,
)
from importer.table import KeyPart, TableKey

KEY = TableKey(KeyPart("email", "S"))

Save = Callable[..., RunFolder]
Replay = Callable[..., Outcome]


def listed(cells: Sequence[str]) -> str:
    """A list of people 0, 1 … with these cells in column `code`."""
    return "email,code\n" + "".join(f'p{n}@example.com,"{cell}"\n' for n, cell in enumerate(cells))


@pytest.fixture
def saved(main_job: MainJob, tmp_path: Path) -> Save:
    """October's list with these steps, saved under a name."""

    def save(name: str, cells: Sequence[str], *steps: Operation, on_page: bool = False) -> str:
        path = tmp_path / "october.csv"
        path.write_text(listed(cells))
        folder = create_run(main_job.settings, source_name="october.csv", who="tester", now=NOW)
        adopt_source(folder, path)
        prepare_stage(folder)
        prepare_schema(folder, KEY)
        change_history(folder, lambda history: history.do(*steps))
        check_run(folder, KEY)
        if on_page:
            return save_on_page(folder, name)
        save_for_next(main_job.settings, folder, name, now=NOW)
        return ""

    return save  # type: ignore[return-value]


@pytest.fixture
def next_month(main_job: MainJob, tmp_path: Path) -> Replay:
    """`run --saved NAME` of next month's cells."""

    def run(name: str, cells: Sequence[str], *options: str, as_json: bool = True) -> Outcome:
        path = tmp_path / "november.csv"
        path.write_text(listed(cells))
        return main_job.import_list(path, BY_EMAIL, "--saved", name, *options, as_json=as_json)

    return run


def in_table(outcome: Outcome) -> list[str]:
    """What column `code` came to, in the order of the list; empty where the attribute is not there."""
    held = {item["email"]["S"]: next(iter(item.get("code", {"S": ""}).values())) for item in outcome.items}
    return [held[key] for key in sorted(held)]


ZIPS = ["10115", "80331", "20095", "50667", "70173", "60311", "40213", "1067", "4109", "9111"]
DOTS = ["03.04.2024", "05.06.2024", "31.01.2024", "07.08.2024"]

CHANGES_GOOD_CELLS = {
    "codes that nobody said had lost zeros": (
        PadZeros("code", 5, 3),
        ZIPS,
        ["1010", "1020", "4020", "5020", "8010", "10115"],
        r"\(Pad with zeros\) changes 5 cells of code that keep every rule.* changed no such cell when",
    ),
    "names that had capitals already": (
        ChangeCase("code", "title"),
        ["ANN LEE", "BOB STONE", "EVE PARK"],
        ["ANN LEE", "Ann McLee", "van der Berg", "Cat IBM"],
        r"\(Change capitals\) changes 4 cells of code.*: rows 3, 4, 5 and others. 3 of them are like none",
    ),
    "words for yes that were not there": (
        ParseYesNo("code"),
        ["ja", "nein", "ja"],
        ["1", "0", "on"],
        r"\(Yes and no as true and false\) changes 3 cells of code",
    ),
    "a name with a comma among lists": (
        ParseList("code", ",", ";"),
        ["a,b", "c,d", "e,f"],
        ["Smith, John", "a,b"],
        r"\(Lists in a cell\) changes 2 cells of code.*: rows 2, 3. 1 of them is like none|1 is like none",
    ),
    "part of a name that was another in October": (
        Replace("code", "St", "Saint"),
        ["Hal St", "Jon St", "Ann"],
        ["Peter Steiner", "Jon St", "Ann"],
        r"\(Replace a text\) changes 2 cells of code.*1 of them is like none|1 is like none",
    ),
    "values that nobody has seen": (
        SetColumn("code", "99"),
        ["10", "11"],
        ["7000", "10"],
        r"\(Put one text into the cells\) changes 2 cells of code",
    ),
    "a name of three words among names of two": (
        SplitColumn("code", " ", ("first", "last"), keep=False),
        ["Ann Lee", "Bob Roy"],
        ["Ann Lee", "Lee, Ann"],
        r"\(Split a column\) changes 2 cells of code",
    ),
}


@pytest.mark.parametrize("case", CHANGES_GOOD_CELLS)
def test_good_cells_unlike_those_seen_when_it_was_saved_are_asked_about(
    saved: Save, next_month: Replay, case: str
) -> None:
    step, october, november, told = CHANGES_GOOD_CELLS[case]
    saved(case, october, step)
    outcome = next_month(case, november)
    assert (outcome.code, outcome.items) == (2, ()), outcome.told
    assert_told(outcome, f"doubt: Step 1 of .*{told}", "Steps of the saved list do more here than was agreed")


READ_IN_ONE_OF_TWO_WAYS = {
    "another separator, and two that prove the other order": (
        ParseDates("code", "dmy"),
        DOTS,
        ["03/04/2024", "05/06/2024", "12/31/2024", "02/29/2024"],
        "2 cells can be read in two ways, and 2 cells in the other way only",
    ),
    "another separator alone": (
        ParseDates("code", "dmy"),
        DOTS,
        ["03/04/2024", "05/06/2024"],
        "2 cells can be read in two ways, and nothing in this list tells",
    ),
    "the old separator, and one that proves the other order": (
        ParseDates("code", "dmy"),
        DOTS,
        ["03.04.2024", "05.06.2024", "12.31.2024"],
        "2 cells can be read in two ways, and 1 cell in the other way only",
    ),
    "dates as seconds": (
        EpochSeconds("code", "dmy", "UTC"),
        DOTS,
        ["04/03/2024", "04/05/2024"],
        "2 cells can be read in two ways",
    ),
    "points that may be thousands": (
        ParseNumbers("code", ",", "."),
        ["1.234,50", "12,75", "12.500"],
        ["12.500", "99.000", "3.100", "1.234"],
        "4 cells can be read in two ways, and nothing in this list tells",
    ),
    "commas that may be decimals": (
        ParseNumbers("code", ".", ","),
        ["1,234.50", "12.75"],
        ["12,500", "3,100"],
        "2 cells can be read in two ways",
    ),
}


@pytest.mark.parametrize("case", READ_IN_ONE_OF_TWO_WAYS)
def test_cells_that_may_mean_something_else_are_asked_about(saved: Save, next_month: Replay, case: str) -> None:
    step, october, november, told = READ_IN_ONE_OF_TWO_WAYS[case]
    saved(case, october, step)
    outcome = next_month(case, november)
    assert (outcome.code, outcome.items) == (2, ()), outcome.told
    assert_told(outcome, f"doubt: Step 1 of .* {told}")


AS_IN_OCTOBER = {
    "zeros": (PadZeros("code", 5, 3), ZIPS, ["20099", *ZIPS[1:]], ["20099", *ZIPS[1:7], "01067", "04109", "09111"]),
    "capitals": (
        ChangeCase("code", "title"),
        ["ANN LEE", "BOB STONE"],
        ["GUS RAY", "MARY ANN O'HARA", "FAY WEBB"],
        ["Gus Ray", "Mary Ann O'Hara", "Fay Webb"],
    ),
    "dates": (
        ParseDates("code", "dmy"),
        DOTS,
        ["01.02.2024", "3.4.2024", "30.11.2024", "2 May 2024"],
        ["2024-02-01", "2024-04-03", "2024-11-30", "2024-05-02"],
    ),
    "seconds": (EpochSeconds("code", "dmy", "UTC"), DOTS, ["04.03.2024"], ["1709510400"]),
    "numbers": (
        ParseNumbers("code", ",", "."),
        ["1.234,50", "12,75", "2.000"],
        ["12.500", "3,10", "1.000,00"],
        ["12500", "3.10", "1000.00"],
    ),
    "yes and no": (ParseYesNo("code"), ["ja", "nein"], ["nein", "ja"], ["false", "true"]),
    "a text": (
        Replace("code", "Str.", "Straße"),
        ["Str. 1", "Str. 2", "Weg"],
        ["Str. 2", "Platz"],
        ["Straße 2", "Platz"],
    ),
    "blanks": (FillBlanks("code", "HR"), ["", "IT", ""], ["IT", "", ""], ["IT", "HR", "HR"]),
}


@pytest.mark.parametrize("case", AS_IN_OCTOBER)
def test_control_what_was_agreed_when_it_was_saved_is_done_without_a_question(
    saved: Save, next_month: Replay, case: str
) -> None:
    step, october, november, wanted = AS_IN_OCTOBER[case]
    saved(case, october, step)
    outcome = next_month(case, november)
    assert outcome.code == 0, outcome.told
    assert in_table(outcome) == wanted


HARMLESS = {
    "spaces": (Trim(("code",), collapse=True), ["a"], [" Ann  Lee "], ["Ann Lee"]),
    "invisible signs": (RemoveInvisible(("code",)), ["a"], ["Ann\u200b"], ["Ann"]),
    "Unicode form": (OneWriting("code"), ["a"], ["Cafe\u0301"], ["Café"]),
    "addresses": (NormaliseEmails("code"), ["a@b.de"], ["Ann@Example.COM"], ["ann@example.com"]),
    "gaps of a number with its country": (
        FormatPhones("code", "DE"),
        [""],
        ["+49 151 1234 5678"],
        ["+4915112345678"],
    ),
}


@pytest.mark.parametrize("case", HARMLESS)
def test_control_what_means_the_same_whatever_the_list_is_not_asked_about(
    saved: Save, next_month: Replay, case: str
) -> None:
    step, october, november, wanted = HARMLESS[case]
    saved(case, october, step)
    outcome = next_month(case, november)
    assert outcome.code == 0, outcome.told
    assert "Step 1 of" not in outcome.told
    assert in_table(outcome) == wanted


DROPS = {
    "drop": DropRows(Condition("code", "contains", "test")),
    "keep": KeepRows(Condition("code", "does not contain", "test")),
}


@pytest.mark.parametrize("name", DROPS)
def test_rows_dropped_by_cells_that_were_not_seen_when_it_was_saved_are_asked_about(
    saved: Save, next_month: Replay, name: str
) -> None:
    saved(name, ["a", "test", "test", "b", "c"], DROPS[name])
    outcome = next_month(name, ["a", "testing", "latest", "test", "b"])
    assert (outcome.code, outcome.items) == (2, ())
    assert_told(
        outcome, r"drops 3 rows whose code keeps every rule as it stands: rows 3, 4, 5. 2 of them are like none"
    )
    again = next_month(name, ["a", "test", "b"])
    assert again.code == 3, "control: rows of those texts were dropped in October, too"
    assert in_table(again) == ["a", "b"]
    assert_told(again, "warning: Step 1 of .* drops 1 row whose code keeps every rule as it stands: row 3. It did so")


def test_the_dialog_names_every_step_that_changes_good_cells_before_it_is_saved(saved: Save) -> None:
    said = saved("All", ["ANN LEE", "TEST"], ChangeCase("code", "title"), DROPS["drop"], on_page=True)
    assert "Next month these steps change cells that have no problem, as they did here:" in said
    assert "Change code to title case: 2 such cells of code" in said
    assert "row" not in said.split("as they did here:")[1].split("Drop rows")[0]


def test_cells_before_and_after_are_shown_on_the_command_line_but_in_no_warning(
    main_job: MainJob, saved: Save, next_month: Replay, tmp_path: Path
) -> None:
    saved("St", ["Hal St", "Jon St"], Replace("code", "St", "Saint"))
    refused = next_month("St", ["Peter Steiner", "Jon St"], as_json=False)
    assert refused.code == 2
    assert "  row 2: 'Peter Steiner' -> 'Peter Sainteiner'\n  row 3: 'Jon St' -> 'Jon Saint'\n" in refused.out
    assert "Steiner" not in refused.err
    done = next_month("St", ["Jon St"], as_json=False)
    assert (
        "1 cell of code. It did so when the list was saved (100 % of the rows, now 100 %).\n  row 2: 'Jon St'"
        in done.out
    )
    assert_items(done, [{"email": {"S": "p0@example.com"}, "code": {"S": "Jon Saint"}}])
    _, out, err = main_job.command("check", tmp_path / "november.csv", "--key", "email", "--saved", "St", "--json")
    (step,) = json.loads(out)["saved_steps"]
    assert step["examples"] == [{"row": 2, "before": "Jon St", "after": "Jon Saint"}]
    assert "Jon" not in err
