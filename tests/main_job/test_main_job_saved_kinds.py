"""Next month's cells that are none of the kinds a step was agreed on for, whether they have a problem or none: a step
that mends them in a wrong way does more harm than one that leaves them. Each with its control."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from main_job.kit import BY_EMAIL, MainJob, Outcome, assert_told
from main_job.test_main_job_saved import NOW

from importer.check import ColumnSpec, CountryCode, DynamoType, Length, Phone, Required, Rule
from importer.clean import (
    ClearWords,
    Condition,
    DropRows,
    EpochSeconds,
    FillBlanks,
    FillFromAbove,
    FormatPhones,
    MapValues,
    Operation,
    PadZeros,
    ParseDates,
    ParseNumbers,
    ParseYesNo,
    Recipe,
    Replace,
    SetFailing,
    fit,
)
from importer.run import (
    adopt_source,
    change_history,
    check_run,
    create_run,
    find_saved,
    prepare_schema,
    prepare_stage,
    save_for_next,
    save_schema,
)
from importer.table import KeyPart, TableKey

KEY = TableKey(KeyPart("email", "S"))
NO_PHONE = SetFailing("code", "not_a_phone", '{"rule": "phone"}')
NEW, MORE = "like none", "of the rows when the list was saved, now"


@dataclass(frozen=True)
class Kind:
    """A step, October's cells, November's of another kind and November's of the same, and what these come to. Of each
    cell `beside` says what stands in columns `country` and `zip` of its row; `rules` and `type` are of the column."""

    step: Operation
    october: Sequence[str]
    other: Sequence[str]
    told: str
    same: Sequence[str]
    wanted: Sequence[str]
    rules: tuple[Rule, ...] = ()
    type: DynamoType = DynamoType.S
    beside: tuple[str, str, str] = ("DE,50667", "DE,50667", "DE,50667")


MOBILE, AUSTRIAN = ["0170 1234567", "0171 1234567", "+491511234503"], ["0664 1234567", "0660 1234567"]
GERMAN = (FormatPhones("code", "DE"), MOBILE)
SAME_PHONES = (["0175 7654321", "0049 151 12345603"], ["+491757654321", "+4915112345603"])
TO_ISO, TO_SECONDS = ParseDates("code", "dmy"), EpochSeconds("code", "dmy", "UTC")
DOTS = ["03.04.2024", "25.12.2023", "01.02.2024"]
SAME_DAYS = (["5.6.2024", "31.12.2024"], ["2024-06-05", "2024-12-31"])
NOTHING = ClearWords(("code",), ("n/a", "na", "none", "null", "-"))
FIVE = ["10115", "80331", "20095", "50667", "70173", "60311", "40213", "1067", "4109"]

KINDS = {
    "phones without a 0 in front": Kind(*GERMAN, ["(212) 555-0100", "303-555-0123"], NEW, *SAME_PHONES, (Phone(),)),
    "digits alone": Kind(*GERMAN, ["4155550100"], NEW, *SAME_PHONES, (Phone(),)),
    "phones without a rule": Kind(*GERMAN, ["303-555-0123", "0171 1234567"], NEW, *SAME_PHONES),
    "mobiles that are landlines by the step's country": Kind(
        FormatPhones("code", "AT"),
        AUSTRIAN,
        ["0171 1234567"],
        NEW,
        ["0664 7654321"],
        ["+436647654321"],
        (Phone(),),
    ),
    "phones beside another country": Kind(
        *GERMAN, ["0171 1234567"], NEW, *SAME_PHONES, (Phone(),), beside=("DE,50667", "AT,1010", "de,80331")
    ),
    "two-digit years in front": Kind(TO_ISO, DOTS, ["24-03-04", "23-12-01"], NEW, *SAME_DAYS),
    "two-digit years in front, with points": Kind(TO_ISO, DOTS, ["24.03.04"], NEW, *SAME_DAYS),
    "two-digit years in front, with strokes": Kind(TO_ISO, DOTS, ["20/03/04", "21/05/06"], NEW, *SAME_DAYS),
    "two-digit years in front among those at the end": Kind(
        TO_ISO, ["25.12.23", "01.02.24"], ["24.03.04", "23.12.01"], NEW, ["31.12.24"], ["2024-12-31"]
    ),
    "two-digit years beside words": Kind(
        TO_ISO, DOTS, ["12 May 24"], NEW, ["12 May 2024", "May 12, 2024"], ["2024-05-12", "2024-05-12"]
    ),
    "two-digit years as seconds": Kind(
        TO_SECONDS, DOTS, ["24-03-04"], NEW, ["4.3.2024"], ["1709510400"], type=DynamoType.N
    ),
    "an hour that the step's zone places": Kind(
        TO_SECONDS, DOTS, ["2024-03-04 10:00"], NEW, ["2024-03-04T10:00Z"], ["1709546400"], type=DynamoType.N
    ),
    "milliseconds": Kind(
        TO_SECONDS, DOTS, ["1700000000000"], NEW, ["1700000000", "4.3.2024"], ["1700000000", "1709510400"]
    ),
    "surnames that are words for nothing": Kind(
        NOTHING, ["n/a", "Lee", "Moor", "-"], ["Na", "Ray", "None"], NEW,
        ["N/A", "Ray", "Kay", "Au"], ["", "Ray", "Kay", "Au"]
    ),
    "dollars among euros": Kind(
        ParseNumbers("code", ".", ""), ["12.50 €", "3 €"], ["12.50 $"], NEW, ["7.20 €"], ["7.2"], type=DynamoType.N
    ),
    "codes of another length": Kind(
        PadZeros("code", 5), FIVE, ["101", *FIVE[1:]], NEW, [*FIVE[:8], "9111"],
        [*FIVE[:7], "01067", "09111"], (Length(5, 5),)
    ),
    "nearly all codes": Kind(
        PadZeros("code", 5), FIVE, ["1010", "8010", "4020"], MORE, FIVE, [*FIVE[:7], "01067", "04109"],
        (Length(5, 5),)
    ),
    "other words for yes": Kind(
        ParseYesNo("code"), ["ja", "nein"], ["1", "0"], "no such cell", ["JA"], ["True"], type=DynamoType.BOOL
    ),
    "a prefix before something else": Kind(
        Replace("code", "p:", ""), ["p:+49301234567"], ["map:1"], NEW, ["p:+49307654321"],
        ["+49307654321"], (Phone(),)
    ),
    "numbers of another country given one by a pattern": Kind(
        Replace("code", "^0", "+49", is_pattern=True), ["0170 1234567", "0171 1234567"], ["07700 900123"], NEW,
        ["0175 7654321"], ["+49175 7654321"], (CountryCode(),)
    ),
    "codes beside another country": Kind(
        PadZeros("code", 5), FIVE, ["10115", *FIVE[1:7], "1010", "8010"], NEW, FIVE, [*FIVE[:7], "01067", "04109"],
        (Length(5, 5),), beside=("DE,50667", "AT,50667", "DE,50667")
    ),
    "words in a table, capitals aside": Kind(
        MapValues("code", (("n/a", ""), ("none", "")), loosely=True), ["n/a", "Lee", "Moor", "none"],
        ["None", "Ray"], NEW, ["none", "Ray", "Kay"], ["", "Ray", "Kay"]
    ),
    "rows dropped by words": Kind(
        DropRows(Condition("code", "contains", "NULL")), ["NULL", "Lee", "Moor"], ["(NULL)", "Lee", "Ray"], NEW,
        ["Ray", "Kay", "Au"], ["Ray", "Kay", "Au"]
    ),
    "a good number in another spelling": Kind(
        NO_PHONE, ["+491511234501", "bad", "x"], ["tel. 0151 1234502", "call Ann"], NEW, ["+491511234501", "bad"],
        ["+491511234501", ""], (Phone(),)
    ),
    "nearly all bad": Kind(
        NO_PHONE, ["bad", *["+491511234501"] * 9], ["bad", "bad", "bad"], MORE, ["bad", *["+491511234501"] * 9],
        ["", *["+491511234501"] * 9], (Phone(),)
    ),
    "twice as many blanks": Kind(
        FillBlanks("code", "x"), ["", *"abcde"], ["", "b", "", "d", "e", "f"], MORE, ["a", "", *"bcde"],
        ["a", "x", *"bcde"]
    ),
    "twice as many blanks that must not be": Kind(
        FillBlanks("code", "x"), ["", *"abcde"], ["", "b", "", "d", "e", "f"], MORE, ["a", "", *"bcde"],
        ["a", "x", *"bcde"], (Required(),)
    ),
    "twice as many blanks under others": Kind(
        FillFromAbove("code"), [*"abcde", ""], [*"ab", "", "c", "", "d"], MORE, [*"xyz", "", *"uv"], list("xyzzuv")
    ),
}  # fmt: skip


def listed(cells: Sequence[str], beside: str) -> str:
    """People 0, 1 … with these cells in column `code`."""
    return "email,country,zip,code\n" + "".join(
        f'p{n:02}@example.com,{beside},"{cell}"\n' for n, cell in enumerate(cells)
    )


def save_october(job: MainJob, path: Path, kind: Kind, name: str) -> None:
    """October's list with the step, saved under a name."""
    path.write_text(listed(kind.october, kind.beside[0]))
    folder = create_run(job.settings, source_name="october.csv", who="tester", now=NOW)
    adopt_source(folder, path)
    stage = prepare_stage(folder)
    schema = prepare_schema(folder, KEY)

    def ruled(spec: ColumnSpec) -> ColumnSpec:
        return replace(spec, rules=kind.rules, type=kind.type) if spec.column == "code" else spec

    steps = fit(Recipe((kind.step,)), stage).operations
    change_history(folder, lambda history: history.do(*steps))
    save_schema(folder, replace(schema, columns=tuple(ruled(spec) for spec in schema.columns)))
    check_run(folder, KEY)
    save_for_next(job.settings, folder, name, now=NOW)


