"""Damage that spreadsheets, exports, copying and wrong encodings leave in cells. Pure.

Patterns are tried only on cells that can have the damage by their first and last byte: most columns need none.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.profile.cells import Pattern, TrimmedCells, matches, together
from importer.profile.shapes import MONTH

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
    return damage_of_columns([cells], [name])[0]


def damage_of_columns(columns: Sequence[pa.Array], names: Sequence[str]) -> list[dict[str, np.ndarray]]:
    """The `damage_masks` of several columns, whose cells are looked at together."""
    found, stop = cell_damage(TrimmedCells.of(together(columns))), 0
    parts = []
    for cells, name in zip(columns, names, strict=True):
        start, stop = stop, stop + len(cells)
        parts.append(damage_in(found, slice(start, stop), name))
    return parts


def damage_in(found: dict[str, np.ndarray], part: slice, name: str) -> dict[str, np.ndarray]:
    """Of what `cell_damage` found the part that are cells of the column called `name`."""
    masks = {code: mask[part] for code, mask in found.items() if code != _PLAIN_NA}
    if _PLAIN_NA in found and any(word in name.casefold() for word in _CODE_COLUMN):
        masks[NULL_WORD] = masks[NULL_WORD] & ~found[_PLAIN_NA][part]
    return {code: mask for code, mask in masks.items() if mask.any()}


def cell_damage(cells: TrimmedCells) -> dict[str, np.ndarray]:
    """Code → where a cell has that damage whatever its column is called; for `damage_in`."""
    masks = {code: _hits(cells, _candidates(cells, code), pattern) for code, pattern in PATTERNS.items()}
    masks[PADDED] = cells.padded & (cells.sizes > 0)
    masks[NULL_WORD], masks[_PLAIN_NA] = _null_words(cells)
    return {code: masks[code] for code in (*TITLES, _PLAIN_NA) if code in masks and masks[code].any()}


_PLAIN_NA = "NA"
"""Where the cells are NA and nothing else: a word for "nothing" but in columns of codes."""

_DIGITS = "0123456789"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ENDS = {
    "scientific": (Pattern("", f"+-{_DIGITS}", _DIGITS, least=5, has=(b"E+",)),),
    "month_day": (
        Pattern("", _DIGITS, _LETTERS, least=5, most=13),
        Pattern("", "adfjmnosADFJMNOS", _DIGITS, least=5, most=13),
    ),
    "error_value": (Pattern("", "#"),),
    "zero_date": (Pattern("", "01", "0", least=5, most=32),),
    "prefix": (Pattern("", f"{_LETTERS}'=", least=3, has=(b":", b"'", b'="')),),
}
"""What a cell with the damage has."""

_NULL_WORD_SET = pa.array(NULL_WORDS, pa.large_string())
_LONGEST_NULL_BYTES = max(len(word.encode()) for word in NULL_WORDS)
_NULL_WORD_ENDS = Pattern(
    "", "".join(word[0] + word[0].upper() for word in NULL_WORDS if word[0] != "#"), most=_LONGEST_NULL_BYTES
)
"""What begins with # is told as an error value."""

_INVISIBLE_PARTS = (
    *(sign.encode() for sign in "\u00ad\u034f\u115f\u1160\u200b\u2060\u3164\ufeff\uffa0"),
    "\ufe00".encode()[:2],
    "\U000e0100".encode()[:2],
)
_MOJIBAKE_PARTS = tuple(sign.encode() for sign in "\u00c3\u00c5\u00c4\u00c2\u00e2\u00ef\ufffd")


def _null_table() -> np.ndarray:
    """For each first byte and size whether a word of ASCII letters for "nothing" has them."""
    table: np.ndarray = np.zeros((256, _LONGEST_NULL_BYTES + 1), dtype=bool)
    for word in NULL_WORDS:
        for letter in (word[0], word[0].upper()):
            table[letter.encode()[0], len(word.encode())] = True
    return table


_NULL_SIZES = _null_table()


def _candidates(cells: TrimmedCells, code: str) -> np.ndarray:
    """Positions of the cells that may have the damage; none of the others has it."""
    everywhere: np.ndarray = np.arange(len(cells.sizes))
    filled = cells.sizes > 0
    if code == "invisible":
        has_control = len(cells.data) > 0 and (int(cells.data.min()) < ord(" ") or cells.has(b"\x7f"))
        return everywhere if has_control or _has_any(cells, _INVISIBLE_PARTS) else everywhere[:0]
    if code == "mojibake":
        return everywhere if _has_any(cells, _MOJIBAKE_PARTS) else everywhere[:0]
    return np.sort(np.concatenate([ends.may_fit(cells, filled) for ends in _ENDS[code]]))


def _has_any(cells: TrimmedCells, parts: tuple[bytes, ...]) -> bool:
    """Whether any of these parts, none of which is ASCII, is anywhere in the cells."""
    return not cells.is_ascii and cells.has(*parts)


def _hits(cells: TrimmedCells, at: np.ndarray, pattern: str) -> np.ndarray:
    """Where a candidate matches."""
    hits: np.ndarray = np.zeros(len(cells.sizes), dtype=bool)
    if len(at):
        hits[at] = matches(cells.at(at), pattern)
    return hits


def _null_words(cells: TrimmedCells) -> tuple[np.ndarray, np.ndarray]:
    """Where a cell is a word for "nothing", and where it is NA."""
    hits: np.ndarray = np.zeros(len(cells.sizes), dtype=bool)
    plain_na = hits.copy()
    at = _NULL_WORD_ENDS.may_fit(cells, cells.sizes > 0)
    if cells.is_ascii:  # other signs have small letters of another size
        at = at[_NULL_SIZES[cells.first[at], cells.sizes[at]]]
    if len(at):
        some = cells.at(at)
        hits[at] = np.asarray(pc.is_in(pc.utf8_lower(some), value_set=_NULL_WORD_SET))
        if hits.any():
            plain_na[at] = np.asarray(pc.equal(some, "NA"))
    return hits, plain_na
