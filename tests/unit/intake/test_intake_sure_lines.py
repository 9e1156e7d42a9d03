"""Sure lines are what the tokenizer reads of them, cell by cell; what is in doubt is left to it."""

from __future__ import annotations

import io
from dataclasses import replace
from random import Random

import pyarrow as pa
import pytest
from corpus.messy import messy_lists
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.intake.ahead import blocks_ahead
from importer.intake.dialect import Dialect
from importer.intake.feed import Block, Feed
from importer.intake.grammar import Grammar
from importer.intake.header import find_layout
from importer.intake.reader import Reader, ReaderLimits
from importer.intake.sure_lines import can_cut, find_sure_lines
from importer.intake.tokenizer import Tokenizer

MOST = 1 << 16


def sure_lines(text: bytes, grammar: Grammar) -> list[tuple[bytes, tuple[bytes, ...], tuple[str, ...]]]:
    """Of each sure line itself, its cells and its codes."""
    lines = find_sure_lines(text, 0, len(text), grammar, MOST)
    if lines is None:
        return []
    begins = [0, *lines.ends.tolist()]
    columns = [column.cast(pa.binary()).to_pylist() for column in lines.columns(lines.sure)]
    spans = [(begins[at], begins[at + 1], bool(lines.stray[at])) for at in lines.sure.nonzero()[0].tolist()]
    return [
        (text[start:end], cells, ("stray_quote",) if stray else ())
        for (start, end, stray), cells in zip(spans, zip(*columns, strict=True), strict=True)
    ]


@pytest.mark.parametrize(
    ("line", "cells", "codes"),
    [
        (b'1,"a, b","c ""d"""\n', (b"1", b"a, b", b'c "d"'), ()),
        (b'"",x,""\r\n', (b"", b"x", b""), ()),
        (b'1,a "b" c,d\n', (b"1", b'a "b" c', b"d"), ("stray_quote",)),
        (b'1,"a "b" c",d\n', (b"1", b'a "b" c', b"d"), ("stray_quote",)),
        (b'"1","a "b" c","d"\n', (b"1", b'a "b" c', b"d"), ("stray_quote",)),
        ("1,“a”,\N{EURO SIGN}\n".encode(), (b"1", "“a”".encode(), "\N{EURO SIGN}".encode()), ()),
    ],
)
def test_lines_of_one_reading_are_sure(line: bytes, cells: tuple[bytes, ...], codes: tuple[str, ...]) -> None:
    assert sure_lines(line * 2, Grammar(b",", b'"', b"", 3)) == [(line, cells, codes)] * 2


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        (rb'1,"a \"b\"",c\d' + b"\n", (b"1", b'a "b"', rb"c\d")),
        (rb"a\,b,c\\,\N" + b"\n", (b"a,b", b"c\\", b"")),
        (rb'"\\","x","y"' + b"\r\n", (b"\\", b"x", b"y")),
    ],
)
def test_escapes_are_no_doubt(line: bytes, cells: tuple[bytes, ...]) -> None:
    assert sure_lines(line, Grammar(b",", b'"', b"\\", 3, b"\\N")) == [(line, cells, ())]


@pytest.mark.parametrize(
    "line",
    [
        b"1,2\n",
        b"1,2,3,4\n",
        b",,\n",
        b" , ,\n",
        b'1,"a,b\n',
        b'1,"a"x,b\n',
        b'1, "a",b "c" d\n',
        b'"1","a "b"","c"\n',
        b'"a ""b"" "c" d","1","2"\n',
        b"1,2\0,3\n",
        b"1,\xef\xbb\xbf2,3\n",
        b"1,2,3",
    ],
)
def test_a_line_in_doubt_is_left_to_the_tokenizer_and_costs_no_neighbour(line: bytes) -> None:
    found = sure_lines(b"4,5,6\n" + line, Grammar(b",", b'"', b"", 3))
    assert found == [(b"4,5,6\n", (b"4", b"5", b"6"), ())]


SIGNS = ["a", "b c", " ", "N", "'", "\\", "\\N", "“", "”", "\ufeff", "é", "\0", "\x1a"]


