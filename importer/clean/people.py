"""People who are in the list twice under different keys, for a person to look at. Nothing is merged. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.cells import SetCells
from importer.clean.columns import map_distinct
from importer.clean.decisions import DecideRows
from importer.clean.fitting import ChunkSource
from importer.clean.fold import fingerprint
from importer.clean.operation import Operation
from importer.clean.recipe import Recipe
from importer.errors import ConfigError
from importer.profile import SPACES, column_text, is_blank

SAME_EMAIL = "same e-mail address, written otherwise"
SAME_PHONE = "same phone number and similar names"

SIMILAR_NAMES = 85
"""rapidfuzz `token_sort_ratio` (0 to 100) of two names; Jon Sample and John Sample have 95."""

PHONE_DIGITS = 9
"""The last digits, by which numbers with and without country code or trunk zero meet."""

MAX_SHARED_PHONE = 40
"""Of a number that more rows have (a switchboard), only people of the same name are put together."""


@dataclass(frozen=True)
class PersonColumns:
    """Which columns tell people apart; `names` are put together in order."""

    email: str | None = None
    phone: str | None = None
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.email is None and (self.phone is None or not self.names):
            raise ConfigError("Name a column of e-mail addresses, or one of phone numbers and those of the names.")

    @property
    def all(self) -> tuple[str, ...]:
        """Every column that is read."""
        return tuple(name for name in (self.email, self.phone, *self.names) if name)


@dataclass(frozen=True)
class PersonCluster:
    """Row numbers, ascending, of what is probably one person, and why (SAME_EMAIL, SAME_PHONE)."""

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


def find_people(recipe: Recipe, columns: PersonColumns, stage: ChunkSource) -> tuple[PersonCluster, ...]:
    """Clusters by their first row; reads the stage once and keeps the keys of all rows in memory."""
    keys = pd.concat([_keys_of(recipe.apply(chunk).frame, columns) for chunk in stage.chunks()])
    groups = _Groups()
    if columns.email is not None:
        for rows in _same_email(keys):
            groups.join(rows, SAME_EMAIL)
    if columns.phone is not None and columns.names:
        for rows in _same_phone(keys):
            groups.join(rows, SAME_PHONE)
    return groups.clusters()


def propose_survivor(frame: pd.DataFrame) -> Survivor:
    """For the rows of one cluster, after the recipe: the fullest row stays, its blanks take what another row has."""
    filled = {column: ~np.asarray(is_blank(column_text(frame, column))) for column in frame.columns}
    counts = np.sum(list(filled.values()), axis=0)
    best = int(np.argmax(counts))
    fields = []
    for column, has_text in filled.items():
        chosen = best if has_text[best] or not has_text.any() else int(np.argmax(has_text))
        cells = tuple((int(row), str(text)) for row, text in frame[column].items())
        fields.append(FieldChoice(str(column), cells, int(frame.index[chosen])))
    return Survivor(int(frame.index[best]), tuple(fields))


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


def _keys_of(frame: pd.DataFrame, columns: PersonColumns) -> pd.DataFrame:
    """For each row: the raw address, and the keys of address, phone and name ("" where there is none)."""
    keys: dict[str, pa.Array] = {}
    if columns.email is not None:
        raw = column_text(frame, columns.email)
        keys |= {"raw": raw, "email": email_key(raw)}
    if columns.phone is not None:
        keys["phone"] = phone_key(column_text(frame, columns.phone))
    if columns.names:
        parts = [column_text(frame, name) for name in columns.names]
        full = parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, pa.scalar(" ", pa.large_string()))
        keys["name"] = map_distinct(full, fingerprint)
    return pd.DataFrame({name: pd.Series(cells, index=frame.index, dtype="str") for name, cells in keys.items()})


def email_key(cells: pa.Array) -> pa.Array:
    """Addresses without capitals, name, tag (`ann+fair@`) and, for Gmail, dots: one mailbox, one key; "" if none."""
    bare = pc.utf8_lower(pc.utf8_trim(cells, characters=SPACES))
    for pattern, put in (
        (r"^mailto:\s*|^[^<>]*<\s*|\s*>$", ""),
        (r"^([^+@]+)\+[^@]*@", r"\1@"),
        (r"@googlemail\.com$", "@gmail.com"),
    ):
        bare = pc.replace_substring_regex(bare, pattern=pattern, replacement=put)
    gmail = pc.ends_with(bare, "@gmail.com")
    dotless = pc.replace_substring_regex(bare, pattern=r"\.", replacement="")
    bare = pc.if_else(gmail, pc.replace_substring_regex(dotless, pattern="gmailcom$", replacement="gmail.com"), bare)
    return pc.if_else(pc.match_substring_regex(bare, r"^[^@\s]+@[^@\s]+$"), bare, pa.scalar("", pa.large_string()))


def phone_key(cells: pa.Array) -> pa.Array:
    """The last digits of each number; "" for fewer than `PHONE_DIGITS`, and for what has letters in it."""
    digits = pc.replace_substring_regex(cells, pattern="[^0-9]", replacement="")
    good = pc.and_(
        pc.greater_equal(pc.utf8_length(digits), PHONE_DIGITS),
        pc.invert(pc.match_substring_regex(cells, "[A-Za-z]")),
    )
    return pc.if_else(good, pc.utf8_slice_codeunits(digits, -PHONE_DIGITS), pa.scalar("", pa.large_string()))


def _shared(keys: pd.Series) -> Iterator[np.ndarray]:
    """Positions of rows that share a key, key by key."""
    codes, _ = pd.factorize(keys.where(keys != ""))
    order = np.argsort(codes, kind="stable")
    order = order[codes[order] >= 0]
    for group in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        if len(group) > 1:
            yield group


def _same_email(keys: pd.DataFrame) -> Iterator[list[int]]:
    raw, numbers = keys["raw"].to_numpy(dtype=object), keys.index.to_numpy()
    for group in _shared(keys["email"]):
        if len(set(raw[group])) > 1:
            yield numbers[group].tolist()


def _same_phone(keys: pd.DataFrame) -> Iterator[list[int]]:
    from rapidfuzz.fuzz import token_sort_ratio

    names, numbers = keys["name"].to_numpy(dtype=object), keys.index.to_numpy()
    for group in _shared(keys["phone"]):
        rows = [(names[at], int(numbers[at])) for at in group.tolist() if names[at]]
        if len(rows) > MAX_SHARED_PHONE:
            yield from _same_name(rows)
            continue
        for at, (name, row) in enumerate(rows):
            for other, other_row in rows[at + 1 :]:
                if token_sort_ratio(name, other) >= SIMILAR_NAMES:
                    yield [row, other_row]


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
        heads = {self._find(row) for row in rows}
        first = min(heads)
        why = set().union(*(self._why.pop(head, set()) for head in heads)) | {reason}
        self._head.update(dict.fromkeys(heads, first))
        self._why[first] = why

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
