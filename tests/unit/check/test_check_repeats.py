"""Which texts repeat: records sorted by hash and row, and where hashes collide halfway."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from importer.check.repeats import RECORD, Repeats, group_records


def records_of(found: list[tuple[int, int, int]]) -> np.ndarray:
    """(row, high, low) as records."""
    return np.array(found, dtype=RECORD)


def test_rows_whose_text_comes_again_are_told_with_the_first_and_the_last_of_it() -> None:
    repeats = group_records(records_of([(9, 7, 1), (2, 5, 1), (4, 7, 1), (3, 7, 1)]))

    assert repeats.rows.tolist() == [3, 4, 9]
    assert repeats.rows[repeats.first].tolist() == [3]
    assert repeats.rows[repeats.last].tolist() == [9]


def test_two_texts_that_share_half_of_their_hash_are_two_texts() -> None:
    assert group_records(records_of([(2, 7, 1), (3, 7, 2), (4, 7, 1)])).rows.tolist() == [2, 4]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans()), max_size=40))
def test_grouping_is_that_of_a_sort_by_hash_and_row(found: list[tuple[int, int, bool]]) -> None:
    records = records_of([(row, high, low) for row, (high, low, _) in enumerate(found)])
    keep = np.array([kept for *_, kept in found], dtype=bool)

    _assert_repeats(group_records(records), [(row, hashes) for row, (*hashes, _) in enumerate(found)])
    left = [(row, hashes) for row, (*hashes, kept) in enumerate(found) if kept]
    _assert_repeats(group_records(records).among(keep), left)


def _assert_repeats(repeats: Repeats, rows: list[tuple[int, list[int]]]) -> None:
    again = sorted((hashes, row) for row, hashes in rows if [other for _, other in rows].count(hashes) > 1)
    assert repeats.rows.tolist() == [row for _, row in again]
    first = [at == 0 or hashes != again[at - 1][0] for at, (hashes, _) in enumerate(again)]
    assert repeats.first.tolist() == first
    assert repeats.last.tolist() == [*first[1:], *([True] if first else [])]
