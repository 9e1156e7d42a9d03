"""What is odd about cells that are imported all the same: damage, no date among dates, what no step could read. Pure.

Notices are causes that hold no row back (`codes.NOTICES`). They are looked for in the list as the recipe leaves it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.check.column_view import untouched_columns
from importer.check.contact_rules import Email
from importer.check.schema import ColumnSpec, DynamoType, Schema
from importer.check.text import arrow_text, as_mask
from importer.check.verdicts import Masks
from importer.clean import Recipe, is_some_day
from importer.profile import (
    CELLS_AT_A_TIME,
    DAY_FIRST,
    MONTH_FIRST,
    SPACES,
    ColumnProfile,
    ListProfile,
    TrimmedCells,
    damage_of_columns,
    is_blank,
    is_date,
    profile_columns,
)

LEAST_DATES = 0.6
"""Share of dates among the filled cells, those apart that say "nothing", from which a column is one of dates."""

FEWEST_DATES = 2

NOTHING_HERE = ("zero_date", "null_word", "error_value")
"""Damage of cells that say nothing of what their column holds."""

LOOKED_AT = (DynamoType.S, DynamoType.N, DynamoType.BOOL, DynamoType.SS)
"""Types whose cells are written for people; JSON and binary are not."""

UNREAD_CODES = {
    "parse_dates": "unread_date",
    "epoch_seconds": "unread_date",
    "parse_numbers": "unread_number",
    "parse_yes_no": "unread_yes_no",
    "parse_list": "unread_list",
    "format_phones": "unread_phone",
    "normalise_emails": "unread_email",
}
"""Kind of step → code of what it could not read."""

TELLS_WHY = ("scientific", "month_day", "error_value", "zero_date", "lost_zeros", "prefix")
"""What is said also of a cell that fails a rule: no rule tells where it comes from."""

LOST_DIGITS = 2
"""As many zeros a code of digits has lost at the most (00501, Holtsville)."""

_LATE_DAY = r"(?:^|[^0-9])(?:29|30|31)(?:[^0-9]|$)"
"""Only these days are missing from some months."""


@dataclass(frozen=True)
class ColumnFacts:
    """What a column as a whole is; a cell alone does not tell. `code_length`: 0 for no codes. `rare_order`: the
    pattern of the rarer of two orders of day and month, where dates of both are in the column. `is_sound`: no cell of
    the whole column has any damage, so that none need be looked for."""

    is_dates: bool = False
    code_length: int = 0
    rare_order: str = ""
    is_sound: bool = False

    @classmethod
    def of(cls, column: ColumnProfile) -> ColumnFacts:
        """From the counts of the column, or of a sample of it."""
        dates = column.shape_count("date") + column.shape_count("date and time")
        nothing = sum(damage.count for damage in column.damage if damage.code in NOTHING_HERE)
        is_dates = dates >= FEWEST_DATES and dates >= LEAST_DATES * (column.filled - nothing)
        both = is_dates and column.day_first > 0 and column.month_first > 0
        rarer = MONTH_FIRST if column.month_first <= column.day_first else DAY_FIRST
        return cls(is_dates, column.code_length, rarer if both else "")


Facts = Mapping[str, ColumnFacts]
NO_FACTS = ColumnFacts()


SAMPLE_ROWS = 3_000
"""Enough to tell what a column is: a share is then right within 3 in 100."""


class Slices(Protocol):
    """A list that is read slice by slice."""

    @property
    def slices(self) -> int: ...

    def chunk(self, slice_index: int, /) -> pd.DataFrame: ...

    def chunks(self) -> Iterator[pd.DataFrame]: ...


def sample_of(stage: Slices) -> Iterator[pd.DataFrame]:
    """Rows evenly from the first, the middle and the last slice; all of a short list."""
    last = stage.slices - 1
    places = sorted({0, last // 2, last}) if last >= 0 else []
    for slice_index in places:
        chunk = stage.chunk(slice_index)
        yield chunk.iloc[:: max(1, len(chunk) * len(places) // SAMPLE_ROWS)]


def facts_of(
    recipe: Recipe,
    columns: tuple[str, ...],
    profile: ListProfile | None,
    sample: Iterable[pd.DataFrame],
) -> dict[str, ColumnFacts]:
    """Of each column after the recipe: from the profile of the list as it came (`columns`) where no step touched it,
    else from `sample`, rows after the recipe."""
    known = {column.name: column for column in profile.columns} if profile is not None else {}
    sources = untouched_columns(recipe, columns)
    after = recipe.columns_after(columns)
    whole = {name: known[sources[name]] for name in after if sources.get(name) in known}
    facts = {name: replace(ColumnFacts.of(column), is_sound=not column.damage) for name, column in whole.items()}
    left = [name for name in after if name not in facts]
    if left:
        frames = list(sample)
        telling = [name for name in left if any(_may_be_dates_or_codes(frame[name]) for frame in frames)]
        facts |= {name: ColumnFacts.of(column) for name, column in profile_columns(frames, telling).items()}
    return facts


def are_dates(recipe: Recipe, stage: Slices, column: str) -> bool:
    """Whether a column that the recipe leaves is one of dates, by a sample of it."""
    frames = [recipe.apply(rows).frame for rows in sample_of(stage)]
    return ColumnFacts.of(profile_columns(frames, [column])[column]).is_dates


def _may_be_dates_or_codes(cells: pd.Series) -> bool:
    """Whether half of the filled cells begin or end with a digit: the profile of a column takes its time."""
    ends = TrimmedCells.of(arrow_text(cells))
    first, last = (np.isin(signs, _DIGIT_BYTES) for signs in (ends.first, ends.last))
    return bool(2 * int((first | last).sum()) >= int((ends.sizes > 0).sum()) > 0)


_DIGIT_BYTES = np.frombuffer(b"0123456789", dtype=np.uint8)


class NoticeFinder:
    """A schema made ready once, to look through chunk after chunk. `columns`: those that are looked through."""

    def __init__(self, schema: Schema, facts: Facts, columns: Collection[str]) -> None:
        self._specs = [spec for spec in schema.imported if spec.type in LOOKED_AT and spec.column in columns]
        self._facts = facts
        self._email_keys = [spec.column for spec in schema.key_specs if spec in self._specs and is_email_column(spec)]

    def masks(self, frame: pd.DataFrame, unread: Mapping[tuple[str, str], np.ndarray], failures: Masks) -> Masks:
        """(code, column) → the cells of `frame` (cleaned). `failures`: those of its rules and types."""
        found: Masks = {}
        if frame.empty:
            return found
        size = max(1, CELLS_AT_A_TIME // len(frame))
        for start in range(0, len(self._specs), size):
            names = [spec.column for spec in self._specs[start : start + size]]
            cells = [arrow_text(frame[name]) for name in names]
            columns = notices_of_columns(cells, names, [self._facts.get(name, NO_FACTS) for name in names])
            for name, column in zip(names, columns, strict=True):
                found |= {(code, name): mask for code, mask in column.items()}
        for name in self._email_keys:
            keys = arrow_text(frame[name])
            capitals = as_mask(pc.not_equal(pc.utf8_lower(keys), keys))
            if capitals.any():
                found["key_capitals", name] = capitals & as_mask(pc.match_substring(keys, "@"))
        found |= self._unread(frame, unread)
        _say_once(found, failures)
        return {cause: mask for cause, mask in found.items() if mask.any()}

    def _unread(self, frame: pd.DataFrame, unread: Mapping[tuple[str, str], np.ndarray]) -> Masks:
        imported = {spec.column for spec in self._specs}
        found: Masks = {}
        for (kind, column), rows in unread.items():
            if column in imported:
                mask = np.isin(frame.index.to_numpy(), rows)
                cause = UNREAD_CODES[kind], column
                found[cause] = found[cause] | mask if cause in found else mask
        return found


def _say_once(found: Masks, failures: Masks) -> None:
    """Take out what a rule or type says of the same cell already, but for what tells why it fails."""
    for code, column in list(found):
        for (_, failing), fails in failures.items():
            if failing == column and code not in TELLS_WHY:
                found[code, column] = found[code, column] & ~fails


def is_email_column(spec: ColumnSpec) -> bool:
    """Whether a column holds e-mail addresses, by its rules or its name."""
    named = "".join(sign for sign in f"{spec.attribute or spec.column}".casefold() if sign.isalpha())
    return any(isinstance(rule, Email) for rule in spec.rules) or named in ("email", "mail", "emailaddress")


def column_notices(cells: pa.Array, column: str, facts: ColumnFacts) -> dict[str, np.ndarray]:
    """Code → where a cell has it; what shows in a cell alone, and what the facts of its column add."""
    return notices_of_columns([cells], [column], [facts])[0]


def notices_of_columns(
    columns: Sequence[pa.Array], names: Sequence[str], facts: Sequence[ColumnFacts]
) -> list[dict[str, np.ndarray]]:
    """The `column_notices` of several columns, whose cells are looked at together."""
    doubtful = [place for place, one in enumerate(facts) if not one.is_sound]
    damage: list[dict[str, np.ndarray]] = [{} for _ in columns]
    if doubtful:
        masks = damage_of_columns([columns[place] for place in doubtful], [names[place] for place in doubtful])
        for place, found in zip(doubtful, masks, strict=True):
            damage[place] = found
    return [_with_facts(found, cells, one) for found, cells, one in zip(damage, columns, facts, strict=True)]


def _with_facts(found: dict[str, np.ndarray], cells: pa.Array, facts: ColumnFacts) -> dict[str, np.ndarray]:
    """`found` and what the facts of the column add."""
    if facts.code_length:
        shortest, longest = facts.code_length - LOST_DIGITS, facts.code_length - 1
        found["lost_zeros"] = as_mask(
            pc.match_substring_regex(_trimmed(cells), f"^[1-9][0-9]{{{shortest - 1},{longest - 1}}}$")
        )
    if facts.is_dates:
        found["odd_date"] = _odd_dates(cells, found)
    if facts.rare_order:
        found["two_date_orders"] = as_mask(pc.match_substring_regex(_trimmed(cells), facts.rare_order))
    return found


def _odd_dates(cells: pa.Array, said: Mapping[str, np.ndarray]) -> np.ndarray:
    """Filled cells that are no day; those apart of which something else is said already."""
    bare = _trimmed(cells)
    doubtful = ~as_mask(is_date(bare)) | as_mask(pc.match_substring_regex(bare, _LATE_DAY))
    doubtful &= ~as_mask(is_blank(cells))
    for code in (*NOTHING_HERE, "month_day", "scientific"):
        if code in said:
            doubtful &= ~said[code]
    at = np.flatnonzero(doubtful)
    doubtful[at] = ~as_mask(is_some_day(bare.take(pa.array(at))))
    return doubtful


def _trimmed(cells: pa.Array) -> pa.Array:
    return pc.utf8_trim(cells, characters=SPACES)
