"""A trial tells refusals that come from our rate from those that do not."""

from __future__ import annotations

import random

import pytest

from importer.write.brake import BELOW_SHARE
from importer.write.trial import Trial, Verdict


def tried(limit_wcu: float, shares: list[float], higher: Trial | None = None) -> Trial:
    """A trial whose replies, of 25 rows each and 0.1 s apart, handed back these shares."""
    trial = Trial(limit_wcu, higher)
    for number, share in enumerate(shares):
        trial.add(round(25 * share), 25, 1, number / 10)
    return trial


def test_twenty_calm_replies_say_that_the_cut_helped_and_no_fewer() -> None:
    """Where a fifth of all requests is refused by chance, one time in a hundred twenty in a row are not."""
    assert not tried(80.0, [0.0] * 19).enough(1.9)
    trial = tried(80.0, [0.0] * 20)
    assert trial.enough(2.0)
    assert trial.verdict(0.0, BELOW_SHARE) is Verdict.EDGE


def test_a_few_replies_or_a_moment_are_not_enough() -> None:
    assert not tried(80.0, [1.0] * 5).enough(0.5)
    assert tried(80.0, [1.0] * 6).enough(0.5)
    assert not tried(80.0, [1.0] * 6).enough(0.2)


def test_where_few_replies_come_five_seconds_and_six_of_them_decide() -> None:
    assert not tried(80.0, [0.0] * 6).enough(4.9)
    assert tried(80.0, [0.0] * 6).enough(5.0)


def test_a_share_measured_again_is_joined_and_one_that_fell_takes_its_place() -> None:
    known = tried(80.0, [1.0, 0.0, 0.0, 0.0, 0.0] * 12)
    again = tried(64.0, [1.0, 0.0, 0.0, 0.0] * 5)
    assert again.weighed(known).replies == 80
    assert again.weighed(known).share == pytest.approx(17 / 80)
    assert tried(64.0, [0.0] * 60).weighed(known).share == 0.0


def test_a_share_that_stays_at_a_much_lower_rate_does_not_come_from_our_rate() -> None:
    first = tried(80.0, [0.6] * 6)
    assert first.verdict(0.0, BELOW_SHARE) is Verdict.AGAIN
    second = tried(24.0, [0.6] * 6, first)
    assert second.enough(0.5)
    assert second.verdict(0.0, BELOW_SHARE) is Verdict.CHANCE
    assert second.joined(first).share == pytest.approx(0.6)


def test_a_share_that_falls_as_an_edge_foretells_is_an_edge() -> None:
    """A table of 32 WCU/s: at 80 it refuses 0.6, at 64 half, at 24 nothing."""
    first = tried(80.0, [0.6] * 6)
    assert tried(64.0, [0.5] * 6, first).share_at_edge == pytest.approx(0.5)
    second = tried(24.0, [0.0] * 6, first)
    assert second.share_at_edge == 0.0
    assert second.verdict(0.0, BELOW_SHARE) is Verdict.EDGE


def test_nothing_through_is_a_storm_and_teaches_nothing_of_chance() -> None:
    assert tried(80.0, [1.0] * 6).verdict(0.0, BELOW_SHARE) is Verdict.STORM
    assert tried(24.0, [1.0] * 6, tried(80.0, [1.0] * 6)).verdict(0.0, BELOW_SHARE) is Verdict.STORM


def test_a_share_known_not_to_come_from_our_rate_is_no_reason_for_another_trial() -> None:
    assert tried(80.0, [0.6] * 6).verdict(0.58, BELOW_SHARE) is Verdict.EDGE


def test_requests_refused_whole_take_more_replies_than_rows_handed_back() -> None:
    """The same share, but all or nothing each time: chance has more room."""
    whole = tried(80.0, [1.0, 0.0, 0.0, 0.0, 1.0, 0.0])
    single = tried(80.0, [0.32] * 6)
    assert single.enough(0.5)
    assert not whole.enough(0.5)


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_chance_is_told_from_an_edge_nineteen_times_in_twenty(share: float) -> None:
    dice = random.Random(7)
    right = 0
    for _ in range(200):
        first = thrown(dice, 80.0, share)
        if first.verdict(0.0, BELOW_SHARE) is Verdict.AGAIN:
            second = thrown(dice, max(24.0, 56.0 * (1 - share)), share, first)
            right += second.verdict(0.0, BELOW_SHARE) is Verdict.CHANCE
    assert right >= 190


def thrown(dice: random.Random, limit_wcu: float, share: float, higher: Trial | None = None) -> Trial:
    trial, now_s = Trial(limit_wcu, higher), 0.0
    while not trial.enough(now_s):
        now_s += 0.1
        trial.add(sum(dice.random() < share for _ in range(25)), 25, 1, now_s)
    return trial


def test_a_calm_after_a_storm_is_seen_in_a_few_replies() -> None:
    storm = tried(80.0, [0.9] * 6)
    assert tried(25.0, [0.0] * 4, storm).enough(0.4)
    assert not tried(25.0, [0.0] * 4, tried(80.0, [0.4] * 6)).enough(0.4)
