"""Why the engine holds back, in words that do not flicker.

A reason stays for 5 s after it was last heard, so that a screen which looks once a second sees one sentence and not
a blinking one. Of several the most telling counts: a throttle names what is at its limit; handed back rows do not.
"""

from __future__ import annotations

from importer.write.model import Outcome, Verdict

STAYS_S = 5.0
SLOWER = "slower answers: fewer requests at a time until more help again"
NO_ROOM = "refused however little is sent: waiting for room in the table"

_RANK = {Verdict.THROTTLED: 3, Verdict.RETRY: 2, Verdict.SKEW: 2, Verdict.SETTLED: 1}


class Restraint:
    """The reason in force. Times are the engine's monotonic clock."""

    def __init__(self) -> None:
        self._heard: dict[str, tuple[int, float]] = {}
        self._told = ""

    def heard(self, outcome: Outcome, now_s: float) -> None:
        """A reply gave a reason, or none."""
        if outcome.reason:
            self.say(outcome.reason, _RANK.get(outcome.verdict, 0), now_s)

    def say(self, reason: str, rank: int, now_s: float) -> None:
        """`reason` holds from now on; the higher `rank` is told."""
        self._heard[reason] = (rank, now_s)

    def reason(self, now_s: float) -> str:
        """The reason to tell now; "" = none. The one told stays as long as it holds and none is of higher rank."""
        self._heard = {one: heard for one, heard in self._heard.items() if now_s - heard[1] < STAYS_S}
        best = max((rank for rank, _ in self._heard.values()), default=0)
        if self._told not in self._heard or self._heard[self._told][0] < best:
            latest = max(self._heard.items(), key=lambda one: one[1], default=("", (0, 0.0)))
            self._told = latest[0]
        return self._told
