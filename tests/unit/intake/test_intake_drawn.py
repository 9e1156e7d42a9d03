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
