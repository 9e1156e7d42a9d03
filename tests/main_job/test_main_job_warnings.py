"""What is odd about a list is told by the main job, values stay as they are, and a step of a recipe mends them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from main_job.kit import BY_EMAIL, MainJob, TableSpec, assert_items, assert_told, warned, write_list

BY_ID = TableSpec({"id": "S"})


def recipe(folder: Path, *steps: dict[str, Any]) -> Path:
    path = folder / "recipe.json"
    path.write_text(json.dumps({"version": 1, "operations": steps}), "utf-8")
    return path


def column(name: str, *cells: str) -> str:
    """A list of ids and one column more."""
    return f"id,{name}\n" + "".join(f"k{row},{cell}\n" for row, cell in enumerate(cells, 1))


DAMAGE = [
    ("scientific", "phone", ("+4930123456", "4.9E+11", '"-1,23457E+15"'), 2, 3),
    ("month_day", "size", ("M", "5-May", "Mar-03"), 2, 3),
    ("error_value", "note", ("x", "#N/A", "#DIV/0!", "#REF!"), 3, 3),
    ("zero_date", "birthday", ("1984-12-31", "0/0/00", "00.00.0000", "0000-00-00 00:00:00", "1/0/1900"), 4, 3),
    ("null_word", "fax", ("n/a", "NULL", "k.A.", "tbd", "030 123"), 4, 2),
    ("prefix", "phone_number", ("p:+4915112345678", "p:+33612345678"), 2, 2),
    ("prefix", "zip", ("z:12345", "'+4930123456"), 2, 2),
    ("padded", "city", ("Oslo", " Rome", "Bern\u00a0"), 2, 3),
    ("invisible", "city", ("Os\u200blo", "Rome"), 1, 2),
    ("mojibake", "city", ("KÃ¶ln", "Köln"), 1, 2),
    ("lost_zeros", "zip", ("07102", "10001", "94110", "7030", "501", "60601", "30301", "02108"), 2, 5),
    (
        "odd_date",
        "joined",
        ("2024-03-01", "2024-03-02", "last Tuesday", "31/02/2024", "2024-03-05", "2024-03-06"),
        2,
        4,
    ),
    ("two_date_orders", "joined", ("31/12/2023", "12/31/2023", "30/11/2023", "01/02/2024"), 1, 3),
]


@pytest.mark.parametrize("case", DAMAGE, ids=[f"{case[0]}-{case[1]}" for case in DAMAGE])
def test_odd_cells_are_told_by_kind_and_written_as_they_are(tmp_path: Path, main_job: MainJob, case: Any) -> None:
    code, name, cells, count, first_row = case
    outcome = main_job.import_list(write_list(tmp_path, column(name, *cells)), BY_ID)
    assert outcome.code == 0, outcome.told
    assert warned(outcome) == [(code, name, count, first_row)]
    plain = [cell[1:-1].replace('""', '"') if cell.startswith('"') else cell for cell in cells]
    assert sorted(item[name]["S"] for item in outcome.items) == sorted(plain)
    lines = [line for line in outcome.err.splitlines() if line.startswith("warning: ")]
    assert len(lines) == 1
    assert f'"{name}"' in lines[0]


SOUND = [
    ("phone", ("+4930123456", "1e5", "E+11 is a note")),
    ("size", ("M", "May", "5 May people", "XL")),
    ("zip", ("12345", "10001", "94110", "60601")),
    ("quantity", ("12345", "999", "10001", "94110", "60601")),
    ("birthday", ("1984-12-31", "1990-01-05", "2024-02-29")),
    ("version", ("1.0.0", "0.0.1", "10.2.30")),
    ("country", ("NA", "DE", "FR")),
    ("first_name", ("Na", "Nadia", "Nan Goldin")),
    ("note", ("Re: your visit", "12:30", "see https://example.com", "C: drive")),
    ("city", ("Köln", "Örebro", "São Paulo", "Aix-en-Provence")),
]


@pytest.mark.parametrize("case", SOUND, ids=[case[0] for case in SOUND])
def test_control_sound_cells_are_told_of_nowhere(tmp_path: Path, main_job: MainJob, case: Any) -> None:
    name, cells = case
    outcome = main_job.import_list(write_list(tmp_path, column(name, *cells)), BY_ID)
    left = [one for one in warned(outcome) if one[0] != "null_word"] if name == "first_name" else warned(outcome)
    assert left == [], outcome.told


PAD = {"kind": "pad_zeros", "column": "v", "width": 5, "shortest": 3}
CLEAR = {"kind": "clear_words", "columns": ["v"]}
NO_DATES = {"kind": "clear_no_dates", "column": "v"}
DATES = {"kind": "parse_dates", "column": "v", "order": "dmy"}
ALIKE = {"kind": "one_writing", "column": "v", "case": "lower"}
MENDED = [
    (PAD, ("07102", "2139", "501", "AB1"), ("07102", "02139", "00501", "AB1")),
    (CLEAR, ("n/a", " NULL ", "-", "x"), ("", "", "", "x")),
    (NO_DATES, ("0/0/00", "31/02/2024", "1.2.2024", "tbd"), ("", "", "1.2.2024", "")),
    (DATES, ("31/12/2023", "5 March 2024"), ("2023-12-31", "2024-03-05")),
    (ALIKE, (" A\u200b-1 ", "Ａ-2"), ("a-1", "a-2")),
]


@pytest.mark.parametrize("case", MENDED, ids=[case[0]["kind"] for case in MENDED])
def test_a_step_mends_the_cells_headless_too(tmp_path: Path, main_job: MainJob, case: Any) -> None:
    step, cells, wanted = case
    steps = recipe(tmp_path, step)
    outcome = main_job.import_list(write_list(tmp_path, column("v", *cells)), BY_ID, "--recipe", steps)
    assert outcome.code == 0, outcome.told
    items = [{"id": {"S": f"k{row}"}} | ({"v": {"S": cell}} if cell else {}) for row, cell in enumerate(wanted, 1)]
    assert_items(outcome, items)
    assert [one for one in warned(outcome) if one[0] != "prefix"] == []


def test_what_a_step_could_not_read_is_told_unless_a_later_step_reads_it(tmp_path: Path, main_job: MainJob) -> None:
    file = write_list(tmp_path, column("d", "31/12/2023", "12/31/2023", "01/02/2024"))
    day_first = {"kind": "parse_dates", "column": "d", "order": "dmy"}
    outcome = main_job.import_list(file, BY_ID, "--recipe", recipe(tmp_path, day_first))
    assert warned(outcome) == [("unread_date", "d", 1, 3)]
    assert sorted(item["d"]["S"] for item in outcome.items) == ["12/31/2023", "2023-12-31", "2024-02-01"]
    both = recipe(tmp_path, day_first, {"kind": "parse_dates", "column": "d", "order": "mdy"})
    outcome = main_job.import_list(file, BY_ID, "--recipe", both)
    assert warned(outcome) == []
    assert sorted(item["d"]["S"] for item in outcome.items) == ["2023-12-31", "2023-12-31", "2024-02-01"]


KEYS = "code,name\nA-1,Ann\nA-1 ,Ann trailing\na-1,Ann lower\nA\u200b-1,Ann hidden\nB-2,Bob\n"


def test_keys_that_look_the_same_are_told_and_one_step_makes_them_one(tmp_path: Path, main_job: MainJob) -> None:
    by_code = TableSpec({"code": "S"})
    file = write_list(tmp_path, KEYS)
    outcome = main_job.import_list(file, by_code)
    assert ("alike_keys", "code", 4, 2) in warned(outcome)
    assert_told(outcome, "differ only in capitals, spaces, hyphens or invisible signs")
    assert len(outcome.items) == 5
    step = recipe(tmp_path, {"kind": "one_writing", "column": "code", "case": "upper"})
    outcome = main_job.import_list(file, by_code, "--recipe", step)
    assert warned(outcome) == [("duplicate_key", "code", 3, 2)]
    assert_items(
        outcome,
        [{"code": {"S": "A-1"}, "name": {"S": "Ann hidden"}}, {"code": {"S": "B-2"}, "name": {"S": "Bob"}}],
    )


def test_control_keys_that_are_the_same_or_differ_for_the_eye_are_not_told(tmp_path: Path, main_job: MainJob) -> None:
    file = write_list(tmp_path, "code,name\nA-1,Ann\nA-1,Ann again\nA-2,Bob\nO-1,Cat\n0-1,Dan\n")
    assert warned(main_job.import_list(file, TableSpec({"code": "S"}))) == [("duplicate_key", "code", 1, 2)]


def test_parts_of_a_key_are_looked_at_each(tmp_path: Path, main_job: MainJob) -> None:
    spec = TableSpec({"org": "S", "user": "S"})
    file = write_list(tmp_path, "org,user,v\nacme,u1,a\nacme,U1,b\nacmeu,1,c\n")
    assert warned(main_job.import_list(file, spec)) == [("alike_keys", "user", 2, 2)]


def test_capitals_in_an_email_key_are_told(tmp_path: Path, main_job: MainJob) -> None:
    file = write_list(tmp_path, "email,name\nAnn@Example.com,Ann\nbob@example.com,Bob\n")
    outcome = main_job.import_list(file, BY_EMAIL)
    assert warned(outcome) == [("key_capitals", "email", 1, 2)]
    step = recipe(tmp_path, {"kind": "normalise_emails", "column": "email"})
    outcome = main_job.import_list(file, BY_EMAIL, "--recipe", step)
    assert warned(outcome) == []
    assert sorted(item["email"]["S"] for item in outcome.items) == ["ann@example.com", "bob@example.com"]


def test_reading_problems_are_told_by_kind(tmp_path: Path, main_job: MainJob) -> None:
    outcome = main_job.import_list(write_list(tmp_path, "email,name\nann@example.com,Ann\n\nbob@example.com,Bob,x\n"))
    assert ("row_too_long", "", 1, 4) in warned(outcome)
    assert ("blank_line", "", 1, 3) in warned(outcome)


def test_an_overwrite_that_takes_attributes_away_is_told(tmp_path: Path, main_job: MainJob) -> None:
    there = {"email": {"S": "ann@example.com"}, "phone": {"S": "1"}, "city": {"S": "Oslo"}, "score": {"N": "7"}}
    file = write_list(tmp_path, "email,phone\nann@example.com,+4722334455\n")
    outcome = main_job.import_list(file, TableSpec({"email": "S"}, items=[there]), "--mode", "overwrite")
    assert warned(outcome) == [("would_wipe", "", 1, None)]
    assert_told(outcome, r"city \(in 1\), score \(in 1\)")
    assert_items(outcome, [{"email": {"S": "ann@example.com"}, "phone": {"S": "+4722334455"}}])


def test_check_tells_what_run_tells_and_no_cell_is_in_it(tmp_path: Path, main_job: MainJob) -> None:
    file = write_list(tmp_path, "email,phone\nann@example.com,4.91512E+12\nbob@example.com,p:+4915112345678\n")
    code, out, err = main_job.command("check", file, "--json")
    checked = json.loads(out)["warnings"]
    ran = main_job.import_list(file)
    assert ran.summary is not None
    assert checked == ran.summary["warnings"]
    assert [one["code"] for one in checked] == ["scientific", "prefix"]
    assert set(checked[0]) >= {"code", "column", "count", "first_row", "message"}
    assert code == 0
    assert not any(cell in out + err for cell in ("4.91512", "+4915112345678"))


def test_show_and_the_receipt_name_codes_and_counts(tmp_path: Path, main_job: MainJob) -> None:
    outcome = main_job.import_list(write_list(tmp_path, column("zip", "07102", "10001", "94110", "7030")), BY_ID)
    assert outcome.summary is not None
    run_id = outcome.summary["run_id"]
    _, shown, _ = main_job.command("show", run_id, "--json")
    assert json.loads(shown)["warnings"] == outcome.summary["warnings"]
    receipt = json.loads(Path(outcome.summary["receipt"]).read_text("utf-8"))
    assert [(one["code"], one["column"], one["count"]) for one in receipt["warnings"]] == [("lost_zeros", "zip", 1)]
    _, lines, _ = main_job.command("show", run_id)
    assert "warning lost_zeros: zip, 1\n" in lines


def test_what_a_recipe_accepted_is_not_told_again(tmp_path: Path, main_job: MainJob) -> None:
    file = write_list(tmp_path, column("note", "n/a", "x"))
    step = {"kind": "decide", "code": "null_word", "column": "note", "verdict": "accept"}
    assert warned(main_job.import_list(file, BY_ID, "--recipe", recipe(tmp_path, step))) == []
    rejected = main_job.import_list(file, BY_ID, "--recipe", recipe(tmp_path, step | {"verdict": "reject"}))
    assert rejected.code == 3
    assert_items(rejected, [{"id": {"S": "k2"}, "note": {"S": "x"}}])


def test_seconds_since_1970_are_written_as_a_number_in_the_zone_that_was_said(
    tmp_path: Path, main_job: MainJob
) -> None:
    cells = ("31/03/2024", "01/07/2024 12:30", "2024-01-01T00:00:00Z", "soon")
    step = {"kind": "epoch_seconds", "column": "expires", "order": "dmy", "zone": "Europe/Berlin"}
    outcome = main_job.import_list(
        write_list(tmp_path, column("expires", *cells)), BY_ID, "--recipe", recipe(tmp_path, step)
    )
    seconds = ("1711839600", "1719829800", "1704067200")
    assert outcome.code == 3, outcome.told
    assert_items(outcome, [{"id": {"S": f"k{row}"}, "expires": {"N": text}} for row, text in enumerate(seconds, 1)])


def test_why_rows_are_held_back_is_told_by_cause_with_the_step_that_mends_it(
    tmp_path: Path, main_job: MainJob
) -> None:
    file = write_list(tmp_path, "email,name\nann@example.com,Ann\n bob@example.com,Bob\n cat@example.com,Cat\n")
    outcome = main_job.import_list(file)
    assert outcome.code == 3
    told = '2 e-mail addresses in "email" are not valid, first in row 3; their rows are held back.'
    assert f"warning: {told} To mend some or all: Trim spaces in email.\n" in outcome.err
    mended = main_job.import_list(
        file, BY_EMAIL, "--recipe", recipe(tmp_path, {"kind": "trim", "columns": ["email"]})
    )
    assert mended.code == 0
    assert "held back" not in mended.err
    assert len(mended.items) == 3


def test_a_date_rule_in_the_schema_holds_back_what_is_no_day_or_out_of_bounds(
    tmp_path: Path, main_job: MainJob
) -> None:
    schema = tmp_path / "schema.yaml"
    schema.write_text(
        "version: 1\nkey: [id]\ncolumns:\n- {column: id, attribute: id}\n- column: born\n  attribute: born\n"
        "  rules:\n  - date: {format: DD.MM.YYYY, not_before: 1900-01-01, not_after: 2024-12-31}\n",
        "utf-8",
    )
    file = write_list(tmp_path, column("born", "31.12.1984", "31.02.2024", "01.01.2025", "1984-12-31", "01.01.1900"))
    outcome = main_job.import_list(file, BY_ID, "--schema", schema)
    assert outcome.code == 3
    days = {"k1": "31.12.1984", "k5": "01.01.1900"}
    assert_items(outcome, [{"id": {"S": key}, "born": {"S": day}} for key, day in days.items()])
    assert_told(outcome, '3 cells of "born" are no dates, or out of their bounds, first in row 3; .* held back')


def test_cells_that_open_a_quote_for_nothing_are_asked_about_and_a_step_takes_it_away(
    tmp_path: Path, main_job: MainJob
) -> None:
    path = write_list(tmp_path, column("name", *(f'"Ann{number}' for number in range(1, 41))))
    asked = main_job.import_list(path, BY_ID)
    assert (asked.code, len(asked.items)) == (2, 0)
    assert '"name" begin with a quotation mark that is never closed' in asked.told
    away = recipe(tmp_path, {"kind": "replace", "column": "name", "find": '"', "replacement": ""})
    outcome = main_job.import_list(path, BY_ID, "--recipe", str(away), "--yes")
    assert outcome.code == 0, outcome.told
    assert sorted(item["name"]["S"] for item in outcome.items) == sorted(f"Ann{number}" for number in range(1, 41))


def test_a_name_that_is_rather_a_text_is_told_before_it_is_stored_with_every_contact(
    tmp_path: Path, main_job: MainJob
) -> None:
    outcome = main_job.import_list(write_list(tmp_path, column("n" * 256, "a", "b")), BY_ID)
    assert outcome.code == 0, outcome.told
    assert warned(outcome) == [("long_name", "n" * 256, 1, None)]
    control = main_job.import_list(write_list(tmp_path, column("n" * 255, "a", "b")), BY_ID)
    assert (control.code, warned(control)) == (0, [])
