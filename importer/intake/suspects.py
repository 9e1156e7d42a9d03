"""Records of a proven part that may not belong to the table, found with array operations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.intake.apart import LOOKAHEAD, Apart, code_of_odd
from importer.intake.fastroad import Proof
from importer.intake.sections import TableShape, is_repeated_header, is_title

MOST_SUSPECTS = 200
"""Records of a part looked at one by one."""

AT_A_TIME = 50
"""Of them taken from the table together."""


def regular_records(proof: Proof, table: Any, starts: Any, shape: TableShape, apart: Apart) -> int:
    """How many records of a proven part come before the first that is not of the table; `starts` are source bytes."""
    count = len(starts)
    for place in (apart.footer_start, apart.copy_start):
        count = count if place is None else min(count, int(np.searchsorted(starts, place)))
    kept = np.flatnonzero(~proof.blank)
    suspects = _suspects(proof, table, kept, shape, after_blank=apart.after_blank)
    for at, (cells, *following) in _with_following(table, suspects):
        place = int(kept[at])
        if place >= count:
            break
        after_blank = bool(proof.blank[place - 1]) if place else apart.after_blank
        if shape.has_comments and cells[0].lstrip().startswith("#"):
            return place
        if code_of_odd(cells, partial(list, following), shape, after_blank=after_blank):
            return int(kept[_first_title(table, at, shape)]) if is_repeated_header(cells, shape) else place
    return count


def _with_following(table: Any, suspects: list[int]) -> Iterator[tuple[int, list[tuple[str, ...]]]]:
    """Each suspect, and the texts of its row and those behind it; some are taken from the table at a time."""
    for start in range(0, len(suspects), AT_A_TIME):
        some = suspects[start : start + AT_A_TIME]
        blocks = [range(at, min(at + LOOKAHEAD + 1, table.num_rows)) for at in some]
        places = sorted({at for block in blocks for at in block})
        taken = table.take(places)
        columns = [[str(cell or "") for cell in column.to_pylist()] for column in taken.columns]
        texts = dict(zip(places, zip(*columns, strict=True), strict=True))
        yield from ((at, [texts[row] for row in block]) for at, block in zip(some, blocks, strict=True))


def _first_title(table: Any, at: int, shape: TableShape) -> int:
    """The first of the titles that stand just above a header in the middle, else the header."""
    while at and is_title(_texts(table, at - 1), shape):
        at -= 1
    return at


def _suspects(proof: Proof, table: Any, kept: Any, shape: TableShape, *, after_blank: bool) -> list[int]:
    """Table rows that begin like the header, follow a blank line, or lack what their column always has."""
    found = _begin_like_headers(table, shape)
    if shape.has_comments:
        found.update(_where(pc.starts_with(table.column(0), "#")))
    blank = np.flatnonzero(proof.blank[:-1])
    after: Any = np.searchsorted(kept, blank[:MOST_SUSPECTS] + 1)
    found.update(at for at in after.tolist() if at < len(kept))
    if len(kept) and not kept[0] and after_blank:
        found.add(0)
    if shape.telltale is not None:
        column = table.column(shape.telltale[0])
        sign = shape.telltale[1]
        match = pc.match_substring if sign == "@" else pc.match_substring_regex
        tells = match(column, sign)
        found.update(_where(pc.and_not(pc.invert(tells), pc.equal(column, "")))[:MOST_SUSPECTS])
    return sorted(found)


def _begin_like_headers(table: Any, shape: TableShape) -> set[int]:
    """Rows whose first cell is a name. Where a column always holds "@", a header with other columns shows there, and
    only the header itself is looked for, at a quarter of the cost."""
    if shape.telltale is not None and shape.telltale[1] == "@":
        return {at for row in shape.headers if row for at in _where(pc.equal(table.column(0), row[0]))}
    return set(_where(pc.is_in(table.column(0), pa.array(sorted(shape.first_cells), pa.string()))))


def _where(mask: Any) -> list[int]:
    places: list[int] = pc.indices_nonzero(pc.fill_null(mask, False)).to_pylist()
    return places


def _texts(table: Any, at: int) -> list[str]:
    return [str(column[at].as_py() or "") for column in table.columns]
