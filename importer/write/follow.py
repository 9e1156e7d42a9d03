"""What to send next, given what a reply meant."""

from __future__ import annotations

from collections.abc import Sequence

from importer.write.model import Ask, Batch, Failure, Outcome, Part, Verdict

Positions = Sequence[int]


def follow_up(part: Part, outcome: Outcome) -> tuple[list[Part], list[Part]]:
    """Parts to send at once, and parts to send after a delay. PAUSE and FATAL have neither.

    A refused part is halved, and halved again: one bad row of 25 costs two requests a level, ten in all.
    """
    maybe = part.maybe_written or outcome.unsure
    if outcome.verdict in (Verdict.THROTTLED, Verdict.RETRY, Verdict.SKEW):
        return [], [part._replace(attempt=part.attempt + 1, maybe_written=maybe)]
    if outcome.verdict is Verdict.SPLIT:
        return _halves(part), []
    if outcome.verdict is not Verdict.SETTLED:
        return [], []
    moved = bool(outcome.written or outcome.existing or outcome.failed)
    attempt = 1 if moved else part.attempt + 1
    later = [Part(part.batch, outcome.again, Ask.WRITE, attempt, maybe)] if outcome.again else []
    if part.ask is Ask.COMPARE:
        return [], later + ([part._replace(indexes=outcome.compare, attempt=attempt)] if outcome.compare else [])
    return ([Part(part.batch, outcome.compare, Ask.COMPARE, 0, True)] if outcome.compare else []), later


def settled_rows(part: Part, outcome: Outcome) -> tuple[Positions, tuple[Failure, ...], Positions]:
    """Positions written, failures, positions existing."""
    failed: tuple[Failure, ...] = ()
    if outcome.failed and (outcome.verdict is not Verdict.SPLIT or len(part.indexes) == 1):
        at = part.batch.positions
        failed = tuple(Failure(at[row.place], row.code, row.message, row.attribute) for row in outcome.failed)
    return positions_of(part.batch, outcome.written), failed, positions_of(part.batch, outcome.existing)


def first_part(batch: Batch) -> Part:
    """All rows of a batch, not sent yet by this process."""
    return Part(batch, range(len(batch.positions)), Ask.WRITE, 0, batch.maybe_sent)


def positions_of(batch: Batch, indexes: Sequence[int]) -> Positions:
    """The positions of some of its rows."""
    if len(indexes) == len(batch.positions):
        return batch.positions
    return tuple([batch.positions[index] for index in indexes]) if indexes else ()


def _halves(part: Part) -> list[Part]:
    middle = len(part.indexes) // 2
    if middle == 0:
        return []
    return [part._replace(indexes=half, attempt=0) for half in (part.indexes[:middle], part.indexes[middle:])]
