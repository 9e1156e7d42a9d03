"""Delays are random, bounded, and never end the tries."""

from __future__ import annotations

import random

import pytest

from importer.write import retry
from importer.write.retry import Backoff, Patience


def test_the_ceiling_doubles_up_to_the_cap() -> None:
    assert [Backoff().ceiling_s(attempt) for attempt in (1, 2, 3, 7, 8, 10_000)] == [0.05, 0.1, 0.2, 3.2, 5.0, 5.0]


def test_delays_are_jittered_over_the_whole_range() -> None:
    dice = random.Random(1)
    delays = [Backoff().delay_s(8, dice) for _ in range(2000)]
    assert 0 <= min(delays) < 0.05
    assert 4.95 < max(delays) <= 5.0
    assert 2.4 < sum(delays) / len(delays) < 2.6


def test_patience_counts_from_the_first_trouble_and_forgets_at_progress() -> None:
    patience = Patience(120.0)
    assert patience.spent_s(1e9) is None
    patience.trouble(100.0)
    patience.trouble(200.0)
    assert patience.spent_s(219.9) is None
    assert patience.spent_s(220.0) == 120.0
    patience.progress()
    assert patience.spent_s(1e9) is None


def test_time_asleep_uses_up_no_patience() -> None:
    patience = Patience(120.0)
    patience.trouble(100.0)
    looks = [100.05, 101.0, 3_700.0]  # an hour passes with nobody looking
    assert [patience.spent_s(now_s) for now_s in looks] == [None, None, None]
    awake = [3_700.0 + step / 20 for step in range(1, 3_000)]
    spent = [(now_s, found) for now_s in awake if (found := patience.spent_s(now_s)) is not None]
    assert spent[0] == (pytest.approx(3_819.0, abs=0.1), pytest.approx(120.0, abs=0.1))


def test_sleep_before_the_first_trouble_gives_no_more_patience() -> None:
    patience = Patience(120.0)
    assert patience.spent_s(100.0) is None
    patience.trouble(3_700.0)  # the first answer after an hour asleep is none
    looks = [3_700.0 + step / 20 for step in range(1, 3_000)]
    assert next(now_s for now_s in looks if patience.spent_s(now_s) is not None) == pytest.approx(3_820.0, abs=0.1)


def test_control_patience_that_counts_sleep_is_spent_at_the_first_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "ASLEEP_S", float("inf"))
    patience = Patience(120.0)
    patience.trouble(100.0)
    assert patience.spent_s(100.05) is None
    assert patience.spent_s(3_700.0) == 3_600.0
