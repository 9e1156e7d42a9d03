"""The question: does less land of a full batch than of single rows?"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from importer.write.question import Answer, Landed, Question


def quiet(question: Question, refused: list[int]) -> list[Answer]:
    """Single rows, a quarter of a second apart; 1 = refused."""
    return [question.heard(back, 1, 1, number / 4) for number, back in enumerate(refused)]


def test_sixteen_single_rows_that_land_are_calm() -> None:
    assert quiet(Question(), [0] * 16) == [Answer.OPEN] * 15 + [Answer.CALM]


def test_the_question_is_asked_when_single_rows_have_earned_what_small_batches_may_lose() -> None:
    """Of six rows one is refused: the five that land allow nine more to be sent, so that 20 rows have earned 28."""
    question = Question()
    answers = quiet(question, [1, 0, 0, 0, 0, 0] * 20)
    assert answers.index(Answer.LOUDER) == 19
    assert (question.level.limit_wcu, question.level.request_rows) == (40.0, 8.0)


def test_where_most_is_refused_eighty_rows_are_enough_and_ten_have_landed() -> None:
    assert quiet(Question(), [1, 1, 1, 1, 0] * 40).index(Answer.LOUDER) == 79
    rare = quiet(Question(), ([0] + [1] * 19) * 10)
    assert rare.index(Answer.LOUDER) == 180


def test_a_storm_is_told_after_forty_rows_and_its_end_counts_from_new() -> None:
    storm = Question()
    assert quiet(storm, [1] * 40)[-1] is Answer.STORM
    ended = Question()
    assert quiet(ended, [1] * 39 + [0] * 17)[-1] is Answer.CALM


def asked(dice: random.Random, share: float) -> Question:
    """The question at 100.0 s, after single rows of which this share was refused by chance."""
    question, answer = Question(), Answer.OPEN
    while answer is not Answer.LOUDER:
        answer = question.heard(dice.random() < share, 1, 1, 100.0)
        if answer is Answer.CALM:
            question = Question()
    return question


def answered(question: Question, refused: Callable[[int], int], replies_per_s: float = 10.0) -> tuple[Answer, float]:
    """The last answer and the limit then, where `refused` rows of so many come back."""
    now_s, answer = 100.0, Answer.OPEN
    while answer in (Answer.OPEN, Answer.LOUDER):
        rows = int(question.level.request_rows)
        now_s += max(rows / question.level.limit_wcu, 1 / replies_per_s)
        question.started(rows)
        answer = question.heard(refused(rows), rows, 1, now_s)
    return answer, question.level.limit_wcu


def test_four_small_batches_of_which_one_row_lands_are_an_answer() -> None:
    """A table that others fill has room for a row or two, of eight as of twenty-five."""
    question = asked(random.Random(3), 0.17)
    answers = [question.heard(7, 8, 1, 100.2 + number / 5) for number in range(4)]
    assert answers == [Answer.OPEN] * 3 + [Answer.OURS]


def test_as_much_of_a_batch_as_of_single_rows_asks_for_twice_as_much_until_no_more_can_be_sent() -> None:
    """Ten batches a second are all that the way there lets through: 250 rows, less than half of 600."""
    question = asked(random.Random(3), 0.3)
    assert answered(question, lambda rows: round(0.3 * rows)) == (Answer.NOT_OURS, 600.0)
    assert question.all_levels.share == pytest.approx(0.7, abs=0.02)


def test_rows_that_weigh_more_than_a_unit_do_not_end_the_question_early() -> None:
    """Twenty units each: 75 units a second are three rows a second, and more could be sent all the same."""
    question, now_s, answer, limits = asked(random.Random(3), 0.3), 100.0, Answer.OPEN, set()
    while answer in (Answer.OPEN, Answer.LOUDER):
        rows = int(question.level.request_rows)
        now_s += max(20 * rows / question.level.limit_wcu, 0.1)
        question.started(20 * rows)
        answer = question.heard(round(0.3 * rows), rows, 1, now_s)
        limits.add(question.level.limit_wcu)
    assert answer is Answer.NOT_OURS
    assert max(limits) == 19_200.0


def test_what_is_left_of_earlier_requests_says_nothing_of_batches() -> None:
    """Single rows that wait for another try go first, and land as they did before."""
    question = asked(random.Random(3), 0.17)
    assert {question.heard(0, 1, 1, 100.5) for _ in range(50)} == {Answer.OPEN}
    answers = [question.heard(7, 8, 1, 101.0) for _ in range(4)]
    assert answers[-1] is Answer.OURS


def test_less_at_a_higher_level_is_an_answer_too() -> None:
    """Others ask 600 of 500 in batches of their own: one of ours fares as they do, many fare worse."""
    question = asked(random.Random(3), 0.17)
    fares = lambda rows: round(rows * (1 - 500 / (600 + question.level.limit_wcu)))  # noqa: E731
    answer, limit_wcu = answered(question, fares, 1000.0)
    assert answer is Answer.OURS
    assert 75.0 <= limit_wcu <= 1200.0


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_refusals_by_chance_of_rows_or_whole_requests_are_known_as_such_95_times_in_100(
    share: float, whole: bool
) -> None:
    dice, right = random.Random(11), 0

    def refused(rows: int) -> int:
        return rows * (dice.random() < share) if whole else sum(dice.random() < share for _ in range(rows))

    for _ in range(100):
        right += answered(asked(dice, share), refused, 40.0)[0] is Answer.NOT_OURS
    assert right >= 95


@pytest.mark.parametrize("share", [0.17, 0.3, 0.5])
def test_control_a_full_table_is_known_as_such_95_times_in_100(share: float) -> None:
    """It has room for one row of a batch, or for two or none, as it comes."""
    dice, right = random.Random(12), 0
    for _ in range(100):
        answer, _ = answered(asked(dice, share), lambda rows: rows - dice.choice([0, 1, 1, 2]))
        right += answer is Answer.OURS
    assert right >= 95


def test_older_replies_fade_together_as_one_by_one() -> None:
    together, singly = Landed(), Landed()
    for landed in (together, singly):
        landed.add(75, 75, 3, 10.0)
    together.add(0, 500, 20, 10.0)
    for _ in range(20):
        singly.add(0, 25, 1, 10.0)
    assert together.share > 0.95
    assert 0.9 < singly.share < 0.95
    assert singly.replies == pytest.approx(10.0)
