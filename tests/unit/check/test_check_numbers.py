from __future__ import annotations

from decimal import Decimal, InvalidOperation

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.check import numbers
from importer.check.numbers import CellMarks, canonical_number, canonical_numbers, cell_marks, compare_numbers


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("0.000", "0"),
        ("+7", "7"),
        ("-7", "-7"),
        ("1.50", "1.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1e5", "100000"),
        ("1E-3", "0.001"),
        ("100", "100"),
        ("9" * 38, "9" * 38),
        ("0.1", "0.1"),
        ("12345678901234567890.12345", "12345678901234567890.12345"),
        ("1e50", "1E+50"),
        ("15e49", "1.5E+50"),
        ("1" + "0" * 50, "1E+50"),
        ("-1.5e-60", "-1.5E-60"),
    ],
)
def test_the_canonical_text_of_a_number(text: str, canonical: str) -> None:
    assert canonical_number(text) == canonical
    assert canonical_numbers(pd.Series([text], dtype="str")).text.tolist() == [canonical]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("abc", "not_a_number"),
        ("1,5", "not_a_number"),
        ("1 000", "not_a_number"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("0x10", "not_a_number"),
        ("１２", "not_a_number"),
        ("1\n", "not_a_number"),
        (".", "not_a_number"),
        ("1e", "not_a_number"),
        ("9" * 39, "number_too_precise"),
        ("1." + "0" * 37 + "1", "number_too_precise"),
        ("1e126", "number_out_of_range"),
        ("1e-131", "number_out_of_range"),
        ("1e99999999999999999999", "number_out_of_range"),
    ],
)
def test_what_is_no_number_for_dynamodb_is_told_apart(text: str, code: str) -> None:
    with pytest.raises(ValueError, match=code):
        canonical_number(text)
    numbers = canonical_numbers(pd.Series([text], dtype="str"))
    assert [name for name, mask in numbers.failures.items() if mask[0]] == [code]


@pytest.mark.parametrize("text", ["1e125", "9." + "9" * 37 + "e125", "1e-130", "-1e-130", "9" * 38, "1" + "0" * 125])
def test_the_edges_of_dynamodb_numbers_are_inside(text: str) -> None:
    assert Decimal(canonical_number(text)) == Decimal(text)


@given(
    st.lists(
        st.one_of(
            st.from_regex(r"[+-]?[0-9]{1,25}(\.[0-9]{0,25})?", fullmatch=True),
            st.from_regex(r"[+-]?[0-9]{0,5}\.?[0-9]{1,5}[eE][+-]?[0-9]{1,3}", fullmatch=True),
            st.text(max_size=6).map(str.strip),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_canonical_numbers_agree_with_decimal(texts: list[str]) -> None:
    cells = pd.Series([text or "x" for text in texts], dtype="str")
    numbers = canonical_numbers(cells)
    told = ("leading_zeros_lost", "plus_lost", "maybe_thousands")
    failed = {code: mask for code, mask in numbers.failures.items() if code not in told}
    for place, (text, canonical) in enumerate(zip(cells, numbers.text, strict=True)):
        if any(mask[place] for mask in failed.values()):
            assert canonical == ""
            continue
        assert Decimal(canonical) == Decimal(text)
        assert canonical == canonical_number(canonical)
        assert not canonical.startswith("+")
        assert canonical == canonical_number(str(Decimal(text)))


@given(st.from_regex(r"[+-]?[0-9]{1,6}(\.[0-9]{0,6})?", fullmatch=True))
def test_the_vectorised_and_the_single_way_are_the_same(text: str) -> None:
    assert canonical_numbers(pd.Series([text], dtype="str")).text[0] == canonical_number(text)


def test_leading_zeros_are_never_lost_silently() -> None:
    cells = pd.Series(["00123", "007.5", "-05", "0", "0.5", "10", "0e5"], dtype="str")
    lost = canonical_numbers(cells).failures["leading_zeros_lost"]
    assert lost.tolist() == [True, True, True, False, False, False, False]


def test_a_range_is_exact_where_floats_are_not() -> None:
    cells = pd.Series(["9007199254740992", "9007199254740993", "0.1", "0.10000000000000000001"], dtype="str")
    assert compare_numbers(cells, None, Decimal("9007199254740992")).tolist() == [True, False, True, True]
    assert compare_numbers(cells, None, Decimal("0.1")).tolist() == [False, False, True, False]
    with pytest.raises(AssertionError):  # control: floats cannot tell these two apart
        assert float("9007199254740992") != float("9007199254740993")


def test_a_number_decimal_knows_but_dynamodb_does_not_is_no_number() -> None:
    assert Decimal("1_000") == 1000
    with pytest.raises(ValueError, match="not_a_number"):
        canonical_number("1_000")
    with pytest.raises(InvalidOperation):
        Decimal("1,000")


WRITINGS = (
    *("7", "1.5", "12.000", "-12.345", "0.345", "00.5", ".125", "1234.500", "1.234.567", "1.234,50", "9,5", "1,234"),
    *("12,345.6", "", " ", "€", "[", "]", ";", "-", "+", ".", ",", "x", "\n", "\u00a0", "0", "1e5"),
)


@pytest.mark.parametrize(
    ("cells", "marks"),
    [
        (["1.5", "-0.25", "1234.500", "0.345", ".5"], CellMarks(decimals=5)),
        (["12.000", "-1.234", "7", "", "x"], CellMarks()),
        (["1.234.567", "1.234,50", "12.000"], CellMarks(thousands=2, commas=0)),
        (["9,5", "€ 1.5", "[1.25"], CellMarks(decimals=2, commas=1)),
    ],
)
def test_the_marks_of_numbers_are_counted(cells: list[str], marks: CellMarks) -> None:
    assert cell_marks(pd.Series(cells, dtype="str")) == marks


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(st.sampled_from(WRITINGS), max_size=3).map("".join), max_size=8))
def test_marks_are_those_that_every_pattern_finds_in_every_cell(texts: list[str]) -> None:
    cells = pd.Series(texts, dtype="str")
    shapes = (numbers._DECIMAL, numbers._THOUSANDS, numbers._COMMA)
    assert cell_marks(cells) == CellMarks(*(int(cells.str.contains(shape).sum()) for shape in shapes))


@given(st.lists(st.from_regex(r"[+-]?[0-9]{0,6}(\.[0-9]{0,6})?x?", fullmatch=True).filter(bool), max_size=8))
def test_numbers_beside_each_other_are_each_as_if_alone(texts: list[str]) -> None:
    together, alone = canonical_numbers(pd.Series(texts, dtype="str")), []
    for text in texts:
        try:
            alone.append(canonical_number(text))
        except ValueError:
            alone.append("")
    assert together.text.tolist() == alone
    assert together.failures["not_a_number"].tolist() == [text == "" for text in alone]
