"""The command line in one process: exit codes, answers on stdout, everything else on stderr, one line an error."""

import csv
import io
import json
from pathlib import Path

import pytest
from strict_endpoint import Faults, running_endpoint

from importer.cli import main

CLEAN = "email,name\n" + "".join(f"p{row}@example.com,Testperson {row}\n" for row in range(60))
MESSY = CLEAN + "nobody,Bert\np1@example.com,Again\n"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IMPORTER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    return tmp_path / "home"


def write(tmp_path: Path, name: str, content: str | bytes) -> str:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def answer(capsys) -> dict:
    """The one object on stdout."""
    return json.loads(capsys.readouterr().out)


def run(url: str, file: str, *more: str) -> int:
    return main(["run", file, "--table", "EmailContacts", "--endpoint-url", url, "--json", *more])


def test_read_writes_any_list_as_utf8_comma_rfc4180_to_stdout(tmp_path, capsys):
    file = write(tmp_path, "list.csv", "Name;Ort\r\nZoë;Köln, Süd\r\n".encode("cp1252"))
    assert main(["read", file]) == 0
    out = capsys.readouterr().out
    assert list(csv.reader(io.StringIO(out, newline=""))) == [["Name", "Ort"], ["Zoë", "Köln, Süd"]]


def test_read_into_a_folder_reads_the_others_when_one_cannot_be_read(tmp_path, capsys):
    good = write(tmp_path, "good.txt", "a;b\n1;2\n")
    empty = write(tmp_path, "empty.csv", "")
    assert main(["read", good, empty, "--out-dir", str(tmp_path / "out"), "--json"]) == 1
    captured = capsys.readouterr()
    told = json.loads(captured.out)["files"]
    assert (told[0]["rows"], told[0]["dialect"]["delimiter"], told[0]["audit"]["unaccounted_bytes"]) == (1, ";", 0)
    assert "error" in told[1]
    assert (tmp_path / "out" / "good.csv").read_bytes() == b"a,b\r\n1,2\r\n"
    assert captured.err.count("error: empty.csv") == 1


def test_reading_problems_are_named_on_stderr_with_their_rows(tmp_path, capsys):
    file = write(tmp_path, "list.csv", "a,b\n1,2\n1,2,3\n")
    assert main(["read", file, "--out", str(tmp_path / "clean.csv")]) == 0
    assert "list.csv: row 3: row_too_long" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["run", "x.csv"],
        ["run", "x.csv", "--table", "T", "--max-bad", "some"],
        ["run", "x.csv", "--table", "T", "--rate-wcu", "0"],
        ["run", "x.csv", "--table", "T", "--workers", "65"],
        ["run", "x.csv", "--table", "T", "--create-table", "a,b,c"],
        ["run", "x.csv", "--table", "T", "--create-table", "a:X"],
        ["engine", "explode"],
    ],
)
def test_wrong_usage_is_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    capsys.readouterr()


def test_wrong_usage_that_shows_late_is_2_too(tmp_path, capsys):
    first = write(tmp_path, "a.csv", "a\n1\n")
    assert main(["read", first, "-"]) == 2
    assert main(["read", first, "--json"]) == 2
    assert main(["read", first, "--out", first]) == 2
    assert Path(first).read_text() == "a\n1\n"
    assert capsys.readouterr().err.count("error: ") == 3


def test_check_names_failure_cases_and_writes_nothing(tmp_path, capsys, home):
    assert main(["check", write(tmp_path, "list.csv", MESSY), "--json"]) == 3
    told = answer(capsys)
    assert (told["rows"], told["ready"], told["rejected"], told["duplicate"]) == (62, 60, 1, 1)
    assert {(case["row"], case["code"]) for case in told["failures"]} >= {(62, "not_an_email")}
    assert not home.exists()


def test_check_says_a_rules_own_message(tmp_path, capsys):
    schema = (
        "version: 1\nkey: [email]\ncolumns:\n- column: email\n  attribute: email\n"
        "  rules: [{email: {message: Ask the partner for it}}]\n"
    )
    listed = write(tmp_path, "list.csv", "email,name\na@example.com,A\nnobody,B\n")
    assert main(["check", listed, "--schema", write(tmp_path, "schema.yaml", schema)]) == 3
    assert capsys.readouterr().out == "row 3: email: not_an_email: Ask the partner for it\n"


