"""The stage on disk: atomic, sliced, read back by slice, by row and as original bytes."""

from __future__ import annotations

import csv
import io
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from importer.errors import RunCancelled, SourceError
from importer.intake import (
    SLICE_ROWS,
    Dialect,
    Stage,
    build_stage,
    guess_dialect,
    preview_source,
    write_clean_csv,
    write_sample,
)
from importer.intake import stage as stage_module


def stage_of(tmp_path: Path, source: bytes, dialect: Dialect | None = None) -> Stage:
    path = tmp_path / "source"
    path.write_bytes(source)
    report = build_stage(path, dialect or guess_dialect(path).dialect, tmp_path / "stage")
    assert report.audit.unaccounted_bytes == 0
    assert report.audit.record_bytes + report.audit.set_aside_bytes == len(source)
    return Stage.open(tmp_path / "stage")


def test_a_chunk_is_text_indexed_by_the_row_a_spreadsheet_shows(tmp_path: Path) -> None:
    stage = stage_of(tmp_path, b"email,row\na@example.com,007\n\nb@example.com,NA\n")
    frame = stage.chunk(0)
    assert list(frame.columns) == ["email", "row"]
    assert frame.index.name == "row"
    assert frame.index.dtype == np.int64
    assert frame.index.tolist() == [2, 4]
    assert [str(dtype) for dtype in frame.dtypes] == ["str", "str"]
    assert frame["row"].tolist() == ["007", "NA"]
    assert stage.chunk(0, ["row"]).columns.tolist() == ["row"]


def test_slices_hold_slice_rows_each_and_take_finds_rows_across_them(tmp_path: Path) -> None:
    lines = [b"id,x"] + [b"%d,x" % at for at in range(2 * SLICE_ROWS + 5)]
    stage = stage_of(tmp_path, b"\n".join(lines))
    assert stage.rows == 50_005
    assert stage.slices == 3
    assert stage.slice_rows == (25_000, 25_000, 5)
    assert [len(chunk) for chunk in stage.chunks()] == [25_000, 25_000, 5]
    taken = stage.take([50_006, 2, 25_002, 1, 999_999])
    assert taken.index.tolist() == [2, 25_002, 50_006]
    assert taken["id"].tolist() == ["0", "25000", "50004"]
    assert list(stage.raw_records([25_001, 50_006])) == [(25_001, b"24999,x"), (50_006, b"50004,x")]
    assert stage.take([]).empty


def test_a_list_of_long_cells_has_shorter_slices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importer.intake.build.SLICE_BYTES", 1000)
    stage = stage_of(tmp_path, b"a,b\n" + b"1,%s\n" % (b"x" * 396) * 7)
    assert stage.slice_rows == (2, 2, 2, 1)


def test_original_bytes_of_a_utf16_list_come_without_their_line_end(tmp_path: Path) -> None:
    text = 'name;mail\r\nJosé;"a\r\nb"\r\nx;y'
    stage = stage_of(tmp_path, text.encode("utf-16"), Dialect("utf-16", ";"))
    assert stage.raw_header() == "name;mail".encode("utf-16-le")
    assert list(stage.raw_records([2, 3])) == [
        (2, 'José;"a\r\nb"'.encode("utf-16-le")),
        (3, "x;y".encode("utf-16-le")),
    ]


def test_problems_page_and_blocking_rows_are_rows_of_the_stage(tmp_path: Path) -> None:
    stage = stage_of(tmp_path, b"a,b,a\n1,2\n\n1,2,3,4\n1,2,3\n1,\0,3\n", Dialect())
    assert [found.code for found in stage.problems()] == [
        "duplicate_header",
        "row_too_short",
        "blank_line",
        "row_too_long",
        "nul_byte",
    ]
    assert [found.row for found in stage.problems(offset=1, limit=2)] == [2, 3]
    assert [found.row for found in stage.problems(blocking_only=True)] == [2, 4, 6]
    assert stage.blocking_rows() == {2: "row_too_short", 4: "row_too_long", 6: "nul_byte"}
    assert stage.report.problem_counts == dict.fromkeys(stage.report.problem_counts, 1)
    assert (stage.report.audit.records, stage.report.audit.set_aside) == (4, 2)


