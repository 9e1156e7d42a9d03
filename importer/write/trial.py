"""Is it our rate that is refused? What came back at one rate, compared with what came back at a lower one.

A table at its edge refuses what is beyond the edge: send less, and the refused share falls. A service in trouble
refuses a share whatever we send. So after a cut the share is measured afresh, and where much of it is left, measured
again at a rate so low that an edge would have to show. All times are the engine's monotonic clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

LEAST_S, LEAST_ROWS, LEAST_REPLIES = 0.3, 50, 6
LONGEST_S, MOST_REPLIES = 5.0, 60
"""A trial is never shorter: one gulp of a table that had saved up capacity would decide it. Nor longer, as soon as it
has the least replies: while it lasts, nothing beyond the edge is tried.
"""

SLIGHT = 0.1
"""Up to this share left after a cut is no reason for another trial."""

CLEAR, SURE, CALM = 1.5, 3.0, 2.0
"""Standard deviations of the measured share: above `SLIGHT`, between what an edge and what chance would show, and
below `SLIGHT`. A trial that ended at the first few calm replies would find an edge wherever chance paused.
"""

CALM_BY_CHANCE = 0.01

FALLEN = 3.0
"""So many standard deviations below what was known, a share is another one, not the same measured again."""

LOST = 0.97
"""A share from which on nothing goes through: a storm, in which no rate is better than another."""


class Verdict(Enum):
    """What a trial showed. EDGE: the cut helped. AGAIN: much is refused still, and why is open. CHANCE: the share
    does not come from our rate. STORM: nothing goes through.
    """

    EDGE = "edge"
    AGAIN = "again"
    CHANCE = "chance"
    STORM = "storm"


@dataclass
class Trial:
    """Replies to what was sent at `limit_wcu`. `higher` is the trial at the higher rate before, if it left doubts."""

    limit_wcu: float
    higher: Trial | None = None
    decided: bool = False
    replies: int = 0
    rows: int = 0
    back: int = 0
    _squares: float = 0.0
    _from_s: float | None = None

    def add(self, back: int, sent: int, replies: int, now_s: float) -> None:
        """`back` of `sent` rows in `replies` replies were refused."""
        self._from_s = now_s if self._from_s is None else self._from_s
        self.rows += sent
        self.back += back
        self.replies += replies
        self._squares += replies * (back / max(1, sent)) ** 2

    @property
    def share(self) -> float:
        """Of the rows sent, those refused: 0 … 1."""
        return self.back / max(1, self.rows)

    @property
    def spread(self) -> float:
        """The share's variance from reply to reply: small where single rows come back, large where requests do."""
        return max(0.0, self._squares / max(1, self.replies) - self.share**2)

    @property
    def share_at_edge(self) -> float:
        """What would be refused here if all that was refused at the higher rate was beyond an edge."""
        if self.higher is None:
            return 0.0
        return max(0.0, 1.0 - (1.0 - self.higher.share) * self.higher.limit_wcu / self.limit_wcu)

    def enough(self, now_s: float) -> bool:
        """Whether there are replies enough for a verdict."""
        lasted_s = 0.0 if self._from_s is None else now_s - self._from_s
        if lasted_s >= LEAST_S and self._calm_is_no_chance:
            return True
        if lasted_s < LEAST_S or self.rows < LEAST_ROWS or self.replies < LEAST_REPLIES:
            return False
        if self.replies >= MOST_REPLIES or lasted_s >= LONGEST_S:
            return True
        if self.higher is None:
            return self.share + self._most_doubt <= SLIGHT or self.share - self.doubt > SLIGHT
        half_way = max(1e-3, (self.higher.share - self.share_at_edge) / 2)
        return self.replies >= (SURE / half_way) ** 2 * max(self.spread, self.higher.spread)

    @property
    def _calm_is_no_chance(self) -> bool:
        """Nothing is refused here, of what would be if it were chance: a storm is over, or an edge is found."""
        if self.higher is None or self.back:
            return False
        return (1.0 - self.higher.share) ** self.replies < CALM_BY_CHANCE

    @property
    def doubt(self) -> float:
        """How far the share may be off either way."""
        return CLEAR * math.sqrt(self.spread / max(1, self.replies))

    @property
    def _most_doubt(self) -> float:
        """The same as if one reply more had been refused whole: that none of a few was says little."""
        return CALM * math.sqrt((self.spread + 1 / max(1, self.replies)) / max(1, self.replies))

    def verdict(self, known: float, much: float) -> Verdict:
        """`known` is the share found before not to come from our rate; over `much` is too much after two trials."""
        self.decided = True
        if self.share >= LOST:
            return Verdict.STORM
        if self.higher is not None and self.share >= (self.higher.share + self.share_at_edge) / 2:
            return Verdict.CHANCE
        left = SLIGHT + self.doubt if self.higher is None else much
        return Verdict.EDGE if self.share <= known + left * (1.0 - known) else Verdict.AGAIN

    def joined(self, other: Trial) -> Trial:
        """Both trials as one, where both measured the same share."""
        replies, rows, back = self.replies + other.replies, self.rows + other.rows, self.back + other.back
        return Trial(self.limit_wcu, None, True, replies, rows, back, self._squares + other._squares)

    def weighed(self, known: Trial) -> Trial:
        """This together with what was known before; this alone where the share has fallen since."""
        fallen = self.share < known.share - FALLEN * math.sqrt(known.spread / max(1, self.replies))
        return self if fallen else self.joined(known)
