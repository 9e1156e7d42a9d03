"""How replies weigh with the brake."""

import pytest

from importer.write.brake import Brake


def test_replies_counted_together_weigh_as_much_as_one_by_one() -> None:
    """Both brakes have seen a third handed back, then ten full batches go through."""
    together, singly = Brake(), Brake()
    for brake in (together, singly):
        for _ in range(3):
            brake.answered(8, 25, 1.0)
    together.answered(0, 250, 1.1, replies=10)
    for _ in range(10):
        singly.answered(0, 25, 1.1)
    assert together._share == pytest.approx(singly._share)
    assert 0 < singly._share < 0.05


def refused_in_a_row(replies_per_s: int, refused: int) -> bool:
    """Whether so many refusals, one after the other, lower the rate of a run that has gone well for 5 s."""
    brake, now_s = Brake(), 0.0
    for number in range(5 * replies_per_s + refused):
        now_s = number / replies_per_s
        brake.started(25.0, now_s)
        if number < 5 * replies_per_s:
            brake.consumed(25.0, now_s, estimated_wcu=25.0)
            brake.answered(0, 25, now_s)
        else:
            brake.refused(now_s)
    return brake.limit_wcu(now_s) is not None


@pytest.mark.parametrize(
    ("replies_per_s", "refused", "lowered"),
    [(10, 1, False), (10, 2, True), (200, 2, False), (200, 14, False), (200, 20, True)],
)
def test_a_refused_share_of_15_in_100_lowers_the_rate_however_many_replies_come(
    replies_per_s: int, refused: int, lowered: bool
) -> None:
    """Of about ten replies, or of half a second's where more come: two in a row count at 10 a second, not at 200."""
    assert refused_in_a_row(replies_per_s, refused) is lowered
