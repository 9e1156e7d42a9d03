"""A set of positions kept as ranges."""

from hypothesis import given
from hypothesis import strategies as st

from importer.run.ledger.ranges import PositionSet


def test_consecutive_batches_become_one_range():
    held = PositionSet()
    assert held.add(tuple(range(25))) == 25
    assert held.add(tuple(range(25, 50))) == 25
    assert held.to_text() == "0-50"


def test_a_batch_that_comes_late_closes_its_gap():
    held = PositionSet.from_text("0-25,50-75")
    assert list(held.missing(100)) == [(25, 50), (75, 100)]
    assert held.add(tuple(range(25, 50))) == 25
    assert held.to_text() == "0-75"


def test_positions_told_twice_count_once():
    held = PositionSet.from_text("10-20")
    assert held.add((15, 16, 25)) == 1
    assert held.add_range(5, 30) == 14
    assert held.to_text() == "5-30"
    assert len(held) == 25


def test_same_ends_and_length_in_another_order_are_not_taken_for_a_range():
    held = PositionSet()
    assert held.add((0, 5, 2)) == 3
    assert held.to_text() == "0-1,2-3,5-6"


def test_nothing_is_missing_of_nothing():
    assert list(PositionSet().missing(0)) == []
    assert list(PositionSet().missing(3)) == [(0, 3)]


@given(st.lists(st.lists(st.integers(0, 60), max_size=12), max_size=20))
def test_it_holds_what_a_plain_set_would(steps):
    held, plain = PositionSet(), set()
    for positions in steps:
        before = len(plain)
        plain.update(positions)
        assert held.add(positions) == len(plain) - before
    assert len(held) == len(plain)
    assert [p in held for p in range(61)] == [p in plain for p in range(61)]
    assert {p for start, stop in held.missing(61) for p in range(start, stop)} == set(range(61)) - plain
    again = PositionSet.from_text(held.to_text())
    assert list(again.ranges()) == list(held.ranges())
    ends = [end for pair in held.ranges() for end in pair]
    assert ends == sorted(set(ends)), "ranges neither overlap nor touch"
