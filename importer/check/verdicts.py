"""From failures and the person's verdicts to one outcome a row. Pure.

A word on a row beats a word on its causes. Among causes: an explicit reject beats a drop (a rejected row comes back
in the reject file, a dropped one does not), and both beat silence. What DynamoDB cannot take stays rejected
whatever was accepted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from importer.check.codes import CODES, code_of
from importer.check.report import RowOutcome

CauseName = tuple[str, str]
"""(code, column)"""

Masks = dict[CauseName, np.ndarray]
"""The cells of each cause that fail, parallel to a frame."""

_UNDECIDED, _DROP, _REJECT = 1, 2, 3
_RANKS = {code: rank for rank, code in enumerate(CODES)}

BY_HAND = -2
DROPPED = -3
NONE = -1


class CauseTable:
    """Every cause met so far, by number, with what the person said about it."""

    def __init__(self, columns: Sequence[str], verdicts: Mapping[CauseName, str]) -> None:
        self._columns = {column: place for place, column in enumerate(columns)}
        self._verdicts = verdicts
        self.names: list[CauseName] = []
        self._numbers: dict[CauseName, int] = {}

    def number(self, name: CauseName) -> int:
        """The cause's number, a new one when it was not met before."""
        if name not in self._numbers:
            self._numbers[name] = len(self.names)
            self.names.append(name)
        return self._numbers[name]

    def rename(self, name: CauseName, new: CauseName) -> None:
        """What was met as one cause is another, which was not met yet."""
        number = self._numbers.pop(name)
        self.names[number], self._numbers[new] = new, number

    def verdict(self, name: CauseName) -> str | None:
        """The person's word on the cause, or None."""
        return self._verdicts.get(name)

    def order(self) -> np.ndarray:
        """For each cause its place when a row has several: whole rows first, then columns as listed, then codes."""
        places = [(self._columns.get(column, -1), _RANKS.get(code, -1)) for code, column in self.names]
        ranks: np.ndarray = np.empty(len(places), dtype=np.int64)
        ranks[sorted(range(len(places)), key=places.__getitem__)] = np.arange(len(places))
        return ranks

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        """For each cause: how hard it holds a row back (0 = not at all), and the same if the row was accepted."""
        cause = np.array([self._weight(name) for name in self.names], dtype=np.int8)
        forgiven = np.array([code_of(code).acceptable for code, _ in self.names], dtype=bool)
        return cause, np.where(forgiven, 0, cause).astype(np.int8)

    def _weight(self, name: CauseName) -> int:
        entry, verdict = code_of(name[0]), self.verdict(name)
        if verdict == "reject":
            return _REJECT
        if verdict == "drop":
            return _DROP
        if not entry.blocking or (verdict == "accept" and entry.acceptable):
            return 0
        return _UNDECIDED


@dataclass(frozen=True)
class Failing:
    """Failure cases as parallel arrays: row number and number of the cause, in any order."""

    rows: np.ndarray
    causes: np.ndarray


@dataclass(frozen=True)
class Decided:
    """Outcome of each row (uint8), the cause that decided it (or NONE, BY_HAND, DROPPED), and who is undecided."""

    outcome: np.ndarray
    cause: np.ndarray
    undecided: np.ndarray


def decide_rows(
    rows: np.ndarray,
    dropped: np.ndarray,
    failing: Failing,
    causes: CauseTable,
    row_verdicts: Mapping[int, str],
) -> Decided:
    """Outcomes of `rows` (ascending). `dropped`: mask of the rows the recipe took out."""
    said = _words_on(rows, row_verdicts)
    weight: np.ndarray = np.zeros(len(rows), dtype=np.int8)
    cause: np.ndarray = np.full(len(rows), NONE, dtype=np.int64)
    if len(failing.rows):
        weight, cause = _heaviest(rows, failing, causes, said == "accept")
    outcome: np.ndarray = np.full(len(rows), RowOutcome.READY.value, dtype=np.uint8)
    outcome[(weight == _REJECT) | (weight == _UNDECIDED)] = RowOutcome.REJECTED.value
    outcome[weight == _DROP] = RowOutcome.SKIPPED.value
    undecided = (weight == _UNDECIDED) & (said != "reject") & (said != "drop") & ~dropped
    for mask, result, why in (
        (said == "reject", RowOutcome.REJECTED, None),
        (said == "drop", RowOutcome.SKIPPED, BY_HAND),
        (dropped, RowOutcome.SKIPPED, DROPPED),
    ):
        outcome[mask] = result.value
        cause[mask if why is not None else mask & (cause == NONE)] = BY_HAND if why is None else why
    cause[outcome == RowOutcome.READY.value] = NONE
    return Decided(outcome, cause, undecided)


def _words_on(rows: np.ndarray, row_verdicts: Mapping[int, str]) -> np.ndarray:
    said: np.ndarray = np.full(len(rows), "", dtype=object)
    if row_verdicts and len(rows):
        named = np.fromiter(row_verdicts, dtype=np.int64, count=len(row_verdicts))
        words: np.ndarray = np.array(list(row_verdicts.values()), dtype=object)
        here = np.isin(named, rows)
        said[np.searchsorted(rows, named[here])] = words[here]
    return said


def _heaviest(
    rows: np.ndarray, failing: Failing, causes: CauseTable, accepted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """For each row the weight of its heaviest failure, and that failure's cause (the first in order)."""
    plain, when_accepted = causes.weights()
    counts = (plain > 0)[failing.causes]  # what is only a warning may be in every cell of a list
    failing = Failing(failing.rows[counts], failing.causes[counts])
    places = np.asarray(np.searchsorted(rows, failing.rows))
    weights: np.ndarray = np.where(accepted[places], when_accepted[failing.causes], plain[failing.causes])
    order = np.lexsort((-causes.order()[failing.causes], weights, places))
    weight: np.ndarray = np.zeros(len(rows), dtype=np.int8)
    cause: np.ndarray = np.full(len(rows), NONE, dtype=np.int64)
    weight[places[order]] = weights[order]
    cause[places[order]] = np.where(weights[order] > 0, failing.causes[order], NONE)
    return weight, cause
