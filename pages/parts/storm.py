"""How the sending goes right now: rate against its limit, connections, latency, what was refused. From the ledger."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from importer.run import FailedRow, RunState, Snapshot, live_facts
from pages.parts.markup import Markup, plain, show, tag
from pages.parts.pieces import facts

LAST_FAILURES = 5


def draw_storm(now: Snapshot, failures: Sequence[FailedRow]) -> None:
    """Why it holds back, the numbers of the last second, and the latest rows that the table refused."""
    if now.state is RunState.RUNNING:
        if now.pacing:
            st.warning(plain(f"Holding back: {now.pacing}"), icon=":material/speed:")
        if told := live_facts(now):
            show(facts(told))
    if failures:
        show(tag("div", tag("b", "Last rows that the table refused"), *_failures(failures), cls="ci-note"))


def _failures(rows: Sequence[FailedRow]) -> list[Markup]:
    """One line for each reason, with its rows."""
    told: dict[str, list[str]] = {}
    for row in rows:
        told.setdefault(row.message or row.code, []).append(f"{row.row:,}")
    return [
        tag("div", tag("b", f"Row{'s' if len(numbers) > 1 else ''} {' · '.join(numbers)}"), f": {reason}")
        for reason, numbers in told.items()
    ]
