"""What a check says: failure cases, causes, outcomes of rows, and the report. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from importer.clean import Operation


class RowOutcome(IntEnum):
    """What the check made of a row. The four add up to the rows of the list."""

    READY = 0
    REJECTED = 1
    SKIPPED = 2
    DUPLICATE = 3


@dataclass(frozen=True)
class FailureCase:
    """One cell (or, with `column` "", one row) and why it failed. `message` holds no cell value."""

    row: int
    column: str
    code: str
    message: str


REPEATS_KEY = "duplicate_key"
"""Of rows whose key another row has too: one of them is written."""


@dataclass(frozen=True)
class Cause:
    """All failures of one code in one column.

    `blocking`: such rows are held back. `acceptable`: the person may write them as they are. `verdict` is the
    person's word ("reject", "drop", "accept" or None). `suggestions`: operations that were tried on failing cells
    and mended at least some, best first. `rule`: what must be, in the person's own words where the rule has some
    (then `message` says the same), else in ours.
    `held_back`: how many of the cells fail with a blocking cause of the column too, so that "only a warning" is not
    true of them.
    """

    code: str
    column: str
    title: str
    rule: str
    count: int
    example_rows: tuple[int, ...] = ()
    blocking: bool = True
    verdict: str | None = None
    acceptable: bool = True
    message: str = ""
    suggestions: tuple[Operation, ...] = ()
    held_back: int = 0

    @property
    def first_row(self) -> int | None:
        """The first row that fails; None where none is kept."""
        return self.example_rows[0] if self.example_rows else None

    @property
    def holds_back(self) -> bool:
        """Whether rows are not written for it, unless a person said otherwise of a row."""
        return self.verdict != "accept" and (self.blocking or self.code == REPEATS_KEY or self.verdict is not None)

    @property
    def all_held_back(self) -> bool:
        """Whether "only a warning" is true of none of the cells."""
        return 0 < self.held_back == self.count

    @property
    def held_back_words(self) -> str:
        """How many of the rows are held back for another reason, as a sentence; "" for none."""
        many = "all" if self.all_held_back else f"{self.held_back:,}"
        return f"Held back for another reason: {many} of them." if self.held_back else ""


@dataclass(frozen=True)
class SliceIndex:
    """Where one slice's part lies: `ready_*` in ready.i64 (rows), the groups in the two Parquet files (-1: none)."""

    rows: int
    ready_start: int
    ready_count: int
    outcome_group: int
    failure_group: int


@dataclass(frozen=True)
class CheckReport:
    """The figures of a check. `ready + rejected + skipped + duplicate == rows`, always.

    `undecided`: rejected rows with a failure and no verdict on any of their causes. `warnings`: ready rows that
    carry a problem which does not hold them back (a warning, or one that was accepted). `write_units`: of the ready
    rows together, without those of the table's indexes.
    """

    rows: int
    ready: int
    rejected: int
    skipped: int
    duplicate: int
    undecided: int
    causes: tuple[Cause, ...]
    fingerprint: str
    warnings: int = 0
    write_units: int = 0
    slices: tuple[SliceIndex, ...] = field(default=(), repr=False)
    met: tuple[tuple[str, ...], ...] = field(default=(), repr=False)

    def cause(self, code: str, column: str = "") -> Cause | None:
        """The cause of this code and column, or None."""
        return next((one for one in self.causes if (one.code, one.column) == (code, column)), None)
