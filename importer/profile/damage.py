"""Damage that spreadsheets, copying and wrong encodings leave in cells."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.profile.cells import trim
from importer.profile.shapes import MONTH

_MISREAD = (
    "\\x{80}-\\x{BF}\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d"
    "\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178"
)
"""The second bytes of two-byte UTF-8 (80 to BF) as Latin-1 and cp1252 show them."""

PADDED, LOST_ZEROS = "padded", "lost_zeros"

PATTERNS: dict[str, str] = {
    "scientific": r"^[+-]?[0-9](?:[.,][0-9]+)?E\+[0-9]{2,3}$",
    "month_day": f"^(?:[0-9]{{1,2}}[- ]{MONTH}|{MONTH}[- ][0-9]{{1,2}})$",
    "error_value": r"^(?:#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!)|#{3,})$",
    "invisible": r"[\x00-\x08\x0e-\x1f\x7f\x{AD}\x{200B}\x{2060}\x{FEFF}]",
    "mojibake": (
        f"[\u00c3\u00c5\u00c4][{_MISREAD}]|\u00c2[\\x{{A0}}-\\x{{BF}}]|\u00e2\u20ac|\u00ef\u00bb\u00bf|\\x{{FFFD}}"
    ),
}
"""Looked for in the trimmed cell (RE2). `E+` is how spreadsheets write, `e` how programs do. Mojibake: UTF-8 read as
cp1252 (an accented capital followed by a sign no word has there), and the sign for what could not be read."""

TITLES: dict[str, str] = {
    "scientific": "Long numbers cut short by a spreadsheet, like 4.4E+11",
    "month_day": "Values turned into days by a spreadsheet, like 5-May",
    LOST_ZEROS: "Codes shorter than most: leading zeros probably lost",
    "error_value": "Error values of a spreadsheet, like #N/A",
    "mojibake": "Characters read in a wrong encoding",
    "invisible": "Invisible characters inside",
    PADDED: "Spaces at the ends",
}
"""Every code, in the order shown: first what cannot be mended from the list alone."""


def damage_masks(cells: pa.Array) -> dict[str, np.ndarray]:
    """Code → where a cell has that damage (boolean, one a cell); codes without a hit are left out."""
    text = trim(cells)
    masks = {code: np.asarray(pc.match_substring_regex(text, pattern)) for code, pattern in PATTERNS.items()}
    masks[PADDED] = np.asarray(pc.and_(pc.not_equal(text, cells), pc.not_equal(text, "")))
    return {code: mask for code, mask in masks.items() if mask.any()}
