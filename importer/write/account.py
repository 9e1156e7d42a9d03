"""What landed pays for what is sent, once a third was refused: never more than three rows for one.

An account in rows. A row that lands pays for three; a request needs as many as it has rows, and is sent smaller
where there are fewer. What is in flight is paid for already, so the bound holds at every moment and not only on
average. An empty account lends a single row now and then, so that a table with room again is noticed: each such row
in vain makes the wait for the next one longer. It is owed, and paid back first.

So from the reply that opens the account on:

    rows sent ≤ 3 × rows landed + single rows lent, and these at the least `waits` apart
"""

from __future__ import annotations

import math
from dataclasses import dataclass

PAYS = 3.0
"""Twice the share of refusals that Google's "Handling overload" (SRE book, client-side throttling, K = 2) lets a
client cause."""

FEW, SPARE = 1 / 3, 2.0
"""Where fewer single rows land than two in five nobody holds the bound: half as many again as the table makes
everybody send for one that lands."""

FIRST_WAIT_S, LONGER, LONGEST_WAIT_S = 1 / 6, 1.03, 5.0
"""Between rows that are lent: six a second like other single rows. Each in vain makes it three in a hundred longer,
to five seconds, as between other tries (`Backoff`): 85 rows in a first minute in which nothing lands."""

SAVED_ROWS = 100.0
"""So many may be saved up, and what lands in a second: four full batches, or what fast replies bring together."""

MOST_OWED = 8.0
"""A storm that is over is paid for with four rows that land, a second of those that are lent."""


@dataclass
class Account:
    """Opened empty. Times are the engine's monotonic clock."""

    rows: float = 0.0
    pays: float = PAYS
    _lend_at_s: float = -math.inf
    _wait_s: float = FIRST_WAIT_S

    @property
    def may_carry(self) -> float:
        """The rows that one request may have; one, lent, where none are left."""
        return max(1.0, self.rows // 1)

    def wait_s(self, now_s: float) -> float:
        """Seconds until a request may start."""
        return 0.0 if self.rows >= 1.0 else max(0.0, self._lend_at_s - now_s)

    def sent(self, rows: float, now_s: float, lately: float) -> None:
        """A request with so many rows has left; `lately` landed in the last second."""
        if rows > self.rows:
            self._lend_at_s = now_s + self._wait_s
            self._wait_s = min(LONGEST_WAIT_S, LONGER * self._wait_s)
        self.rows = max(-MOST_OWED, min(self.rows, SAVED_ROWS + lately) - rows)

    def landed(self, rows: float, lately: float) -> None:
        """So many landed, and `lately` in the last second."""
        if rows > 0:
            self._wait_s = FIRST_WAIT_S
            self.rows = min(self.rows + self.pays * rows, SAVED_ROWS + lately)

    def excused(self, rows: float) -> None:
        """So many were refused for what is in them."""
        self.rows += rows

    def priced(self, sent: float, landed: float) -> None:
        """Of `sent` single rows so many landed."""
        if landed < FEW * sent:
            self.pays = SPARE * sent / landed
            self.rows = self.pays * landed - sent
