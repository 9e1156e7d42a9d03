"""Work side by side: order, bound, errors at their place, an early end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from importer.parallel import in_order, one_ahead


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_results_come_in_the_order_of_the_pieces_however_long_each_takes(threads: int) -> None:
    def slow_when_even(number: int) -> int:
        time.sleep(0.01 if number % 2 == 0 else 0)
        return number * number

    assert list(in_order(slow_when_even, range(20), threads=threads)) == [number * number for number in range(20)]


def test_two_pieces_are_worked_on_at_the_same_time() -> None:
    met = threading.Barrier(2, timeout=30)

    assert list(in_order(lambda _: met.wait() >= 0, range(2), threads=2)) == [True, True]


def test_no_more_than_threads_and_one_pieces_are_begun_ahead_of_the_one_taken() -> None:
    begun: list[int] = []
    with closing(in_order(lambda number: begun.append(number) or number, range(100), threads=2)) as results:
        assert next(results) == 0
        assert max(begun) <= 2


def test_what_work_raises_is_raised_at_its_place() -> None:
    def refuse_the_third(number: int) -> int:
        if number == 2:
            raise ValueError("the third")
        return number

    results = in_order(refuse_the_third, range(10), threads=2)

    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(ValueError, match="the third"):
        next(results)


def test_a_caller_that_stops_early_leaves_no_thread_at_work() -> None:
    before = threading.active_count()
    with closing(in_order(lambda number: number, range(1000), threads=3)) as results:
        next(results)

    assert threading.active_count() == before


def test_one_of_the_threads_takes_pieces_elsewhere() -> None:
    met = threading.Barrier(2, timeout=30)

    def here(number: int) -> str:
        met.wait()
        return f"{number} here"

    def elsewhere(number: int) -> str:
        met.wait()
        return f"{number} elsewhere"

    results = list(in_order(here, range(8), threads=2, also=elsewhere))

    assert [result.split()[0] for result in results] == [str(number) for number in range(8)]
    assert sum(result.endswith("elsewhere") for result in results) == 4


def test_on_one_core_nothing_is_taken_elsewhere() -> None:
    assert list(in_order(str, range(3), threads=1, also=lambda number: f"{number} elsewhere")) == ["0", "1", "2"]


def test_the_next_piece_is_made_while_the_caller_has_the_one_before() -> None:
    made = threading.Semaphore(0)

    def pieces() -> Iterator[int]:
        for number in range(3):
            made.release()
            yield number

    with closing(one_ahead(pieces())) as taken:
        assert next(taken) == 0
        assert made.acquire(timeout=30)
        assert made.acquire(timeout=30), "the second is made although nobody has asked for it"
        assert not made.acquire(timeout=0.05), "and the third is not"
        assert list(taken) == [1, 2]


def test_what_making_a_piece_raises_is_raised_at_its_place_and_an_early_end_leaves_no_thread() -> None:
    def pieces() -> Iterator[int]:
        yield 0
        raise ValueError("the second")

    before = threading.active_count()
    with closing(one_ahead(pieces())) as taken:
        assert next(taken) == 0
        with pytest.raises(ValueError, match="the second"):
            next(taken)
    with closing(one_ahead(range(10))) as taken:
        assert next(taken) == 0
    assert threading.active_count() == before
