"""The live chart of a run. `st.plotly_chart` builds itself anew at each change; this one keeps the zoom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import plotly
import streamlit as st

from importer.run import Sample
from pages.parts import words
from pages.parts.colours import BUCKET_COLOURS, FILLED, LATENCY_P50, LATENCY_P95
from pages.parts.routes import PLOTLY_PATH

MAX_POINTS = 600
"""As many points as the chart has pixels to show; older and newer samples are thinned alike."""

HEIGHT_PX = 520
DOT_PX = 7
DASHED = {"dash": "dash"}

APART_S = 1.0
"""Samples come about one a second; between two starts of a run more time passes than the run was running."""

REST_S = 1.0
"""Only the last sample of a start is of less than a second: what was left when the sending ended."""

BAR_S = 0.8
"""Width of a bar of errors. By itself it would be as thin as the shortest sample."""

SHORTEST_AXIS_S = 2.0
"""By itself the axis of a run of one second would be that of one dot, and begin before 0."""

BROKEN = "Where a line breaks, sending had ended and went on later. A dot is about a second of sending, or less."

_plot = st.components.v2.component(
    "contact_live_plot",
    html='<div data-part="plot" role="img" aria-label="Rows, write units, latency, errors over time"></div>',
    js=(Path(__file__).parent / "live_plot.js").read_text("utf-8"),
    isolate_styles=False,
)


def live_plot(samples: Sequence[Sample], *, run_id: str) -> None:
    """Draw `samples`; zoom and pan stay until another run is shown."""
    points = joined(thin(samples))
    prefix = str(st.get_option("server.baseUrlPath") or "").strip("/")
    path = f"/{prefix}{PLOTLY_PATH}" if prefix else PLOTLY_PATH
    data = {
        "revision": run_id,
        "height": HEIGHT_PX,
        "script": f"{path}?v={plotly.__version__}",
        "shortest_s": SHORTEST_AXIS_S,
        "traces": traces(points),
    }
    _plot(key=f"live_plot_{run_id}", data=data, height=HEIGHT_PX)
    if None in points:
        st.caption(BROKEN)


def has_lines(samples: Sequence[Sample]) -> bool:
    """Whether there is more to draw than one dot."""
    return sum(point is not None for point in joined(samples)) > 1


def thin(samples: Sequence[Sample], most: int = MAX_POINTS) -> Sequence[Sample]:
    """At most `most` samples, evenly picked, the newest always among them."""
    step = -(-len(samples) // most)
    return samples if step <= 1 else samples[::-1][::step][::-1]


def joined(samples: Sequence[Sample]) -> list[Sample | None]:
    """The points of the lines, None where a line breaks between two starts of the run.

    What was left of a start's last second is counted with the second before it: the rate of a few rows in a few
    milliseconds would look as if the table had broken down.
    """
    points: list[Sample | None] = []
    for sample in samples:
        before = points[-1] if points else None
        if before is None:
            points.append(sample)
        elif (sample.wall - before.wall) - (sample.t_s - before.t_s) > APART_S:
            points += [None, sample]
        elif sample.dt_s < REST_S:
            points[-1] = _with_rest(before, sample)
        else:
            points.append(sample)
    return points


def _with_rest(before: Sample, rest: Sample) -> Sample:
    """Both as one sample; latencies and limit are those of the longer one, which came first."""
    dt_s, written = before.dt_s + rest.dt_s, before.written + rest.written
    return replace(
        before,
        t_s=rest.t_s,
        dt_s=dt_s,
        wall=rest.wall,
        written=written,
        rows_s=written / dt_s,
        wcu_s=(before.wcu_s * before.dt_s + rest.wcu_s * rest.dt_s) / dt_s,
        throttled=before.throttled + rest.throttled,
        unprocessed=before.unprocessed + rest.unprocessed,
        errors=before.errors + rest.errors,
    )


def traces(points: Sequence[Sample | None]) -> list[dict[str, object]]:
    """Plotly traces as plain JSON: rows/s, write units/s against the limit, latency p50 and p95, errors."""

    def values(of: Callable[[Sample], float | None]) -> list[float | None]:
        found = [None if point is None else of(point) for point in points]
        return [None if value is None else round(value, 2) for value in found]

    seconds, dots = values(lambda s: s.t_s), [DOT_PX if alone else 0 for alone in _alone(points)]

    def line(
        name: str, of: Callable[[Sample], float | None], axis: str, colour: str, **more: object
    ) -> dict[str, object]:
        dashed = {"dash": more.pop("dash")} if "dash" in more else {}
        drawn = {"color": colour, "width": 1.8, **dashed}
        return {
            "x": seconds,
            "y": values(of),
            "name": name,
            "yaxis": axis,
            "type": "scatter",
            "mode": "lines+markers",
            "line": drawn,
            "marker": {"color": colour, "size": dots},
            **more,
        }

    def bars(name: str, of: Callable[[Sample], float], colour: str) -> dict[str, object]:
        marker = {"color": colour}
        drawn = {"name": name, "yaxis": "y3", "type": "bar", "marker": marker, "width": BAR_S}
        return {"x": seconds, "y": values(of), **drawn}

    told = {"text": _told(points), "hovertemplate": "%{y:,}%{text}"}
    return [
        line("rows/s", lambda s: s.rows_s, "y", BUCKET_COLOURS["written"], fill="tozeroy", **told),
        line("write units/s", lambda s: s.wcu_s, "y4", FILLED),
        line("limit", lambda s: s.limit_wcu, "y4", BUCKET_COLOURS["rejected"], **DASHED),
        line("latency p50", lambda s: s.p50_ms, "y2", LATENCY_P50),
        line("latency p95", lambda s: s.p95_ms, "y2", LATENCY_P95),
        bars("throttled or unprocessed", lambda s: s.throttled + s.unprocessed, BUCKET_COLOURS["rejected"]),
        bars("errors", lambda s: s.errors, BUCKET_COLOURS["failed"]),
    ]


def _alone(points: Sequence[Sample | None]) -> list[bool]:
    """Which points have no neighbour that a line could lead to: they are drawn as dots."""
    padded = [None, *points, None]
    return [
        point is not None and before is None and after is None
        for before, point, after in zip(padded, points, padded[2:], strict=False)
    ]


def _told(points: Sequence[Sample | None]) -> list[str]:
    """What a rate of less than a second is made of: ` (3 rows in 0.04 s)`."""
    return [
        f" ({words.count(point.written, 'row')} in {point.dt_s:.2f} s)" if point and point.dt_s < REST_S else ""
        for point in points
    ]