def test_problem_messages_hold_no_cell_value(tmp_path: Path) -> None:
    source = b'a,b,a,\nsecret1,"secret2\nsecret3,secret4,5,6,7\nsecret5,se"cret6,\xff,\x00\n'
    stage = stage_of(tmp_path, source, Dialect())
    assert stage.problems()
    assert not [found for found in stage.problems() if "secret" in found.message]
    assert "secret" not in (stage.folder / "report.json").read_text("utf-8")


def test_header_only_gives_a_stage_of_no_rows(tmp_path: Path) -> None:
    stage = stage_of(tmp_path, b"email,name\n")
    assert (stage.rows, stage.slices, stage.columns) == (0, 0, ("email", "name"))
    assert [chunk.shape for chunk in stage.chunks()] == [(0, 2)]
    assert stage.take([1, 2]).shape == (0, 2)
    assert stage.raw_header() == b"email,name"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n\r\n", "is empty"),
        (b"PK\x03\x04rest", "is packed and damaged"),
        (bytes(range(256)) * 40, "is no text"),
        (b"\x00\x05\x00A" * 2000, "is no text"),
        (b"\x89PNG\r\n\x1a\n....", "a picture"),
    ],
)
def test_what_is_no_list_is_refused_with_one_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=said):
        guess_dialect(path)


def test_a_vanished_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for call in (guess_dialect, lambda path: build_stage(path, Dialect(), tmp_path / "stage")):
        with pytest.raises(SourceError, match=r'"gone.csv" is not there any more. Upload it again.'):
            call(tmp_path / "gone.csv")
        with pytest.raises(SourceError, match="is a folder"):
            call(tmp_path)
    with pytest.raises(SourceError, match="has not been read yet"):
        Stage.open(tmp_path / "stage")
    assert list(tmp_path.iterdir()) == []


def test_a_reading_that_is_cancelled_leaves_nobody_reading_on(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"a,b\n" + b"1,2\n" * 2_000_000)
    with pytest.raises(RunCancelled) as told:
        build_stage(tmp_path / "source", Dialect(), tmp_path / "stage", cancelled=lambda: True)
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("one-ahead")] == []
    assert told.traceback, "the error keeps alive what it passed through, so nothing was ended by being forgotten"