def test_check_of_a_clean_list_is_0(tmp_path, capsys):
    assert main(["check", write(tmp_path, "list.csv", CLEAN)]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.endswith("60 of 60 rows can be written.\n")


def test_a_failure_case_never_shows_the_cell(tmp_path, capsys):
    main(["check", write(tmp_path, "list.csv", MESSY)])
    captured = capsys.readouterr()
    assert "row 62: email: not_an_email" in captured.out
    assert "nobody" not in captured.out + captured.err


def test_run_imports_a_clean_list_and_is_0(tmp_path, capsys):
    with running_endpoint(Faults()) as endpoint:
        assert run(endpoint.url, write(tmp_path, "list.csv", CLEAN)) == 0
        assert len(endpoint.service.items) == 60
    told = answer(capsys)
    assert (told["state"], told["rows_read"], told["written"], told["pending"]) == ("finished", 60, 60, 0)
    assert told["sentence"] == "60 written = 60 rows of the file."


def test_run_with_rows_not_written_is_3_and_the_reject_file_has_them(tmp_path, capsys):
    with running_endpoint(Faults()) as endpoint:
        assert run(endpoint.url, write(tmp_path, "list.csv", MESSY)) == 3
        told = answer(capsys)
        assert (told["written"], told["rejected"], told["duplicate"]) == (60, 1, 1)
        assert Path(told["rejects"]).read_text().splitlines()[1].endswith(",nobody,Bert")
        assert main(["runs", "--json"]) == 0
        (line,) = json.loads(capsys.readouterr().out)
        assert (line["run_id"], line["written"]) == (told["run_id"], 60)
        assert main(["show", told["run_id"], "--json"]) == 0
        assert answer(capsys)["sentence"] == "60 written + 1 duplicate + 1 rejected = 62 rows of the file."


def test_insert_leaves_contacts_that_are_there_already(tmp_path, capsys):
    with running_endpoint(Faults()) as endpoint:
        assert run(endpoint.url, write(tmp_path, "first.csv", "email,name\np1@example.com,Old\n")) == 0
        capsys.readouterr()
        assert run(endpoint.url, write(tmp_path, "list.csv", CLEAN), "--mode", "insert") == 3
        told = answer(capsys)
        assert (told["written"], told["skipped"]) == (59, 1)
        names = {item["email"]["S"]: item["name"]["S"] for item in endpoint.service.items.values()}
    assert names["p1@example.com"] == "Old"


def test_insert_of_a_list_too_wide_for_a_statement_sends_nothing_and_overwrite_takes_it(tmp_path, capsys):
    names = ["email", *(f"a{number:046}" for number in range(160))]
    row = ",".join(["p@example.com", *["x"] * 160])
    file = write(tmp_path, "wide.csv", f"{','.join(names)}\n{row}\n")
    with running_endpoint() as endpoint:
        assert run(endpoint.url, file, "--mode", "insert") == 1
        assert "8,365 characters for 161 attributes" in capsys.readouterr().err
        assert not endpoint.service.sent
        assert run(endpoint.url, file) == 0
        assert len(endpoint.service.items) == 1


def test_a_row_that_the_service_refuses_is_failed_and_named(tmp_path, capsys):
    with running_endpoint(Faults(bad_mark="p7@")) as endpoint:
        assert run(endpoint.url, write(tmp_path, "list.csv", CLEAN)) == 3
        told = answer(capsys)
    assert (told["written"], told["failed"]) == (59, 1)
    reject = Path(told["rejects"]).read_text().splitlines()[1]
    assert reject.startswith("9,")
    assert reject.endswith(",p7@example.com,Testperson 7")


def test_max_bad_stops_a_run_within_a_batch_and_resume_goes_on(tmp_path, capsys):
    names = ("good" if row % 10 == 0 else "bad" for row in range(2_000))  # all bad would stop it for another reason
    content = "email,name\n" + "".join(f"{name}{row}@example.com,T\n" for row, name in enumerate(names))
    with running_endpoint(Faults(bad_mark="bad")) as endpoint:
        arguments = ("--max-bad", "10", "--workers", "1")
        assert run(endpoint.url, write(tmp_path, "list.csv", content), *arguments) == 1
        told = answer(capsys)
        assert (told["state"], told["pending"] > 0) == ("paused", True)
        assert 10 < told["failed"] <= 10 + 25
        assert main(["resume", told["run_id"], "--json"]) == 3
        assert answer(capsys)["failed"] == 1_800
        assert "more than the limit of 10" in told["reason"]


def test_more_rejects_than_max_bad_write_nothing(tmp_path, capsys):
    with running_endpoint(Faults()) as endpoint:
        assert run(endpoint.url, write(tmp_path, "list.csv", MESSY), "--max-bad", "0") == 1
        assert len(endpoint.service.items) == 0
    assert "error: 1 row would be rejected, more than the limit of 0." in capsys.readouterr().err
    assert main(["runs", "--json"]) == 0
    assert capsys.readouterr().out == "[]\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [("", "empty"), ("email,name\n", "no rows below its header"), (bytes(range(256)) * 40, "is no text")],
)
def test_a_file_that_is_no_list_is_one_sentence_and_1(tmp_path, capsys, content, told):
    with running_endpoint(Faults()) as endpoint:
        assert run(endpoint.url, write(tmp_path, "list.csv", content)) == 1
    captured = capsys.readouterr()
    assert told in captured.err
    assert "Traceback" not in captured.err
    assert told in json.loads(captured.out)["error"]


