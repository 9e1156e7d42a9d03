"""Tables drawn in text are cut at their columns; lists that only look a little like it are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.intake import Stage, build_stage, guess_dialect

HEAD = ("email", "name", "city")
ROWS = [
    ("ann@example.com", "Ann Lee", "Oslo"),
    ("bob@example.com", "Bob", "New York"),
    ("cat@example.com", "", "Bern"),
]

DRAWN = {
    "Markdown": """
| email | name | city |
|-------|:----:|-----:|
| ann@example.com | Ann Lee | Oslo |
| bob@example.com | Bob | New York |
| cat@example.com | | Bern |
""",
    "MySQL": """
+-----------------+---------+----------+
| email           | name    | city     |
+-----------------+---------+----------+
| ann@example.com | Ann Lee | Oslo     |
| bob@example.com | Bob     | New York |
| cat@example.com |         | Bern     |
+-----------------+---------+----------+
3 rows in set (0.00 sec)
""",
    "PostgreSQL": """
      email      |  name   |   city
-----------------+---------+----------
 ann@example.com | Ann Lee | Oslo
 bob@example.com | Bob     | New York
 cat@example.com |         | Bern
(3 rows)
""",
    "boxes": """
┌─────────────────┬─────────┬──────────┐
│ email           │ name    │ city     │
├─────────────────┼─────────┼──────────┤
│ ann@example.com │ Ann Lee │ Oslo     │
│ bob@example.com │ Bob     │ New York │
│ cat@example.com │         │ Bern     │
└─────────────────┴─────────┴──────────┘
""",
    "edges without a rule": """
|email|name|city|
|ann@example.com|Ann Lee|Oslo|
|bob@example.com|Bob|New York|
|cat@example.com||Bern|
""",
    "filled up between pipes": """
email           | name    | city
ann@example.com | Ann Lee | Oslo
bob@example.com | Bob     | New York
cat@example.com |         | Bern
""",
    "filled up behind a left edge": """
| email           | name    | city
| ann@example.com | Ann Lee | Oslo
| bob@example.com | Bob     | New York
| cat@example.com |         | Bern
""",
    "fixed width": """
email               name      city
ann@example.com     Ann Lee   Oslo
bob@example.com     Bob       New York
cat@example.com               Bern
""",
    "fixed width below a title": """
All contacts of today

email               name      city
ann@example.com     Ann Lee   Oslo
bob@example.com     Bob       New York
cat@example.com               Bern
""",
    "fixed width with commas": """
email               name      city
ann@example.com     Ann Lee   Oslo
bob@example.com     Bob       New York
cat@example.com               Bern
dan@example.com     Lee, Dan  Rome
""",
    "a rule of dashes": """
email           name    city
--------------- ------- --------
ann@example.com Ann Lee Oslo
bob@example.com Bob     New York
cat@example.com         Bern

