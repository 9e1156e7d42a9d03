"""Repairs of records with a cell too many or too few: suggested from what the columns hold, applied on request.

A record that a line end in a cell without quotes has cut is joined again: by itself where the columns prove that what
follows is no record of its own, on request where they only allow it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from importer.intake.cells import shape_of
from importer.intake.records import Records
from importer.intake.sections import TableShape
from importer.intake.tokenizer import Record

TITLES = {
    "join": "Cells {first} to {last} are one cell that holds the delimiter.",
    "drop_empty": "Cell {first} is empty and one too many; take its delimiter out.",
    "insert": "Cell {first} is missing; put an empty one in.",
    "other_delimiter": "The record is cut by another sign; cut it there.",
    "join_rows": "A line end in a cell has cut the record; join it with the row {neighbour}.",
}

REPAIR_KINDS = (*TITLES, "mojibake")
"""What can be asked for all alike."""

OTHER_SIGNS = (";", ",", "\t", "|", " ")


@dataclass(frozen=True)
class Repair:
    """What would give a record its cells. `at` is the first cell it is about (from 0), `count` how many delimiters
    go in or out, `sign` another delimiter. `join_rows`: `at` rows above it and it are of `count` that are one."""

    kind: str
    at: int = 0
    count: int = 1
    sign: str = ""

    def title(self) -> str:
        """What it does, in plain words."""
        where = {"first": self.at + 1, "last": self.at + 1 + self.count, "neighbour": "above" if self.at else "below"}
        return TITLES[self.kind].format(**where)

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

    def joins(self, run: Run, rows: Sequence[int]) -> bool:
        """Whether records that are one are to be joined; `rows` are the row numbers of all records."""
        wanted = [self.rows[rows[at]] for at in run.places if rows[at] in self.rows]
        return run.is_proved or "join_rows" in self.kinds or any(one.kind == "join_rows" for one in wanted)

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

MOST_ROWS_JOINED = 40
"""A cell of more lines than this is no cell of a list; one record cannot take the rest of the file."""


class Run(NamedTuple):
    """`size` records from the place `first` on are one that line ends have cut. `is_proved`: nothing else fits."""

    first: int
    size: int
    is_proved: bool

    @property
    def places(self) -> range:
        return range(self.first, self.first + self.size)


class Rows(Protocol):
    """The cells of records; a blank one has none."""

    def __len__(self) -> int: ...

    def __getitem__(self, at: int, /) -> Sequence[bytes]: ...


def find_runs(records: Rows, short: Sequence[int], shape: TableShape) -> list[Run]:
    """Cut records, by the cells of all records (a blank one has none) and the places of those that are too short."""
    runs: list[Run] = []
    end = 0
    for at in short:
        if at >= end and (run := _run_at(records, at, shape, end)) is not None:
            runs.append(run)
            end = run.places.stop
    return runs


def _run_at(records: Rows, at: int, shape: TableShape, floor: int) -> Run | None:
    if len(records[at]) > 1 or not records[at]:
        return _cut_run(records, at, shape)
    if 0 in dict(shape.shapes) and not _fits(records[at], shape) and (run := _cut_run(records, at, shape)):
        return run
    above = next((place for place in range(at - 1, floor - 1, -1) if records[place]), -1)
    last_is_text = shape.width - 1 not in dict(shape.shapes)
    is_below = above == at - 1  # what stands below a blank line belongs to no cell above it
    if above >= 0 and is_below and len(records[above]) == shape.width and last_is_text:
        if _fits(records[at], shape):
            return _cut_run(records, at, shape)
        if 0 not in dict(shape.shapes) and shape.width - 1 in shape.repeating:
            return None  # as likely a record of its own, and the cell above is whole: others hold the same
        size = _lines_of_last_cell(records, above)
        return Run(above, size, False) if size <= MOST_ROWS_JOINED else None
    return _cut_run(records, at, shape)


def _lines_of_last_cell(records: Rows, above: int) -> int:
    """How many records, with the one above, are of one cell each (blank ones between them count)."""
    last = above
    for place in range(above + 1, min(len(records), above + MOST_ROWS_JOINED + 2)):
        if len(records[place]) > 1:
            break
        last = place if records[place] else last
    return last + 1 - above


def _cut_run(records: Rows, at: int, shape: TableShape) -> Run | None:
    """The records from a short one on that have the table's width together, if the columns allow it."""
    cells, pieces, kinds = list(records[at]), [], dict(shape.shapes)
    for place in range(at + 1, min(len(records), at + MOST_ROWS_JOINED)):
        piece = records[place] or [b""]
        if len(cells) + len(piece) - 1 > shape.width:
            return None
        cells = [*cells[:-1], _glued(cells[-1], piece[0], kinds.get(len(cells) - 1)), *piece[1:]]
        pieces += [piece] if records[place] else []
        if len(cells) == shape.width and records[place]:
            break
    else:
        return None
    right, wrong = _marks(cells, shape)
    begins = [_marks(piece, shape) for piece in pieces]
    if (
        wrong
        or (shape.shapes and not right)
        or _marks(records[at][:-1], shape)[1]
        or any(good > bad for good, bad in begins)
    ):
        return None
    are_pieces = [bad > good for good, bad in begins]
    if any(len(piece) > 1 and piece[0] and not bad for piece, bad in zip(pieces, are_pieces, strict=True)):
        return None  # as likely a record of its own that lacks cells: two people would become one
    begins_well = _fits(records[at], shape) or _fits(records[at][:-1], shape)
    is_proved = not shape.has_short_rows and all(are_pieces) and begins_well
    return Run(at, place + 1 - at, is_proved)


