"""What comes before the first data record: preamble, header, and the columns' names and number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

from importer.errors import SourceError
from importer.intake.curly import without_pair
from importer.intake.dialect import Dialect
from importer.intake.drawn import maybe_two
from importer.intake.grammar import MOST_COLUMNS, Grammar
from importer.intake.guess_header import join_names
from importer.intake.layout_doubts import (
    beside_doubts,
    cut_cell_doubts,
    escape_warnings,
    glued_doubts,
    layout_doubts,
    one_name_doubts,
    opened_quote_doubts,
)
from importer.intake.repair import OTHER_SIGNS, find_runs
from importer.intake.sections import TableShape, column_shapes, repeating_columns, text_columns
from importer.intake.seven_bit import seven_bit_doubts
from importer.intake.tokenizer import Record, Tokenizer
from importer.list_warning import ListWarning

WIDTH_SAMPLE_RECORDS = 1000
"""Data records looked at for the number of columns; a list that settles its width later is ragged by then."""

DRAWN_BYTES = 256 * 1024
"""Looked at for columns of fixed width that may be two."""

SHAPE_RECORDS = 30
"""Of these, the first, for what the columns hold: few enough that a second table is not among them."""

FEWEST_BLANK_COLUMNS = 2
"""At the end, that are left out; one alone may be a column whose name is missing."""

FEWER_SHAPE_RECORDS = 10
"""Looked at where a second table may be among the others."""

FIRST_PART_RECORDS = 3
"""A blank record behind so many may be the end of the table."""

DOUBT_RECORDS = 200
"""Of these, the first, for doubts about the header."""


@dataclass(frozen=True)
class HeaderProblem:
    """A problem of the header; offsets in the text."""

    code: str
    row: int
    start: int
    end: int
    message: str


@dataclass(frozen=True)
class Layout:
    """`columns` are unique names. Data begin at `data_start` (offset in the text) with record number `first_row`.

    `set_aside` counts preamble, header, label and blank records before that; the header is at
    [header_start, header_end).
    A footer begins at byte `footer_start` of the source, the whole table once more at `copy_start`. `footer_sign`:
    what cuts the footer, which is then another table. `doubts`: signs that the header is none, or has more rows.
    """

    columns: tuple[str, ...]
    data_start: int
    first_row: int
    header_start: int
    header_end: int
    set_aside: int
    problems: tuple[HeaderProblem, ...]
    shape: TableShape
    read_width: int = 0
    footer_start: int | None = None
    copy_start: int | None = None
    footer_sign: str = ""
    doubts: tuple[ListWarning, ...] = ()

    @property
    def width(self) -> int:
        """Columns of the table."""
        return len(self.columns)

    @property
    def record_width(self) -> int:
        """Cells a record should have: also of last columns that are left out, being blank."""
        return max(self.read_width, self.width)


def find_layout(head: bytes, dialect: Dialect, max_record: int) -> Layout:
    """The layout of a list whose text begins with `head` (whole lines, or the whole list).

    Raises SourceError: the header is not within it, more columns than MOST_COLUMNS.
    """
    tokenizer = Tokenizer(Grammar.of(dialect), max_record)
    before, header, labels = above = _Above([], [], [])
    widths: Counter[int] = Counter()
    data: list[list[bytes]] = []
    until_blank = 0
    for record in tokenizer.records(head, 0, len(head)):
        if len(before) < dialect.preamble_rows or (record.blank and not widths and len(header) < dialect.header_rows):
            before.append(record)
        elif len(header) < dialect.header_rows:
            header.append(record)
        elif len(labels) < dialect.label_rows:
            labels.append(record)
        elif not record.blank and record.cells:
            widths[len(record.cells)] += 1
            data.append(record.cells)
            if widths.total() >= WIDTH_SAMPLE_RECORDS:
                break
        elif len(data) >= FIRST_PART_RECORDS and not until_blank:
            until_blank = len(data)
    if len(header) < dialect.header_rows:
        raise SourceError(
            f"The header was looked for after {dialect.preamble_rows:,} rows and is not there. "
            "Set a smaller number of rows before the header, or put this part of the list in a file of its own."
        )
    told = ""
    if len(header) == 1 and widths and not dialect.drawn:
        header[0], told = _mended_header(head, header[0], dialect, widths.most_common(1)[0][0], max_record)
    first_part = _first_part(data[: until_blank or None])
    layout = _layout(above, told, Counter(map(len, first_part)), data, first_part, is_drawn=bool(dialect.drawn))
    return _with_escapes(_with_glued(layout, head, dialect.drawn), data, dialect)


def _with_escapes(layout: Layout, data: Sequence[Sequence[bytes]], dialect: Dialect) -> Layout:
    """The layout with a warning where backslashes that were read as text may be escapes."""
    odd = any(b"\\" in cell for cells in data for cell in cells)
    if dialect.escape or dialect.null or not odd:
        return layout
    rows = [_texts(cells) for cells in data]
    return replace(layout, doubts=(*layout.doubts, *escape_warnings(rows, dialect.delimiter, layout.first_row)))


def _with_glued(layout: Layout, head: bytes, drawn: str) -> Layout:
    """The layout with doubts about columns of fixed width that may be two."""
    if not drawn or layout.header_end == layout.header_start:
        return layout
    lines = head[layout.header_start :][:DRAWN_BYTES].decode("utf-8", "replace").splitlines()
    return replace(layout, doubts=(*layout.doubts, *glued_doubts(maybe_two(lines, drawn))))


def _first_part(data: Sequence[list[bytes]]) -> Sequence[list[bytes]]:
    """The records up to where another table begins: several of another width, and none that is as wide as before."""
    first = Counter(len(cells) for cells in data[:FIRST_PART_RECORDS])
    if not first:
        return data
    common, _ = first.most_common(1)[0]
    end = max(at for at, cells in enumerate(data, 1) if len(cells) == common)
    behind = {len(cells) for cells in data[end : end + FIRST_PART_RECORDS]}
    return data[:end] if len(data) - end >= FIRST_PART_RECORDS and len(behind) == 1 else data


def _filled_width(names: Sequence[str], width: int, data: Sequence[Sequence[bytes]]) -> int:
    """The width without the last columns, where these have no name and nothing stands in them. A header that ends in
    some empty cells means these columns, as long as they are not more than those with a name."""
    filled = max((at for at, name in enumerate(names, 1) if name), default=width)
    filled = max(filled, len(names)) if len(names) <= 2 * filled else filled
    if width - filled < FEWEST_BLANK_COLUMNS:
        return width
    for cells in data:
        if filled >= width:
            break
        filled = max(
            (at for at in range(min(len(cells), width), filled, -1) if cells[at - 1].strip(b" ")), default=filled
        )
    return filled


def _mended_header(head: bytes, header: Record, dialect: Dialect, width: int, max_record: int) -> tuple[Record, str]:
    """The header, read again as rows are where it has fewer cells than they have, and what is to be told of it."""
    if len(header.cells) >= width:
        return header, ""
    again = next(Tokenizer(Grammar.of(dialect, width), max_record).records(head, header.start, header.start + 1))
    if len(again.cells) == width and again.end == header.end:
        return again, "A quote in the header never closes; it was read as text."
    cells = cut_by_another_sign(head[header.start : header.end], dialect, width)
    if cells is None:
        return header, ""
    return header._replace(cells=cells), "The header is cut by another sign than the rows; it was cut there."


def cut_by_another_sign(line: bytes, dialect: Dialect, width: int, *, every: bool = True) -> list[bytes] | None:
    """The names in a header that another sign cuts into as many cells as the rows have; None where none does.
    `every`: all are filled and different."""
    line = line.rstrip(b"\r\n")
    for sign in OTHER_SIGNS if line else ():
        if sign in (dialect.delimiter, dialect.quote):
            continue
        other = replace(dialect, delimiter=sign, quote=dialect.quote or '"', line_quotes=False)
        record = next(Tokenizer(Grammar.of(other), len(line) + 1).records(line, 0, 1), None)
        names = {cell.strip() for cell in record.cells} if record is not None else set()
        is_whole = len(names) == width and b"" not in names
        if record is not None and len(record.cells) == width and (is_whole or not every):
            return record.cells
    return None


class _Above(NamedTuple):
    """Records above the data: set aside, naming the columns, saying it again."""

    before: list[Record]
    header: list[Record]
    labels: list[Record]


def _layout(
    above: _Above,
    header_told: str,
    widths: Counter[int],
    data: Sequence[Sequence[bytes]],
    first_part: Sequence[Sequence[bytes]],
    *,
    is_drawn: bool,
) -> Layout:
    """`data`: the first records, `first_part` those of them up to where another table may begin."""
    before, header, labels = above
    names = join_names([_texts(record.cells) for record in header])
    kept = _without_surplus(names, widths)
    has_surplus, names = len(kept) < len(names), kept
    names, has_curly = _without_curly(names)
    read_width = _width(len(names), widths)
    if read_width > MOST_COLUMNS:
        raise _too_many_columns(read_width)
    width = _filled_width(names, read_width, data) if header else read_width
    last = max([*before, *header, *labels], key=lambda record: record.end, default=None)
    span = (header[0].start, header[-1].end) if header else (0, 0)
    columns, found = name_columns(names, width, has_header=bool(header))
    if width < read_width:
        rest = (
            f"Column {read_width:,} has"
            if read_width == width + 1
            else f"Columns {width + 1:,} to {read_width:,} have"
        )
        found.append(("blank_columns", f"{rest} no name, and nothing stands in it; left out."))
    if len(header) > 1:
        found.append(("joined_header", f"The first {len(header):,} rows name the columns; their words were joined."))
    if has_curly:
        found.append(("mended_header", "The names stood in curly quotes; they were taken off."))
    if has_surplus:
        found.append(
            ("header_too_long", "The header has more cells than the rows; its empty cells were passed over.")
        )
    if is_drawn:
        found.append(("drawn_table", "The list is a table drawn in text; its lines were cut at its columns."))
    if header_told:
        found.append(("mended_header", header_told))
    problems = [HeaderProblem(code, len(before) + 1, *span, message) for code, message in found]
    regular = [cells for cells in first_part if len(cells) == read_width]
    if len(regular) < FIRST_PART_RECORDS:  # too few to tell what the columns hold
        regular = [cells for cells in data if len(cells) == read_width]
    texts = [_texts(cells) for cells in regular[:SHAPE_RECORDS]]
    shape = _with_short_rows(
        data,
        TableShape(
            read_width,
            tuple(tuple(_texts(r.cells)) for r in [*header, *labels]),
            column_shapes(texts, width) or column_shapes(texts[:FEWER_SHAPE_RECORDS], width),
            text_columns(texts[:FEWER_SHAPE_RECORDS], width),
            _has_comments(before, data, read_width),
            repeating=repeating_columns(texts, width),
        ),
    )
    first_row = len(before) + len(header) + len(labels) + 1
    one_name = () if header else tuple(one_name_doubts([_texts(record.cells) for record in before]))
    doubts = (
        _doubts(names, columns, widths, data, first_row, is_joined=len(header) > 1, is_drawn=is_drawn)
        if header
        else one_name
    )
    hint = "".join(f" {doubt.message}" for doubt in one_name)
    problems += [_set_aside_problem(number, record, hint) for number, record in enumerate(before, 1)]
    problems += [
        _label_problem(number, record) for number, record in enumerate(labels, len(before) + len(header) + 1)
    ]
    return Layout(
        columns=columns,
        data_start=last.end if last else 0,
        first_row=first_row,
        header_start=span[0],
        header_end=span[1],
        set_aside=len(before) + len(header) + len(labels),
        problems=tuple(problems),
        shape=shape,
        read_width=read_width,
        doubts=doubts,
    )


def _too_many_columns(width: int) -> SourceError:
    return SourceError(
        f"The list has {width:,} columns, and no list of contacts has more than {MOST_COLUMNS:,}. Look whether its "
        "rows and columns are the wrong way round, or choose another delimiter."
    )


def _doubts(
    names: Sequence[str],
    columns: Sequence[str],
    widths: Counter[int],
    data: Sequence[Sequence[bytes]],
    first_row: int,
    *,
    is_joined: bool,
    is_drawn: bool,
) -> tuple[ListWarning, ...]:
    """What is unsure about a header of these names (of several rows: `is_joined`), which call the `columns`."""
    rows = [[cell.strip() for cell in _texts(cells)] for cells in data]
    beside = beside_doubts(names[: len(columns)], columns, rows, is_joined=is_joined)
    cut = cut_cell_doubts(rows) if is_drawn else opened_quote_doubts(columns, rows)
    ascii_letters = seven_bit_doubts(chain(names, *rows))
    return (*layout_doubts(names, rows[:DOUBT_RECORDS], widths, first_row), *beside, *ascii_letters, *cut)


def _has_comments(before: Sequence[Record], data: Sequence[Sequence[bytes]], width: int) -> bool:
    """Whether lines that begin with # are comments: such stand above the header, or several shorter than records,
    and records hardly ever begin so."""
    above = any(record.cells and record.cells[0].lstrip().startswith(b"#") for record in before)
    begun = [len(cells) for cells in data if cells[0].lstrip().startswith(b"#")]
    short = sum(size < width for size in begun)
    return (above or short > 1) and (2 if above else 10) * (len(begun) - short) <= len(data)


def _with_short_rows(data: Sequence[Sequence[bytes]], shape: TableShape) -> TableShape:
    """The shape, which then says whether rows lack cells that no line end has cut: more than now and then one."""
    short = [at for at, cells in enumerate(data) if len(cells) < shape.width]
    cut = {at for run in find_runs(data, short, shape) for at in run.places}
    return replace(shape, has_short_rows=2 * len({*short} - cut) > len(cut))


def _texts(cells: Sequence[bytes]) -> list[str]:
    return [cell.decode("utf-8", "replace") for cell in cells]


def _without_surplus(names: list[str], widths: Counter[int]) -> list[str]:
    """Names without empty ones, where nearly all rows are shorter than the header by just so many cells."""
    if not widths:
        return names
    common, count = widths.most_common(1)[0]
    surplus = len(names) - common
    if surplus <= 0 or 10 * count < 9 * widths.total():
        return names
    if not any(names[common:]):
        return names[:common]
    filled = [name for name in names if name]
    return filled if len(filled) == common else names


def _without_curly(names: list[str]) -> tuple[list[str], bool]:
    """Names without curly quotes where all stand in them, and whether they did."""
    bare = [without_pair(name.encode()) for name in names if name]
    if not bare or None in bare:
        return names, False
    return [(without_pair(name.encode()) or b"").decode() for name in names], True


def _set_aside_problem(number: int, record: Record, hint: str) -> HeaderProblem:
    if record.blank:
        return HeaderProblem("blank_line", number, record.start, record.end, f"Row {number:,} is blank; set aside.")
    message = f"Row {number:,} comes before the header; set aside. Change the rows before the header if it is data."
    return HeaderProblem("preamble", number, record.start, record.end, message + hint)


def _label_problem(number: int, record: Record) -> HeaderProblem:
    message = f"Row {number:,} says what is in the columns; set aside. Set the header by hand if it is data."
    return HeaderProblem("label_row", number, record.start, record.end, message)


def _width(named: int, widths: Counter[int]) -> int:
    """The header's width, unless most data records have one larger width (a delimiter ends every row, say)."""
    if not widths:
        return max(named, 1)
    common, count = widths.most_common(1)[0]
    if not named:
        return common
    return common if common > named and 2 * count > widths.total() else named


def name_columns(
    names: Sequence[str], width: int, *, has_header: bool = True
) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    """`width` unique names: `email`, `email_2` for a name again, `column_4` for an empty one; and what was amiss."""
    wanted = [*names[:width], *[""] * (width - len(names))]
    taken = {name for name in wanted if name}
    used: set[str] = set()
    behind: dict[str, int] = {}  # of a name that comes again, the last number that stood behind it
    columns: list[str] = []
    problems: list[tuple[str, str]] = []
    for number, name in enumerate(wanted, 1):
        if name and name not in used:
            unique = name
        else:
            first = behind.get(name, 1) + 1 if name else number
            unique, behind[name] = _free_name(name or "column", first, taken)
            taken.add(unique)
            if has_header:
                problems.append(_name_problem(number, bool(name), unique))
        used.add(unique)
        columns.append(unique)
    return tuple(columns), problems


def _name_problem(number: int, is_duplicate: bool, name: str) -> tuple[str, str]:
    if is_duplicate:
        return "duplicate_header", f"Column {number} has the name of an earlier one; a number was added to it."
    return "empty_header", f'Column {number} has no name; it is called "{name}".'


def _free_name(stem: str, number: int, taken: set[str]) -> tuple[str, int]:
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}", number
