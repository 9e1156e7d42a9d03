"""The lines of the live chart: they break where sending stood still, and a short rest looks like no breakdown."""

from __future__ import annotations

from importer.run import Sample
from pages.parts.live_plot import has_lines, joined, traces


def sample(t_s: float, wall: float, written: int, dt_s: float = 1.0, errors: int = 0) -> Sample:
    rate = written / dt_s
    return Sample(t_s, dt_s, wall, written, rate, rate, 20.0, 40.0, 4, 0, 0, 0, errors, 1, None)


LIST = [sample(1.0, 101.0, 400), sample(2.0, 102.0, 500), sample(2.25, 102.25, 25, 0.25, errors=1)]
FIXED = [sample(2.5, 160.0, 2, 0.25)]
"""Two rows, sent a minute later."""


def rates(points: list[Sample | None]) -> list[float | None]:
    return [None if point is None else point.rows_s for point in points]


def test_the_rest_of_a_second_is_counted_with_the_second_before_it() -> None:
    assert rates(joined(LIST)) == [400.0, 420.0]
    last = joined(LIST)[-1]
    assert last is not None
    assert (last.t_s, last.dt_s, last.written, last.wcu_s, last.errors) == (2.25, 1.25, 525, 420.0, 1)
    # Control: by itself it is a fall to a fifth.
    assert LIST[-1].rows_s == 100.0


def test_fixed_rows_sent_later_are_a_dot_of_their_own_and_no_fall_of_the_line() -> None:
    points = joined(LIST + FIXED)
    assert rates(points) == [400.0, 420.0, None, 8.0]
    rows = traces(points)[0]
    assert rows["y"] == [400.0, 420.0, None, 8.0]
    assert rows["marker"] == {"color": "#2f9e6e", "size": [0, 0, 0, 7]}
    assert rows["text"] == ["", "", "", " (2 rows in 0.25 s)"]
    # Control: without the time on the wall they follow the second before them.
    assert None not in joined([*LIST, sample(2.5, 102.5, 2, 0.25)])


def test_a_line_does_not_break_where_samples_are_left_out_of_a_long_run() -> None:
    assert rates(joined([sample(10.0 * n, 100 + 10.0 * n, 400) for n in range(5)])) == [400.0] * 5


def test_one_dot_is_no_chart() -> None:
    assert not has_lines([])
    assert not has_lines([sample(1.0, 101.0, 400), sample(1.3, 101.3, 20, 0.3)])
    assert has_lines(LIST)
