"""Damage that spreadsheets, exports, copying and wrong encodings leave in cells. Pure.

Patterns are tried only on cells that can have the damage by their first and last byte: most columns need none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.profile.cells import trim
from importer.profile.shapes import MONTH
from importer.profile.space_signs import SPACES

_MISREAD = (
    "\\x{80}-\\x{BF}\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d"
    "\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178"
)
"""The second bytes of two-byte UTF-8 (80 to BF) as Latin-1 and cp1252 show them."""

PADDED, LOST_ZEROS, NULL_WORD = "padded", "lost_zeros", "null_word"

_ZEROS = "0{1,4}[-/.]0{1,2}[-/.]0{1,4}"
_DAY_ZERO = "0?1[-/.]00?[-/.](?:19)?00|00?[-/.]0?1[-/.](?:19)?00|1900-01-00|0-Jan-(?:19)?00"
_NO_TIME = r"(?:[T ]+0{1,2}:00(?::00(?:\.0+)?)?)?"
_NUMBER_BEHIND = r"\+?\(?[0-9][0-9 ().\-/]{3,}"

PATTERNS: dict[str, str] = {
    "scientific": r"^[+-]?[0-9](?:[.,][0-9]+)?E\+[0-9]{2,3}$",
    "month_day": f"^(?:[0-9]{{1,2}}[- ]{MONTH}|{MONTH}[- ][0-9]{{1,2}})$",
    "error_value": r"^(?:#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!)|#{3,})$",
    "zero_date": f"^(?:{_ZEROS}|{_DAY_ZERO}){_NO_TIME}$",
    "prefix": (
        rf"^(?:(?:[a-z]{{1,2}}|(?i:tel|phone|mobile|mob|fax)):\s*{_NUMBER_BEHIND}|(?i:mailto|smtp|sip|e-?mail):\s*\S+@\S+"
        rf"|'[+0=]?{_NUMBER_BEHIND}|=\"[^\"]*\")$"
    ),
    "invisible": (
        r"[\x00-\x08\x0e-\x1f\x7f\x{AD}\x{34F}\x{115F}\x{1160}\x{200B}\x{2060}\x{3164}\x{FEFF}\x{FFA0}]"
        r"|[0-9\p{Latin}\p{Greek}\p{Cyrillic}.,@_-][\x{FE00}-\x{FE0F}\x{E0100}-\x{E01EF}](?:[^\x{20E3}]|$)"
    ),
    "mojibake": (
        f"[\u00c3\u00c5\u00c4][{_MISREAD}]|\u00c2[\\x{{A0}}-\\x{{BF}}]|\u00e2\u20ac|\u00ef\u00bb\u00bf|\\x{{FFFD}}"
    ),
}
"""Looked for in the trimmed cell (RE2). `E+` is how spreadsheets write, `e` how programs do. A zero date is what an
empty one becomes: all zeros, or day 0 of 1900. Prefixes are those of lead forms (`p:+49…`, `l:123…`), of links
(`tel:`, `mailto:`), the apostrophe and the `="…"` that keep a spreadsheet from counting. Mojibake: UTF-8 read as
cp1252 (an accented capital followed by a sign no word has there), and the sign for what could not be read."""

NULL_WORDS = (
    *(
        "n/a",
        "na",
        "n.a.",
        "#n/a",
        "null",
        "(null)",
        "<null>",
        "[null]",
        "nan",
        "none",
        "nil",
        "undefined",
        "unknown",
    ),
    *("tbd", "tba", "tbc", "k.a.", "k. a.", "keine angabe", "not available", "not applicable", "not provided"),
    *("-", "--", "---", "–", "—", "?", "??", "???", ".", "..", "..."),
)
"""What people and programs write where there is nothing to write, in small letters."""

_CODE_COLUMN = ("country", "land", "pays", "state", "region", "province", "continent", "iso", "nation", "initials")
"""In columns called so, NA is Namibia or North America."""

TITLES: dict[str, str] = {
    "scientific": "Long numbers cut short by a spreadsheet, like 4.4E+11",
    "month_day": "Values turned into days by a spreadsheet, like 5-May",
    LOST_ZEROS: "Codes that may have lost leading zeros, like 7102 for 07102",
    "error_value": "Error values of a spreadsheet, like #N/A",
    "zero_date": "Dates that are no day, like 0/0/00",
    "mojibake": "Garbled characters, like Ã© for é",
    "prefix": "Prefixes that an export added, like p:+49",
    NULL_WORD: 'Words for "nothing", like n/a, NULL or -',
    "invisible": "Invisible characters inside",
    PADDED: "Spaces at the ends",
}
"""Every code, in the order shown: first what cannot be mended from the list alone."""


def damage_masks(cells: pa.Array, name: str = "") -> dict[str, np.ndarray]:
    """Code → where a cell of the column called `name` has that damage (boolean, one a cell); codes without a hit are
    left out. Lost zeros are not among them: they show in the whole column alone."""
    masks: dict[str, np.ndarray] = {}
    ends = _Ends.of(cells)
    text = cells
    if (at_ends := _SPACE_LIKE[ends.first] | _SPACE_LIKE[ends.last]).any():
        text = trim(cells)
        padded = at_ends & np.asarray(pc.and_(pc.not_equal(text, cells), pc.not_equal(text, "")))
        masks[PADDED] = padded
        ends = _Ends.of(text) if padded.any() else ends
    for code, candidates in _candidates(ends).items():
        masks[code] = _hits(text, candidates, PATTERNS[code])
    masks[NULL_WORD] = _null_words(text, ends, name)
    return {code: masks[code] for code in TITLES if code in masks and masks[code].any()}


_NULL_WORD_SET = pa.array(NULL_WORDS, pa.large_string())
_LONGEST_NULL_BYTES = max(len(word.encode()) for word in NULL_WORDS)


def _bytes(signs: str) -> np.ndarray:
    """For each byte whether a text of `signs` can begin or end with it."""
    table: np.ndarray = np.zeros(256, dtype=bool)
    table[list(signs.encode())] = True
    return table


_DIGIT = _bytes("0123456789")
_LETTER = _bytes("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_MONTH_LETTER = _bytes("adfjmnosADFJMNOS")
_SPACE_LIKE = _bytes(SPACES)
_NULL_FIRST = _bytes("".join(word[0] + word[0].upper() for word in NULL_WORDS))
_INVISIBLE_PARTS = (
    *(sign.encode() for sign in "\u00ad\u034f\u115f\u1160\u200b\u2060\u3164\ufeff\uffa0"),
    "\ufe00".encode()[:2],
    "\U000e0100".encode()[:2],
)
_MOJIBAKE_PARTS = tuple(sign.encode() for sign in "\u00c3\u00c5\u00c4\u00c2\u00e2\u00ef\ufffd")
_TALLEST_MONTH_DAY, _SHORTEST_ZERO_DATE, _TALLEST_ZERO_DATE = 16, 5, 32


@dataclass(frozen=True)
class _Ends:
    """Of each cell its first and last byte (0 where it is empty) and its size in bytes; `all`: the bytes of all."""

    first: np.ndarray
    last: np.ndarray
    sizes: np.ndarray
    all: np.ndarray

    @cached_property
    def _text(self) -> bytes:
        return self.all.tobytes()

    def has(self, *parts: bytes) -> bool:
        """Whether any of `parts` is anywhere in the cells; to look for its first byte alone is ten times as fast."""
        return any(part[:1] in self._text and part in self._text for part in parts)

    @classmethod
    def of(cls, cells: pa.Array) -> _Ends:
        """Of `large_string` cells."""
        places = np.frombuffer(cells.buffers()[1], dtype=np.int64)[cells.offset : cells.offset + len(cells) + 1]
        data: Any = np.frombuffer(cells.buffers()[2] or b"", dtype=np.uint8)
        sizes = np.diff(places)
        first: np.ndarray = np.zeros(len(sizes), dtype=np.uint8)
        last: np.ndarray = np.zeros(len(sizes), dtype=np.uint8)
        filled = sizes > 0
        first[filled] = data[places[:-1][filled]]
        last[filled] = data[places[1:][filled] - 1]
        return cls(first, last, sizes, data[places[0] : places[-1]])


def _candidates(ends: _Ends) -> dict[str, np.ndarray]:
    """Code → cells that may have the damage; none of the others has it."""
    first, last, sizes = ends.first, ends.last, ends.sizes
    starts, stops = _DIGIT[first], _DIGIT[last]
    found: dict[str, np.ndarray] = {}
    if ends.has(b"+") and ends.has(b"E+"):
        found["scientific"] = stops
    short = sizes <= _TALLEST_MONTH_DAY
    found["month_day"] = short & ((starts & _LETTER[last]) | (stops & _MONTH_LETTER[first]))
    found["error_value"] = first == ord("#")
    sized = (sizes >= _SHORTEST_ZERO_DATE) & (sizes <= _TALLEST_ZERO_DATE)
    found["zero_date"] = sized & (last == ord("0")) & ((first == ord("0")) | (first == ord("1")))
    if ends.has(b":", b"'", b'="'):
        found["prefix"] = _LETTER[first] | (first == ord("'")) | (first == ord("="))
    everywhere: np.ndarray = np.ones(len(first), dtype=bool)
    lowest, highest = (int(ends.all.min()), int(ends.all.max())) if len(ends.all) else (ord(" "), 0)
    if lowest < ord(" ") or ends.has(b"\x7f") or (highest > 0x7F and ends.has(*_INVISIBLE_PARTS)):
        found["invisible"] = everywhere
    if highest > 0x7F and ends.has(*_MOJIBAKE_PARTS):
        found["mojibake"] = everywhere
    return found


def _hits(text: pa.Array, candidates: np.ndarray, pattern: str) -> np.ndarray:
    """Where a candidate matches."""
    at = np.flatnonzero(candidates)
    hits: np.ndarray = np.zeros(len(text), dtype=bool)
    if len(at):
        some = text if len(at) == len(text) else text.take(pa.array(at))
        hits[at] = np.asarray(pc.match_substring_regex(some, pattern))
    return hits


def _null_words(text: pa.Array, ends: _Ends, name: str) -> np.ndarray:
    at = np.flatnonzero(_NULL_FIRST[ends.first] & (ends.sizes <= _LONGEST_NULL_BYTES))
    hits: np.ndarray = np.zeros(len(text), dtype=bool)
    if len(at):
        some = text.take(pa.array(at))
        found = pc.is_in(pc.utf8_lower(some), value_set=_NULL_WORD_SET)
        if any(word in name.casefold() for word in _CODE_COLUMN):
            found = pc.and_(found, pc.not_equal(some, "NA"))
        hits[at] = np.asarray(found)
    return hits & (ends.first != ord("#"))  # what begins so is told as an error value
