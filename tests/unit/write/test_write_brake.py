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
