"""Operations that mend failing cells, tried on some of them before they are suggested. Pure.

Each is a fixed pattern of a common trouble; none is made from cells, so a suggestion holds no cell value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from importer.check.cell_judge import cells_fail
from importer.check.codes import NOTICES
from importer.check.contact_rules import Phone
from importer.check.known_patterns import (
    CLEARING,
    EMAIL,
    ERROR_VALUE,
    MONTH_DAY,
    NO_SPACES,
    NUMBER,
    PHONE,
    PREFIXES,
    SCIENTIFIC,
    ZERO_DATE,
    KnownPattern,
)
from importer.check.notices import LOST_DIGITS, NO_FACTS, ColumnFacts, column_notices
from importer.check.readings import Readings
from importer.check.schema import ColumnSpec
from importer.check.text import arrow_text, as_mask, filled
from importer.clean import (
    CellParser,
    ChangeCase,
    ClearNoDates,
    ClearWords,
    FormatPhones,
    NormaliseEmails,
    Operation,
    PadZeros,
    ParseDates,
    ParseList,
    ParseNumbers,
    ParseYesNo,
    RemoveInvisible,
    RepairMojibake,
    Trim,
)
from importer.table import MAX_SORT_KEY_BYTES

MAX_SUGGESTIONS = 3
SAMPLE_CELLS = 200
"""Distinct failing cells that a suggestion is tried on."""


SET_SIGNS = (",", "|", "/", "\n", "、", "，", "؛", "،")
"""Signs that may stand between the members of a set, in the place of its own."""


@dataclass(frozen=True)
class _Failing:
    """The column whose cells fail, and what it is as a whole."""

    spec: ColumnSpec
    facts: ColumnFacts

    @property
    def column(self) -> str:
        return self.spec.column


Maker = Callable[[_Failing], list[Operation]]


def _trim(of: _Failing) -> list[Operation]:
    return [Trim((of.column,)), RemoveInvisible((of.column,))]


def _collapse(of: _Failing) -> list[Operation]:
    return [Trim((of.column,), collapse=True)]


def _mojibake(of: _Failing) -> list[Operation]:
    return [RepairMojibake((of.column,))]


def _case(of: _Failing) -> list[Operation]:
    return [ChangeCase(of.column, case) for case in ("lower", "upper", "title", "name")]


def _phones(of: _Failing) -> list[Operation]:
    """With the country that the rule names; no other is guessed."""
    regions = [rule.region for rule in of.spec.rules if isinstance(rule, Phone)] or [""]
    return [FormatPhones(of.column, region) for region in regions]


def _emails(of: _Failing) -> list[Operation]:
    return [NormaliseEmails(of.column)]


def _yes_no(of: _Failing) -> list[Operation]:
    return [ParseYesNo(of.column)]


def _lists(of: _Failing) -> list[Operation]:
    return [ParseList(of.column, of.spec.separator)]


def _members(of: _Failing) -> list[Operation]:
    return [ParseList(of.column, sign, of.spec.separator) for sign in SET_SIGNS if sign != of.spec.separator]


def _dates(of: _Failing) -> list[Operation]:
    return [ParseDates(of.column, order) for order in ("dmy", "mdy", "ymd")]


def _decimals(of: _Failing) -> list[Operation]:
    """The plainest first: thousands are only told where a failing cell has them."""
    styles = ((".", ""), (",", ""), (".", ","), (",", "."), (",", " "), (".", " "), (".", "'"), (",", "'"))
    return [ParseNumbers(of.column, decimal, thousands) for decimal, thousands in styles]


def _patterns(known: tuple[KnownPattern, ...]) -> Maker:
    return lambda of: [one.operation(of.column) for one in known]


def _empty(of: _Failing) -> list[Operation]:
    """Words for "nothing here"; in a cell that may be blank they are a blank."""
    return [] if of.spec.required else [ClearWords((of.column,))]


def _clear(known: KnownPattern) -> Maker:
    """Blank in the place of what cannot be mended, where the cell may be blank."""
    return lambda of: [] if of.spec.required else [known.operation(of.column)]


def _spoilt(of: _Failing) -> list[Operation]:
    """A blank for what a spreadsheet left of the cell, where it may be blank: no rule can be kept by the rest."""
    return [] if of.spec.required else [one.operation(of.column) for one in CLEARING]


def _no_dates(of: _Failing) -> list[Operation]:
    return [] if of.spec.required else [ClearNoDates(of.column)]


def _zeros(of: _Failing) -> list[Operation]:
    width = of.facts.code_length
    return [PadZeros(of.column, width, width - LOST_DIGITS)] if width else []


_TRIED: dict[str, tuple[Maker, ...]] = {
    "not_an_email": (_trim, _patterns(EMAIL), _emails, _empty, _spoilt),
    "not_a_phone": (_trim, _patterns(PHONE), _phones, _empty, _spoilt),
    "no_country_code": (_phones,),
    "not_a_number": (_trim, _decimals, _patterns(NUMBER), _empty, _spoilt),
    "maybe_thousands": (_decimals,),
    "point_of_thousands": (_decimals,),
    "plus_lost": (_decimals,),
    "other_separator": (_members,),
    "one_member_each": (_members,),
    "not_a_boolean": (_trim, _yes_no, _empty, _spoilt),
    "not_allowed": (_trim, _case, _mojibake, _yes_no, _empty, _spoilt),
    "wrong_date": (_trim, _dates, _empty, _spoilt),
    "pattern_mismatch": (_trim, _case, _mojibake, _dates, _phones, _emails, _decimals, _empty, _spoilt),
    "wrong_length": (_trim, _collapse, _mojibake),
    "out_of_range": (_trim, _decimals),
    "empty_set_element": (_trim, _lists),
    "set_repeats_removed": (_lists,),
    "not_base64": (_trim, _patterns((NO_SPACES,))),
    "not_hex": (_trim, _patterns((NO_SPACES,))),
    "not_a_json_list": (_trim, _mojibake),
    "not_a_json_map": (_trim, _mojibake),
    "key_too_long": (_trim,),
    "key_capitals": (_emails, _case),
    "scientific": (_clear(SCIENTIFIC),),
    "month_day": (_clear(MONTH_DAY),),
    "lost_zeros": (_zeros,),
    "error_value": (_clear(ERROR_VALUE),),
    "zero_date": (_clear(ZERO_DATE),),
    "odd_date": (_dates, _no_dates),
    "mojibake": (_mojibake,),
    "prefix": (_patterns(PREFIXES),),
    "null_word": (_empty,),
    "invisible": (_trim,),
    "padded": (_trim,),
    "unread_date": (_dates, _empty, _no_dates),
    "unread_number": (_decimals, _patterns(NUMBER), _empty),
    "unread_yes_no": (_trim, _empty),
    "unread_phone": (_patterns(PHONE), _empty),
    "unread_email": (_patterns(EMAIL), _empty),
}
"""Of two that mend as many cells the first is suggested: the one that changes least comes first."""

UNREAD: dict[str, Callable[[_Failing], CellParser]] = {
    "unread_date": lambda of: ParseDates(of.column, "ymd"),
    "unread_number": lambda of: ParseNumbers(of.column, ".", ""),
    "unread_yes_no": lambda of: ParseYesNo(of.column),
    "unread_phone": lambda of: FormatPhones(of.column, ""),
    "unread_email": lambda of: NormaliseEmails(of.column),
}
"""Code → a reader of the one form in which the step would have written the cell."""

SUGGESTIBLE = frozenset(_TRIED)
"""Codes that have candidates at all: only their failing cells are worth keeping."""


def suggest(
    code: str, spec: ColumnSpec, cells: Sequence[str], facts: ColumnFacts = NO_FACTS
) -> tuple[Operation, ...]:
    """The operations that mend most of `cells` (which fail with `code`), best first; each mends some more.

    Where days can be read in two orders and no cell tells which, both are given, one after the other.
    """
    if not cells:
        return ()
    rows = pd.RangeIndex(1, len(cells) + 1, name="row")
    before = pd.DataFrame({spec.column: pd.array(list(cells), dtype="str")}, index=rows)
    failing = _Failing(spec, facts)
    candidates = [operation for make in _TRIED.get(code, ()) for operation in make(failing)]
    mended = [_mended(operation, before, code, failing) for operation in candidates]
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


def _mended(operation: Operation, before: pd.DataFrame, code: str, of: _Failing) -> np.ndarray:
    """Cells that no longer fail with `code` afterwards; an emptied one counts only where nothing to read went, or
    where what stands there cannot be mended at all."""
    cells, after = before[of.column], operation.apply(before)[of.column]
    emptying = Trim | RemoveInvisible | ClearWords | ClearNoDates
    may_empty = isinstance(operation, emptying) or operation in [one.operation(of.column) for one in CLEARING]
    good: np.ndarray = np.ones(len(after), dtype=bool) if may_empty else filled(after)
    if code in _of_rules(of.spec):
        good &= (after != cells).to_numpy(dtype=bool)  # what is as it was fails as it did
        if good.any():
            good[good] = ~_fails(after[good], code, of)
        return good
    return good & ~_fails(after, code, of)


def _of_rules(spec: ColumnSpec) -> set[str]:
    """Codes of rules that judge a cell by its text alone."""
    return {rule.code for rule in spec.rules if rule.by_cell}


def _fails(cells: pd.Series, code: str, of: _Failing) -> np.ndarray:
    """Cells that (still) fail with `code`."""
    nowhere: np.ndarray = np.zeros(len(cells), dtype=bool)
    if code in UNREAD:
        return as_mask(pc.is_null(UNREAD[code](of).read_cells(arrow_text(cells)))) & filled(cells)
    if code == "key_capitals":
        return as_mask(pc.not_equal(pc.utf8_lower(arrow_text(cells)), arrow_text(cells)))
    if code == "key_too_long":
        return as_mask(pc.greater(pc.binary_length(arrow_text(cells)), MAX_SORT_KEY_BYTES))
    if code in NOTICES:
        return column_notices(arrow_text(cells), of.column, of.facts).get(code, nowhere)
    if of.spec.attribute is None and all(rule.code != code for rule in of.spec.rules):
        return ~nowhere
    return cells_fail(cells, code, of.spec)
