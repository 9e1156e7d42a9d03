"""Archives, workbooks and several files: which list is meant is said or asked, and nothing is left without a word."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from main_job.kit import BY_EMAIL, MainJob, assert_items, assert_told
from main_job.made_files import write_xlsx, write_zip

JANUARY = b"email,name\nann@example.com,Ann\n"
FEBRUARY = "name;email\nZoë;zoe@example.com\nBob;bob@example.com\n".encode("cp1252")
LETTER = b"Dear customer,\nplease find the lists of January and February in this archive.\n"

ANN = {"email": {"S": "ann@example.com"}, "name": {"S": "Ann"}}
ZOE = {"email": {"S": "zoe@example.com"}, "name": {"S": "Zoë"}}
BOB = {"email": {"S": "bob@example.com"}, "name": {"S": "Bob"}}


def sheets(path: Path) -> Path:
    """Two lists, and the empty third sheet that spreadsheet programs make by themselves."""
    north = [["email", "name"], ["ann@example.com", "Ann"]]
    south = [["email", "name"], ["bob@example.com", "Bob"], ["zoe@example.com", "Zoë"]]
    return write_xlsx(path, {"North": north, "South": south, "Sheet3": []})


def archive(path: Path) -> Path:
    members = {"__MACOSX/._jan.csv": b"\0\5", "jan.csv": JANUARY, ".hidden.csv": b"x\n", "readme.txt": LETTER}
    return write_zip(path, {**members, "feb.csv": FEBRUARY})


@pytest.mark.parametrize(("make", "names"), [(sheets, ("North", "South")), (archive, ("jan.csv", "feb.csv"))])
def test_one_of_several_lists_is_never_taken_by_itself(make, names, main_job: MainJob, tmp_path: Path) -> None:
    outcome = main_job.import_list(make(tmp_path / "source"))
    assert (outcome.code, outcome.items) == (2, ())
    assert_told(outcome, *names, "--member")
    assert "hidden" not in outcome.told and "Sheet3" not in outcome.told and "MACOSX" not in outcome.told


@pytest.mark.parametrize(("make", "name"), [(sheets, "South"), (archive, "feb.csv")])
def test_the_list_that_is_named_is_imported_and_the_others_are_told(
    make, name, main_job: MainJob, tmp_path: Path
) -> None:
    outcome = main_job.import_list(make(tmp_path / "source"), BY_EMAIL, "--member", name)
    assert outcome.code == 0, outcome.told
    assert_items(outcome, [BOB, ZOE])
    assert_told(outcome, '"(North|jan.csv)" was not read')


@pytest.mark.parametrize("make", [sheets, archive])
def test_all_lists_are_one_list(make, main_job: MainJob, tmp_path: Path) -> None:
    """Each in its own encoding, with its own delimiter and order of columns."""
    outcome = main_job.import_list(make(tmp_path / "source"), BY_EMAIL, "--member", "all")
    assert outcome.code == 0, outcome.told
    assert_items(outcome, [ANN, BOB, ZOE])
    assert ('"readme.txt" was not read' in outcome.told) == (make is archive)


def test_several_files_are_one_list_and_rejects_name_theirs(main_job: MainJob, tmp_path: Path) -> None:
    (tmp_path / "jan.csv").write_bytes(JANUARY + b",Nobody\n")
    (tmp_path / "feb.csv.gz").write_bytes(gzip.compress(FEBRUARY + b"x;y;z\n"))
    sheet = [["name", "email"], ["Cat", "cat@example.com"], ["Dan", ""]]
    write_xlsx(tmp_path / "mar.xlsx", {"Sheet1": sheet})
    files = [tmp_path / "jan.csv", tmp_path / "feb.csv.gz", tmp_path / "mar.xlsx"]
    outcome = main_job.import_list(files)
    assert outcome.code == 3, outcome.told
    cat = {"email": {"S": "cat@example.com"}, "name": {"S": "Cat"}}
    assert_items(outcome, [ANN, BOB, ZOE, cat])
    assert_told(outcome, "feb.csv.gz: Row 4 has 3 cells instead of 2")
    assert outcome.summary is not None
    rejects = Path(outcome.summary["rejects"]).read_text("utf-8").splitlines()
    assert [line.split(",", 4)[0] for line in rejects] == ["_row", "3", "7", "10"]
    assert "jan.csv, row 3: " in rejects[1] and rejects[1].endswith(",,Nobody")
    assert "feb.csv.gz, row 4: " in rejects[2] and rejects[2].endswith("y,x,z")
    assert "mar.xlsx, row 3: " in rejects[3] and rejects[3].endswith(",,Dan")


def test_lists_with_other_columns_are_refused_by_name(main_job: MainJob, tmp_path: Path) -> None:
    (tmp_path / "jan.csv").write_bytes(JANUARY)
    (tmp_path / "feb.csv").write_bytes(b"email,phone\nbob@example.com,1\n")
    outcome = main_job.import_list([tmp_path / "jan.csv", tmp_path / "feb.csv"])
    assert (outcome.code, outcome.items) == (1, ())
    assert_told(outcome, '"feb.csv" has other columns than "jan.csv": it lacks "name" and it has "phone" besides')


def test_a_workbook_in_an_archive_is_named_by_its_sheet(main_job: MainJob, tmp_path: Path) -> None:
    book = sheets(tmp_path / "book.xlsx")
    source = write_zip(tmp_path / "packed.zip", {"lists/book.xlsx": book.read_bytes(), "logo.png": b"\x89PNG\r\n"})
    assert main_job.import_list(source).code == 2
    outcome = main_job.import_list(source, BY_EMAIL, "--member", "lists/book.xlsx/South")
    assert outcome.code == 0, outcome.told
    assert_items(outcome, [BOB, ZOE])
    assert_told(outcome, '"lists/book.xlsx/North" was not read', '"logo.png" was not read: it is a picture')


def test_nothing_is_left_beside_the_persons_file(main_job: MainJob, tmp_path: Path) -> None:
    source = archive(tmp_path / "source.zip")
    main_job.import_list(source, BY_EMAIL, "--member", "all")
    main_job.command("check", source, "--member", "jan.csv")
    main_job.command("read", source, "--member", "jan.csv", "--out", tmp_path / "clean.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clean.csv", "source.zip"]
