"""The first rows of a source as a dialect reads them, without building a stage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from importer.intake.dialect import Dialect
from importer.intake.encodings import show_line_ends
from importer.intake.feed import Block, Feed, Gap, open_source
from importer.intake.grammar import Grammar
from importer.intake.lists import HEAD_BYTES, read_layout
from importer.intake.members import plain_source
from importer.intake.problems import ReadingProblem
from importer.intake.reader import Reader

RAW_LINES = 5
"""Shown above the table, separators marked."""

RAW_LINE_CHARACTERS = 500


@dataclass(frozen=True)
class Preview:
    """`raw_lines` are the first lines as text; `rows` have the width of `columns`; `problems` are those of the rows
    and of what comes before them. `is_cut`: the source is longer than what was looked at."""

    raw_lines: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_numbers: tuple[int, ...]
    problems: tuple[ReadingProblem, ...]
    is_cut: bool


def preview_source(source: Path, dialect: Dialect, rows: int = 20) -> Preview:
    """At most `rows` rows from the first HEAD_BYTES, of the first of several lists. Raises SourceError as reading
    would."""
    dialect = dialect.of_each[0]
    source = plain_source(source, dialect.member)
    layout = read_layout(source, dialect)
    with open_source(source) as stream:
        head = stream.read(HEAD_BYTES + 4)
    feed = Feed(BytesIO(head), dialect.encoding, block_bytes=HEAD_BYTES, record_end=dialect.record_end)
    blocks = list(_whole_lines(feed, len(head) > HEAD_BYTES))
    reader = Reader(iter(blocks), Grammar.of(dialect, layout.record_width), layout, fast=False)
    numbers: list[int] = []
    cells: list[tuple[str, ...]] = []
    problems: list[ReadingProblem] = []
    for part in reader.parts():
        wanted = part.table.slice(0, rows - len(numbers))
        columns = wanted.to_pydict()
        numbers += columns["row"]
        cells += zip(*(columns[f"c{number}"] for number in range(layout.width)), strict=True)
        problems += part.problems
        if len(numbers) >= rows:
            break
    last = numbers[-1] if len(numbers) >= rows else None
    shown = [found for found in problems if last is None or found.row is None or found.row <= last]
    return Preview(
        _raw_lines(blocks), layout.columns, tuple(cells), tuple(numbers), tuple(shown), len(head) > HEAD_BYTES
    )


def _whole_lines(feed: Feed, is_cut: bool) -> Iterator[Block | Gap]:
    """The first block; of a file that goes on, not the line that the end of the head cut."""
    for item in feed:
        yield item
        if is_cut:
            return


def _raw_lines(blocks: list[Block | Gap]) -> tuple[str, ...]:
    text = show_line_ends(blocks[0].text[: 64 * 1024]) if blocks and isinstance(blocks[0], Block) else b""
    lines = text.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return tuple(line[:RAW_LINE_CHARACTERS] for line in lines[:RAW_LINES])
