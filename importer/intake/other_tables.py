"""Other tables in a list: what of it they take, and how they can be imported too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from importer.intake.apart import OTHER_TABLES, texts
from importer.intake.cells import is_data
from importer.intake.dialect import Dialect
from importer.intake.feed import MAX_RECORD_BYTES
from importer.intake.grammar import Grammar
from importer.intake.header import cut_by_another_sign
from importer.intake.problems import ReadingProblem
from importer.intake.repair import OTHER_SIGNS
from importer.intake.sections import column_shapes
from importer.intake.tokenizer import Record, Tokenizer
from importer.list_warning import ListWarning

REACH_BYTES = 16 * 1024 * 1024
"""How far into a list its header is looked for, where a person says its row; so far another table can be read."""

FEWEST_LINES = 3
"""Below a table, of another: its names and two rows."""

FEWEST_ABOVE = 4
"""Above a table, of another: its names and three rows. Two rows above the names are often a remark each."""

_SIGNS = tuple(sign for sign in OTHER_SIGNS if sign != " ")


@dataclass
class OtherTables:
    """What is left of a list because it stands in other tables: the `first` row of them, and how many `rows`."""

    first: int | None = None
    byte_start: int = 0
    rows: int = 0
    is_other_header: bool = False

    def add(self, problems: Iterable[ReadingProblem]) -> None:
        """Count those of `problems`, which come in order."""
        for found in problems:
            if found.code in OTHER_TABLES:
                self.rows += found.rows
                if self.first is None:
                    self.first, self.byte_start = found.row, found.byte_start
                    self.is_other_header = found.code == "other_header"

    def doubt(self, name: str, rows_before: int, footer_sign: str) -> ListWarning | None:
        """What a person should know of them; None where there are none. `name`: the list's among several, which has
        `rows_before` rows before it; `footer_sign`: what cuts the other table, where it is another delimiter."""
        row = self.first
        if row is None:
            return None
        below = "the row" if self.rows == 2 else f"the {self.rows - 1:,} rows"
        what = (
            f"Row {row:,} names the columns again, but others or in another order"
            if self.is_other_header
            else f"Another table begins in row {row:,}"
        )
        message = f"{what}: it and {below} below it are left out of this import. {self._way(name, footer_sign)}"
        code = "table_with_other_delimiter" if footer_sign else "second_table"
        code = "other_header" if self.is_other_header else code
        named = f"{name}: {message}" if name else message
        return ListWarning(code, "", named, self.rows, row + rows_before, is_doubt=True)

    def _way(self, name: str, footer_sign: str) -> str:
        """How to import them too."""
        if self.first is None or self.byte_start > REACH_BYTES:
            return "To import them too, put them in a file of their own."
        file = f'"{name}" alone' if name else "this file"
        sign = f' --delimiter "{footer_sign}"'.replace("\t", "\\t") if footer_sign else ""
        other = " and another delimiter" if footer_sign else ""
        return (
            f"To import them too, import {file} once more with {self.first - 1:,} lines to skip above the "
            f"header{other} (on the command line: --header-row {self.first}{sign})."
        )


def sign_of_table(lines: Sequence[bytes], dialect: Dialect) -> str:
    """The other delimiter that cuts lines below a table into names of columns and data; "" where none does."""
    text = b"".join(lines)
    for sign in _SIGNS if len(lines) >= FEWEST_LINES else ():
        names, *rows = map(texts, _records(text, dialect, sign))
        is_even = sign != dialect.delimiter and len(names) > 1 and {len(row) for row in rows} == {len(names)}
        if is_even and not any(map(is_data, names)) and all(any(map(is_data, row)) for row in rows):
            return sign
    return ""


FEWEST_CUT_ALIKE, FEWEST_MOVED = 3, 3
"""Cells and lines above the header, from which on lines that another sign cuts alike are no title."""


def table_above(text: bytes, dialect: Dialect, width: int) -> ListWarning | None:
    """A doubt about a table in `text`, which stands above the header, or about rows of it that another sign cuts into
    `width` cells, as lists that were put together have them; None where there is neither."""
    for sign in dict.fromkeys((dialect.delimiter, *_SIGNS)):
        for first, block in _blocks(list(_records(text, dialect, sign))):
            if _is_table(block):
                way = f"--header-row {first}" + (f' --delimiter "{sign}"' if sign != dialect.delimiter else "")
                message = (
                    f"Rows {first:,} to {first + len(block) - 1:,} above the header look like another table; they "
                    f"are left out of this import. If that table is meant, take row {first:,} for the header (on the "
                    f"command line: {way})."
                )
                code = "table_above" if sign == dialect.delimiter else "table_with_other_delimiter"
                return ListWarning(code, "", message.replace("\t", "\\t"), len(block), first, is_doubt=True)
    return _rows_above(text, dialect, width)


def _rows_above(text: bytes, dialect: Dialect, width: int) -> ListWarning | None:
    """A doubt about lines above the header that are cut by another sign as the rows below it are, without names."""
    moved = [
        row
        for row, record in enumerate(_records(text, dialect, dialect.delimiter), 1)
        if (cells := cut_by_another_sign(text[record.start : record.end], dialect, width, every=False))
        and not cells[0].lstrip().startswith(b"#")
    ]
    if width < FEWEST_CUT_ALIKE or len(moved) < FEWEST_MOVED:
        return None
    message = (
        f"Rows {moved[0]:,} to {moved[-1]:,} above the header look like rows of another table, cut by another "
        "delimiter; they are left out of this import. If they are meant too, put them in a file of their own."
    )
    return ListWarning("table_with_other_delimiter", "", message, len(moved), moved[0], is_doubt=True)


def _records(text: bytes, dialect: Dialect, sign: str) -> Iterator[Record]:
    grammar = Grammar.of(replace(dialect, delimiter=sign, line_quotes=False))
    return Tokenizer(grammar, MAX_RECORD_BYTES).records(text, 0, len(text))


def _blocks(records: Sequence[Record]) -> Iterator[tuple[int, list[list[str]]]]:
    """Records of several cells that stand together and are as wide, with the row of the first."""
    start = 0
    for at, record in enumerate(records):
        is_last = at + 1 == len(records)
        if is_last or len(records[at + 1].cells) != len(record.cells) or records[at + 1].blank:
            block = records[start : at + 1]
            if len(record.cells) > 1 and not record.blank:
                yield start + 1, [texts(one) for one in block]
            start = at + 1


def _is_table(block: Sequence[Sequence[str]]) -> bool:
    """Whether rows are names of columns and, below each other, data of one kind in one column at least."""
    names, *rows = block
    if len(block) < FEWEST_ABOVE or any(map(is_data, names)) or len({*names}) < len(names) or not all(names):
        return False
    return bool(column_shapes(rows, len(names)))
