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
        show(tag("div", tag("b", "Last rows that the table refused"), *map(_failure, failures), cls="ci-note"))


def _failure(row: FailedRow) -> Markup:
    return tag("div", f"Row {row.row:,}: {row.message or row.code}")
