"""Does what is refused come from our rate? Asked of the table: quietly first, then with batches.

A table that others fill refuses a share whatever we send, and so does one with a hot partition; to the first we must
yield, in the second all other partitions stand idle. The difference is what more rows meet. So single rows, a few a
second, say how much lands when we send next to nothing. Then small batches ask for more, and full ones in levels
that double: a full table has room for the few units that came back since the last put, so most of a batch is refused;
where refusals do not come from the rate, as much lands as did before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import Enum

from importer.write.account import PAYS

FULL = 25.0
"""Rows of a full batch (BatchWriteItem's most)."""

LEAST_REPLIES = 6.0
"""Fewer replies say nothing of a rate."""

QUIET_WCU = 6.0
"""Quiet, in write units a second. Of a table of 50 that is 12 points for the eight seconds of a question: 1.6 of a
minute, where 2 are promised; more would be too much, less would keep a person alone waiting.
"""

CALM_REPLIES, EARNED_ROWS, LONGEST_ROWS, LANDED_ROWS, STORM_ROWS = 16.0, 28.0, 80.0, 10.0, 40.0
"""Sixteen quiet replies that refuse nothing are calm (where one in six does, that is one time in twenty). Otherwise
they go on until under the bound of three for one they have earned 28 rows (with 24, chance was known as such 94 times
in 100 instead of 95), or eighty were sent; ten must have landed. Forty of which none did are a storm.
"""

PARTLY_REPLIES = 4.0
"""So many replies say something where some land in part: each of their rows counts."""

LEFTOVER = 0.5
"""A request of fewer of the rows that it may carry is what is left of another one: it needs less room."""

LEVEL_S = 0.3
"""A level lasts so long at the least: longer than what a table had saved up in a moment."""

SURE = 3.0
"""Standard deviations: as far off by chance is one in seven hundred."""

SLIGHT = 0.05
"""A difference in what lands that is none. Half of what others may be let down by at an edge is refused to us."""


@dataclass
class Landed:
    """Replies, and of the rows that they answered, those refused. Where a memory is given, older replies fade."""

    replies: float = 0.0
    rows: float = 0.0
    back: float = 0.0
    singly: bool = False
    _squares: float = 0.0

    def add(self, back: float, sent: float, replies: float, memory: float = math.inf) -> None:
        """`back` of `sent` rows in `replies` replies were refused; about `memory` replies count."""
        too_many = self.replies + replies - memory
        fades = (1.0 - 1.0 / memory) ** min(too_many, replies) if too_many > 0 else 1.0
        self.replies = self.replies * fades + replies
        self.rows = self.rows * fades + sent
        self.back = self.back * fades + back
        self.singly = self.singly or 0 < back < sent
        self._squares = self._squares * fades + replies * (1.0 - back / max(1.0, sent)) ** 2

    def joined(self, other: Landed) -> Landed:
        """Both as one."""
        return Landed(
            self.replies + other.replies,
            self.rows + other.rows,
            self.back + other.back,
            self.singly or other.singly,
            self._squares + other._squares,
        )

    @property
    def share(self) -> float:
        """Of the rows sent, those that landed: 0 … 1."""
        return 1.0 - self.back / max(1.0, self.rows)

    @property
    def all_refused(self) -> bool:
        """A storm: nothing landed, of several replies."""
        return self.replies >= LEAST_REPLIES and self.back >= self.rows

    def scatter(self, usual: float) -> float:
        """How much the share differs from reply to reply, as a variance, where `usual` lands: as it was seen, but
        never less than chance alone does it. Whoever lands a part of a batch throws the dice for each row; else the
        whole request may be refused or not.
        """
        dice = self.rows / max(1.0, self.replies) if self.singly else 1.0
        seen = self._squares / max(1.0, self.replies) - self.share**2
        return max(seen, usual * (1.0 - usual) / max(1.0, dice))

    def least(self, replies: float, scatter: float) -> float:
        """The share that so many replies of this scatter land at the least, if nothing has changed."""
        own = self.scatter(self.share) / max(1.0, self.replies)
        return self.share - max(SLIGHT * self.share, SURE * math.sqrt(scatter / max(1.0, replies) + own))


class Answer(Enum):
    """OPEN: wait. CALM: at a quiet rate nothing is refused. LOUDER: as much lands at this level; go to the next.
    OURS: less lands the more we send. NOT_OURS: it does not depend on us, as far as more could be sent at all.
    STORM: next to nothing lands, however little is sent. OVER: something does, after nothing did.
    """

    OPEN = "open"
    CALM = "calm"
    LOUDER = "louder"
    OURS = "ours"
    NOT_OURS = "not ours"
    STORM = "storm"
    OVER = "storm is over"


@dataclass(frozen=True)
class Level:
    """Requests of at most `request_rows` at `limit_wcu` a second, until so many are answered."""

    limit_wcu: float
    request_rows: float
    replies: float

    def louder(self) -> Level:
        """Full batches after the small ones, then twice as many."""
        return replace(self, limit_wcu=2 * self.limit_wcu) if self.request_rows == FULL else FULL_BATCHES


QUIET = Level(QUIET_WCU, 1.0, math.inf)
SMALL_BATCHES = Level(40.0, 8.0, 8.0)
"""Five requests a second of eight rows: more than a full table has room for, and less is lost than of full ones."""

FULL_BATCHES = Level(75.0, FULL, 4.0)
"""Three full batches a second."""


@dataclass
class Question:
    """What landed quietly and, once that is known, at each level. Times are the engine's monotonic clock."""

    quiet: Landed = field(default_factory=Landed)
    all_levels: Landed = field(default_factory=Landed)
    level: Level = QUIET
    _level: Landed = field(default_factory=Landed)
    _level_wcu: float = 0.0
    _from_s: float = 0.0

    def started(self, wcu: float) -> None:
        """A request that should cost `wcu` has left."""
        self._level_wcu += wcu

    def heard(self, back: float, sent: float, replies: float, now_s: float) -> Answer:
        """What a reply, or several, decide."""
        if self.level is not QUIET:
            if sent < LEFTOVER * self.level.request_rows * replies:
                return Answer.OPEN
            self._level.add(back, sent, replies)
            return self._judge(now_s)
        if self.quiet.all_refused and back < sent:  # what was refused before counts no more
            self.quiet = Landed()
            return Answer.OVER
        self.quiet.add(back, sent, replies)
        return self._listen(now_s)

    def _listen(self, now_s: float) -> Answer:
        quiet, landed = self.quiet, self.quiet.rows - self.quiet.back
        if not quiet.back:
            return Answer.CALM if quiet.replies >= CALM_REPLIES else Answer.OPEN
        earned = PAYS * landed - quiet.rows >= EARNED_ROWS or quiet.rows >= LONGEST_ROWS
        if earned and landed >= LANDED_ROWS:
            return self._go_to(SMALL_BATCHES, now_s)
        return Answer.STORM if quiet.rows >= STORM_ROWS and not landed else Answer.OPEN

    def _judge(self, now_s: float) -> Answer:
        level, landed, lasted_s = self.level, self._level, now_s - self._from_s
        if landed.replies < (PARTLY_REPLIES if landed.singly else LEAST_REPLIES):
            return Answer.OPEN
        if landed.share < self.quiet.least(landed.replies, landed.scatter(self.quiet.share)):
            return Answer.OURS
        if landed.replies < level.replies or lasted_s < LEVEL_S:
            return Answer.OPEN
        self.all_levels = self.all_levels.joined(landed)
        if level.request_rows == FULL and self._level_wcu / lasted_s < level.limit_wcu / 2:
            return Answer.NOT_OURS
        return self._go_to(level.louder(), now_s)

    def _go_to(self, level: Level, now_s: float) -> Answer:
        self.level, self._level, self._level_wcu, self._from_s = level, Landed(), 0.0, now_s
        return Answer.LOUDER
