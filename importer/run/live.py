"""How a run goes right now, in words: one source for the watch page, the terminal's bar and the lines of a log.

All from a snapshot of the ledger, so whoever looks sees the same numbers, and a reader costs the runner nothing.
"""

from __future__ import annotations

from importer.run.states import RunState, Sample, Snapshot


def live_facts(now: Snapshot) -> dict[str, str]:
    """Name → value of the last second, in the words of the screen; empty before the first answers."""
    last = now.last
    if now.state is not RunState.RUNNING or last is None:
        return {}
    chosen = "found by itself" if now.command.workers is None else "as chosen"
    return {
        "Write units a second": f"{last.wcu_s:,.0f} ({_limits(now, last)})",
        "Requests at a time": f"{last.workers} ({chosen})",
        "Answers after": f"{_ms(last.p50_ms)} (half of them), {_ms(last.p95_ms)} (19 of 20)",
        "In the last second": troubles(last),
    }


def _limits(now: Snapshot, last: Sample) -> str:
    limit = "no limit" if last.limit_wcu is None else f"at most {last.limit_wcu:,.0f} now"
    if now.command.rate_wcu is not None:
        limit += f", cap {now.command.rate_wcu:,.0f}"
    if now.command.rate_rows is not None:
        limit += f", cap {now.command.rate_rows:,.0f} rows/s"
    return limit


def troubles(last: Sample) -> str:
    """`3 throttled, 12 rows handed back`, or `calm`."""
    counts = {
        "throttled": last.throttled,
        "rows handed back": last.unprocessed,
        "without proof": last.errors,
        "sent again": last.retries,
        "waiting for another try": last.waiting,
    }
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "calm"


def speed(now: Snapshot) -> list[str]:
    """Rows a second and the time left while it runs, the time of sending afterwards."""
    if now.state is not RunState.RUNNING:
        return [f"{duration(now.active_s)} of sending"] if now.active_s else []
    rate = "starting" if now.rate_rows_s is None else f"{now.rate_rows_s:,.0f} rows/s"
    left = "time left not known yet" if now.eta_s is None else f"about {duration(now.eta_s)} left"
    return [rate, left]


def duration(seconds: float | None) -> str:
    """`2 min 05 s`; a dash when nobody knows yet."""
    if seconds is None or seconds < 0:
        return "–"
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f} ms"
