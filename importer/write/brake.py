"""Slow down when the service throttles, stay just under what it takes, come back when it takes more.

When much is refused the limit becomes 0.7 of what lands, and what lands is taken for the edge: what the table has
for us, be it alone or beside others. The limit comes back to the edge in six seconds, fast at first and slowly at
the end, rests there, and grows on if nothing objects: the curve of CUBIC (RFC 9438), in shares of the edge instead
of segments, so that it is the same for every table. A storm in which nothing lands teaches no edge: the one from
before counts.

From the first cut until the rate is free again by itself, what lands pays for what is sent (`account.py`), whatever
the limit says. Others on the table are refused what we take too much. So little is tolerated, and where three cuts
do not help the limit is a few rows a second, and the table is asked
(`question.py`) whether what it refuses comes from our rate. If it does, we yield: half a row a second, and more only
as long as next to nothing is refused. If it does not, the rate is free for a minute. All times are the engine's
monotonic clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum

from importer.write.account import PAYS, Account
from importer.write.model import UNLIMITED, Room
from importer.write.question import FULL, LEAST_REPLIES, QUIET, QUIET_WCU, SLIGHT, Answer, Landed, Level, Question
from importer.write.rate import Rate

CUT = 0.7
"""RFC 9438, 4.6: CUBIC's multiplicative decrease."""

BACK_S = 8.0
"""From a cut back to the edge: ≥ 80 % are there after 2.5 s, so a storm's old rate is back within 10 s of its end."""

CLOSE = 0.9
"""Of an edge that is known from a description."""

CUTS, NEAR_S = 3, 4.0
"""So many cuts, each before the limit was near the edge (0.96 of it), have not helped."""

MEMORY_REPLIES, MEMORY_S = 10.0, 0.5
"""The share that lands is an average over about so many replies, and over so long where more of them come."""

LEAST_S = 0.3
"""A cut is given so long before the next: a table that gave all it had refuses the next put too."""

FLOOR_WCU = 0.3
"""Less than a hundredth of a table of 50, the smallest on which others are promised to be spared."""

REQUESTS_PER_S = 8.0
"""Below 200 units a second requests carry fewer rows, so that about so many replies a second tell how it goes."""

REPLIES_PER_DOUBLING = 16.0
"""Beyond the edge the limit doubles each second, or each sixteen replies where these come more slowly (two seconds'
replies of a slow rate): what is refused must be heard before the limit is far away. With ten, others on a table of
200 that left us ten were let down by up to 2.01 points instead of 1.73."""

QUIET_REPLIES_PER_DOUBLING = 4.0
"""Below a quiet rate: half a row a second is back there after half a minute in which nothing is refused, where others
have left the table, and not after four minutes."""

ASK_AGAIN_S = 60.0
"""An answer is believed for so long, and for twice as long each time that it is given again."""


class _State(Enum):
    FREE = "no limit"
    EDGE = "along what the table takes"
    ASKING = "asking whether refusals come from our rate"


