"""Repairs of records with a cell too many or too few: suggested from what the columns hold, applied on request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from importer.intake.cells import shape_of
from importer.intake.sections import TableShape

TITLES = {
    "join": "Cells {first} to {last} are one cell that holds the delimiter.",
    "drop_empty": "Cell {first} is empty and one too many; take its delimiter out.",
    "insert": "Cell {first} is missing; put an empty one in.",
    "other_delimiter": "The record is cut by another sign; cut it there.",
}

REPAIR_KINDS = (*TITLES, "mojibake")
"""What can be asked for all alike."""

OTHER_SIGNS = (";", ",", "\t", "|", " ")


@dataclass(frozen=True)
class Repair:
    """What would give a record its cells. `at` is the first cell it is about (from 0), `count` how many delimiters
    go in or out, `sign` another delimiter."""

    kind: str
    at: int = 0
    count: int = 1
    sign: str = ""

    def title(self) -> str:
        """What it does, in plain words."""
        return TITLES[self.kind].format(first=self.at + 1, last=self.at + 1 + self.count)

    def apply(self, cells: Sequence[str], delimiter: str) -> list[str]:
        """The record's cells after the repair."""
        at, end = self.at, self.at + self.count
        if self.kind == "join":
            return [*cells[:at], delimiter.join(cells[at : end + 1]), *cells[end + 1 :]]
        if self.kind == "drop_empty":
            return [*cells[:at], *cells[end:]]
        if self.kind == "insert":
            return [*cells[:at], *[""] * self.count, *cells[at:]]
        return delimiter.join(cells).split(self.sign)

    def to_text(self) -> str:
        """One word to keep beside the problem."""
        return f"{self.kind}/{self.at}/{self.count}/{self.sign}"

    @classmethod
    def from_text(cls, text: str) -> Repair | None:
        """What `to_text` wrote; None of an empty text."""
        if not text:
            return None
        kind, at, count, sign = text.split("/", 3)
        return cls(kind, int(at), int(count), sign)


@dataclass(frozen=True)
class Repairs:
    """What the steward wants repaired: single records by row number, or all with the same kind of suggestion."""

    rows: Mapping[int, Repair] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()

    def wanted(self, row: int, suggested: Repair | None) -> Repair | None:
        """The repair for a row, if one is wanted."""
        if row in self.rows:
            return self.rows[row]
        return suggested if suggested is not None and suggested.kind in self.kinds else None

    def shifted(self, rows: int) -> Repairs:
        """The same for row numbers that are so much higher."""
        return Repairs({row + rows: repair for row, repair in self.rows.items()}, self.kinds) if rows else self

    def to_dict(self) -> dict[str, Any]:
        """Plain types only, for JSON."""
        return {
            "rows": {str(row): repair.to_text() for row, repair in sorted(self.rows.items())},
            "kinds": sorted(self.kinds),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Repairs:
        """What `to_dict` described."""
        rows = {int(row): Repair.from_text(text) for row, text in values.get("rows", {}).items()}
        return cls({row: repair for row, repair in rows.items() if repair}, frozenset(values.get("kinds", ())))


NO_REPAIRS = Repairs()


def suggest_repair(cells: Sequence[str], shape: TableShape, delimiter: str) -> Repair | None:
    """The one repair after which the record looks most like the others; None when none is clearly the best."""
    best: Repair | None = None
    best_score = _score(cells, shape) - (len(cells) != shape.width)
    tied = False
    for repair in _candidates(cells, shape.width, delimiter):
        score = _score(repair.apply(cells, delimiter), shape)
        if score > best_score:
            best, best_score, tied = repair, score, False
        elif score == best_score and best is not None and best.kind != "other_delimiter":
            tied = tied or repair.apply(cells, delimiter) != best.apply(cells, delimiter)
    return None if tied else best


def _candidates(cells: Sequence[str], width: int, delimiter: str) -> Iterator[Repair]:
    surplus = len(cells) - width
    for sign in OTHER_SIGNS:
        if surplus < 0 and sign != delimiter and len(delimiter.join(cells).split(sign)) == width:
            yield Repair("other_delimiter", 0, 1, sign)
    if surplus > 0:
        for at in range(len(cells) - surplus):
            if not any(cells[at : at + surplus]):
                yield Repair("drop_empty", at, surplus)
            else:
                yield Repair("join", at, surplus)
    elif surplus < 0:
        for at in range(len(cells) + 1):
            yield Repair("insert", at, -surplus)


def _score(cells: Sequence[str], shape: TableShape) -> int:
    """Columns of data that hold their data, less those that hold something else."""
    total = 0
    for at, kind in shape.shapes:
        found = shape_of(cells[at]) if at < len(cells) else "empty"
        total += 1 if found == kind else 0 if found == "empty" else -1
    return total