(3 rows affected)
""",
}


def read(folder: Path, text: str) -> tuple[Stage, list[tuple[str, ...]]]:
    source = folder / "source"
    source.write_text(text, encoding="utf-8")
    report = build_stage(source, guess_dialect(source).dialect, folder / "stage")
    stage = Stage.open(folder / "stage")
    assert report.audit.unaccounted_bytes == 0
    return stage, [row for chunk in stage.chunks() for row in chunk.itertuples(index=False, name=None)]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("text", DRAWN.values(), ids=DRAWN)
def test_a_table_drawn_in_text_is_cut_at_its_columns_and_told(tmp_path: Path, text: str, line_end: str) -> None:
    stage, rows = read(tmp_path, text.removeprefix("\n").replace("\n", line_end))
    extra = [("dan@example.com", "Lee, Dan", "Rome")] if "Dan" in text else []
    assert (stage.columns, rows) == (HEAD, [*ROWS, *extra])
    assert "drawn_table" in stage.report.problem_counts
    assert set(stage.report.problem_counts) <= {"drawn_table", "blank_line", "footer", "preamble"}


NOT_DRAWN = {
    "cells of one length between pipes": "email|name|city\nann@ex.com|Ann |Oslo\nbob@ex.com|Bob |Rome\n",
    "cells in quotes": 'email     |name  |city\n"a@ex.com"|"Ann" |Oslo\n"b@ex.com"|"Bob" |Rome\n',
    "pipes between cells": "email|name|city\nann@example.com|Ann|Oslo\nbob@example.com|Bob|Rome\n",
    "spaces behind commas": "email,  name,  city\nann@example.com,  Ann,  Oslo\nbob@example.com,  Bob,  Rome\n",
    "spaces between": "email name city\nann@example.com Ann Oslo\nbob@example.com Bob Rome\n",
    "tabs": "email\tname\tcity\nann@example.com\tAnn\tOslo\nbob@example.com\tBob\tRome\n",
    "one column of sentences": "note\nThe first one came at noon\nThe other came at nine\nNobody else came\n",
}


@pytest.mark.parametrize("text", NOT_DRAWN.values(), ids=NOT_DRAWN)
def test_a_list_with_signs_between_its_cells_is_not_drawn(tmp_path: Path, text: str) -> None:
    """The control."""
    stage, rows = read(tmp_path, text)
    assert ("drawn_table" in stage.report.problem_counts, len(rows)) == (False, text.count("\n") - 1)
    assert len(stage.columns) == (1 if text.startswith("note") else 3)


def test_a_drawn_row_of_which_first_and_last_cell_are_blank_keeps_its_places(tmp_path: Path) -> None:
    lines = ["email  | name   | city", "a@x.de | Ann    | Oslo", "       | Bob Y. |", "c@x.de |        | Bern"]
    _, rows = read(tmp_path, "\n".join(lines) + "\n")
    assert rows == [("a@x.de", "Ann", "Oslo"), ("", "Bob Y.", ""), ("c@x.de", "", "Bern")]


def test_a_delimiter_that_is_named_overrules_the_drawing(tmp_path: Path) -> None:
    from importer.intake import SourceSpec, find_dialect

    source = tmp_path / "source"
    source.write_text(DRAWN["Markdown"].removeprefix("\n"), encoding="utf-8")
    assert find_dialect(source, SourceSpec(delimiter="|")).drawn == ""


def read_narrow(folder: Path, text: str) -> tuple[tuple[str, ...], tuple[str, ...], list[str]]:
    """(columns, the first row, codes of the doubts)."""
    stage, rows = read(folder, text)
    return stage.columns, rows[0], [warning.code for warning in stage.report.warnings if warning.is_doubt]


NARROW = {
    "names of two words": (
        "CUST NO FIRST NAME LAST NAME E-MAIL\n  10001 ANN        LEE       a@x.org\n"
        "  10002 BOB        RAYMOND   b@x.org\n  10003 CATHERINE  MAY       c@x.org\n",
        ("CUST NO", "FIRST NAME", "LAST NAME", "E-MAIL"),
        ("10001", "ANN", "LEE", "a@x.org"),
    ),
    "numbers to the right": (
        "CUSNUM LSTNAM INIT ZIPCOD CDTLMT EMAIL\n000001 BERG   G K  79326  536.79 a@x.org\n"
        "000002 ADAMSN B D  87003   64.06 b@x.org\n000003 LEE    B D  37716   48.72 c@x.org\n",
        ("CUSNUM", "LSTNAM", "INIT", "ZIPCOD", "CDTLMT", "EMAIL"),
        ("000001", "BERG", "G K", "79326", "536.79", "a@x.org"),
    ),
    "commas below each other": (
        "Name     , Email  , City \nAnn Lee  , a@x.de , Oslo \n"
        "Bob      , b@x.de , Rome \nCat Smith, c@x.de , Bern \n",
        ("Name", "Email", "City"),
        ("Ann Lee", "a@x.de", "Oslo"),
    ),
    "a name of two words above short cells": (
        "LAST NAME  EMAIL\nLEE        a@x.de\nBERG       b@x.de\nMAY        c@x.de\n",
        ("LAST NAME", "EMAIL"),
        ("LEE", "a@x.de"),
    ),
    "a name of two words above cells of two": (
        "FIRST NAME  EMAIL\nANN MARIE   a@x.de\nJO BEN      b@x.de\nLISA SUE    c@x.de\n",
        ("FIRST NAME", "EMAIL"),
        ("ANN MARIE", "a@x.de"),
    ),
}


@pytest.mark.parametrize(("text", "columns", "row"), NARROW.values(), ids=NARROW)
def test_columns_with_one_space_between_are_cut_where_their_cells_show_it(
    tmp_path: Path, text: str, columns: tuple[str, ...], row: tuple[str, ...]
) -> None:
    assert read_narrow(tmp_path, text) == (columns, row, [])


def test_a_column_whose_name_and_cells_all_have_a_space_at_one_place_is_doubted(tmp_path: Path) -> None:
    text = "TEL NO      EMAIL\n+49 305551  a@x.de\n+33 145552  b@x.de\n+39 665553  c@x.de\n"
    assert read_narrow(tmp_path, text) == (("TEL NO", "EMAIL"), ("+49 305551", "a@x.de"), ["glued_columns"])
