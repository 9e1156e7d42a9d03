"""Operations that mend failing cells, tried on some of them before they are suggested. Pure.

Each is a fixed pattern of a common trouble; none is made from cells, so a suggestion holds no cell value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from importer.check.contact_rules import Phone
from importer.check.convert import convert_column
from importer.check.known_patterns import EMAIL, NO_SPACES, NO_VALUE, NUMBER, PHONE, KnownPattern
from importer.check.readings import Readings
from importer.check.schema import ColumnSpec
from importer.check.text import filled
from importer.clean import (
    ChangeCase,
    FormatPhones,
    NormaliseEmails,
    Operation,
    ParseDates,
    ParseList,
    ParseNumbers,
    ParseYesNo,
    RemoveInvisible,
    RepairMojibake,
    Trim,
)

MAX_SUGGESTIONS = 3
SAMPLE_CELLS = 200
"""Distinct failing cells that a suggestion is tried on."""


Maker = Callable[[ColumnSpec], list[Operation]]


def _trim(spec: ColumnSpec) -> list[Operation]:
    return [Trim((spec.column,)), RemoveInvisible((spec.column,))]


def _collapse(spec: ColumnSpec) -> list[Operation]:
    return [Trim((spec.column,), collapse=True)]


def _mojibake(spec: ColumnSpec) -> list[Operation]:
    return [RepairMojibake((spec.column,))]


def _case(spec: ColumnSpec) -> list[Operation]:
    return [ChangeCase(spec.column, case) for case in ("lower", "upper", "title", "name")]


def _phones(spec: ColumnSpec) -> list[Operation]:
    """With the country that the rule names; no other is guessed."""
    regions = [rule.region for rule in spec.rules if isinstance(rule, Phone)] or [""]
    return [FormatPhones(spec.column, region) for region in regions]


def _emails(spec: ColumnSpec) -> list[Operation]:
    return [NormaliseEmails(spec.column)]


def _yes_no(spec: ColumnSpec) -> list[Operation]:
    return [ParseYesNo(spec.column)]


def _lists(spec: ColumnSpec) -> list[Operation]:
    return [ParseList(spec.column, spec.separator)]


def _dates(spec: ColumnSpec) -> list[Operation]:
    return [ParseDates(spec.column, order) for order in ("dmy", "mdy", "ymd")]


def _decimals(spec: ColumnSpec) -> list[Operation]:
    """The plainest first: thousands are only told where a failing cell has them."""
    styles = ((".", ""), (",", ""), (".", ","), (",", "."), (",", " "), (".", " "), (".", "'"), (",", "'"))
    return [ParseNumbers(spec.column, decimal, thousands) for decimal, thousands in styles]


def _patterns(known: tuple[KnownPattern, ...]) -> Maker:
    return lambda spec: [one.operation(spec.column) for one in known]


def _empty(spec: ColumnSpec) -> list[Operation]:
    """Words for "nothing here"; in a cell that may be blank they are a blank."""
    return [] if spec.required else [NO_VALUE.operation(spec.column)]


_TRIED: dict[str, tuple[Maker, ...]] = {
    "not_an_email": (_trim, _patterns(EMAIL), _emails, _empty),
    "not_a_phone": (_trim, _patterns(PHONE), _phones, _empty),
    "no_country_code": (_phones,),
    "not_a_number": (_trim, _decimals, _patterns(NUMBER), _empty),
    "not_a_boolean": (_trim, _yes_no, _empty),
    "not_allowed": (_trim, _case, _mojibake, _yes_no, _empty),
    "pattern_mismatch": (_trim, _case, _mojibake, _dates, _phones, _emails, _decimals, _empty),
    "wrong_length": (_trim, _collapse, _mojibake),
    "out_of_range": (_trim, _decimals),
    "empty_set_element": (_trim, _lists),
    "set_repeats_removed": (_lists,),
    "not_base64": (_trim, _patterns((NO_SPACES,))),
    "not_a_json_list": (_trim, _mojibake),
    "not_a_json_map": (_trim, _mojibake),
    "key_too_long": (_trim,),
}
"""Of two that mend as many cells the first is suggested: the one that changes least comes first."""

SUGGESTIBLE = frozenset(_TRIED)
"""Codes that have candidates at all: only their failing cells are worth keeping."""


def suggest(code: str, spec: ColumnSpec, cells: Sequence[str]) -> tuple[Operation, ...]:
    """The operations that mend most of `cells` (which fail with `code`), best first; each mends some more.

    Where days can be read in two orders and no cell tells which, both are given, one after the other.
    """
    if not cells:
        return ()
    rows = pd.RangeIndex(1, len(cells) + 1, name="row")
    before = pd.DataFrame({spec.column: pd.array(list(cells), dtype="str")}, index=rows)
    candidates = [operation for make in _TRIED.get(code, ()) for operation in make(spec)]
    mended = [_mended(operation, before, code, spec) for operation in candidates]
    readings = Readings(candidates, mended, before)
    readings.settle_numbers()
    rival = readings.settle_dates()
    chosen = _fewest(candidates, mended)
    if rival is None or not any(isinstance(one, ParseDates) for one in chosen):
        return chosen
    at = next(place for place, one in enumerate(chosen) if isinstance(one, ParseDates)) + 1
    return (*chosen[:at], rival, *chosen[at:])[:MAX_SUGGESTIONS]


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


def _mended(operation: Operation, before: pd.DataFrame, code: str, spec: ColumnSpec) -> np.ndarray:
    """Cells that no longer fail with `code` afterwards; an emptied one counts only where nothing to read went."""
    after = operation.apply(before)[spec.column]
    may_empty = isinstance(operation, Trim | RemoveInvisible) or operation == NO_VALUE.operation(spec.column)
    good: np.ndarray = np.ones(len(after), dtype=bool) if may_empty else filled(after)
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
