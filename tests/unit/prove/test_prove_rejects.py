"""The files a person takes away: original bytes, reasons, its owner's alone."""

import csv
import io
import json
import stat

import pytest
from unit.run.run_folders import KEY, checked_folder, frozen_folder, plan_for, settle

from importer.check import CheckResult, ColumnSpec, Email, Required, Schema
from importer.errors import FatalError
from importer.intake import Dialect
from importer.prove import (
    totals,
    write_duplicate_file,
    write_proof,
    write_receipt,
    write_reject_file,
    write_spreadsheet_rejects,
)
from importer.prove.record import RecordWriter
from importer.run import check_run, freeze_plan, save_schema


def test_rejected_and_failed_rows_come_with_reason_and_original_bytes(tmp_path):
    folder = frozen_folder(tmp_path)
    settle(folder, written=(1, 2), failed=(0,))
    lines = write_reject_file(folder).read_bytes().split(b"\r\n")
    assert lines[0] == b"_row,_column,_code,_reason,email,name"
    assert lines[1].startswith(b"3,email,not_an_email,")
    assert lines[1].endswith(b",nobody,Bert")
    assert lines[2] == b'4,,ItemTooLarge,The item is over 400 KB. Shorten it.,cleo@example.com,"Cleo, the 2nd"'
    assert lines[3].endswith(b",bad@example,+49 30 555-0100")
    assert lines[4:] == [b""]


def test_losers_of_a_duplicate_key_have_a_file_of_their_own(tmp_path):
    lines = write_duplicate_file(frozen_folder(tmp_path)).read_text().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("2,email,duplicate_key,")
    assert lines[1].endswith("anna@example.com,Anna")


def test_the_files_are_their_owners_alone_and_leave_nothing_beside(tmp_path):
    folder = frozen_folder(tmp_path)
    write_proof(folder)
    for path in (folder.rejects, folder.spreadsheet_rejects, folder.duplicates, folder.receipt):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    assert [path.name for path in folder.path.iterdir() if path.name.startswith(".")] == []


def test_the_spreadsheet_variant_neutralises_formulas_but_not_phones(tmp_path):
    folder = frozen_folder(tmp_path)
    settle(folder, failed=(0, 1, 2))
    data = write_spreadsheet_rejects(folder).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf_row,")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [row["name"] for row in rows] == ["Bert", "Cleo, the 2nd", "Anna again", "'=1+1", "+49 30 555-0100"]


UTF16 = "email;name\nnobody;Zoë\nanna@example.com;Anna\n"


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-16", b""),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-8", b"\xef\xbb\xbf"),
        ("cp1252", b""),
    ],
)
def test_the_reject_file_reads_like_its_source_in_any_encoding(tmp_path, encoding, mark):
    dialect_encoding = {"utf-16-le": "utf-16", "utf-16-be": "utf-16"}.get(encoding, encoding)
    dialect = Dialect(encoding=dialect_encoding, delimiter=";")
    folder = frozen_folder(tmp_path, mark + UTF16.encode(encoding), dialect=dialect)
    data = write_reject_file(folder).read_bytes()
    text = data.decode("utf-8-sig" if encoding == "utf-8" else dialect_encoding)
    header, row, rest = text.split("\n")
    assert header == "_row;_column;_code;_reason;email;name"
    assert row.startswith("2;email;not_an_email;")
    assert row.endswith(";nobody;Zoë")
    assert rest == ""
    assert data.startswith(mark)


def test_a_list_without_a_header_gets_the_names_of_its_columns(tmp_path):
    folder = frozen_folder(
        tmp_path,
        "nobody,Bert\nanna@example.com,Anna\n",
        dialect=Dialect(header_rows=0),
        columns=("column_1", "column_2"),
    )
    lines = write_reject_file(folder).read_text().splitlines()
    assert lines[0] == "_row,_column,_code,_reason,column_1,column_2"
    assert lines[1].startswith("1,column_1,not_an_email,")


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        (Dialect(), b'"a, b ""c"" d",'),
        (Dialect(delimiter=";"), b'"a, b ""c"" d";'),
        (Dialect(delimiter="\t", quote=""), b'a, b "c" d\t'),
        (Dialect(delimiter=",", quote=""), b'a  b "c" d,'),
        (Dialect(escape="\\"), b'"a, b \\"c\\" d",'),
    ],
)
def test_leading_fields_follow_the_dialect(dialect, written):
    assert RecordWriter.like(dialect, b"emai").fields(('a, b "c" d',)) == written


def test_the_receipt_adds_up_and_holds_no_cell(tmp_path):
    folder = frozen_folder(tmp_path)
    settle(folder, written=(0, 1, 2))
    told = json.loads(write_receipt(folder).read_text())
    assert told["sentence"] == "3 written + 1 duplicate + 2 rejected = 6 rows of the file."
    assert (told["adds_up"], told["missing"], told["rows_read"]) == (True, 0, 6)
    assert told["plan"]["source_sha256"] == folder.draft().source_sha256
    text = folder.receipt.read_text()
    for cell in ("anna@", "nobody", "Bert", "Cleo", "555-0100"):
        assert cell not in text


def test_no_cell_is_in_ledger_plan_or_draft(tmp_path):
    folder = frozen_folder(tmp_path)
    settle(folder, written=(1,), failed=(0,))
    for path in (folder.ledger, folder.plan, folder.draft_path):
        data = path.read_bytes()
        for cell in (b"anna@", b"nobody", b"Bert", b"Cleo", b"555-0100"):
            assert cell not in data, path.name


def test_totals_come_from_the_ledger_and_the_stage(tmp_path):
    sums = totals(frozen_folder(tmp_path))
    assert (sums.source_rows, sums.buckets.pending, sums.adds_up) == (6, 3, True)


def test_a_reject_file_that_cannot_be_written_says_where(tmp_path):
    folder = frozen_folder(tmp_path)
    folder.rejects.mkdir()
    with pytest.raises(FatalError, match=r"rejects.csv cannot be written"):
        write_reject_file(folder)


def test_a_persons_own_message_is_the_reason_in_both_files(tmp_path):
    folder = checked_folder(tmp_path)
    told = (Required(), Email(message="Ask the partner for the address"))
    columns = (ColumnSpec("email", "email", rules=told), ColumnSpec("name", "name"))
    save_schema(folder, Schema(columns, ("email",)))
    check_run(folder, KEY)
    freeze_plan(folder, plan_for(folder), CheckResult.open(folder.check)).close()
    assert b"3,email,not_an_email,Ask the partner for the address,nobody,Bert" in write_reject_file(
        folder
    ).read_bytes().split(b"\r\n")
    rows = csv.DictReader(io.StringIO(write_spreadsheet_rejects(folder).read_bytes().decode("utf-8-sig"), newline=""))
    assert {row["_reason"] for row in rows} == {"Ask the partner for the address"}
