"""The live chart of a run. `st.plotly_chart` builds itself anew at each change; this one keeps the zoom."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import plotly
import streamlit as st

from importer.run import Sample
from pages.parts.colours import BUCKET_COLOURS, FILLED, LATENCY_P50, LATENCY_P95
from pages.parts.routes import PLOTLY_PATH

MAX_POINTS = 600
"""As many points as the chart has pixels to show; older and newer samples are thinned alike."""

HEIGHT_PX = 520
DASHED = {"dash": "dash", "connectgaps": False}

_plot = st.components.v2.component(
    "contact_live_plot",
    html='<div data-part="plot" role="img" aria-label="Rows, write units, latency, errors over time"></div>',
    js=(Path(__file__).parent / "live_plot.js").read_text("utf-8"),
    isolate_styles=False,
)


def live_plot(samples: Sequence[Sample], *, run_id: str) -> None:
    """Draw `samples`; zoom and pan stay until another run is shown."""
    prefix = str(st.get_option("server.baseUrlPath") or "").strip("/")
    path = f"/{prefix}{PLOTLY_PATH}" if prefix else PLOTLY_PATH
    data = {
        "revision": run_id,
        "height": HEIGHT_PX,
        "script": f"{path}?v={plotly.__version__}",
        "traces": traces(thin(samples)),
    }
    _plot(key=f"live_plot_{run_id}", data=data, height=HEIGHT_PX)


def thin(samples: Sequence[Sample], most: int = MAX_POINTS) -> Sequence[Sample]:
    """At most `most` samples, evenly picked, the newest always among them."""
    step = -(-len(samples) // most)
    return samples if step <= 1 else samples[::-1][::step][::-1]


def traces(samples: Sequence[Sample]) -> list[dict[str, object]]:
    """Plotly traces as plain JSON: rows/s, write units/s against the limit, latency p50 and p95, errors."""
    seconds = [round(sample.t_s, 1) for sample in samples]

    def line(name: str, values: list[float | None], axis: str, colour: str, **more: object) -> dict[str, object]:
        dashed = {"dash": more.pop("dash")} if "dash" in more else {}
        drawn = {"color": colour, "width": 1.8, **dashed}
        return {
            "x": seconds,
            "y": values,
            "name": name,
            "yaxis": axis,
            "type": "scatter",
            "mode": "lines",
            "line": drawn,
            **more,
        }

    def bars(name: str, values: list[int], colour: str) -> dict[str, object]:
        return {"x": seconds, "y": values, "name": name, "yaxis": "y3", "type": "bar", "marker": {"color": colour}}

    return [
        line("rows/s", [round(s.rows_s, 1) for s in samples], "y", BUCKET_COLOURS["written"], fill="tozeroy"),
        line("write units/s", [round(s.wcu_s, 1) for s in samples], "y4", FILLED),
        line("limit", [_ms(s.limit_wcu) for s in samples], "y4", BUCKET_COLOURS["rejected"], **DASHED),
        line("latency p50", [_ms(s.p50_ms) for s in samples], "y2", LATENCY_P50),
        line("latency p95", [_ms(s.p95_ms) for s in samples], "y2", LATENCY_P95),
        bars("throttled or unprocessed", [s.throttled + s.unprocessed for s in samples], BUCKET_COLOURS["rejected"]),
        bars("errors", [s.errors for s in samples], BUCKET_COLOURS["failed"]),
    ]


def _ms(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
