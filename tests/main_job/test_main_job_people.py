"""People who are in a list twice without an e-mail address are told, and what a person decides reaches the table."""

from __future__ import annotations

import json
from pathlib import Path

from main_job.kit import MainJob, TableSpec, assert_items, assert_told

BY_ID = TableSpec({"id": "S"})

HEADER = "id,first name,last name,street,town,birth date"
ROWS = (
    "m1,Ann,Sample,12 High Street,Leeds,1984-03-02",
    "m2,Boris,Kowalski,3 Mill Lane,York,1951-11-30",
    "m3,Anne,Sample,9 Low Road,Hull,1984-03-02",
    "m4,Carla,Muster,7 Oak Road,Bath,1990-01-09",
    "m5,Boris,Kowalsky,3 Mill Lane,York,",
)


def items(*rows: str) -> list[dict[str, dict[str, str]]]:
    names = ("id", "first_name", "last_name", "street", "town", "birth_date")
    return [{name: {"S": cell} for name, cell in zip(names, row.split(","), strict=True) if cell} for row in rows]


def write(folder: Path, *rows: str) -> Path:
    path = folder / "members.csv"
    path.write_text("\n".join([HEADER, *rows, ""]))
    return path


def test_they_are_told_without_a_value_and_imported_as_they_are(main_job: MainJob, tmp_path: Path) -> None:
    outcome = main_job.import_list(write(tmp_path, *ROWS), BY_ID)
    assert outcome.code == 0, outcome.told
    assert_items(outcome, items(*ROWS))
    assert outcome.summary is not None
    told = [one for one in outcome.summary["warnings"] if one["code"] == "same_person"]
    assert [(one["count"], one["first_row"], one["is_doubt"]) for one in told] == [(4, 2, False)]
    assert_told(outcome, "warning: 2 people seem to be in the list more than once")
    assert "Kowalsk" not in outcome.told


def test_check_names_the_rows_of_each_person_and_no_value(main_job: MainJob, tmp_path: Path) -> None:
    code, out, _ = main_job.command("check", write(tmp_path, *ROWS), "--key", "id", "--json")
    assert code == 0
    assert json.loads(out)["same_person"] == [
        {"rows": [{"row": 2}, {"row": 4}], "reasons": ["same birth date, similar name"]},
        {"rows": [{"row": 3}, {"row": 6}], "reasons": ["same address, similar name"]},
    ]


def test_twins_and_father_and_son_are_imported_and_not_told(main_job: MainJob, tmp_path: Path) -> None:
    rows = (
        *(ROWS[0], "m2,Tom,Test,3 Mill Lane,York,1984-03-02", "m3,Tim,Test,3 Mill Lane,York,1984-03-02"),
        *("m4,Robert,Muster,7 Oak Road,Bath,1951-02-10", "m5,Robert,Muster,7 Oak Road,Bath,1979-08-30"),
    )
    outcome = main_job.import_list(write(tmp_path, *rows), BY_ID)
    assert_items(outcome, items(*rows))
    assert "same_person" not in outcome.told
    code, out, _ = main_job.command("check", write(tmp_path, *rows), "--key", "id", "--json")
    assert (code, json.loads(out)["same_person"]) == (0, [])


def test_control_different_people_are_not_told(main_job: MainJob, tmp_path: Path) -> None:
    outcome = main_job.import_list(write(tmp_path, ROWS[0], ROWS[1], ROWS[3]), BY_ID)
    assert_items(outcome, items(ROWS[0], ROWS[1], ROWS[3]))
    assert "same_person" not in outcome.told


def test_rows_that_a_merge_leaves_out_do_not_reach_the_table(main_job: MainJob, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.json"
    recipe.write_text(
        json.dumps({"version": 1, "operations": [{"kind": "decide_rows", "rows": [4, 6], "verdict": "drop"}]})
    )
    outcome = main_job.import_list(write(tmp_path, *ROWS), BY_ID, "--recipe", recipe)
    assert outcome.code == 3, outcome.told  # rows were left out
    assert_items(outcome, items(ROWS[0], ROWS[1], ROWS[3]))
    assert "same_person" not in outcome.told


def test_a_list_too_long_to_be_looked_through_for_people_says_so(main_job: MainJob, tmp_path: Path) -> None:
    rows = [f"m{at},Ann,Sample{at},{at} High Street,Leeds,1984-03-02" for at in range(20_001)]
    code, _, err = main_job.command("check", write(tmp_path, *rows[:100]), "--key", "id")
    assert (code, "not looked through" in err) == (0, False)
    outcome = main_job.import_list(write(tmp_path, *rows), BY_ID)
    assert_told(outcome, "more than 20,000 rows and was not looked through for people")


def test_people_are_told_by_a_member_number_under_french_names(main_job: MainJob, tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    rows = ["m1,Ann,Sample,77120", "m2,Boris,Kowalski,88541", "m3,Sample,Ann,77120", "m4,Carla,Muster,51002"]
    path.write_text("\n".join(["id,pr\xe9nom,nom,member_no", *rows, ""]), encoding="utf-8")
    code, out, _ = main_job.command("check", path, "--key", "id", "--json")
    assert code == 0
    assert [one["rows"] for one in json.loads(out)["same_person"]] == [[{"row": 2}, {"row": 4}]]
