"""How the sending goes right now: rate against its limit, connections, latency, what was refused. From the ledger."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from importer.run import FailedRow, RunState, Sample, Snapshot
from pages.parts.markup import Markup, plain, show, tag
from pages.parts.pieces import facts

LAST_FAILURES = 5


def draw_storm(now: Snapshot, samples: Sequence[Sample], failures: Sequence[FailedRow]) -> None:
    """Why it holds back, the numbers of the last second, and the latest rows that the table refused."""
    if now.state is RunState.RUNNING:
        if now.pacing:
            st.warning(plain(f"Holding back: {now.pacing}"), icon=":material/speed:")
        if samples:
            show(facts(pace_facts(now, samples[-1])))
    if failures:
        show(tag("div", tag("b", "Last rows that the table refused"), *map(_failure, failures), cls="ci-note"))


def pace_facts(now: Snapshot, last: Sample) -> dict[str, object]:
    """Name → value, in the words of the screen."""
    limit = "no limit" if last.limit_wcu is None else f"at most {last.limit_wcu:,.0f} now"
    if now.command.rate_wcu is not None:
        limit += f", cap {now.command.rate_wcu:,.0f}"
    if now.command.rate_rows is not None:
        limit += f", cap {now.command.rate_rows:,.0f} rows/s"
    chosen = "found by itself" if now.command.workers is None else "as chosen"
    told: dict[str, object] = {
        "Write units a second": f"{last.wcu_s:,.0f} ({limit})",
        "Requests at a time": f"{last.workers} ({chosen})",
        "Answers after": f"{_ms(last.p50_ms)} (half of them), {_ms(last.p95_ms)} (19 of 20)",
    }
    troubled = {
        "throttled": last.throttled,
        "rows handed back": last.unprocessed,
        "without proof": last.errors,
        "waiting for another try": last.waiting,
    }
    told["In the last second"] = ", ".join(f"{count:,} {name}" for name, count in troubled.items() if count) or "calm"
    return told


def _failure(row: FailedRow) -> Markup:
    return tag("div", f"Row {row.row:,}: {row.message or row.code}")


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f} ms"
