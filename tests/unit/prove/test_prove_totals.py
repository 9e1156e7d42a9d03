"""Totals that sum to the file or say what is missing, and formulas that no spreadsheet runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.prove import Totals, neutralised
from importer.run import Buckets


def test_totals_that_add_up_are_an_equation():
    totals = Totals(Buckets(written=1812, rejected=143, skipped=20, duplicate=25), 2000)
    assert totals.adds_up
    assert totals.sentence == "1,812 written + 20 left out + 25 duplicate + 143 rejected = 2,000 rows of the file."


def test_totals_that_do_not_add_up_say_how_many_are_missing():
    totals = Totals(Buckets(written=10, failed=1), 12)
    assert (totals.adds_up, totals.missing) == (False, 1)
    assert totals.sentence == "10 written + 1 failed = 11, but there are 12 rows of the file: 1 missing."
    assert Totals(Buckets(written=13), 12).sentence.endswith("1 too many.")


def test_an_empty_list_adds_up():
    assert Totals(Buckets(), 0).sentence == "0 written = 0 rows of the file."


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =1+1",
        "＝1",
        "+A1",
        "-A1",
        "+1+1",
        "-",
    ],
)
def test_cells_that_a_spreadsheet_could_run_get_an_apostrophe(cell):
    assert neutralised(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell",
    [
        "+49 30 555-0100",
        "+1 (555) 555-0142",
        "+15550142",
        "-5",
        "-5.25",
        "+1,5",
        "-1e5",
        "plain",
        "",
        "a=b",
        "00123",
        "\u22125",
    ],
)
def test_phones_numbers_and_plain_text_stay_as_they_are(cell):
    assert neutralised(cell) == cell


INVISIBLE = [
    "\ufeff",
    "\u200b",
    "\u200d",
    "\u2060",
    "\u00a0",
    "\u202f",
    "\u3000",
    "\u00ad",
    "\u200e",
    "\u202e",
    "\x00",
]
INVISIBLE += ["\u2028", "\u034f", "\ufe0f", "\u3164", "\u2800", "\U000e0020", "\ufff0", " \u00a0\u200b "]


@pytest.mark.parametrize("start", INVISIBLE)
@pytest.mark.parametrize("sign", [*"=+-@", "＝", "﹢", "﹣", "﹦", "﹫", "⁼", "\u2212"])
def test_what_nobody_sees_and_small_signs_hide_no_formula(start, sign):
    assert neutralised(f"{sign}cmd|' /C calc'!A0").startswith("'")
    assert neutralised(f"{start}{sign}cmd|' /C calc'!A0") == f"'{start}{sign}cmd|' /C calc'!A0"


@pytest.mark.parametrize("start", INVISIBLE)
def test_what_nobody_sees_before_a_plain_cell_changes_nothing(start):
    for cell in ("Ann", "+49 30 555-0100", "-5", "\u22125,25", "é=1", "“=1”", "", "– none"):
        assert neutralised(start + cell) == start + cell


@given(st.text(max_size=20))
def test_nothing_is_lost_by_neutralising(cell):
    assert neutralised(cell) in {cell, f"'{cell}"}
