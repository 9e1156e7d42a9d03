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


def first_spent(patience: Patience, from_s: float, to_s: float) -> tuple[float, float] | None:
    """(when, told seconds) as the engine looks every 50 ms; None when patience lasts."""
    looks = (from_s + step / 20 for step in range(int((to_s - from_s) * 20)))
    return next(((now_s, spent) for now_s in looks if (spent := patience.spent_s(now_s)) is not None), None)


def test_patience_counts_from_when_the_first_request_was_sent_and_forgets_at_progress() -> None:
    patience = Patience(120.0)
    assert first_spent(patience, 100.0, 160.0) is None
    patience.trouble(sent_s=100.0, now_s=160.0)
    patience.trouble(sent_s=101.0, now_s=161.0)
    assert first_spent(patience, 161.0, 300.0) == (220.0, 120.0)
    patience.progress(300.0)
    assert first_spent(patience, 300.0, 900.0) is None


def test_patience_counts_from_no_time_before_the_last_answer() -> None:
    patience = Patience(120.0)
    patience.progress(155.0)
    patience.trouble(sent_s=100.0, now_s=160.0)
    assert first_spent(patience, 160.0, 300.0) == (275.0, 120.0)


def test_time_asleep_uses_up_no_patience() -> None:
    patience = Patience(120.0)
    patience.trouble(sent_s=100.0, now_s=100.0)
    looks = [100.05, 101.0, 3_700.0]  # an hour passes with nobody looking
    assert [patience.spent_s(now_s) for now_s in looks] == [None, None, None]
    assert first_spent(patience, 3_700.0, 3_900.0) == (pytest.approx(3_819.0, abs=0.1), pytest.approx(120.0, abs=0.1))


def test_sleep_before_the_first_trouble_gives_no_more_patience() -> None:
    patience = Patience(120.0)
    assert patience.spent_s(100.0) is None
    patience.trouble(sent_s=3_700.0, now_s=3_700.0)  # the first answer after an hour asleep is none
    assert first_spent(patience, 3_700.0, 3_900.0) == (pytest.approx(3_820.0, abs=0.1), pytest.approx(120.0, abs=0.1))


def test_a_request_lost_in_a_sleep_uses_up_no_patience() -> None:
    patience = Patience(120.0)
    assert patience.spent_s(100.0) is None
    patience.trouble(sent_s=99.0, now_s=3_700.0)
    assert first_spent(patience, 3_700.0, 3_900.0) == (pytest.approx(3_820.0, abs=0.1), pytest.approx(120.0, abs=0.1))


def test_control_patience_that_counts_sleep_is_spent_at_the_first_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "ASLEEP_S", float("inf"))
    patience = Patience(120.0)
    assert patience.spent_s(100.0) is None
    patience.trouble(sent_s=99.0, now_s=100.0)
    assert patience.spent_s(3_700.0) == 3_601.0
    lost_in_it = Patience(120.0)
    assert lost_in_it.spent_s(100.0) is None
    lost_in_it.trouble(sent_s=99.0, now_s=3_700.0)
    assert lost_in_it.spent_s(3_700.0) == 3_601.0
