"""What a cell looks like, as far as it helps to tell a right reading of a list from a wrong one."""

from __future__ import annotations

import re
from functools import lru_cache

_SHAPES = (
    ("e-mail", re.compile(r"[^@\s,;|\"']+@[^@\s,;|\"']+\.[A-Za-z]{2,}")),
    ("number", re.compile(r"[-+]?[$€£]?\s?(?:\d+|\d{1,3}(?:[., ']\d{3})+)(?:[.,]\d+)?(?:[eE][+-]?\d+)?\s?[%€$£]?")),
    ("date", re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?Z?)?")),
    ("date", re.compile(r"\d{1,2}[-/. ][A-Za-z]{3,9}(?:[-/. ]\d{2,4})?")),
    ("time", re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp][Mm])?")),
    ("phone", re.compile(r"\+?\(?\d[\d\s()./-]{5,}\d")),
    ("address", re.compile(r"(?:https?://|www\.)\S+")),
)

_PLAIN_TEXT = re.compile(r"[^\",;|\t\r\n]*")


@lru_cache(maxsize=16_384)
def shape_of(cell: str) -> str:
    """ "empty", "number", "e-mail", "date", "time", "phone", "address", "text", or "mixed": text with separators."""
    text = cell.strip()
    if not text:
        return "empty"
    for name, pattern in _SHAPES:
        if pattern.fullmatch(text):
            return name
    return "text" if _PLAIN_TEXT.fullmatch(text) else "mixed"


def is_data(cell: str) -> bool:
    """Whether a cell has a shape that names of columns do not have."""
    return shape_of(cell) in ("number", "e-mail", "date", "time", "phone", "address")
