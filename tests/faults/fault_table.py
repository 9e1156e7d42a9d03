"""The fault table as data: what is played, where the run ends, what the screen says, what the ledger holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from importer.plan import Mode
from importer.run import RunState

ROWS = 400
BAD = (13, 300)
THERE = (3, 77, 350)
"""Rows that the service refuses where a fault says so, and rows whose key is in the table already."""


HOW = ("slow_s", "throttle_reason")
"""Fields of `Faults` that say how another one is played."""

MET_AS = {
    "storms": "throttle",
    "clock_offset_s": "InvalidSignatureException",
    "expired_keys": "ExpiredTokenException",
    "denied": "AccessDeniedException",
    "gone": "ResourceNotFoundException",
    "bad_mark": "ValidationException",
}
"""What the strict service counts them as, where that is not the field's own name."""


@dataclass(frozen=True)
class Fault:
    """One line. `title` is the line's first word in docs/guide/faults.md, `says` a part of its third: the reason that
    the screen gives, "" where it gives none.

    `after`: played from so many requests on. `ends`: the state that the run is left in; when it can be resumed, the
    fault is over by then and the resumed run finishes. `failed`, `existing`: the rows that end in those buckets.
    `often`: how many times each fault is met at the least, in every seed. `repeats`: rows may be stored twice,
    because a reply that said so was lost.
    """

    title: str
    faults: dict[str, Any]
    says: str
    mode: Mode = Mode.OVERWRITE
    ends: RunState = RunState.FINISHED
    after: int = 0
    failed: tuple[int, ...] = ()
    existing: tuple[int, ...] = ()
    often: int = 1
    repeats: bool = False
    latency_s: float = 0.05
    more: tuple[dict[str, Any], ...] = field(default=())

    def variants(self) -> tuple[dict[str, Any], ...]:
        """The line's faults, each to be played by itself."""
        return (self.faults, *self.more)

    def unmet(self, faults: dict[str, Any], met: Counter[str]) -> list[str]:
        """Which of `faults` were not met often enough; `met` is what the service counted."""
        names = [MET_AS.get(name, name) for name in faults if name not in HOW]
        return [name for name in [*names, *(["DuplicateItem"] if self.existing else [])] if met[name] < self.often]


NO_PROOF = "unreadable replies"
PAUSED, FAILED = RunState.PAUSED, RunState.FAILED

TABLE = (
    Fault(
        "Items handed back unprocessed",
        {"unprocessed": 0.05},
        "items handed back unprocessed",
        more=({"unprocessed": 0.3}, {"unprocessed": 0.6}, {"unprocessed": 0.9}),
    ),
    Fault("A throttling storm", {"storms": ((0.1, 30.0),)}, "throttled: the table's write capacity"),
    Fault("Throttles now and then", {"throttle": 0.2}, "throttled: the table's write capacity"),
    Fault(
        "A hot partition key",
        {"throttle": 0.3, "throttle_reason": "TableWriteKeyRangeThroughputExceeded"},
        "throttled: a hot partition key",
    ),
    Fault(
        "The account's limit",
        {"throttle": 0.3, "throttle_reason": "TableWriteAccountLimitExceeded"},
        "throttled: the account's limit",
    ),
    Fault(
        "An index without capacity",
        {"throttle": 0.3, "throttle_reason": "IndexWriteProvisionedThroughputExceeded"},
        "throttled: the write capacity of an index",
    ),
    Fault("Errors 500", {"error_500": 0.2}, "errors 500", repeats=True),
    Fault("Errors 503 with a web page", {"error_503": 0.2}, "errors 503"),
    Fault("A refusal without a word", {"no_code": 0.2}, "errors 400"),
    Fault("Connections reset", {"reset": 0.2}, "no answer from the endpoint"),
    Fault("Replies lost after the write", {"lost_reply": 0.2}, "no answer from the endpoint", repeats=True),
    Fault("Replies cut in half", {"half_body": 0.2}, "no answer from the endpoint", repeats=True),
    Fault("Shortened replies that claim to be whole", {"cut_json": 0.2}, NO_PROOF, repeats=True),
    Fault("Replies with a wrong checksum", {"wrong_crc": 0.2}, "replies with a wrong checksum", repeats=True),
    Fault("Replies that are no HTTP", {"no_http": 0.2}, "replies that are no HTTP", repeats=True),
    Fault("A proxy's web page instead of a reply", {"html": 0.2}, NO_PROOF),
    Fault("A reply that does not say what was left", {"no_key": 0.2}, NO_PROOF),
    Fault("Slow replies", {"slow": 0.5, "slow_s": 3.0}, "", often=4),
    Fault("The clocks differ", {"clock_offset_s": 7200.0}, "the clocks differ", more=({"clock_offset_s": -7200.0},)),
    Fault("One bad item in a batch", {"bad_mark": "bad"}, "", failed=BAD),
    Fault("Keys that exist, insert only", {}, "", mode=Mode.INSERT, existing=THERE),
    Fault(
        "Replies lost, insert only",
        {"lost_reply": 0.2, "statement_fault": 0.1},
        "no answer from the endpoint",
        mode=Mode.INSERT,
        existing=THERE,
    ),
    Fault(
        "Credentials expire", {"expired_keys": ("AKIDEXAMPLE",)}, "The credentials have expired", ends=PAUSED, after=5
    ),
    Fault(
        "Access denied",
        {"denied": ("BatchWriteItem",)},
        "These credentials may not write to the table",
        ends=PAUSED,
        after=5,
    ),
    Fault("No answer for two minutes", {"reset": 1.0}, "No usable answer", ends=PAUSED, after=5),
    Fault("The table is gone", {"gone": True}, "The table is gone", ends=FAILED, after=5),
    Fault(
        "All of them at once",
        {
            "unprocessed": 0.1,
            "throttle": 0.06,
            "storms": ((1.0, 6.0),),
            "bad_mark": "bad",
            **dict.fromkeys(
                ("error_500", "error_503", "reset", "lost_reply", "half_body", "cut_json", "wrong_crc"), 0.06
            ),
            **dict.fromkeys(("html", "no_key", "no_code", "no_http", "slow"), 0.06),
        },
        "throttled: the table's write capacity",
        failed=BAD,
        repeats=True,
    ),
)
