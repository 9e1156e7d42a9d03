from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.profile import SHAPES, SPACES, classify_shapes
from importer.profile.shapes import FEWEST_PHONE_DIGITS, PATTERNS

CELLS = {
    "empty": ["", " ", "\u00a0\u200b\t"],
    "whole number": ["0", "7", "-12", "+5", "+1234567", "5555550134", "12345678901234567890123"],
    "decimal number": ["1.5", "1,5", ".5", "-0.25", "1,234", "1.234.567", "1,234.50", "1.234,50", "4.4E+11", "1e5"],
    "date": [
        *(
            "2024-01-31",
            "2024/1/5",
            "31.12.2024",
            "12/31/24",
            "5-May-2024",
            "5 May 2024",
            "May 5, 2024",
            "1. Jan 2024",
        ),
        *("31/02/2024",),
    ],
    "date and time": ["2024-01-31T10:00:00Z", "2024-01-31 10:00", "12/31/24 9:05 PM", "2024-01-31 10:00:00.5+02:00"],
    "e-mail": ["a@example.com", "first.last+tag@mail.example.org", "ü@example.com"],
    "phone": [
        *("+1 (555) 012-3456", "555-012-3456", "(555) 012 3456", "555-0134", "0044 20 7946 0181", "+4930901820"),
        *("030 901820", "06 12 34 56 78", "555.012.3456", "+1 555 012 3456 ext. 12", "07700900123"),
    ],
    "yes/no": ["yes", "No", "Y", "n", "TRUE", "false"],
    "web address": ["https://example.org/a?b=c", "http://example.org", "www.example.org"],
    "code": [
        *("00123", "02108", "02108-1234", "123-45-6789", "00000000000000"),
        *("978-3-16-148400-0", "2024-0001", "2024/00017"),
    ],
    "text": [
        *(
            "Ann",
            "5-May",
            "a@b",
            "@example.com",
            "a b@example.com",
            "1-2",
            "12-34",
            "1 2 3",
            "NA",
            "yes please",
            "x@y.",
        ),
        *("2024-13-45", "32.01.2024", "+", "-", "1e", "1,23,4", "https://", "a@example.com, b@example.com", "1\n2"),
    ],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_each_cell_has_the_shape_a_person_would_say(shape):
    shapes = classify_shapes(pd.Series(CELLS[shape], dtype="str"))
    assert dict(zip(CELLS[shape], shapes, strict=True)) == dict.fromkeys(CELLS[shape], shape)


def test_spaces_at_the_ends_do_not_change_a_shape():
    padded = pd.Series([" 5 ", "\u00a0a@example.com", "yes\u200b", "00123\t"], dtype="str")
    assert classify_shapes(padded).tolist() == ["whole number", "e-mail", "yes/no", "code"]


def test_shapes_come_back_with_the_index_and_name_of_the_series():
    cells = pd.Series(["1", ""], index=pd.Index([5, 9], name="row"), name="age", dtype="str")
    shapes = classify_shapes(cells)
    assert shapes.to_dict() == {5: "whole number", 9: "empty"}
    assert (shapes.name, shapes.index.name, str(shapes.dtype)) == ("age", "row", "str")


def test_no_cells_have_no_shapes():
    assert classify_shapes(pd.Series([], dtype="str")).tolist() == []


PARTS = (
    *(text for texts in CELLS.values() for text in texts),
    *(
        "0",
        "12",
        "007",
        "+49",
        "+",
        "-",
        ".",
        ",",
        "E+",
        "e5",
        "@",
        "a@b.c",
        "é@ü.x",
        ":",
        "/",
        "(",
        ")",
        " ",
        "\u00a0",
    ),
    *(
        "ye\u017f",
        "FAL\u017fE",
        "\u017fep 5, 2024",
        "May",
        "september",
        " PM",
        "a.m.",
        " UTC",
        " 10:00",
        "ext. 5",
        "www.",
    ),
    *("HTTP\u017f://a.b", "x", "é", "\u200b", "", "\n", "12-\u017feptember-2024"),
)


def by_patterns(text: str) -> str:
    """The shape by asking every pattern in turn."""
    bare = pa.array([text.strip(SPACES)], pa.large_string())
    for shape, pattern in PATTERNS if bare[0].as_py() else ():
        digits = sum(sign in "0123456789" for sign in bare[0].as_py())
        if pc.match_substring_regex(bare, pattern.regex)[0].as_py() and (
            shape != "phone" or digits >= FEWEST_PHONE_DIGITS
        ):
            return shape
    return "text" if bare[0].as_py() else "empty"


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PARTS), max_size=3).map("".join), max_size=8))
def test_a_shape_is_the_first_pattern_that_fits_whatever_was_asked_of_its_bytes_before(texts: list[str]) -> None:
    assert classify_shapes(pd.Series(texts, dtype="str")).tolist() == [by_patterns(text) for text in texts]
