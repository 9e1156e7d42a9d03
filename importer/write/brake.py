"""Slow down when the service throttles, stay just under what it takes, come back when it takes more.

When much is refused, the limit becomes 0.8 of what went through, and what went through is taken for the table's
capacity. The limit holds for a second, trebles each second up to 0.9 of that capacity, creeps from there to 1.05 of
it in 6 s, and grows on if nothing objects: the shape of CUBIC (RFC 9438), fast where nothing is known, slow where the
edge is. A storm in which nothing goes through teaches no capacity: the one from before counts, and from its floor
≥ 80 % of the old rate are back within 10 s (3^8 > 6,000).

Each cut is a trial (`trial.py`). Where the share that is refused stays what it was though we send much less, it does
not come from our rate: it is allowed on top for half a minute, the cut is taken back, and the rate is free. Where the
cut helped but some is still refused, below what the table takes, that much is chance too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from importer.write.rate import Rate
from importer.write.trial import LOST, Trial, Verdict

CUT = 0.8
CUT_EVERY_S = 0.5
HOLD_S = 1.0
GROWTH_PER_S = 3.0
EDGE, EDGE_TOP = 0.9, 1.05
CREEP_S = 6.0
BEYOND_PER_S = 2.0
BEYOND_REPLIES = 10.0
"""Beyond the edge the limit doubles each second, or each ten replies where these come more slowly: what is refused
must be heard before the limit is far away.
"""

CAPACITY_MOVES = 0.8
"""What went through in the second before a cut at the edge moves the known capacity by a fifth at most: it counts
what the table had saved up.
"""

TEACHES = 0.3
"""Below the edge a cut teaches the capacity only when this share of the limit went through since the cut before."""

UNPROCESSED_SHARE, REFUSED_SHARE = 0.2, 0.15
REFUSED_BEYOND_SHARE = 0.3
BELOW_SHARE = 0.45
"""So much is a reason to cut: of rows handed back, and of whole requests refused (beyond a known edge these are one
in ten by chance soon). Below a known edge nothing should be refused at all, so it takes much to believe in another.
"""

MEMORY_REPLIES, MEMORY_S = 10.0, 0.5
"""The refused share is an average over about so many replies, and over so long where more of them come."""

NOISE = 4.0
"""Standard deviations above the share that does not come from our rate."""

LEFT = 0.02
"""A table below its edge refuses up to this share by itself; what is surely more is chance."""

DEEPER, DEEPEST = 0.7, 0.3
"""A second trial is at 0.7 of what went through in the first, at 0.3 of its rate at the least."""

CHANCE_LASTS_S = 30.0
FULL = 25
FLOOR_WCU = 25.0
"""One full batch of small contacts a second: what an idle table takes at its least."""

FIRST_S = 0.5
"""Before that, what went through says little: the first requests are under way."""


@dataclass
class Brake:
    """The limit in WCU/s that throttles have taught; None while there were none lately.

    `_capacity` is what the table takes, in WCU/s (None: not known); `_chance` has measured the share that is refused
    whatever we send. The limit is on what is sent, so at the edge it is `_capacity / (1 - _chance.share)`.
    """

    _limit: float | None = None
    _cut_at_s: float = -math.inf
    _capacity: float | None = None
    _described: float | None = None
    _since_cut: float = 0.0
    _passed: Rate = field(default_factory=Rate)
    _sent: Rate = field(default_factory=Rate)
    _replies: Rate = field(default_factory=Rate)
    _rows: Rate = field(default_factory=Rate)
    _in_flight: float = 0.0
    _stale: float = 0.0
    _share: float = 0.0
    _trial: Trial | None = None
    _judged_at_s: float = -math.inf
    _storm: bool = False
    _chance: Trial | None = None
    _chance_to_s: float = -math.inf

    def started(self, wcu: float, now_s: float) -> None:
        """A request that should cost `wcu` has left."""
        self._in_flight += wcu
        self._sent.add(wcu, now_s)

    def consumed(self, wcu: float, now_s: float, *, estimated_wcu: float = 0.0) -> None:
        """`wcu` were taken by the table, of requests that should have cost `estimated_wcu`."""
        self._passed.add(wcu, now_s)
        self._since_cut += wcu
        self._in_flight -= estimated_wcu
        self._stale -= estimated_wcu

    def answered(self, unprocessed: int, sent: int, now_s: float, *, replies: int = 1) -> None:
        """`unprocessed` of `sent` rows came back: a few are everyday, many over several replies are a throttle."""
        self._hear(unprocessed, sent, replies, now_s, whole=False)

    def refused(self, now_s: float, rows: int = FULL) -> None:
        """A whole request was throttled."""
        self._hear(rows, rows, 1, now_s, whole=True)

    def _hear(self, back: int, sent: int, replies: int, now_s: float, *, whole: bool) -> None:
        """Replies to what was sent before the last cut say nothing about the rate since."""
        self._replies.add(replies, now_s)
        self._rows.add(sent, now_s)
        if self._stale > 1e-6:
            return
        usual = max(1.0, self._rows.lately(now_s) / self._replies.lately(now_s))
        weight = min(2.0, sent / replies / usual) / self._memory(now_s)
        self._share += (back / max(1, sent) - self._share) * (1.0 - (1.0 - weight) ** replies)
        self._try(back, sent, replies, now_s)
        decided = self._trial is None or self._trial.decided
        if back and decided and self._share >= self._most(now_s, whole=whole):
            self.throttled(now_s)

    def _memory(self, now_s: float) -> float:
        return max(MEMORY_REPLIES, MEMORY_S * self._replies.lately(now_s))

    def _most(self, now_s: float, *, whole: bool) -> float:
        """The refused share from which on the limit is cut."""
        most, limit = REFUSED_SHARE if whole else UNPROCESSED_SHARE, self.limit_wcu(now_s)
        if limit is not None and self._capacity is not None:
            beyond = REFUSED_BEYOND_SHARE if whole else UNPROCESSED_SHARE
            most = beyond if self._beyond_edge(limit, now_s) else BELOW_SHARE
        known = self._chance_known(now_s)
        if known is None:
            return most
        noise = NOISE * math.sqrt(known.spread * (1 / (2 * self._memory(now_s)) + 1 / known.replies))
        return known.share + max(most * (1.0 - known.share), noise)

    def _try(self, back: int, sent: int, replies: int, now_s: float) -> None:
        trial = self._trial
        if trial is None or trial.decided:
            return
        if self._storm and back < sent:  # it is over: what was refused before counts no more
            self._storm, trial = False, Trial(trial.limit_wcu)
            self._trial = trial
        trial.add(back, sent, replies, now_s)
        if trial.enough(now_s):
            self._judge(trial, now_s)

    def _judge(self, trial: Trial, now_s: float) -> None:
        """Act on a trial that is over."""
        self._judged_at_s = now_s
        chance = self._chance_now(now_s)
        verdict = trial.verdict(chance, BELOW_SHARE)
        if verdict is Verdict.STORM:
            if self._chance_known(now_s) is not None:  # a storm says nothing of chance: what was known lasts it out
                self._chance_to_s = now_s + CHANCE_LASTS_S
            self._go_to(DEEPEST * trial.limit_wcu, now_s)
            self._storm = True
        elif verdict is Verdict.CHANCE and trial.higher is not None:
            self._release(trial.joined(trial.higher), now_s)
        else:
            if trial.higher is not None:
                self._lower_edge(trial.higher)
            elif verdict is Verdict.EDGE:
                self._weigh(trial, now_s)
            if verdict is Verdict.AGAIN:
                self._try_lower(trial, now_s)

    def _lower_edge(self, trial: Trial) -> None:
        """The edge is below this trial: what went through in it is the capacity, if much was refused."""
        passed, known = trial.limit_wcu * (1.0 - trial.share), self._capacity
        if known is not None and trial.share < BELOW_SHARE:
            passed = max(passed, CAPACITY_MOVES * known)
        self._capacity = max(FLOOR_WCU, passed)

    def _release(self, trial: Trial, now_s: float) -> None:
        """The share does not come from our rate: back to the rate before the cut, and free to grow."""
        self._learn(trial, now_s)
        self._limit = max(self._limit or 0.0, self._at_edge(now_s))
        self._capacity, self._cut_at_s, self._since_cut = None, now_s - HOLD_S, 0.0
        self._share = trial.share

    def _weigh(self, trial: Trial, now_s: float) -> None:
        """The cut helped: what is refused still says how much is chance."""
        known = self._chance_known(now_s)
        if known is None:
            if trial.limit_wcu <= EDGE * (self._capacity or 0.0) and trial.share - trial.doubt > LEFT:
                self._learn(trial, now_s)
        else:
            self._chance = trial.weighed(known)

    def _learn(self, trial: Trial, now_s: float) -> None:
        self._chance, self._chance_to_s = trial, now_s + CHANCE_LASTS_S

    def _try_lower(self, trial: Trial, now_s: float) -> None:
        lower = max(FLOOR_WCU, trial.limit_wcu * max(DEEPEST, DEEPER * (1.0 - trial.share)))
        if lower > EDGE * trial.limit_wcu:
            self._learn(trial, now_s)  # there is no lower rate to compare with
            return
        self._go_to(lower, now_s)
        self._trial = Trial(lower, higher=trial)

    def _go_to(self, limit: float, now_s: float) -> None:
        """A lower limit, and a trial at it.

        What is in flight was sent at the old rate, and a table that gave all it had refuses the next batch too.
        """
        self._limit, self._cut_at_s, self._since_cut = max(FLOOR_WCU, limit), now_s, 0.0
        self._stale = self._in_flight + FULL
        self._share = self._chance_now(now_s)
        self._trial = Trial(self._limit)

    def _chance_known(self, now_s: float) -> Trial | None:
        return self._chance if now_s < self._chance_to_s else None

    def _chance_now(self, now_s: float) -> float:
        known = self._chance_known(now_s)
        return 0.0 if known is None else known.share

    def _at_edge(self, now_s: float) -> float:
        """What may be sent, in WCU/s, so that the table gets what it takes; 0 when that is not known."""
        return (self._capacity or 0.0) / (1.0 - min(self._chance_now(now_s), LOST))

    def _beyond_edge(self, limit: float, now_s: float) -> bool:
        return limit > EDGE * self._at_edge(now_s) * (1.0 + 1e-9)

    def described(self, table_wcu: float | None, now_s: float) -> None:
        """The table's write capacity as it is described (None: on demand, or not known).

        Only a change counts: others may write to the table too, so its capacity is not ours; what we learned of it
        grows and shrinks in proportion, and is gone to at once.
        """
        before, self._described = self._described, table_wcu
        if not before or not table_wcu or before == table_wcu or self.limit_wcu(now_s) is None:
            return
        self._capacity = max(FLOOR_WCU, (self._capacity or before) * table_wcu / before)
        self._limit, self._cut_at_s, self._since_cut = EDGE * self._capacity, now_s - HOLD_S, 0.0

    def rate_wcu(self, now_s: float) -> float:
        """WCU/s that went through lately; in the first second, of the time there was."""
        return self._passed.per_s(now_s)

    def throttled(self, now_s: float) -> None:
        """Too fast: a lower limit from now on."""
        if now_s - self._cut_at_s >= CUT_EVERY_S:
            self._go_to(CUT * self._could_send(now_s), now_s)

    def _could_send(self, now_s: float) -> float:
        """What the table took lately, as a rate of sending; what that teaches of its capacity is kept."""
        passed, limit, known = self.rate_wcu(now_s), self.limit_wcu(now_s), self._capacity
        fast = passed / (1.0 - min(self._chance_now(now_s), LOST))
        if limit is not None:
            fast = min(limit, max(fast, limit * CUT))
        if self._passed.begun_s is None or now_s - self._passed.begun_s < FIRST_S:
            return max(fast, self._sent.per_s(now_s) * (1.0 - self._share))
        if limit is not None and known is not None and self._beyond_edge(limit, now_s):
            at_edge = self._at_edge(now_s)
            self._capacity = min(max(CAPACITY_MOVES * passed, known), max(passed, CAPACITY_MOVES * known))
            return min(limit, at_edge)
        lasted_s = now_s - self._cut_at_s
        if limit is None or self._since_cut / lasted_s >= TEACHES * limit * (1.0 - self._chance_now(now_s)):
            self._capacity = max(FLOOR_WCU, passed)
        return fast

    def limit_wcu(self, now_s: float) -> float | None:
        """The limit now; None = none."""
        if self._limit is None:
            return None
        trying = self._trial is not None and not self._trial.decided and not self._storm
        if trying and self._trial is not None and self._trial.higher is not None:
            return self._limit
        edge = max(EDGE * self._at_edge(now_s), self._limit)
        free_s = max(0.0, now_s - self._cut_at_s - HOLD_S)
        to_edge_s = math.log(edge / self._limit, GROWTH_PER_S)
        if free_s <= to_edge_s:
            return self._limit * float(GROWTH_PER_S**free_s)
        creeping_s = min(free_s - to_edge_s, now_s - self._judged_at_s)
        return edge if trying else self._beyond(edge, creeping_s, now_s)

    def _beyond(self, edge: float, creeping_s: float, now_s: float) -> float | None:
        """The limit when it has left `edge` so long ago; where no capacity is known, nothing is crept along."""
        top = max(edge, EDGE_TOP * self._at_edge(now_s))
        creeps_s, doubles_s = (CREEP_S, BEYOND_REPLIES / max(0.2, self._replies.per_s(now_s)))
        if self._capacity is None:
            creeps_s, doubles_s = 0.0, 1.0
        limit = top if creeping_s >= creeps_s else edge + (top - edge) * creeping_s / creeps_s
        beyond_s = max(0.0, creeping_s - creeps_s)
        limit *= BEYOND_PER_S ** min(beyond_s / max(1.0, doubles_s), 60.0)
        if beyond_s > 1.0 and limit > 4 * max(self._sent.per_s(now_s), self.rate_wcu(now_s), FLOOR_WCU):
            self._limit = self._capacity = self._trial = None
            return None
        return limit
