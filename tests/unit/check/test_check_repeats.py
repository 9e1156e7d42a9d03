"""Which texts repeat: records sorted by hash and row, and where hashes collide halfway."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from importer.check.repeats import RECORD, group_records


def records_of(found: list[tuple[int, int, int]]) -> np.ndarray:
    """(row, high, low) as records."""
    return np.array(found, dtype=RECORD)


def test_first_and_last_row_of_each_text_are_told() -> None:
    grouped = group_records(records_of([(9, 7, 1), (2, 5, 1), (4, 7, 1), (3, 7, 1)]))

    assert grouped.rows[grouped.repeated].tolist() == [3, 4, 9]
    assert grouped.rows[grouped.first].tolist() == [2, 3]
    assert grouped.rows[grouped.last].tolist() == [2, 9]


def test_two_texts_that_share_half_of_their_hash_are_two_texts() -> None:
    grouped = group_records(records_of([(2, 7, 1), (3, 7, 2), (4, 7, 1)]))

    assert grouped.rows[grouped.repeated].tolist() == [2, 4]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=40))
def test_grouping_is_that_of_a_sort_by_hash_and_row(hashes: list[tuple[int, int]]) -> None:
    records = records_of([(row, high, low) for row, (high, low) in enumerate(hashes)])
    whole = sorted(range(len(hashes)), key=lambda row: (*hashes[row], row))

    grouped = group_records(records)

    assert grouped.rows.tolist() == whole
    assert grouped.first.tolist() == [
        at == 0 or hashes[whole[at]] != hashes[whole[at - 1]] for at in range(len(whole))
    ]
