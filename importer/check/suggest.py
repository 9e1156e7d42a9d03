"""Operations that mend failing cells, tried on some of them before they are suggested. Pure.

Each is a fixed pattern of a common trouble; none is made from cells, so a suggestion holds no cell value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from importer.check.convert import convert_column
from importer.check.schema import ColumnSpec
from importer.check.text import filled
from importer.clean import ChangeCase, Operation, Replace, Trim

MAX_SUGGESTIONS = 3
SAMPLE_CELLS = 200
"""Distinct failing cells that a suggestion is tried on."""


def _trim(column: str) -> list[Operation]:
    return [Trim((column,))]


def _case(column: str) -> list[Operation]:
    return [ChangeCase(column, case) for case in ("lower", "upper", "title")]


def _patterns(*pairs: tuple[str, str]) -> Callable[[str], list[Operation]]:
    return lambda column: [Replace(column, find, put, is_pattern=True) for find, put in pairs]


_EMAIL = _patterns(
    (r"(?i)^\s*mailto:\s*", ""),
    (r"^.*<\s*([^<>\s]+)\s*>\s*$", r"\1"),
    (r"(?i)\s*(?:\(at\)|\[at\]|\{at\}|\sat\s)\s*", "@"),
    (r"(?i)\s*(?:\(dot\)|\[dot\]|\sdot\s)\s*", "."),
    (r"@@+", "@"),
    (r"[;:,.'\">]+$", ""),
    (r"^[<'\";,]+", ""),
    (r"\s+", ""),
    (r",", "."),
    (r"\.\.+", "."),
)
_PHONE = _patterns(
    (r"(?i)^\s*(?:tel|telephone|phone|mobile|mob|fax)\s*[.:]*\s*", ""),
    (r"\(0\)", ""),
    (r"[^0-9+()x .\-/]+", ""),
)
_NUMBER = _patterns(
    (r"^([+-]?[0-9]{1,3}),([0-9]{3})(?:,([0-9]{3}))?(\.[0-9]+)?$", r"\1\2\3\4"),
    (r"^([+-]?[0-9]+),([0-9]{1,2})$", r"\1.\2"),
    (r"^([+-]?[0-9]{1,3})[ '\x{a0}\x{202f}]([0-9]{3})(\.[0-9]+)?$", r"\1\2\3"),
    (r"^\s*[$€£¥]\s*", ""),
    (r"\s*(?:[$€£¥]|(?i:usd|eur|gbp|chf))\s*$", ""),
    (r"\s*%\s*$", ""),
)
_THOUSANDS, _DECIMAL_COMMA = 1, 2
"""Places among the candidates for numbers (Trim is 0)."""

_BOOLEAN = _patterns(
    (r"(?i)^\s*(?:ja|oui|si|sí|x|✓|✔|active|opted in|subscribed)\s*$", "yes"),
    (r"(?i)^\s*(?:nein|non|nee|inactive|opted out|unsubscribed)\s*$", "no"),
)

_TRIED: dict[str, tuple[Callable[[str], list[Operation]], ...]] = {
    "not_an_email": (_trim, _EMAIL),
    "not_a_phone": (_trim, _PHONE),
    "not_a_number": (_trim, _NUMBER),
    "not_a_boolean": (_trim, _BOOLEAN),
    "not_allowed": (_trim, _case),
    "pattern_mismatch": (_trim, _case),
    "wrong_length": (_trim, _patterns((r"\s+", " "))),
    "out_of_range": (_trim,),
    "empty_set_element": (_trim,),
    "not_base64": (_trim, _patterns((r"\s+", ""))),
}

SUGGESTIBLE = frozenset(_TRIED)
"""Codes that have candidates at all: only their failing cells are worth keeping."""


def suggest(code: str, spec: ColumnSpec, cells: Sequence[str]) -> tuple[Operation, ...]:
    """The operations that mend most of `cells` (which fail with `code`), best first; each mends some more."""
    if not cells:
        return ()
    rows = pd.RangeIndex(1, len(cells) + 1, name="row")
    before = pd.DataFrame({spec.column: pd.array(list(cells), dtype="str")}, index=rows)
    candidates = [operation for make in _TRIED.get(code, ()) for operation in make(spec.column)]
    if code == "empty_set_element":
        candidates += _separator_fixes(spec)
    mended = [_mended(operation, before, code, spec) for operation in candidates]
    if code == "not_a_number" and mended[_DECIMAL_COMMA].any():
        mended[_THOUSANDS] &= False  # decimal commas are about: a comma before three digits may be one too
    return _fewest(candidates, mended)


def _fewest(candidates: list[Operation], mended: list[np.ndarray]) -> tuple[Operation, ...]:
    """Again and again the one that mends most of what is left, until nothing is gained."""
    chosen: list[Operation] = []
    left: np.ndarray = np.ones(len(mended[0]) if mended else 0, dtype=bool)
    while mended and len(chosen) < MAX_SUGGESTIONS:
        gains = [int((one & left).sum()) for one in mended]
        best = int(np.argmax(gains))
        if not gains[best]:
            break
        chosen.append(candidates[best])
        left = left & ~mended[best]
    return tuple(chosen)


def _separator_fixes(spec: ColumnSpec) -> list[Operation]:
    mark = "".join(rf"\x{{{ord(sign):x}}}" for sign in spec.separator)
    return [
        Replace(spec.column, rf"^(?:\s|{mark})+|(?:\s|{mark})+$", "", is_pattern=True),
        Replace(spec.column, rf"{mark}(?:\s*{mark})+", spec.separator.replace("\\", "\\\\"), is_pattern=True),
    ]


def _mended(operation: Operation, before: pd.DataFrame, code: str, spec: ColumnSpec) -> np.ndarray:
    """Cells that no longer fail with `code` afterwards; an emptied one counts for Trim only."""
    after = operation.apply(before)[spec.column]
    good: np.ndarray = np.ones(len(after), dtype=bool) if isinstance(operation, Trim) else filled(after)
    return good & ~_fails(after, code, spec)


def _fails(cells: pd.Series, code: str, spec: ColumnSpec) -> np.ndarray:
    """Cells that (still) fail with `code`."""
    for rule in spec.rules:
        if rule.code == code:
            return ~rule.passes(cells)
    if spec.attribute is None:
        return np.ones(len(cells), dtype=bool)
    found = convert_column(cells, spec).failures.get(code)
    return np.zeros(len(cells), dtype=bool) if found is None else found
