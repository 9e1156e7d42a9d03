"""What landed pays for what is sent: three rows for one, whatever the table answers."""

from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.write.account import Account
from importer.write.brake import Brake
from importer.write.pace import Pace

FIRST_WAIT_S = 1 / 6


class Told(NamedTuple):
    """What a table does to one request: the share of its rows that land, and after how many seconds it says so."""

    lands: float
    after_s: float


@dataclass
class Sent:
    """Rows sent and landed since the account was opened; when single rows were sent that nothing had paid for."""

    rows: int = 0
    landed: int = 0
    lent_at_s: list[float] = field(default_factory=list)
    unpaid_rows: int = 0

    def goes(self, rows: int, now_s: float, pays: float) -> None:
        """A request leaves: paid for by what landed, or lent."""
        self.rows += rows
        if self.rows - len(self.lent_at_s) <= pays * self.landed:
            return
        apart_s = now_s - self.lent_at_s[-1] if self.lent_at_s else FIRST_WAIT_S
        if rows > 1 or apart_s < FIRST_WAIT_S - 1e-6:
            self.unpaid_rows += rows
        self.lent_at_s.append(now_s)


def sent_to(table: list[Told], workers: int, brake: Brake) -> Sent:
    """As the engine does it: replies first, then as many requests of at most 25 rows as workers and pace allow."""
    pace, now_s, order = Pace(brake=brake), 0.0, itertools.count()
    in_flight: list[tuple[float, int, int, int]] = []
    answers, sent = iter(table), Sent()
    while True:
        while in_flight and in_flight[0][0] <= now_s:
            _, _, rows, landed = heapq.heappop(in_flight)
            sent.landed += landed if brake.limit_wcu(now_s) is not None else 0
            pace.settle(rows, landed, rows - landed, now_s)
            brake.answered(rows - landed, rows, now_s)
            if brake.limit_wcu(now_s) is None:
                sent = Sent(unpaid_rows=sent.unpaid_rows)
        while len(in_flight) < workers and pace.wait_s(now_s) <= 0:
            told = next(answers, None)
            if told is None:
                return sent
            room, pays = pace.room(now_s), brake._account.pays if brake._account else 3.0
            rows = int(max(1.0, min(25.0, room.rows, room.wcu)))
            if brake.limit_wcu(now_s) is not None:
                sent.goes(rows, now_s, pays)
            pace.start(rows, rows, now_s)
            heapq.heappush(in_flight, (now_s + told.after_s, next(order), rows, int(rows * told.lands + 0.5)))
        due_s = in_flight[0][0] if in_flight else math.inf
        wait_s = pace.wait_s(now_s) if len(in_flight) < workers else 0.5
        now_s = min(due_s, now_s + min(0.5, max(1e-3, wait_s)))


SHARES = st.sampled_from([0.0, 0.0, 0.05, 0.1, 0.34, 0.5, 0.8, 1.0])
TABLES = st.lists(st.builds(Told, SHARES, st.sampled_from([0.001, 0.1, 0.7])), min_size=30, max_size=200)


@settings(max_examples=50, deadline=None)
@given(table=TABLES, workers=st.sampled_from([1, 4, 64]))
def test_once_a_third_is_refused_three_rows_are_sent_for_one_that_lands_and_then_single_ones(
    table: list[Told], workers: int
) -> None:
    assert sent_to(table, workers, Brake()).unpaid_rows == 0


class Unpaid(Brake):
    """Nobody pays: the account is taken out."""

    def throttled(self, now_s: float) -> None:
        super().throttled(now_s)
        self._account = None


FILLED = [Told(1.0, 0.1)] * 20 + [Told(0.05, 0.1)] * 200
"""A table that takes all for two seconds and is full then."""


def test_control_without_the_account_more_is_sent_than_landed_pays_for() -> None:
    assert sent_to(FILLED, 4, Brake()).unpaid_rows == 0
    assert sent_to(FILLED, 4, Unpaid()).unpaid_rows > 25


def test_single_rows_in_vain_are_lent_ever_more_slowly_and_one_that_lands_pays_for_three() -> None:
    account, now_s, times = Account(), 0.0, []
    while now_s < 60.0:
        now_s += account.wait_s(now_s)
        account.sent(1, now_s, 0.0)
        times.append(now_s)
    assert len(times) == 85
    assert times[1] - times[0] == pytest.approx(1 / 6)
    assert 1.5 < times[-1] - times[-2] < 2.5
    account.landed(4, 0.0)
    assert account.rows == 4.0
    assert account.may_carry == 4.0


def test_at_the_longest_five_seconds_lie_between_two_rows_that_are_lent() -> None:
    account, now_s = Account(), 0.0
    for _ in range(300):
        now_s += account.wait_s(now_s)
        account.sent(1, now_s, 0.0)
    assert account.wait_s(now_s) == pytest.approx(5.0)


def test_no_more_is_saved_up_than_a_hundred_rows_and_what_landed_lately() -> None:
    account = Account()
    account.landed(1000, 250.0)
    assert account.rows == 350.0
    account.sent(25, 9.0, 0.0)
    assert account.rows == 75.0


def test_where_fewer_than_a_third_of_single_rows_land_twice_as_many_are_paid_as_all_must_send() -> None:
    account = Account()
    account.priced(80, 40)
    assert account.pays == 3.0
    account.priced(80, 10)
    assert account.pays == 16.0
    assert account.rows == 80.0