def in_table(outcome: Outcome) -> list[str]:
    """What column `code` came to, in the order of the list; empty where the attribute is not there."""
    held = {item["email"]["S"]: str(next(iter(item.get("code", {"S": ""}).values()))) for item in outcome.items}
    return [held[key] for key in sorted(held)]


@pytest.mark.parametrize("name", KINDS)
def test_cells_of_a_kind_that_nobody_agreed_on_are_asked_about_and_those_of_a_kind_agreed_on_are_not(
    main_job: MainJob, tmp_path: Path, name: str
) -> None:
    kind = KINDS[name]
    save_october(main_job, tmp_path / "october.csv", kind, name)
    november = tmp_path / "november.csv"
    november.write_text(listed(kind.other, kind.beside[1]))
    outcome = main_job.import_list(november, BY_EMAIL, "--saved", name)
    assert (outcome.code, outcome.items) == (2, ()), outcome.told
    assert_told(outcome, f'doubt: Step 1 of "{name}" .*{kind.told}')
    november.write_text(listed(kind.same, kind.beside[2]))
    again = main_job.import_list(november, BY_EMAIL, "--saved", name)
    assert again.code == 0, again.told
    assert in_table(again) == list(kind.wanted)


def test_postcodes_of_another_country_beside_a_blank_country_are_asked_about(
    main_job: MainJob, tmp_path: Path
) -> None:
    kind = Kind(FillBlanks("country", "DE"), ["x"] * 3, [], "", [], [], beside=(",50667", "", ""))
    save_october(main_job, tmp_path / "october.csv", kind, "Blank countries")
    path = tmp_path / "november.csv"
    path.write_text(listed(["x"] * 3, ",50667").replace("50667", "1010", 1))
    outcome = main_job.import_list(path, BY_EMAIL, "--saved", "Blank countries")
    assert (outcome.code, outcome.items) == (2, ()), outcome.told
    assert_told(outcome, "1 of them is like none")
    path.write_text(listed(["x"] * 3, ",80331"))
    again = main_job.import_list(path, BY_EMAIL, "--saved", "Blank countries")
    assert again.code == 0, again.told
    assert {item["country"]["S"] for item in again.items} == {"DE"}