def _glued(head: bytes, tail: bytes, kind: str | None, between: bytes = b" ") -> bytes:
    """The two pieces of a cell as one. A cell of data has a blank between them, or nothing where only that makes it
    what its column (of `kind`) holds: an e-mail address; but not of two of which one is that already."""
    if kind is None:
        return head + between + tail
    head, tail = head.strip(), tail.strip()
    parts = [head, tail, head + b" " + tail, head + tail]
    fits = [shape_of(cell.decode("utf-8", "replace")) == kind for cell in parts]
    if fits[2] or (fits[3] and not fits[0] and not fits[1]):
        return parts[2] if fits[2] else parts[3]
    return head + between + tail


def _marks(cells: Sequence[bytes], shape: TableShape) -> tuple[int, int]:
    """How many cells hold what their columns of data hold, and how many something else."""
    shapes = [
        (shape_of(cells[at].decode("utf-8", "replace").strip()), kind) for at, kind in shape.shapes if at < len(cells)
    ]
    right = sum(found == kind for found, kind in shapes)
    return right, sum(found != "empty" for found, _ in shapes) - right


def _fits(cells: Sequence[bytes], shape: TableShape) -> bool:
    """Whether a record begins as records of the table do."""
    right, wrong = _marks(cells, shape)
    return right > wrong == 0


class Joined(NamedTuple):
    """Records of which some were joined. `rows`: the row number of each, of joined ones the first; `last_row`: of the
    last record that was read. `lasts`: place → the last row of a joined record, and whether a person asked for it;
    `suggested`: place → the repair of a record that may be one with others (None: another's place has it)."""

    records: Records
    rows: Any
    last_row: int
    lasts: dict[int, tuple[int, bool]]
    suggested: dict[int, Repair | None]


class _Pieces:
    """Of the first records the cells, where nothing else is wrong with them than that cells are missing."""

    def __init__(self, records: Records, count: int, width: int) -> None:
        self._records = records
        self._count = count
        self._wide = [b""] * (width + 1)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, at: int, /) -> Sequence[bytes]:
        record = self._records[at]
        return record.cells if _may_be_piece(record) else self._wide


def cut_runs(records: Records, count: int, shape: TableShape) -> list[Run]:
    """Cut records among the first `count` records, all of which are of the table."""
    short = [at for at, record in sorted(records.odd.items()) if at < count and record.codes == ("row_too_short",)]
    return find_runs(_Pieces(records, count, shape.width), short, shape) if short else []


def join_cut(records: Records, rows: range, runs: Iterable[Run], repairs: Repairs, shape: TableShape) -> Joined:
    """The records with those joined that line ends had cut, where that is proved or wanted."""
    joined: dict[int, Record] = {}
    gone: list[int] = []
    lasts: dict[int, tuple[int, bool]] = {}
    suggested: dict[int, Repair | None] = {}
    for run in runs:
        if repairs.joins(run, rows):
            lasts[run.first - len(gone)] = rows[run.places[-1]], not run.is_proved
            joined[run.first] = join_records([records[at] for at in run.places], shape)
            gone += run.places[1:]
        else:
            short = [at for at in run.places if records[at].codes]
            suggested |= {at - len(gone): None for at in short}
            suggested[short[0] - len(gone)] = Repair("join_rows", short[0] - run.first, run.size)
    whole, places = records.with_joined(joined, gone)
    return Joined(whole, places + rows.start, rows[-1], lasts, suggested)


def _may_be_piece(record: Record) -> bool:
    """Whether nothing is wrong with a record but that cells are missing; a blank one is an empty line."""
    is_empty_line = record.blank and record.end - record.start <= 2
    return is_empty_line or (bool(record.cells) and not {*record.codes} - {"row_too_short"})


def join_records(records: Sequence[Record], shape: TableShape) -> Record:
    """The records as one, with a line feed between them in its cells, as spreadsheets have it there; cells of data
    are put together as their columns have them."""
    kinds = dict(shape.shapes)
    cells = list(records[0].cells)
    for record in records[1:]:
        first, *others = record.cells or [b""]
        cells = [*cells[:-1], _glued(cells[-1], first, kinds.get(len(cells) - 1), b"\n"), *others]
    codes = dict.fromkeys(code for record in records for code in record.codes if code != "row_too_short")
    return Record(records[0].start, records[-1].end, cells, tuple(codes), False)


def suggest_repair(cells: Sequence[str], shape: TableShape, delimiter: str) -> Repair | None:
    """The one repair after which the record looks most like the others; None when none is clearly the best."""
    best: Repair | None = None
    best_score = _score(cells, shape) - (len(cells) != shape.width)
    tied = False
    for repair in _candidates(cells, shape.width, delimiter):
        score = _score(repair.apply(cells, delimiter), shape)
        if repair.kind == "insert" and score <= 0:
            continue  # nothing in the row says where its cells belong: a title, a remark
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
