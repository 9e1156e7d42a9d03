"""Records of a proven part that may not belong to the table, found with array operations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow.compute as pc

from importer.intake.apart import LOOKAHEAD, Apart
from importer.intake.fastroad import Proof
from importer.intake.sections import TableShape, is_repeated_header, starts_second_table

MOST_SUSPECTS = 200
"""Records of a part looked at one by one."""


def regular_records(proof: Proof, table: Any, starts: Any, shape: TableShape, apart: Apart) -> int:
    """How many records of a proven part come before the first that is not of the table; `starts` are source bytes."""
    count = len(starts)
    if apart.footer_start is not None:
        count = int(np.searchsorted(starts, apart.footer_start))
    kept = np.flatnonzero(~proof.blank)
    for at in _suspects(proof, table, kept, shape, after_blank=apart.after_blank):
        place = int(kept[at])
        if place >= count:
            break
        cells = _texts(table, at)
        following = [_texts(table, at + step) for step in range(1, LOOKAHEAD + 1) if at + step < table.num_rows]
        after_blank = bool(proof.blank[place - 1]) if place else apart.after_blank
        if is_repeated_header(cells, shape) or starts_second_table(cells, following, shape, after_blank=after_blank):
            return place
    return count


def _suspects(proof: Proof, table: Any, kept: Any, shape: TableShape, *, after_blank: bool) -> list[int]:
    """Table rows that begin like the header, follow a blank line, or lack what their column always has."""
    found = {at for row in shape.headers if row for at in _where(pc.equal(table.column(0), row[0]))}
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


def _where(mask: Any) -> list[int]:
    places: list[int] = pc.indices_nonzero(pc.fill_null(mask, False)).to_pylist()
    return places


def _texts(table: Any, at: int) -> list[str]:
    return [str(column[at].as_py() or "") for column in table.columns]
