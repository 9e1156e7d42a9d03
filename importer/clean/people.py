"""People who are in the list twice under different keys, for a person to look at. Nothing is merged. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from importer.clean.cells import SetCells
from importer.clean.decisions import DecideRows
from importer.clean.fitting import ChunkSource
from importer.clean.given_names import are_other_given
from importer.clean.operation import Operation
from importer.clean.people_keys import PersonColumns, PersonKeys, gather_keys, shared_keys
from importer.clean.people_match import alike_pairs, are_family
from importer.clean.recipe import Recipe
from importer.errors import ConfigError
from importer.profile import column_text, is_blank

SAME_EMAIL = "same e-mail address, written otherwise"
SAME_PHONE = "same phone number and similar names"

SIMILAR_NAMES = 85
"""rapidfuzz `token_sort_ratio` (0 to 100) of two names; Jon Sample and John Sample have 95."""

MAX_SHARED_PHONE = 40
"""Of a number that more rows have (a switchboard), only people of the same name are put together."""

MAX_ALIKE = 200_000
"""More rows than this in clusters are no slips of single people but one way of writing: a step for the column."""


@dataclass(frozen=True)
class PersonCluster:
    """Row numbers, ascending, of what is probably one person, and why (SAME_EMAIL, SAME_PHONE, or in what
    they are alike)."""

    rows: tuple[int, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class FieldChoice:
    """What the rows of a cluster have in `column`, as (row, text), and the row whose text is suggested."""

    column: str
    cells: tuple[tuple[int, str], ...]
    chosen: int

    @property
    def differs(self) -> bool:
        """Whether there is anything to choose."""
        return len({text for _, text in self.cells}) > 1


@dataclass(frozen=True)
class Survivor:
    """The row that would stay, and for each column what it could have."""

    row: int
    fields: tuple[FieldChoice, ...]


def find_people(
    recipe: Recipe, columns: PersonColumns, stage: ChunkSource, *, all_reasons: bool = True
) -> tuple[PersonCluster, ...]:
    """Clusters by their first row; rows that the person dropped or rejected by hand are left out. Without
    `all_reasons` the clusters are the same, each with some of its reasons: rows that others have put together already
    are not compared for one more.

    Reads the stage once and keeps about 60 bytes of each row, 300 where rows are compared. Raises ConfigError for too
    many rows (`gather_keys`), or `MAX_ALIKE` in clusters.
    """
    keys = gather_keys(recipe, columns, stage)
    groups = _Groups()
    for rows in _same_email(keys):
        groups.join(rows, SAME_EMAIL)
    for rows in _same_phone(keys):
        groups.join(rows, SAME_PHONE)
    for rows, reason in _alike(keys, None if all_reasons else groups.has_together):
        groups.join(rows, reason)
    return groups.clusters()


def propose_survivor(frame: pd.DataFrame, failing: Collection[tuple[int, str]] = ()) -> Survivor:
    """For the rows of one cluster, after the recipe: the fullest row stays, its blanks take what another row has.

    `failing`: cells by (row, column) that the check refuses, column "" for a whole row; they count as blank where
    another row has a better one.
    """
    filled = {column: ~np.asarray(is_blank(column_text(frame, column))) for column in frame.columns}
    good = {
        column: has_text & [{(int(row), column), (int(row), "")}.isdisjoint(failing) for row in frame.index]
        for column, has_text in filled.items()
    }
    best = int(np.argmax(np.sum(list(good.values()), axis=0)))
    fields = []
    for column, has_text in filled.items():
        chosen = next((_place(mask, best) for mask in (good[column], has_text) if mask.any()), best)
        cells = tuple((int(row), str(text)) for row, text in frame[column].items())
        fields.append(FieldChoice(str(column), cells, int(frame.index[chosen])))
    return Survivor(int(frame.index[best]), tuple(fields))


def _place(mask: np.ndarray, best: int) -> int:
    """`best` where the mask holds there, else the first place where it does."""
    return best if mask[best] else int(np.argmax(mask))


def merge_people(survivor: Survivor, choices: Mapping[str, int] | None = None) -> tuple[Operation, ...]:
    """The steps a person approved: the surviving row gets the chosen cells, the other rows are dropped.

    `choices`: column → row whose cell it gets, where it is not the suggested one.
    """
    steps: list[Operation] = []
    for one in survivor.fields:
        cells = dict(one.cells)
        wanted = cells[(choices or {}).get(one.column, one.chosen)]
        if wanted != cells[survivor.row]:
            steps.append(SetCells(one.column, ((survivor.row, wanted),)))
    rows = {row for one in survivor.fields for row, _ in one.cells} - {survivor.row}
    return (*steps, DecideRows(tuple(rows), "drop"))


def _same_email(keys: PersonKeys) -> Iterator[list[int]]:
    for group in shared_keys(keys.email):
        if (keys.raw[group] != keys.raw[group[0]]).any():
            yield keys.rows[group].tolist()


def _same_phone(keys: PersonKeys) -> Iterator[list[int]]:
    from rapidfuzz.fuzz import token_sort_ratio

    for group in shared_keys(keys.phone):
        names = keys.names.take(pa.array(group)).to_pylist()
        places = [(name, int(place)) for name, place in zip(names, group, strict=True) if name]
        if len(places) > MAX_SHARED_PHONE:
            yield from _same_name([(name, int(keys.rows[place])) for name, place in places])
            continue
        for at, (name, place) in enumerate(places):
            for other, other_place in places[at + 1 :]:
                if token_sort_ratio(name, other) >= SIMILAR_NAMES and not _are_family(keys, place, other_place):
                    yield [int(keys.rows[place]), int(keys.rows[other_place])]


def _are_family(keys: PersonKeys, one: int, other: int) -> bool:
    """Whether two of one phone number are twins, or parent and child, for all their names are alike."""
    if keys.texts is not None:
        return are_family(keys.texts, one, other)
    given, names = ((column[one].as_py(), column[other].as_py()) for column in (keys.given, keys.names))
    return are_other_given(*given, *names)


def _alike(keys: PersonKeys, are_together: Callable[[int, int], bool] | None) -> Iterator[tuple[list[int], str]]:
    """Pairs that name, birth date, address or number put together; not those of one address, of which one wins.
    `are_together`: whether two rows are one person already, so that nothing more is asked of them."""
    if keys.texts is None:
        return
    for one, other, reason in alike_pairs(keys.texts, are_together):
        if not keys.raw[one] or keys.raw[one] != keys.raw[other]:
            yield [int(keys.rows[one]), int(keys.rows[other])], reason


def _same_name(rows: Sequence[tuple[str, int]]) -> Iterator[list[int]]:
    named: dict[str, list[int]] = {}
    for name, row in rows:
        named.setdefault(name, []).append(row)
    yield from (found for found in named.values() if len(found) > 1)


@dataclass
class _Groups:
    """Rows joined to groups, with the reasons."""

    _head: dict[int, int] = field(default_factory=dict)
    _why: dict[int, set[str]] = field(default_factory=dict)

    def join(self, rows: Sequence[int], reason: str) -> None:
        """These rows are one person."""
        for row in rows:
            self._head.setdefault(row, row)
        if len(self._head) > MAX_ALIKE:
            raise ConfigError(
                f"More than {MAX_ALIKE:,} rows look like somebody else's: that is one way of writing, no slip. "
                "Mend the column first (small letters, no spaces at the ends), then look again."
            )
        heads = {self._find(row) for row in rows}
        first = min(heads)
        why = set().union(*(self._why.pop(head, set()) for head in heads)) | {reason}
        self._head.update(dict.fromkeys(heads, first))
        self._why[first] = why

    def has_together(self, one: int, other: int) -> bool:
        """Whether the two rows are one person by what was joined so far."""
        return one in self._head and other in self._head and self._find(one) == self._find(other)

    def clusters(self) -> tuple[PersonCluster, ...]:
        """All groups by their first row."""
        members: dict[int, list[int]] = {}
        for row in sorted(self._head):
            members.setdefault(self._find(row), []).append(row)
        return tuple(PersonCluster(tuple(rows), tuple(sorted(self._why[head]))) for head, rows in members.items())

    def _find(self, row: int) -> int:
        while self._head[row] != row:
            self._head[row] = self._head[self._head[row]]
            row = self._head[row]
        return row
