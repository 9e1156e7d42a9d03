"""What a program reads of a list: doubts and held-back rows with code and column, however a column got its type;
signs that nobody sees; what a number or a set would lose."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from main_job.kit import BY_EMAIL, MainJob, Outcome, TableSpec, assert_told, warned, write_list

HELD = {"email": {"S": "old@x.org"}, "phone": {"N": "4930"}, "tags": {"SS": ["red", "blue"]}}
LIVE = TableSpec({"email": "S"}, items=[HELD])


def held_back(outcome: Outcome) -> list[tuple[str, str, int, int | None]]:
    assert outcome.summary is not None, outcome.told
    told = [one for one in outcome.summary["warnings"] if one["holds_back"]]
    return [(one["code"], one["column"], one["count"], one["first_row"]) for one in told]


EVERY_REASON = "email,name,born,code\n" + "".join(
    f"{line}\n"
    for line in (
        "ann@x.org,Ann,1984-12-31,A1", "bob@x.org,Bob,1984-02-30,A2", ",Cat,1984-12-31,A3",
        "no address,Dan,1984-12-31,A4", "eve@x.org,Eve,1984-12-31,zz", "ann@x.org,Ann B,1984-12-31,A6",
        "fay@x.org,Fay,1984-12-31,A7,surplus", "gus@x.org,Gus,1984-12-31,A8", "ida@x.org,Ida,1984-12-31,A9",
    )
)  # fmt: skip
HOLDING = [
    ("duplicate_key", "email", 1, 2),
    ("key_missing", "email", 1, 4),
    ("not_an_email", "email", 1, 5),
    ("pattern_mismatch", "code", 1, 6),
    ("row_too_long", "", 1, 8),
    ("wrong_date", "born", 1, 3),
]
RULES = """version: 1
key: [email]
columns:
  - {column: email, attribute: email, rules: [email: {}]}
  - {column: name, attribute: name}
  - {column: born, attribute: born, rules: [date: {format: YYYY-MM-DD}]}
  - {column: code, attribute: code, rules: [pattern: {pattern: "[A-Z][0-9]"}]}
"""


def test_whatever_holds_rows_back_stands_in_the_warnings_of_check_run_and_a_saved_list(
    main_job: MainJob, tmp_path: Path
) -> None:
    file, schema = write_list(tmp_path, EVERY_REASON), write_list(tmp_path, RULES, "s.yaml")
    ran = main_job.import_list(file, BY_EMAIL, "--schema", schema)
    assert (ran.code, sorted(held_back(ran))) == (3, HOLDING), ran.told
    assert sorted(item["email"]["S"] for item in ran.items) == ["ann@x.org", "gus@x.org", "ida@x.org"]
    summary = ran.summary or {}
    assert {one["code"] for one in summary["warnings"] if not one["holds_back"]} == {"odd_row"}
    assert sum(reason["count"] for reason in summary["reasons"]) == summary["rejected"] == 5
    for word in ("no address", "zz", "surplus", "1984-02-30"):
        assert word not in ran.told
    words = ["--table", ran.table, *main_job.place, "--schema", schema, "--json"]
    code, out, err = main_job.command("check", file, *words)
    assert (code, json.loads(out)["warnings"]) == (3, summary["warnings"])
    for one in summary["warnings"]:
        assert f"warning: {one['message']}\n" in ran.err
        assert f"warning: {one['message']}\n" in err
    main_job.command("saved", "save", summary["run_id"], "every reason", "--replace")
    again = main_job.import_list(file, BY_EMAIL, "--saved", "every reason")
    assert (again.code, sorted(held_back(again))) == (3, HOLDING), again.told


def test_what_is_decided_in_a_recipe_stands_in_the_warnings_and_what_is_accepted_does_not(
    main_job: MainJob, tmp_path: Path
) -> None:
    file, schema = write_list(tmp_path, EVERY_REASON), write_list(tmp_path, RULES, "s.yaml")
    steps = [
        {"kind": "decide", "code": code, "column": column, "verdict": verdict}
        for code, column, verdict in (
            ("not_an_email", "email", "reject"), ("wrong_date", "born", "drop"),
            ("pattern_mismatch", "code", "accept"),
        )
    ]  # fmt: skip
    recipe = write_list(tmp_path, json.dumps({"version": 1, "operations": steps}), "r.json")
    outcome = main_job.import_list(file, BY_EMAIL, "--schema", schema, "--recipe", recipe)
    assert outcome.code == 3, outcome.told
    assert sorted(held_back(outcome)) == [one for one in HOLDING if one[0] != "pattern_mismatch"]
    assert_told(outcome, "row 5; its row is rejected, as decided", "row 3; its row is left out, as decided")


def test_a_refused_list_tells_also_what_holds_rows_back(main_job: MainJob, tmp_path: Path) -> None:
    file = write_list(tmp_path, "email,sum\na@x.org,12.000\nb@x.org,9.500\n,3.250\n")
    outcome = main_job.import_list(file, TableSpec({"email": "S"}, {"bySum": {"sum": "N"}}))
    assert (outcome.code, outcome.items) == (2, ()), outcome.told
    assert ("key_missing", "email", 1, 4) in held_back(outcome)


def test_a_refused_list_tells_a_program_its_doubts_with_code_and_column(main_job: MainJob, tmp_path: Path) -> None:
    file = write_list(tmp_path, "email,phone, note\na@x.org,12.000,x\nb@x.org,9.500, y\n")
    outcome = main_job.import_list(file, LIVE)
    assert outcome.code == 2
    assert outcome.summary is not None
    assert "read wrongly" in outcome.summary["error"]
    assert [(one["code"], one["column"], one["count"]) for one in outcome.summary["doubts"]] == [
        ("maybe_thousands", "phone", 2)
    ]
    assert set(outcome.summary["doubts"][0]) == {
        "code", "column", "count", "first_row", "message", "is_doubt", "holds_back"
    }  # fmt: skip
    assert outcome.summary["doubts"][0] in outcome.summary["warnings"]
    one_column = main_job.import_list(write_list(tmp_path, "email\na#1@x.org\n", "one.csv"), BY_EMAIL)
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
    assert sorted(held_back(outcome)) == [("leading_zeros_lost", "score", 1, 2), ("not_a_number", "score", 1, 3)]
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


def test_of_two_attributes_with_the_same_name_otherwise_written_the_one_not_taken_is_named(
    main_job: MainJob, tmp_path: Path
) -> None:
    held = {"email": {"S": "old@x.org"}, "homeTown": {"S": "Bern"}, "home_town": {"S": "Bern"}}
    spec = TableSpec({"email": "S"}, items=[held])
    outcome = main_job.import_list(write_list(tmp_path, "email,Home Town\na@x.org,Oslo\n"), spec)
    assert (outcome.code, {"email": {"S": "a@x.org"}, "homeTown": {"S": "Oslo"}} in outcome.items) == (0, True)
    assert ("alike_attributes", "Home Town", 0, None) in warned(outcome)
    assert_told(outcome, '"Home Town" goes into "homeTown"; the table also has home_town, the same name')
    control = main_job.import_list(write_list(tmp_path, "email,homeTown\na@x.org,Oslo\n"), spec)
    assert "alike_attributes" not in [one[0] for one in warned(control)]
