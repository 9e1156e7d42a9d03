"""Text that was UTF-8 and was once read as cp1252 (`JosÃ©`): found while reading, mended only on request."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

SIGN = (
    "[\u00c3\u00c2\u00c4\u00c5\u00ce\u00cf\u00d0\u00d1][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192"
    "\u02c6\u02dc\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
    "|\u00e2\u20ac[\u0080-\u00bf\u0153\u017e\u02dc\u201c\u201d\u2122\u00a6-\u00bf\u2018-\u2022\u2013\u2014]"
)
"""A lead byte of UTF-8 shown as a letter, followed by a continuation byte shown as a sign."""

_LEADS = rb"(?:\xc3[\x82-\x85\x8e-\x91](?:\xc2[\x80-\xbf]|\xc5[\x92\x93\xa0\xa1\xb8\xbd\xbe]|\xc6\x92|\xcb[\x86\x9c]"
_BYTES = re.compile(_LEADS + rb"|\xe2(?:\x80[\x93-\xba]|\x82\xac|\x84\xa2))|\xc3\xa2\xe2\x82\xac)")
"""The same in the UTF-8 of the working text; it finds candidates at the speed of memory."""

_SIGN = re.compile(SIGN)


def mojibake_places(text: bytes, start: int, end: int) -> list[int]:
    """Offsets of damaged spots in UTF-8 text; of a spot that only looks so, none."""
    return [found.start() for found in _BYTES.finditer(text, start, end) if _is_damage(text, found.start())]


def _is_damage(text: bytes, at: int) -> bool:
    word = text[max(0, at - 20) : at + 40].decode("utf-8", "ignore")
    return fix_text(word) != word


@lru_cache(maxsize=20_000)
def fix_text(text: str) -> str:
    """The text with wrongly decoded letters put right, nothing else changed; the same when there is no damage."""
    from ftfy import fix_encoding

    return fix_encoding(text) if _SIGN.search(text) else text


def fix_column(column: Any) -> tuple[Any, Any]:
    """(a column of text with its damage mended, the row places that changed)."""
    mask = pc.fill_null(pc.match_substring_regex(column, SIGN), False)
    places = pc.indices_nonzero(mask).to_pylist()
    if not places:
        return column, []
    cells = column.to_pylist()
    changed = [at for at in places if fix_text(cells[at]) != cells[at]]
    for at in changed:
        cells[at] = fix_text(cells[at])
    return pa.array(cells, type=pa.string()), changed
