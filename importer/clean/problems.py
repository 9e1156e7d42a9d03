"""What keeps a recipe from running on a list, told so that a page can make a button of it. Pure."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from importer.clean.operation import Operation

ENOUGH_ALIKE = 0.75
"""difflib ratio of the letters and digits of two names, above which one is taken for the other."""


@dataclass(frozen=True)
class RecipeProblem:
    """Operation `number` (from 1) and the `column` it is about.

    `exists` False: it needs the column and the list has none; `near` is the column that is most likely meant, and
    `Recipe.renamed(column, near)` maps it. `exists` True: it makes the column and the list has one already.
    """

    number: int
    column: str
    near: str | None
    exists: bool
    message: str


def find_problems(operations: Sequence[Operation], columns: tuple[str, ...]) -> Iterator[RecipeProblem]:
    """In order; a missing column is told once and then taken as there."""
    known = columns
    for number, step in enumerate(operations, start=1):
        for column in step.needs():
            if column not in known:
                near = near_column(column, known)
                yield RecipeProblem(number, column, near, False, _missing(number, column, near))
                known = (*known, column)
        after = step.columns_after(known)
        times = Counter(after)
        for column in step.makes():
            if times[column] > 1:
                yield RecipeProblem(number, column, None, True, _twin(number, column))
        known = tuple(dict.fromkeys(after))


def near_column(column: str, known: Sequence[str]) -> str | None:
    """The column of the list that is most likely meant, by its letters and digits alone; None if none is near."""
    folded = {_folded(name): name for name in reversed(known) if _folded(name)}
    alike = difflib.get_close_matches(_folded(column), list(folded), n=1, cutoff=ENOUGH_ALIKE)
    return folded[alike[0]] if alike else None


def _missing(number: int, column: str, near: str | None) -> str:
    hint = (
        f'Did you mean "{near}"? Map it, or take the operation out.'
        if near
        else "Take the operation out, or load a list that has it."
    )
    return f'Operation {number} needs column "{column}"; the list has no such column. {hint}'


def _twin(number: int, column: str) -> str:
    return (
        f'Operation {number} makes column "{column}"; the list has such a column already. '
        "Take the operation out, or rename the column first."
    )


def _folded(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())