@st.composite
def texts(draw: st.DrawFn) -> tuple[Grammar, bytes]:
    """Lines of odd cells, most as wide as they should be."""
    delimiter, quote = draw(st.sampled_from(",;\t")), draw(st.sampled_from(['"', '"', "'", ""]))
    escape, width = draw(st.sampled_from(["", "\\"])), draw(st.integers(1, 4))
    piece = st.sampled_from(
        [*SIGNS, delimiter, *([quote, quote * 2, quote + delimiter, delimiter + quote] if quote else [])]
    )
    body = st.lists(piece, max_size=4).map("".join)
    cell = body | body.map(lambda cell: quote + cell + quote) | st.sampled_from(["x", f"{quote}x y{quote}"])
    line = st.lists(cell, min_size=width, max_size=width) | st.lists(cell, min_size=1, max_size=5)
    lines = draw(st.lists(st.tuples(line, st.sampled_from(["\n", "\n", "\r\n", "\r"])), min_size=1, max_size=6))
    null, letters = draw(st.sampled_from([b"", b"\\N"])), bool(escape) and draw(st.booleans())
    grammar = Grammar(delimiter.encode(), quote.encode(), escape.encode(), width, null, False, letters)
    return grammar, "".join(delimiter.join(cells) + end for cells, end in lines).encode()


@settings(max_examples=400)
@given(texts())
def test_sure_lines_are_what_the_tokenizer_reads_of_them(case: tuple[Grammar, bytes]) -> None:
    grammar, text = case
    read = {
        (text[record.start : record.end], tuple(record.cells), record.codes)
        for record in Tokenizer(grammar, MOST).records(text, 0, len(text))
    }
    swallowed = {line for line, *_ in read if line.count(b"\n") + line.count(b"\r") > 1}
    for line in sure_lines(text, grammar):
        assert line in read or any(line[0] in record for record in swallowed)


def outcome(source: bytes, dialect: Dialect, *, fast: bool, few: int) -> tuple[object, ...]:
    """All that reading gives, and how many bytes were read many records at once."""
    head = next(iter(Feed(io.BytesIO(source), "utf-8", block_bytes=1 << 20)))
    assert isinstance(head, Block)
    layout = find_layout(head.text, dialect, MOST)
    grammar = Grammar.of(dialect, layout.record_width)
    blocks = blocks_ahead(Feed(io.BytesIO(source), "utf-8"), grammar) if fast else Feed(io.BytesIO(source), "utf-8")
    limits = replace(ReaderLimits(), few=few)
    parts = list(Reader(blocks, grammar, layout, fast=fast, limits=limits).parts())
    table = pa.concat_tables([part.table for part in parts]).to_pydict()
    problems = [found for part in parts for found in part.problems]
    return table, problems, sum(part.fast_bytes for part in parts)


DAMAGE = (b'"', b'""', b",", b"\n", b"\\", b'\\"', b"\0", b" ", b'" x "', b"\xef\xbb\xbf", b"\n\n", b",,,,\n")


@pytest.mark.parametrize("escape", ["", "\\"])
@pytest.mark.parametrize("seed", range(3))
def test_damaged_lists_are_read_the_same_one_by_one_and_many_at_once(seed: int, escape: str) -> None:
    random = Random(seed)
    many = 0
    for case in messy_lists(seed, 6):
        head, *lines = case.content.decode("utf-8", "ignore").encode().splitlines(keepends=True)
        source = bytearray(head + b"".join(lines) * (10_000 // len(case.content) + 1))
        for _ in range(random.randint(0, 12)):
            at = random.randrange(len(head), len(source))
            source[at : at + random.choice((0, 0, 1, 3))] = random.choice(DAMAGE)
        dialect = Dialect(delimiter=max((",", ";", "\t", "|"), key=head.decode().count), escape=escape)
        one_by_one = outcome(bytes(source), dialect, fast=False, few=1 << 40)
        assert one_by_one[-1] == 0
        at_once = outcome(bytes(source), dialect, fast=False, few=0)
        assert at_once[:-1] == one_by_one[:-1]
        assert outcome(bytes(source), dialect, fast=True, few=0)[0] == one_by_one[0]
        many += at_once[-1] > len(source) // 2  # type: ignore[operator]
    assert many >= 3


def test_no_sure_lines_are_looked_for_where_cells_have_more_than_quotes_around_them() -> None:
    assert can_cut(Grammar(b",", b'"', b"\\", 3))
    for other in (
        Grammar(b"||", b'"', b"", 3),
        Grammar(b",", b'"', b"", 3, line_quotes=True),
        Grammar(b",", b"", b""),
    ):
        assert not can_cut(other)
