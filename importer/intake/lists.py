"""Which lists a source is read as: their layouts, and where the parts of each come in the stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from importer.errors import SourceError
from importer.intake.apart import texts
from importer.intake.dialect import Dialect
from importer.intake.encodings import decode_block, find_codec, hide_line_ends, line_marks
from importer.intake.feed import MAX_RECORD_BYTES, Block, Feed, open_source
from importer.intake.grammar import Grammar
from importer.intake.header import HeaderProblem, Layout, find_layout, name_columns
from importer.intake.members import ALL, named, plain_source, resolve_members
from importer.intake.other_tables import REACH_BYTES, sign_of_table, table_above
from importer.intake.part_table import Part
from importer.intake.plain_notes import NO_NOTES, PlainNotes, read_notes
from importer.intake.sections import TableShape, footer_length
from importer.intake.stage import StageMember
from importer.intake.tokenizer import Tokenizer
from importer.list_warning import ListWarning

HEAD_BYTES = 1024 * 1024
"""Looked at for the header and the number of columns. Not more than a block of the feed."""

TAIL_BYTES = 32 * 1024
"""Looked at for a footer: some hundred records."""


def read_layout(source: Path, dialect: Dialect) -> Layout:
    """The layout from the first HEAD_BYTES, or from more where a person says a row further down that is the header,
    up to REACH_BYTES. Raises SourceError: empty, gone, no header there, one endless line."""
    for head_bytes in (HEAD_BYTES, REACH_BYTES):
        first = _first_block(source, dialect, head_bytes)
        is_last = first.byte_end >= source.stat().st_size or head_bytes == REACH_BYTES
        try:
            layout = find_layout(first.text, dialect, MAX_RECORD_BYTES)
        except SourceError:
            if is_last or not dialect.preamble_rows:
                raise
        else:
            if is_last or 2 * layout.data_start <= head_bytes:
                break
    copy_start = _copy_start(first, layout) if first.byte_end >= source.stat().st_size else None
    footer_start, footer_sign = _footer(source, dialect, layout)
    return replace(layout, footer_start=footer_start, footer_sign=footer_sign, copy_start=copy_start)


def find_table_above(source: Path, dialect: Dialect) -> ListWarning | None:
    """A doubt about what stands above the header and was set aside, where that is a table as well; looks at the first
    HEAD_BYTES of the list. None for several lists, and for what is no delimited text."""
    plain = plain_source(source, dialect.member)
    notes = read_notes(plain)
    if notes.is_exact or dialect.members or dialect.drawn or not dialect.preamble_rows:
        return None
    text = _first_block(plain, dialect, HEAD_BYTES).text
    layout = find_layout(text, dialect, MAX_RECORD_BYTES)
    return table_above(text[: layout.header_start], dialect, layout.record_width)


def _first_block(source: Path, dialect: Dialect, block_bytes: int) -> Block:
    """The first lines of a list. Raises SourceError: there is none, or it has no end."""
    with open_source(source) as stream:
        feed = Feed(stream, dialect.encoding, block_bytes=block_bytes, record_end=dialect.record_end)
        first = next(iter(feed), None)
    if first is None:
        raise SourceError(f'The file "{source.name}" is empty. Upload the list again.')
    if not isinstance(first, Block):
        raise SourceError(
            f'The file "{source.name}" begins with a line of more than {MAX_RECORD_BYTES:,} bytes. No list does. '
            "Look whether it is a list, or choose another encoding."
        )
    return first


def _copy_start(whole: Block, layout: Layout) -> int | None:
    """The byte at which the whole table, with its header, stands once more; None where it does not. Looked for only
    in lists of up to HEAD_BYTES; in others the second rows are duplicates."""
    text, start = whole.text, layout.header_start
    header = text[start : layout.header_end].strip()
    at = text.find(b"\n" + header, layout.data_start) + 1 if header else 0
    if not at or text[at:].strip() != text[start:at].strip():
        return None
    return int(whole.to_source([at])[0])


def _footer(source: Path, dialect: Dialect, layout: Layout) -> tuple[int | None, str]:
    """The byte at which a footer begins, from the records in the last TAIL_BYTES, None when there is none; and the
    sign that cuts it where it is a table with another delimiter."""
    with open_source(source) as stream:
        codec = find_codec(dialect.encoding, stream.read(4))
        size = stream.seek(0, 2)
        place = max(0, size - TAIL_BYTES) // 4 * 4
        stream.seek(place)
        raw = stream.read(TAIL_BYTES + 4)
    if place == 0 and codec.mark and raw.startswith(codec.mark):
        place, raw = len(codec.mark), raw[len(codec.mark) :]
    if place > len(codec.mark):
        marks = line_marks(raw, codec)
        if not len(marks):
            return None, ""
        place, raw = place + int(marks[0]), raw[int(marks[0]) :]
    decoded = decode_block(raw, codec, place)
    decoded = replace(decoded, text=hide_line_ends(decoded.text, dialect.record_end))
    return _footer_in_tail(Block(place, place + len(raw), decoded), dialect, layout, size)


def _footer_in_tail(tail: Block, dialect: Dialect, layout: Layout, size: int) -> tuple[int | None, str]:
    grammar = Grammar.of(dialect, layout.record_width)
    records = list(Tokenizer(grammar, MAX_RECORD_BYTES).records(tail.text, 0, len(tail.text)))
    if size - tail.byte_start >= size - 4 and layout.data_start:
        records = [record for record in records if record.start >= layout.data_start]
    length = footer_length(
        [texts(record) for record in records],
        layout.shape,
        ends_in_line_end=tail.text.endswith((b"\n", b"\r")),
    )
    if not length:
        return None, ""
    lines = [bytes(tail.text[record.start : record.end]) for record in records[-length:] if not record.blank]
    first = records[-length].start
    return (int(tail.to_source([first])[0]) if first else tail.byte_start), sign_of_table(lines, dialect)


@dataclass(frozen=True)
class PlainList:
    """One list to be read: its `name` among several, its plain text, and how it is read."""

    name: str
    plain: Path
    dialect: Dialect
    layout: Layout
    notes: PlainNotes = NO_NOTES
    parts: tuple[str, ...] = ()
    """Names of the files that it was made of, where they are several."""


def open_lists(source: Path, dialect: Dialect) -> tuple[PlainList, ...]:
    """The lists of `source` that `dialect` names. Raises SourceError: one has no header, or other columns."""
    lists = []
    for each in dialect.of_each:
        plain = plain_source(source, each.member)
        notes = read_notes(plain)
        parts = resolve_members(source, ALL) if len(notes.rows_of_parts) > 1 else ()
        try:
            layout = _exact(read_layout(plain, each), notes)
            lists.append(PlainList(each.member, plain, each, layout, notes, parts))
        except SourceError as error:
            shown = each.member or source.name
            raise SourceError(str(error).replace(f'"{plain.name}"', f'"{shown}"')) from None
    for other in lists[1:]:
        _refuse_other_columns(lists[0], other)
    return tuple(lists)


def _exact(layout: Layout, notes: PlainNotes) -> Layout:
    """The layout of what is a table as it stands: its names are as they are, and nothing in it is set apart."""
    if not notes.is_exact:
        return layout
    columns, found = name_columns([column.name for column in notes.columns], len(notes.columns))
    span = (layout.header_start, layout.header_end)
    return replace(
        layout,
        columns=columns,
        problems=tuple(HeaderProblem(code, 1, *span, message) for code, message in found),
        shape=TableShape(len(columns)),
        read_width=0,
        footer_start=None,
        copy_start=None,
        doubts=(),
    )


def _refuse_other_columns(first: PlainList, other: PlainList) -> None:
    mine, others = first.layout.columns, other.layout.columns
    if set(mine) == set(others):
        return
    lacks, besides = [one for one in mine if one not in others], [one for one in others if one not in mine]
    told = [f"it lacks {named(lacks, 6)}"] if lacks else []
    told += [f"it has {named(besides, 6)} besides"] if besides else []
    raise SourceError(
        f'"{other.name}" has other columns than "{first.name}": {" and ".join(told)}. Several lists are read as one '
        "only where their columns are called the same. Make the headers alike, or import them one by one."
    )


def typed_columns(one: PlainList) -> dict[str, str]:
    """Column → "N" or "BOOL" where no cell below the header is of another kind."""
    found = {}
    for name, kinds in zip(one.layout.columns, one.notes.kinds, strict=False):
        is_clean = kinds.texts <= one.layout.set_aside
        if is_clean and kinds.numbers and not kinds.booleans:
            found[name] = "N"
        elif is_clean and kinds.booleans and not kinds.numbers:
            found[name] = "BOOL"
    return found


def parts_of(whole: StageMember, one: PlainList) -> list[StageMember]:
    """The files that a list was made of; each counts its items from row 2, as if the names stood before them."""
    members, before = [], whole.rows_before
    for name, rows in zip(one.parts, one.notes.rows_of_parts, strict=True):
        members.append(replace(whole, name=name, rows_before=before, last_row=before + rows + 1, rows=rows))
        before += rows
    return members


def same_form(first: PlainList, other: PlainList) -> bool:
    """Whether records of both can stand in one file, byte for byte."""
    mine, others = (
        (
            one.dialect.encoding.removesuffix("-sig"),
            one.dialect.delimiter,
            one.dialect.quote,
            one.dialect.escape,
            one.dialect.curly,
        )
        for one in (first, other)
    )
    return mine == others and first.layout.columns == other.layout.columns


class Place:
    """Where the parts of one list come in the stage: rows counted on, columns in the order of the first list."""

    def __init__(self, one: PlainList, before: int, is_one_of_several: bool, columns: Sequence[str]) -> None:
        self._name = one.name if is_one_of_several else ""
        self._before = before
        mine = {name: at for at, name in enumerate(one.layout.columns)}
        self._order = [mine[name] for name in columns]

    def of(self, part: Part) -> Part:
        """The part as it stands in the stage; messages name the list that they are about, with its own row."""
        if not self._name:
            return part
        table = part.table
        rows = pa.array(table["row"].to_numpy() + self._before)
        names = [f"c{at}" for at in range(len(self._order))]
        columns = [table[f"c{at}"] for at in self._order]
        moved = pa.table(
            [rows, table["byte_start"], table["byte_end"], table["surplus"], *columns],
            names=["row", "byte_start", "byte_end", "surplus", *names],
        )
        problems = [
            replace(
                found,
                row=None if found.row is None else found.row + self._before,
                message=f"{self._name}: {found.message}",
            )
            for found in part.problems
        ]
        return replace(part, table=moved, problems=problems)
