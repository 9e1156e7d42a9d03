"""Samples of a list never end or begin within a quoted cell of many lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.intake import guess_dialect
from importer.intake.long_cells import without_long_cells

LINES = ("called", "asked for a, b", "no: later; maybe", "", "will ring")


def note(size: int, line_end: str = "\n") -> str:
    lines = [LINES[at % 7 % 5] for at in range(size // 8)]
    return line_end.join(lines)


def a_list(*long: int, rows: int = 60, size: int = 140_000, sign: str = ",", line_end: str = "\n") -> str:
    """Contacts; those numbered `long` have a note of so many characters."""
    return line_end.join(
        [
            sign.join(("email", "name", "note")),
            *(
                sign.join((f"p{at}@example.com", "Ann", f'"{note(size, line_end)}"' if at in long else "none"))
                for at in range(rows)
            ),
            "",
        ]
    )


LISTS = {
    "first": a_list(0),
    "second": a_list(1),
    "last": a_list(59),
    "two": a_list(20, 40),
    "two in a row": a_list(20, 21),
    "line ends of Windows": a_list(0, line_end="\r\n"),
    "semicolons": a_list(0, sign=";"),
    "a megabyte": a_list(0, size=1_000_000),
    "in the middle of many": a_list(3_000, rows=6_000, size=1_000_000),
    "at the end of many": a_list(5_999, rows=6_000, size=1_000_000),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("content", LISTS.values(), ids=LISTS)
def test_a_cell_of_many_lines_does_not_hide_how_a_list_is_cut(content: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content.encode(encoding))
    dialect = guess_dialect(path).dialect
    sign = ";" if ";name" in content else ","
    assert (dialect.delimiter, dialect.quote, dialect.header_rows, dialect.preamble_rows) == (sign, '"', 1, 0)


def test_little_of_a_long_cell_is_left_and_all_of_others() -> None:
    text = a_list(1, 3, rows=5).encode()
    short, is_open = without_long_cells(text)
    assert (len(short) < 5_000, is_open) == (True, False)
    assert [line for line in short.splitlines() if b"@" in line] == [
        line for line in text.splitlines() if b"@" in line
    ]


def test_a_sample_that_ends_in_a_long_cell_ends_before_its_record() -> None:
    assert without_long_cells(a_list(1).encode()[:50_000]) == (a_list(1).encode().partition(b"p1@")[0], True)


@pytest.mark.parametrize("closes", [True, False])
def test_a_stray_quote_takes_no_records_out_of_a_sample(closes: bool) -> None:
    """The control."""
    rows = [b"p%d@example.com,Ann,none" % at for at in range(2_000)]
    rows[3] = b'p3@example.com,"Ann,none'
    if closes:
        rows[1_500] = b'p1500@example.com,Ann",none'
    text = b"\n".join([b"email,name,note", *rows, b""])
    assert without_long_cells(text) == (text, False)
