"""Archives, workbooks and several files: which list is meant is said or asked, and nothing is left without a word."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
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
    shown = json.loads(main_job.command("show", outcome.summary["run_id"], "--json")[1])["members"]
    assert shown == json.loads(Path(outcome.summary["receipt"]).read_text("utf-8"))["members"]
    assert [(one["name"], one["rows"], one["rejected"]) for one in shown] == [
        ("jan.csv", 2, 1),
        ("feb.csv.gz", 3, 1),
        ("mar.xlsx", 2, 1),
    ]
    code, told, _ = main_job.command("check", *files, "--key", "email")
    assert code == 3
    assert "feb.csv.gz, row 4: (row): row_too_long" in told


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


def test_rows_of_several_lists_come_back_fixed(main_job: MainJob, tmp_path: Path) -> None:
    """The reject file has one form, that of the first list, and its rows are found again in theirs."""
    (tmp_path / "jan.csv").write_bytes(JANUARY + b",Nobody\n")
    (tmp_path / "feb.csv").write_bytes(FEBRUARY + "Zoé;\n".encode("cp1252"))
    outcome = main_job.import_list([tmp_path / "jan.csv", tmp_path / "feb.csv"])
    assert outcome.code == 3 and outcome.summary is not None
    rejects = Path(outcome.summary["rejects"])
    lines = rejects.read_text("utf-8").splitlines()
    fixed = [
        lines[0],
        lines[1].replace(",,Nobody", ",nobody@example.com,Nobody"),
        lines[2].replace(",,Zo", ",e@x.com,Zo"),
    ]
    (tmp_path / "fixed.csv").write_text("\n".join(fixed), "utf-8")
    code, out, err = main_job.command("fix", outcome.summary["run_id"], tmp_path / "fixed.csv", "--json")
    assert (code, json.loads(out)["written"]) == (0, 5), err
    names = {item["name"]["S"] for item in main_job.items(outcome.table)}
    assert names == {"Ann", "Zoë", "Bob", "Nobody", "Zoé"}


def tarred(path: Path, members: dict[str, bytes]) -> Path:
    """A packed tar with a link and a folder besides."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("link.csv")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return path


def test_a_packed_tar_is_an_archive_and_its_links_are_no_members(main_job: MainJob, tmp_path: Path) -> None:
    source = tarred(tmp_path / "lists.tar.gz", {"./jan.csv": JANUARY, "._jan.csv": b"\0", "notes.txt": LETTER})
    outcome = main_job.import_list(source)
    assert outcome.code == 0, outcome.told
    assert_items(outcome, [ANN])
    assert_told(outcome, '"notes.txt" was not read')
    assert "passwd" not in outcome.told and "link.csv" not in outcome.told


def test_archives_in_archives_are_opened_a_few_layers_deep(main_job: MainJob, tmp_path: Path) -> None:
    inner = write_zip(tmp_path / "inner.zip", {"jan.csv.gz": gzip.compress(JANUARY)})
    outer = write_zip(tmp_path / "outer.zip", {"deep/inner.zip": inner.read_bytes()})
    assert_items(main_job.import_list(outer), [ANN])
    content = JANUARY
    for _ in range(7):
        content = gzip.compress(content)
    (tmp_path / "deep.gz").write_bytes(content)
    outcome = main_job.import_list(tmp_path / "deep.gz")
    assert outcome.code == 1
    assert_told(outcome, "packed more than 4 times over")


def test_only_what_lies_beside_lists_is_no_list(main_job: MainJob, tmp_path: Path) -> None:
    """A letter alone in an archive is looked at; a picture alone is named."""
    alone = write_zip(tmp_path / "alone.zip", {"contacts.txt": JANUARY})
    assert_items(main_job.import_list(alone), [ANN])
    picture = main_job.import_list(
        write_zip(tmp_path / "picture.zip", {"photo.bin": b"\x89PNG\r\n", "empty.csv": b""})
    )
    assert picture.code == 1
    assert_told(picture, '"photo.bin" is a picture', '"empty.csv" is empty')


def test_where_the_header_stands_and_repairs_are_said_to_run_and_check_alike(
    main_job: MainJob, tmp_path: Path
) -> None:
    rows = "".join(f"{at},p{at}@example.com,P,2024-01-{at}\n" for at in range(10, 20))
    (tmp_path / "a.csv").write_text(f"a;b\nid,email,name,day\n{rows}30,p@example.com,Doe, Jo,2024-01-30\n")
    words = (tmp_path / "a.csv", "--header-row", "2", "--delimiter", ",", "--repair", "join")
    code, told, err = main_job.command("check", *words, "--json", "--key", "email")
    assert (code, json.loads(told)["ready"]) == (0, 11), err
    outcome = main_job.import_list(words[0], BY_EMAIL, *words[1:])
    assert outcome.code == 0, outcome.told
    assert {"S": "Doe, Jo"} in [item["name"] for item in outcome.items]
    assert main_job.command("run", words[0], "--table", "T", "--header-row", "0")[0] == 2
    assert main_job.command("run", words[0], "--table", "T", "--header-row", "2", "--no-header")[0] == 2


def test_a_saved_list_keeps_what_was_said_of_the_reading(main_job: MainJob, tmp_path: Path) -> None:
    first = main_job.import_list(sheets(tmp_path / "march.xlsx"), BY_EMAIL, "--member", "South")
    assert first.summary is not None
    assert main_job.command("saved", "save", first.summary["run_id"], "Partner south", "--replace")[0] == 0
    again = main_job.import_list(sheets(tmp_path / "april.xlsx"), BY_EMAIL, "--saved", "Partner south")
    assert again.code == 0, again.told
    assert_items(again, [BOB, ZOE])
    other = main_job.import_list(tmp_path / "april.xlsx", BY_EMAIL, "--saved", "Partner south", "--member", "North")
    assert_items(other, [ANN])


def test_an_empty_workbook_in_an_archive_refuses_none_of_the_lists_beside_it(
    main_job: MainJob, tmp_path: Path
) -> None:
    empty = write_xlsx(tmp_path / "empty.xlsx", {"Sheet1": [], "Sheet2": []}).read_bytes()
    path = write_zip(tmp_path / "lists.zip", {"empty.xlsx": empty, "jan.csv": JANUARY})
    outcome = main_job.import_list(path, BY_EMAIL)
    assert outcome.code == 0, outcome.told
    assert_items(outcome, [ANN])
    assert_told(outcome, '"empty.xlsx" was not read: it holds no sheet with anything in it')


def test_control_an_empty_workbook_that_was_asked_for_is_refused(main_job: MainJob, tmp_path: Path) -> None:
    empty = write_xlsx(tmp_path / "empty.xlsx", {"Sheet1": [], "Sheet2": []}).read_bytes()
    path = write_zip(tmp_path / "lists.zip", {"empty.xlsx": empty, "jan.csv": JANUARY})
    outcome = main_job.import_list(path, BY_EMAIL, "--member", "empty.xlsx")
    assert (outcome.code, outcome.items) == (1, ())
    assert_told(outcome, '"empty.xlsx" holds no sheet with anything in it')
