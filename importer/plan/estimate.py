"""What a plan is likely to take: seconds from its pace, money from its write units."""

from __future__ import annotations

from importer.plan.model import Pace

USD_PER_MILLION_WRITE_UNITS = 0.625
"""On-demand write request units, standard table class, us-east-1: the list price of AWS's DynamoDB pricing page
since 2024-11-01 (seen 2025-07). Other regions cost up to about twice as much."""

BATCH_ROWS = 25
"""Most puts of one BatchWriteItem request (DynamoDB API reference)."""


USUAL_WORKERS = 4
"""Requests at a time for the estimate, when their number is found while it runs: what it begins with."""


def batches_of(ready: int) -> int:
    """The fewest batches that hold `ready` rows."""
    return -(-ready // BATCH_ROWS)


def estimated_seconds(ready: int, wcu: float, pace: Pace, latency_s: float) -> float:
    """Seconds at this pace if each request takes `latency_s` and nothing is throttled: the slowest of the caps."""
    batches = batches_of(ready)
    times = [batches * (latency_s + pace.pause_s) / (pace.workers or USUAL_WORKERS)]
    if pace.rate_rows:
        times.append(ready / pace.rate_rows)
    if pace.rate_wcu:
        times.append(wcu / pace.rate_wcu)
    return max(times)


def estimated_usd(wcu: float) -> float:
    """On-demand price of `wcu` write units at us-east-1's list price; storage and indexes are not in it."""
    return wcu * USD_PER_MILLION_WRITE_UNITS / 1_000_000
