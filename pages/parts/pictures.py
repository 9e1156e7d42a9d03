"""Plotly pictures that stand still: fill bars, length histogram, top values. Cells in them are escaped."""

from __future__ import annotations

import html

import plotly.graph_objects as go

from importer.profile import ColumnProfile, ListProfile
from importer.store import Answer, shown
from pages.parts.colours import EMPTY, FILLED

SHORT = 28
"""Characters of a name or value beside a bar."""


def fill_bars(profile: ListProfile) -> go.Figure:
    """A bar a column: filled and empty cells."""
    names = [label(column.name) for column in profile.columns]
    places = list(range(len(names)))
    figure = go.Figure()
    for title, values, colour in (
        ("filled", [column.filled for column in profile.columns], FILLED),
        ("empty", [column.empty for column in profile.columns], EMPTY),
    ):
        told = "%{customdata}<br>%{x:,} " + title + "<extra></extra>"
        figure.add_bar(
            y=places, x=values, name=title, orientation="h", marker_color=colour, customdata=names, hovertemplate=told
        )
    figure.update_layout(barmode="stack", height=90 + 22 * len(names), bargap=0.35)
    figure.update_yaxes(autorange="reversed", tickvals=places, ticktext=names, automargin=True, showgrid=False)
    figure.update_xaxes(tickformat=",", title="cells")
    figure.update_layout(legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "title": None})
    return _calm(figure)


def length_histogram(column: ColumnProfile) -> go.Figure:
    """How many cells have how many characters."""
    bins = column.length_histogram
    names = [str(low) if low == high else f"{low}–{high}" for low, high, _ in bins]
    figure = go.Figure(
        go.Bar(
            x=names,
            y=[count for _, _, count in bins],
            marker_color=FILLED,
            hovertemplate="%{x} characters<br>%{y:,} cells<extra></extra>",
        )
    )
    figure.update_layout(height=210, bargap=0.08)
    figure.update_xaxes(type="category", title="characters", nticks=8)
    figure.update_yaxes(tickformat=",", nticks=4)
    return _calm(figure)


def top_values(column: ColumnProfile) -> go.Figure:
    """The most common values, most first."""
    values = column.top_values[:8]
    names = [label(value) if value else "(blank)" for value, _ in values]
    places = list(range(len(names)))
    figure = go.Figure(
        go.Bar(
            y=places,
            x=[count for _, count in values],
            orientation="h",
            marker_color=FILLED,
            customdata=names,
            hovertemplate="%{customdata}<br>%{x:,} cells<extra></extra>",
        )
    )
    figure.update_layout(height=210, bargap=0.3)
    figure.update_yaxes(autorange="reversed", tickvals=places, ticktext=names, automargin=True, showgrid=False)
    figure.update_xaxes(tickformat=",", nticks=4)
    return _calm(figure)


def label(text: str) -> str:
    """Text as Plotly may draw it: short, and without the tags it would obey."""
    flat = " ".join(text.split())
    return html.escape(flat if len(flat) <= SHORT else flat[: SHORT - 1] + "…", quote=False)


def _calm(figure: go.Figure) -> go.Figure:
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 8}, dragmode=False)
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    return figure


PICTURES = {"Bars": 100, "Line": 5_000, "Points": 5_000}
"""How an answer is drawn, and how many of its rows at most: more cannot be told apart."""


def pictured_rows(answer: Answer, kind: str) -> int:
    """How many of its rows are drawn."""
    return min(PICTURES[kind], len(answer.rows))


def answer_picture(answer: Answer, x: int, y: int, kind: str) -> go.Figure:
    """Column `y` of an answer over column `x` (by their places)."""
    rows = answer.rows[: PICTURES[kind]]
    is_text = answer.kinds[x] not in {"number", "time"}
    names = [label(shown(row[x]) or "(blank)") for row in rows]
    across = list(range(len(rows))) if is_text or kind == "Bars" else [row[x] for row in rows]
    up = [row[y] if isinstance(row[y], int | float) else None for row in rows]
    told = {"customdata": names, "hovertemplate": "%{customdata}<br>%{y:,}<extra></extra>", "marker_color": FILLED}
    figure = go.Figure()
    if kind == "Bars":
        figure.add_bar(x=across, y=up, **told)
    else:
        figure.add_scatter(x=across, y=up, mode="lines+markers" if kind == "Line" else "markers", **told)
    if is_text or kind == "Bars":
        figure.update_xaxes(tickvals=across, ticktext=names, automargin=True)
    figure.update_layout(height=420, bargap=0.3)
    figure.update_xaxes(title=label(answer.columns[x]), showgrid=False)
    figure.update_yaxes(title=label(answer.columns[y]), tickformat=",", automargin=True)
    return _calm(figure)