def test_cancel_keeps_the_old_stage_and_leaves_nothing_else(tmp_path: Path) -> None:
    stage_of(tmp_path, b"a,b\n1,2\n")
    (tmp_path / "source").write_bytes(b"a,b\n3,4\n5,6\n")
    with pytest.raises(RunCancelled):
        build_stage(tmp_path / "source", Dialect(), tmp_path / "stage", cancelled=lambda: True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source", "stage"]
    assert Stage.open(tmp_path / "stage").rows == 1
    build_stage(tmp_path / "source", Dialect(), tmp_path / "stage", cancelled=lambda: False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source", "stage"]
    assert Stage.open(tmp_path / "stage").rows == 2


def test_leftovers_of_a_killed_build_go_and_those_of_a_running_one_stay(tmp_path: Path) -> None:
    old, young = tmp_path / ".stage-building-old", tmp_path / ".stage-building-young"
    for left in (old, young):
        left.mkdir()
    os.utime(old, (0, 0))
    stage_of(tmp_path, b"a,b\n1,2\n")
    assert (old.exists(), young.exists()) == (False, True)


def test_progress_ends_at_the_size_of_the_source(tmp_path: Path) -> None:
    source = b"a,b\n" + b"1,2\n" * 10
    (tmp_path / "source").write_bytes(source)
    seen: list[tuple[int, int]] = []
    build_stage(
        tmp_path / "source", Dialect(), tmp_path / "stage", on_progress=lambda done, of: seen.append((done, of))
    )
    assert seen[-1] == (len(source), len(source))
    assert seen == sorted(seen)


def test_a_stage_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage_of(tmp_path, b"a,b\n1,2\n")
    monkeypatch.setattr(stage_module, "FORMAT", 99)
    with pytest.raises(SourceError, match="Read the file again"):
        Stage.open(tmp_path / "stage")


def test_clean_csv_is_rfc_4180_and_reads_back_equal(tmp_path: Path) -> None:
    stage = stage_of(tmp_path, 'a;b\nx,y;"1\n2"\n 007 ;"q""q"\n;é\n'.encode("cp1252"), Dialect("cp1252", ";"))
    out = io.StringIO(newline="")
    write_clean_csv(stage, out)
    assert out.getvalue() == 'a,b\r\n"x,y","1\n2"\r\n 007 ,"q""q"\r\n,é\r\n'
    write_clean_csv(stage, tmp_path / "clean.csv")
    assert (tmp_path / "clean.csv").read_bytes() == out.getvalue().encode()


def test_preview_shows_what_the_stage_will_hold(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"a|b\n1|2\n\n3|4|5\n6|7\n")
    preview = preview_source(source, Dialect(delimiter="|"), rows=2)
    assert preview.raw_lines == ("a|b", "1|2", "", "3|4|5", "6|7")
    assert (preview.columns, preview.rows, preview.row_numbers) == (("a", "b"), (("1", "2"), ("3", "4")), (2, 4))
    assert [found.code for found in preview.problems] == ["blank_line", "row_too_long"]
    corrected = preview_source(source, Dialect(delimiter=",", header_rows=0))
    assert (corrected.columns, corrected.rows[0]) == (("column_1",), ("a|b",))


def test_preview_of_a_long_file_ends_with_a_whole_row(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"a,b\n" + b"1,2\n" * 400_000)
    preview = preview_source(source, Dialect(), rows=3)
    assert preview.rows == (("1", "2"),) * 3
    assert preview.problems == ()


def test_sample_is_the_same_for_its_seed_and_shows_every_trouble(tmp_path: Path) -> None:
    write_sample(tmp_path / "source")
    content = (tmp_path / "source").read_bytes()
    write_sample(tmp_path / "again")
    write_sample(tmp_path / "other", seed=8)
    assert (tmp_path / "again").read_bytes() == content != (tmp_path / "other").read_bytes()
    stage = stage_of(tmp_path, content)
    counts = stage.report.problem_counts
    assert stage.rows == 2000
    assert set(counts) == {
        *("duplicate_header", "empty_header", "unclosed_quote", "row_too_short", "row_too_long"),
        *("stray_quote", "repaired_bytes", "blank_line", "mojibake"),
    }
    assert len(stage.blocking_rows()) < 40
    frame = stage.chunk(0)
    emails = frame["E-Mail"].str.strip()
    fine = emails.str.fullmatch(r"[^@\s;]+@example\.(?:com|org|net)", case=False)
    assert fine.mean() > 0.9
    assert emails[fine].str.lower().duplicated().sum() >= 15
    for text in ("4.4E+11", "5-May", "NULL", "=1+1", "<b>bold</b>", "1,234", "TRUE"):
        assert (frame == text).any().any(), text


def test_sample_mails_go_to_reserved_domains_only(tmp_path: Path) -> None:
    write_sample(tmp_path / "list", rows=500, seed=3)
    rows = list(csv.reader(io.StringIO((tmp_path / "list").read_bytes().decode("utf-8", "replace"))))
    addresses = [cell.strip().lower() for row in rows for cell in row if cell.count("@") == 1 and "." in cell]
    assert addresses
    assert not [one for one in addresses if not one.endswith(("example.com", "example.org", "example.net"))]
