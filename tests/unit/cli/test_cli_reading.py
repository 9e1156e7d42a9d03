"""`read`: many files in one process, packed ones too; nothing of another time is left where a list failed."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from importer.cli.main import main
from importer.cli.reading import out_paths

LIST = b"email;name\na@example.com;Zo\xc3\xab\nb@example.com;Bob;x\n"
CLEAN = "email,name\r\na@example.com,Zoë\r\nb@example.com,Bob,x\r\n".encode()


def test_many_files_are_read_and_one_that_fails_leaves_an_empty_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plain.csv").write_bytes(LIST)
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(LIST))
    (tmp_path / "empty.csv").write_bytes(b"")
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("other.csv", b"x\n" * 100)
        archive.writestr("list.csv", LIST)
    out = tmp_path / "out"
    out.mkdir()
    (out / "empty.csv").write_bytes(b"of another time")
    names = ["plain.csv", "packed.csv.gz", "empty.csv", "two.zip"]
    files = [str(tmp_path / name) for name in names]
    assert main(["read", *files, "--member", "list.csv", "--out-dir", str(out), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)["files"]
    assert [one.get("rows") for one in told] == [None, None, None, 2]
    assert main(["read", *files[:3], "--out-dir", str(out), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)["files"]
    assert [one.get("rows") for one in told] == [2, 2, None]
    assert told[0]["problem_list"][0]["code"] == "row_too_long"
    assert {path.name: path.read_bytes() for path in sorted(out.iterdir())} == {
        "empty.csv": b"",
        "packed.csv": CLEAN,
        "plain.csv": CLEAN,
        "two.csv": CLEAN,
    }


def test_rows_of_a_second_table_are_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"p{at}@example.com,P,{at}\n" for at in range(20))
    other = "".join(f"S{at},{at}.50,1\n" for at in range(300))
    (tmp_path / "a.csv").write_text(
        f"email,name,age\n{rows}q@example.com,Q\nr@example.com\n\nsku,price,stock\n{other}"
    )
    assert main(["read", str(tmp_path / "a.csv"), "--out", str(tmp_path / "clean.csv"), "--json"]) == 0
    shown = capsys.readouterr()
    told = [line for line in shown.err.splitlines() if "second_table" in line]
    assert told == [
        "a.csv: second_table: Another table begins in row 25: it and the 300 rows below it are left out of this "
        "import. To import them too, import this file once more with 24 lines to skip above the header (on the "
        "command line: --header-row 25).",
        "a.csv: row 25: second_table: Row 25 and 300 more belong to another table in the file; set aside.",
    ]
    assert "Row 22 has 2 cells instead of 3" in shown.err
    assert "Row 23 has 1 cell instead of 3" in shown.err
    listed = json.loads(shown.out)["files"][0]["problem_list"]
    assert [(one["row"], one["rows"]) for one in listed if one["code"] == "second_table"] == [(25, 301)]


def test_repairs_are_asked_for_by_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"{at},p{at}@example.com,P,2024-01-{at}\n" for at in range(10, 20))
    (tmp_path / "a.csv").write_text(f"id,email,name,day\n{rows}30,p@example.com,Doe, Jo,2024-01-30\n")
    command = ["read", str(tmp_path / "a.csv"), "--out", str(tmp_path / "clean.csv")]
    assert main([*command, "--repair", "join"]) == 0
    assert (tmp_path / "clean.csv").read_text().splitlines()[-1] == '30,p@example.com,"Doe, Jo",2024-01-30'
    assert "repaired_row" in capsys.readouterr().err


def test_names_that_differ_only_in_their_ending_do_not_meet(tmp_path: Path) -> None:
    files = [Path("a/list.csv"), Path("a/list.txt"), Path("a/other.tsv.gz")]
    assert [path.name for path in out_paths(files, None, tmp_path) if path] == [
        "list.csv.csv",
        "list.txt.csv",
        "other.csv",
    ]


def test_what_a_workbook_holds_beside_its_list_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as workbook:
        sheet = workbook.add_worksheet("S")
        sheet.write_row(0, 0, ["email", "zip"])
        sheet.write_row(1, 0, ["a@example.com", 501], workbook.add_format({"num_format": "00000"}))
        sheet.set_row(1, None, None, {"hidden": True})
    out = tmp_path / "out.csv"
    assert main(["read", str(tmp_path / "book.xlsx"), "--out", str(out), "--json"]) == 0
    spoken = capsys.readouterr()
    assert out.read_text() == "email,zip\na@example.com,00501\n"
    assert "book.xlsx: hidden_rows: 1 row is hidden in the sheet, row 2." in spoken.err
    (warning,) = json.loads(spoken.out)["files"][0]["warnings"]
    assert (warning["code"], warning["count"], warning["first_row"]) == ("hidden_rows", 1, 2)