def test_a_missing_file_table_and_endpoint_are_sentences(tmp_path, capsys):
    file = write(tmp_path, "list.csv", CLEAN)
    with running_endpoint(Faults()) as endpoint:
        assert run(endpoint.url, str(tmp_path / "gone.csv")) == 1
        assert main(["run", file, "--table", "Other", "--endpoint-url", endpoint.url]) == 1
    assert run("http://127.0.0.1:9", file) == 1
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 3
    assert "There is no file gone.csv" in errors[0]
    assert "Other" in errors[1]


def test_a_recipe_and_a_schema_from_files_count(tmp_path, capsys):
    recipe = '{"version": 1, "operations": [{"kind": "trim", "columns": ["Mail"]}]}'
    schema = (
        "version: 1\nkey: [email]\nwinner: last\ncolumns:\n- {column: Mail, attribute: email, type: S, blank: omit}\n"
    )
    arguments = ["--recipe", write(tmp_path, "r.json", recipe), "--schema", write(tmp_path, "s.yaml", schema)]
    with running_endpoint(Faults()) as endpoint:
        assert run(endpoint.url, write(tmp_path, "list.csv", "Mail,Name\n a@example.com ,A\n"), *arguments) == 0
        assert [item["email"]["S"] for item in endpoint.service.items.values()] == ["a@example.com"]
    capsys.readouterr()


def test_a_recipe_that_renames_and_makes_columns_needs_no_schema_of_its_own(tmp_path, capsys):
    recipe = (
        '{"version": 1, "operations": [{"kind": "rename_column", "column": "Name", "name": "Who"},'
        ' {"kind": "add_column", "name": "Source", "text": "fair"}]}'
    )
    arguments = ["--recipe", write(tmp_path, "r.json", recipe)]
    with running_endpoint(Faults()) as endpoint:
        assert run(endpoint.url, write(tmp_path, "list.csv", "Email,Name\na@example.com,A\n"), *arguments) == 0
        (item,) = endpoint.service.items.values()
    assert {name: text["S"] for name, text in item.items()} == {
        "email": "a@example.com",
        "Who": "A",
        "Source": "fair",
    }
    capsys.readouterr()


def test_a_recipe_that_does_not_fit_the_list_is_told(tmp_path, capsys):
    recipe = '{"version": 1, "operations": [{"kind": "trim", "columns": ["phone"]}]}'
    file, recipe_file = write(tmp_path, "list.csv", CLEAN), write(tmp_path, "r.json", recipe)
    assert main(["check", file, "--recipe", recipe_file]) == 1
    assert 'Operation 1 needs column "phone"' in capsys.readouterr().err


def test_unknown_runs_are_told(capsys):
    for command in ("show", "resume", "cancel"):
        assert main([command, "20250301-100000-00000000"]) == 1
    assert capsys.readouterr().err.count("error: There is no run") == 3


def test_the_sample_is_written_where_asked(tmp_path, capsys):
    assert main(["sample", "--out", str(tmp_path / "s.csv"), "--json"]) == 0
    assert answer(capsys) == {"out": str(tmp_path / "s.csv")}
    assert (tmp_path / "s.csv").stat().st_size > 100_000


def test_an_engine_that_is_not_there_is_told_without_starting_one(capsys, home):
    assert main(["engine", "status", "--json"]) == 0
    assert answer(capsys) == {"running": False}
    assert main(["engine", "stop", "--json"]) == 0
    assert answer(capsys) == {"stopped": False}


def test_an_error_nobody_thought_of_is_one_line_without_its_text(tmp_path, capsys, monkeypatch):
    def breaks(*given, **named):
        raise RuntimeError("anna@example.com")

    monkeypatch.setattr("importer.cli.runs.list_runs", breaks)
    assert main(["runs"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("error: unexpected RuntimeError at ")
    assert "anna" not in told


def test_with_json_a_refusal_is_the_one_object_on_stdout_too(tmp_path, capsys):
    assert main(["check", str(tmp_path / "gone.csv"), "--json"]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"error": "There is no file gone.csv. Check its place."}
    assert captured.err == "error: There is no file gone.csv. Check its place.\n"


def test_a_folder_is_called_a_folder(tmp_path, capsys):
    assert main(["check", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"error: {tmp_path.name} is a folder. Name a file in it.\n"
