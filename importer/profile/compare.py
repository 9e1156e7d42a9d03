"""This month's list beside last month's: what is unusual, in plain words, before anything runs. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from importer.list_warning import ListWarning
from importer.profile.model import ColumnProfile, ListProfile

FEWEST_ROWS = 20
"""Of shorter lists no share is compared: one row more or less would make it unusual."""

FILL_DROP = 0.10
"""Ten rows in a hundred filled fewer."""

TIMES_MORE, FEWEST_BLANKS = 10, 10
"""Ten times the share of blanks, once there are ten of them; from none at all, one blank in a hundred rows."""

FIRST_BLANKS = 0.01

ROWS_RATIO = 3.0
"""Three times the rows, or a third."""

OVERLAP_CHANGE = 0.30
"""The share of keys known from the last list, compared with what is usual for this recipe."""


@dataclass(frozen=True)
class KeyOverlap:
    """`known`: share (0 to 1) of this list's keys that the last one had; `usual`: that share the time before."""

    known: float
    usual: float | None = None


def compare_profiles(
    previous: ListProfile, now: ListProfile, overlap: KeyOverlap | None = None
) -> tuple[ListWarning, ...]:
    """What is unusual about the list beside the last one of the same recipe: the whole list first, then by column."""
    return (*_of_list(previous, now, overlap), *_of_columns(previous, now))


def _of_list(previous: ListProfile, now: ListProfile, overlap: KeyOverlap | None) -> Iterator[ListWarning]:
    if previous.rows and now.rows and max(now.rows / previous.rows, previous.rows / now.rows) >= ROWS_RATIO:
        told = f"The list has {now.rows:,} rows; the last one had {previous.rows:,}."
        yield ListWarning("row_count", "", told)
    if overlap is not None and _enough(previous, now):
        yield from _of_overlap(overlap)
    if previous.duplicate_keys is not None and now.duplicate_keys is not None:
        before, after = previous.duplicate_keys, now.duplicate_keys
        if _many_more(before, previous.rows, after, now.rows):
            told = f"{after:,} rows repeat the key of an earlier one; in the last list {before:,} did."
            yield ListWarning("more_repeated_keys", now.key_column or "", told)


def _of_overlap(overlap: KeyOverlap) -> Iterator[ListWarning]:
    known, usual = overlap.known, overlap.usual
    if usual is not None and abs(known - usual) >= OVERLAP_CHANGE:
        told = f"{percent_text(known)} of the keys were in the last list; the time before {percent_text(usual)}."
        yield ListWarning("key_overlap", "", f"{told} Is it the right list?")
    elif usual is None and known == 0:
        yield ListWarning("key_overlap", "", "None of the keys was in the last list. Is it the right list?")
    elif usual is None and known == 1:
        yield ListWarning("key_overlap", "", "Every key was in the last list. Is it the same list again?")


def _of_columns(previous: ListProfile, now: ListProfile) -> Iterator[ListWarning]:
    before = {column.name: column for column in previous.columns}
    after = {column.name: column for column in now.columns}
    new = [name for name in after if name not in before]
    for name in before:
        if name not in after:
            like = next((other for other in new if _letters(other) == _letters(name)), None)
            hint = f' It has "{like}": is that the same?' if like is not None else ""
            yield ListWarning("missing_column", name, f'Column "{name}" is missing; the last list had it.{hint}')
    for name in new:
        yield ListWarning("new_column", name, f'Column "{name}" is new; the last list did not have it.')
    if _enough(previous, now):
        for name, column in after.items():
            if name in before:
                yield from _of_column(before[name], column)


def _of_column(before: ColumnProfile, after: ColumnProfile) -> Iterator[ListWarning]:
    name, fill, last_fill = after.name, after.filled / after.rows, before.filled / before.rows
    if _many_more(before.empty, before.rows, after.empty, after.rows):
        times = f"has {(1 - fill) / (1 - last_fill):,.0f} times more" if before.empty else "now has"
        told = f"{percent_text(1 - fill)} of the rows, {percent_text(1 - last_fill)} in the last list"
        yield ListWarning("more_blanks", name, f'Column "{name}" {times} blanks: {told}.')
    elif last_fill - fill >= FILL_DROP:
        told = f"filled in {percent_text(fill)} of the rows; in the last list in {percent_text(last_fill)}"
        yield ListWarning("fill_rate", name, f'Column "{name}" is {told}.')
    if min(before.filled, after.filled) >= FEWEST_ROWS and before.main_shape != after.main_shape:
        told = f'Most cells of "{name}" look like {after.main_shape} now; in the last list like {before.main_shape}.'
        yield ListWarning("other_shape", name, told)


def _many_more(before: int, rows_before: int, after: int, rows_after: int) -> bool:
    """Ten times the share, or from none at all a noticeable one."""
    if after < FEWEST_BLANKS or not rows_before:
        return False
    if not before:
        return after / rows_after >= FIRST_BLANKS
    return after / rows_after >= TIMES_MORE * before / rows_before


def _enough(previous: ListProfile, now: ListProfile) -> bool:
    return min(previous.rows, now.rows) >= FEWEST_ROWS


def percent_text(share: float) -> str:
    """`38 %`; below one in a hundred with a decimal more, never rounded to none or to all."""
    if 0 < share < 0.01 or 0.99 < share < 1:
        return f"{min(max(share, 0.001), 0.999):.1%}".replace("%", " %")
    return f"{share:.0%}".replace("%", " %")


def _letters(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())