def test_a_list_that_an_earlier_version_saved_says_that_what_it_did_is_not_known(
    main_job: MainJob, tmp_path: Path
) -> None:
    kind = KINDS["a prefix before something else"]
    save_october(main_job, tmp_path / "october.csv", kind, "Old")
    path = main_job.settings.library / find_saved(main_job.settings, "Old").entry_id / "entry.json"
    entry = json.loads(path.read_text())
    old = [[step["mark"], step["share"], step["seen"]] for step in entry.pop("agreed")]
    path.write_text(json.dumps(entry | {"agreed_steps": old}))
    outcome = main_job.import_list(tmp_path / "october.csv", BY_EMAIL, "--saved", "Old")
    assert (outcome.code, outcome.items) == (2, ())
    assert_told(
        outcome, "What it did when the list was saved is not known: an earlier version saved it. Save it anew"
    )


def test_what_a_step_does_to_cells_with_a_problem_is_told_in_figures(main_job: MainJob, tmp_path: Path) -> None:
    kind = KINDS["a good number in another spelling"]
    save_october(main_job, tmp_path / "october.csv", kind, "Told")
    path = tmp_path / "november.csv"
    path.write_text(listed(kind.other, kind.beside[1]))
    refused = main_job.import_list(path, BY_EMAIL, "--saved", "Told", as_json=False)
    assert_told(refused, "empties 2 cells of code that have a problem: rows 2, 3. 2 of them are like none")
    assert "  row 2: 'tel. 0151 1234502' -> ''\n  row 3: 'call Ann' -> ''\n" in refused.out
    path.write_text(listed(kind.same, kind.beside[2]))
    done = main_job.import_list(path, BY_EMAIL, "--saved", "Told", as_json=False)
    assert_told(done, "warning: Step 1 of .* empties 1 cell of code that has a problem: row 3. It did so")
