"""How the numbers of a column are written is counted over every cell, whole or part by part."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.check.number_text import canonical_number
from importer.profile import SPACES, number_cells
from importer.profile.cells import TrimmedCells
from importer.profile.model import NumberCells
from importer.profile.number_cells import NumberCensus, NumberSigns
from importer.profile.shapes import shape_codes


def counted(*cells: str) -> NumberCensus:
    """A census of these different cells, one of each."""
    return counted_in_parts((cells, 2))


def counted_in_parts(*parts: tuple[tuple[str, ...], int]) -> NumberCensus:
    """The same of cells that come in parts, each with the row that its first cell is in."""
    census = NumberCensus()
    for cells, first in parts:
        raw = pa.array(cells, pa.large_string())
        trimmed = TrimmedCells.of(raw)
        signs = NumberSigns.of(raw, trimmed, shape_codes(trimmed))
        census.add(signs, np.ones(len(cells), dtype=np.int64), np.arange(first, first + len(cells)))
    return census


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (("7", "42", "-3"), NumberCells(numbers=3, plain=3, digits_min=1, digits_max=2)),
        (("1.5", "2.25"), NumberCells(numbers=2, plain=2, decimals=2)),
        (("12.000", "1.234"), NumberCells(2, 1, 2, 2, ".")),
        (("x", "1,234", "12 500", "1\u2019234"), NumberCells(3, 0, 3, 3, ",' ")),
        (("0.125", "1234.500"), NumberCells(numbers=2, plain=1, decimals=2)),
        (("+7", "007", "-0", " 8", "1.10", "0,5"), NumberCells(numbers=6, decimals=1)),
        (("1e5", "12-34", "1.2.3", "n/a", ""), NumberCells()),
        (("999999999999999", "1234567890123456"), NumberCells(2, 1, digits_min=15, digits_max=15)),
    ],
)
def test_numbers_are_told_apart_by_how_they_are_written(cells: tuple[str, ...], numbers: NumberCells) -> None:
    assert counted(*cells).finish() == numbers


NUMBERS = st.one_of(
    st.from_regex(r"[+-]?[0-9]{1,18}([.][0-9]{0,6})?", fullmatch=True),
    st.from_regex(r" ?[0-9]{1,3}([.,' ][0-9]{3}){1,2}", fullmatch=True),
    st.text(max_size=6),
)


@given(NUMBERS)
def test_what_is_plain_is_the_very_text_that_dynamodb_writes(cell: str) -> None:
    """The other way round, all that DynamoDB writes so with up to 15 digits is plain."""
    try:
        is_same = canonical_number(cell) == cell and sum(sign.isdigit() for sign in cell) <= 15
    except ValueError:
        is_same = False
    assert counted(cell).finish().plain == is_same
    assert not is_same or Decimal(cell) == Decimal(canonical_number(cell))


@given(st.lists(NUMBERS, max_size=12, unique=True), st.integers(0, 12))
def test_a_column_that_comes_in_two_parts_in_any_order_is_the_whole(cells: list[str], at: int) -> None:
    parts = (tuple(cells[:at]), 2), (tuple(cells[at:]), 2 + len(cells[:at]))
    whole = counted(*cells).finish()
    assert counted_in_parts(*parts).finish() == counted_in_parts(*parts[::-1]).finish() == whole


PARTS = (
    *(
        "7",
        "0",
        "-0",
        "00",
        "+7",
        "-12",
        "1.5",
        "1.10",
        ".5",
        "12.000",
        "1,234",
        "1'234",
        "1\u2019234",
        "12 500",
        "1e5",
    ),
    *("x", ".", ",", " ", "\u00a0", "\u2009", "\t", "\u200b", "-", "+", "123456789012345", "5", "."),
)


def by_patterns(text: str) -> tuple[bool, bool, bool, bool]:
    """Whether a cell is a number, a plain one, grouped, a sure decimal; by asking every pattern of it."""
    raw, bare = (pa.array([one], pa.large_string()) for one in (text, text.strip(SPACES)))

    def fits(cells: pa.Array, pattern: str) -> bool:
        return bool(pc.match_substring_regex(cells, pattern)[0].as_py())

    number = fits(raw, r"^\s*[+-]?[0-9.,]") and fits(bare, number_cells._NUMBER)
    marked = fits(raw, number_cells._MARKED)
    digits = sum(sign in "0123456789" for sign in text)
    plain = fits(raw, r"^(?:0|-?[1-9][0-9]{0,14})$") or (
        marked and digits <= 15 and fits(raw, number_cells._PLAIN_DECIMAL)
    )
    grouped, decimal = fits(bare, number_cells._GROUPED), fits(bare, number_cells._DECIMAL)
    return number, number and plain, number and marked and grouped, number and marked and decimal


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PARTS), max_size=3).map("".join), max_size=8, unique=True))
def test_numbers_are_those_that_every_pattern_finds_in_every_cell(texts: list[str]) -> None:
    wanted = [by_patterns(text) for text in texts]
    cells = counted(*texts).finish()
    sums = (cells.numbers, cells.plain, cells.grouped, cells.decimals)
    assert sums == tuple(sum(one[place] for one in wanted) for place in range(4))
