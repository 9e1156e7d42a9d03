"""What a program reads of a list: doubts and held-back rows with code and column, however a column got its type;
signs that nobody sees; what a number or a set would lose."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from main_job.kit import BY_EMAIL, MainJob, TableSpec, assert_told, warned, write_list

HELD = {"email": {"S": "old@x.org"}, "phone": {"N": "4930"}, "tags": {"SS": ["red", "blue"]}}
LIVE = TableSpec({"email": "S"}, items=[HELD])


def test_a_refused_list_tells_a_program_its_doubts_with_code_and_column(main_job: MainJob, tmp_path: Path) -> None:
    file = write_list(tmp_path, "email,phone, note\na@x.org,12.000,x\nb@x.org,9.500, y\n")
    outcome = main_job.import_list(file, LIVE)
    assert outcome.code == 2
    assert outcome.summary is not None
    assert "read wrongly" in outcome.summary["error"]
    assert [(one["code"], one["column"], one["count"]) for one in outcome.summary["doubts"]] == [
        ("maybe_thousands", "phone", 2)
    ]
    assert set(outcome.summary["doubts"][0]) == {"code", "column", "count", "first_row", "message", "is_doubt"}
    assert outcome.summary["doubts"][0] in outcome.summary["warnings"]
    one_column = main_job.import_list(write_list(tmp_path, "email\na@x.org\n", "one.csv"), BY_EMAIL)
    assert [one["code"] for one in (one_column.summary or {})["doubts"]] == ["one_column"]


@pytest.mark.parametrize("way", ["type", "schema", "saved"])
def test_rows_held_back_are_told_alike_however_the_type_came(main_job: MainJob, tmp_path: Path, way: str) -> None:
    options: list[object] = ["--type", "score=N"]
    if way == "schema":
        schema = "version: 1\nkey: [email]\ncolumns:\n  - {column: email, attribute: email}\n"
        schema += "  - {column: score, attribute: score, type: N}\n"
        options = ["--schema", write_list(tmp_path, schema, "s.yaml")]
    if way == "saved":
        first = main_job.import_list(
            write_list(tmp_path, "email,score\no@x.org,5\np@x.org,120\n", "first.csv"), BY_EMAIL
        )
        main_job.command("saved", "save", str((first.summary or {})["run_id"]), "held alike", "--replace")
        options = ["--saved", "held alike"]
    outcome = main_job.import_list(
        write_list(tmp_path, "email,score\na@x.org,007\nb@x.org,x\nc@x.org,3\n"), BY_EMAIL, *options
    )
    assert outcome.code == 3, outcome.told
    held_back = [one for one in warned(outcome) if one[0] == "held_back"]
    assert sorted(held_back) == [("held_back", "score", 1, 2), ("held_back", "score", 1, 3)]
    assert [item["email"]["S"] for item in outcome.items] == ["c@x.org"]


def test_a_plus_is_not_lost_in_a_number(main_job: MainJob, tmp_path: Path) -> None:
    outcome = main_job.import_list(write_list(tmp_path, "email,phone\na@x.org,+4930123\nb@x.org,4917012\n"), LIVE)
    assert outcome.code == 3, outcome.told
    assert {item["email"]["S"]: item["phone"]["N"] for item in outcome.items} == {
        "old@x.org": "4930",
        "b@x.org": "4917012",
    }
    assert_told(outcome, "would lose its plus sign")
    keys = main_job.import_list(write_list(tmp_path, "id,v\n+9,x\n7,y\n"), TableSpec({"id": "N"}))
    assert [item["id"]["N"] for item in keys.items] == ["7"]
    text = main_job.import_list(write_list(tmp_path, "email,score\na@x.org,+7\nb@x.org,8\n"), BY_EMAIL)
    assert (text.code, {item["score"]["S"] for item in text.items}) == (0, {"+7", "8"})


def test_a_set_without_its_sign_in_any_cell_is_a_doubt(main_job: MainJob, tmp_path: Path) -> None:
    text = 'email,tags\na@x.org,"red, blue"\nb@x.org,"red,green"\nc@x.org,blue\n'
    outcome = main_job.import_list(write_list(tmp_path, text), LIVE)
    assert (outcome.code, outcome.items) == (2, (HELD,)), outcome.told
    assert_told(outcome, 'doubt: "tags": 2 cells would be one member each', "Tidy lists in tags")
    typed = main_job.import_list(write_list(tmp_path, text), BY_EMAIL, "--type", "tags=SS")
    assert typed.code == 2
    some = main_job.import_list(write_list(tmp_path, f"{text}d@x.org,red;blue\n"), LIVE)
    assert some.code == 0, some.told
    assert ("other_separator", "tags", 2, 2) in warned(some)
    control = main_job.import_list(write_list(tmp_path, "email,tags\na@x.org,red;blue\nb@x.org,green\n"), LIVE)
    assert (control.code, [one[0] for one in warned(control)]) == (0, ["would_wipe"])


@pytest.mark.parametrize("sign", ["\ufe0f", "\u034f", "\u3164", "\U000e0100", "\u200b", "\u2066"])
def test_keys_that_differ_in_a_sign_that_nobody_sees_are_told(main_job: MainJob, tmp_path: Path, sign: str) -> None:
    file = write_list(tmp_path, f"code,v\nab,x\nab{sign},y\nq,z\n")
    outcome = main_job.import_list(file, TableSpec({"code": "S"}))
    assert ("alike_keys", "code", 2, 2) in warned(outcome)


def test_wrong_usage_is_two_in_one_line_and_json(main_job: MainJob, tmp_path: Path) -> None:
    file = write_list(tmp_path, "email,t\na@x.org,x\n")
    for words in (["--type", "t=B"], ["--type", "nope=S"], ["--type", "t=S", "--type", "t=N"], ["--type", "t=Q"]):
        code, out, err = main_job.command("run", file, "--table", main_job.make_table(BY_EMAIL), "--json", *words)
        assert code == 2, (words, err)
        assert json.loads(out)["error"]
        assert len(err.splitlines()) < 8
    assert "hex" in json.loads(main_job.command("run", file, "--table", "T", "--json", "--type", "t=B")[1])["error"]