@dataclass
class Brake:
    """The limit in WCU/s that throttles have taught; None while there were none lately."""

    _state: _State = _State.FREE
    _limit: float = math.inf
    _edge: float = 0.0
    _changed_s: float = -math.inf
    _cuts: int = 0
    _described: float | None = None
    _landed_wcu: Rate = field(default_factory=Rate)
    _sent_wcu: Rate = field(default_factory=Rate)
    _replies: Rate = field(default_factory=Rate)
    _in_flight: float = 0.0
    _stale: float = 0.0
    _fresh: bool = True
    _recent: Landed = field(default_factory=Landed)
    _heard: float = 0.0
    _usual: Landed | None = None
    _usual_to_s: float = -math.inf
    _question: Question = field(default_factory=Question)
    _account: Account | None = None
    _ask_at_s: float = -math.inf
    _answer: Answer = Answer.OPEN
    _believed_s: float = 0.0

    def started(self, wcu: float, now_s: float, *, rows: int = 0) -> None:
        """A request with so many rows, that should cost `wcu`, has left."""
        if self._account is not None:
            self._account.sent(rows, now_s, self._landed_wcu.lately(now_s))
        self._in_flight += wcu
        self._sent_wcu.add(wcu, now_s)
        self._question.started(wcu)

    def consumed(self, wcu: float, now_s: float, *, estimated_wcu: float = 0.0) -> None:
        """`wcu` were taken by the table, of requests that should have cost `estimated_wcu`."""
        self._landed_wcu.add(wcu, now_s)
        self._fresh = self._stale <= 1e-6
        self._in_flight -= estimated_wcu
        self._stale -= estimated_wcu

    def answered(self, unprocessed: int, sent: int, now_s: float, *, replies: int = 1) -> None:
        """`unprocessed` of `sent` rows in `replies` replies came back."""
        self._replies.add(replies, now_s)
        if self._account is not None:
            self._account.landed(sent - unprocessed, self._landed_wcu.lately(now_s))
        if not self._fresh:  # replies to what was sent before the last change say nothing about the rate since
            return
        self._heard += replies
        if self._state is _State.ASKING:
            self._follow(self._question.heard(unprocessed, sent, replies, now_s), now_s)
            return
        if self._recent.all_refused and unprocessed < sent:  # a storm is over: what was refused counts no more
            self._recent = Landed()
        self._recent.add(unprocessed, sent, replies, self._memory(now_s))
        if unprocessed and self._too_fast(now_s):
            self.throttled(now_s)

    def refused(self, now_s: float, rows: int = int(FULL)) -> None:
        """A whole request was throttled."""
        self.answered(rows, rows, now_s)

    def excused(self, rows: int) -> None:
        """A request was refused for what is in its rows: that says nothing of the table."""
        if self._account is not None:
            self._account.excused(rows)

    def _memory(self, now_s: float) -> float:
        return max(MEMORY_REPLIES, MEMORY_S * self._replies.lately(now_s))

    def _too_fast(self, now_s: float) -> bool:
        """Whether so little lands, of replies enough, that the limit must be cut."""
        recent, free = self._recent, self._state is _State.FREE
        if free and recent.rows >= FULL and self._far_too_fast(now_s):
            return True
        if recent.replies < LEAST_REPLIES or now_s - self._changed_s < LEAST_S:
            return False
        return recent.share < self._least(now_s)

    def _far_too_fast(self, now_s: float) -> bool:
        """Whether fewer replies than that are enough: next to nothing landed, or a third was refused.

        Where requests are refused whole, three replies: one request alone is everyday.
        """
        recent, usual = self._recent, self._usual_share(now_s)
        third = usual == 1.0 and PAYS * recent.back > recent.rows and (recent.singly or recent.replies >= 3)
        return third or recent.share < usual / PAYS

    def _least(self, now_s: float) -> float:
        """The share that must land. Without a limit one request refused is everyday, near an edge it is not."""
        if self._usual is not None and now_s < self._usual_to_s:
            return self._usual.least(self._recent.replies, self._recent.scatter(self._usual.share))
        everyday = 1.0 / self._recent.replies if self._state is _State.FREE else 0.0
        return 1.0 - max(SLIGHT, everyday)

    def _usual_share(self, now_s: float) -> float:
        """The share that lands whatever we send."""
        return self._usual.share if self._usual is not None and now_s < self._usual_to_s else 1.0

    def throttled(self, now_s: float) -> None:
        """Too fast: a lower limit from now on."""
        self._account = self._account or Account()
        lands, storm = self._lands(now_s), self._recent.all_refused
        self._cuts = self._cuts + 1 if now_s - self._changed_s < NEAR_S else 1
        may_ask = now_s >= self._ask_at_s
        if storm:
            self._outlast(now_s)
        if not storm or not self._edge:
            self._edge = lands
        if self._cuts <= CUTS and CUT * lands > (QUIET_WCU if may_ask else FLOOR_WCU):
            self._go(_State.EDGE, CUT * lands, now_s)
        elif may_ask:
            self._ask(now_s)
        else:
            self._yield(now_s, storm=storm)

    def _lands(self, now_s: float) -> float:
        """WCU/s that the table takes now."""
        limit = self.limit_wcu(now_s)
        if limit is None:
            return self._landed_wcu.per_s(now_s)
        return min(limit, max(self._sent_wcu.per_s(now_s), CUT * limit)) * self._recent.share

    def _ask(self, now_s: float) -> None:
        self._question = Question()
        self._go(_State.ASKING, QUIET_WCU, now_s)

    def _yield(self, now_s: float, *, storm: bool = False) -> None:
        self._edge = self._edge if storm else FLOOR_WCU
        self._go(_State.EDGE, FLOOR_WCU, now_s)

    def _follow(self, answer: Answer, now_s: float) -> None:
        """Act on what the table answered."""
        if answer is Answer.CALM:
            self._cuts = 0
            self._go(_State.EDGE, QUIET_WCU, now_s)
        elif answer is Answer.LOUDER and self._account is not None:
            quiet = self._question.quiet
            self._account.priced(quiet.rows, quiet.rows - quiet.back)
        elif answer is Answer.NOT_OURS:
            self._usual, self._usual_to_s = self._question.all_levels, now_s + self._believed(answer)
            self._free(now_s)
        elif answer is Answer.OURS:
            self._ask_at_s = now_s + self._believed(answer)
            self._yield(now_s)
        elif answer is Answer.STORM:
            self._outlast(now_s)
            self._yield(now_s, storm=True)
        elif answer is Answer.OVER and now_s < self._usual_to_s:  # no need to ask again
            self._go(_State.EDGE, QUIET_WCU, now_s)

    def _outlast(self, now_s: float) -> None:
        """A storm says nothing of what lands otherwise: what is known of that outlasts it."""
        if now_s < self._usual_to_s:
            self._usual_to_s = max(self._usual_to_s, now_s + ASK_AGAIN_S)

    def _believed(self, answer: Answer) -> float:
        """For how many seconds an answer is believed."""
        self._believed_s = 2.0 * self._believed_s if answer is self._answer else ASK_AGAIN_S
        self._answer = answer
        return self._believed_s

    def _go(self, state: _State, limit: float, now_s: float) -> None:
        """Another limit. What is in flight was sent under the one before."""
        self._state, self._limit, self._changed_s = state, limit, now_s
        self._stale, self._heard, self._recent = self._in_flight, 0.0, Landed()

    def _free(self, now_s: float) -> None:
        """No limit; what lands by now is what is usual."""
        rows, lost = FULL * MEMORY_REPLIES, 1.0 - self._usual_share(now_s)
        self._state, self._limit, self._edge, self._cuts = _State.FREE, math.inf, 0.0, 0
        self._recent = Landed(MEMORY_REPLIES, rows, rows * lost)

    def described(self, table_wcu: float | None, now_s: float) -> None:
        """The table's write capacity as it is described (None: on demand, or not known).

        Only a change counts: others may write to the table too, so its capacity is not ours; what we learned of it
        grows and shrinks in proportion, and is gone to at once.
        """
        before, self._described = self._described, table_wcu
        if not before or not table_wcu or before == table_wcu or self._state is _State.FREE:
            return
        self._edge = max(FLOOR_WCU, (self._edge or before) * table_wcu / before)
        self._go(_State.EDGE, CLOSE * self._edge, now_s)

    def yields(self, now_s: float) -> bool:
        """Whether the table refuses rows however few are sent, so that the rate is next to nothing."""
        return (self.limit_wcu(now_s) or math.inf) <= 2 * FLOOR_WCU or self.wait_s(now_s) >= 1.0

    @property
    def is_free(self) -> bool:
        """Whether there is no limit, and nothing to pay."""
        return self._state is _State.FREE and self._account is None

    def wait_s(self, now_s: float) -> float:
        """Seconds until what landed pays for a request, or a row is lent."""
        return self._account.wait_s(now_s) if self._account is not None else 0.0

    def room(self, now_s: float) -> Room:
        """What one request may carry."""
        if self._account is None:
            return UNLIMITED
        if self._state is _State.ASKING:
            return Room(rows=self._level.request_rows)
        limit = self.limit_wcu(now_s)
        return Room(rows=self._account.may_carry, wcu=math.inf if limit is None else limit / REQUESTS_PER_S)

    @property
    def _level(self) -> Level:
        """The question's, as long as it can be paid."""
        level, account = self._question.level, self._account
        return level if account is None or account.rows >= level.request_rows else QUIET

    def limit_wcu(self, now_s: float) -> float | None:
        """The limit now; None = none."""
        if self._state is _State.FREE:
            return None
        if self._state is _State.ASKING:
            return self._level.limit_wcu
        since_s, edge = now_s - self._changed_s, self._edge
        if edge <= self._limit:
            return self._beyond(self._limit, since_s, now_s)
        way = min(since_s, self._heard) / BACK_S - 1.0
        if way <= 0.0:
            return self._limit + (edge - self._limit) * (1.0 - (-way) ** 3)
        limit = edge * (1.0 + (1.0 - CUT) * min(1.0, way) ** 3)
        return limit if way <= 1.0 else self._beyond(limit, since_s - 2 * BACK_S, now_s)

    def _beyond(self, limit: float, since_s: float, now_s: float) -> float | None:
        """The limit when it left `limit` behind so long ago."""
        replies = self._heard * since_s / max(1e-6, now_s - self._changed_s)
        quietly = max(0.0, math.log2(QUIET_WCU / limit)) if limit else 0.0
        doublings = min(replies / QUIET_REPLIES_PER_DOUBLING, quietly)
        doublings += max(0.0, replies - QUIET_REPLIES_PER_DOUBLING * quietly) / REPLIES_PER_DOUBLING
        limit *= 2.0 ** min(60.0, since_s, doublings)
        if limit > 4 * max(self._sent_wcu.per_s(now_s), self._landed_wcu.per_s(now_s), FULL):
            self._free(now_s)
            self._account = None
            return None
        return limit
