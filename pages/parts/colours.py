"""One colour for one meaning, on every page, readable on a light and on a dark ground."""

from __future__ import annotations

BUCKET_COLOURS = {
    "written": "#2f9e6e",
    "unchanged": "#4ba3a8",
    "skipped": "#8a94a6",
    "duplicate": "#8566cf",
    "rejected": "#d9822b",
    "failed": "#d1495b",
    "pending": "#9db2d0",
}

READY = BUCKET_COLOURS["written"]
NEEDS_FIXING = BUCKET_COLOURS["rejected"]
FILLED = "#3b78d8"
EMPTY = "rgba(138, 148, 166, 0.38)"
LATENCY_P50 = "#3b78d8"
LATENCY_P95 = "#8566cf"
