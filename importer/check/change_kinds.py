"""What kind of change a step makes of a cell: harmless by nature, or like one that was seen before. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.check.text import as_mask
from importer.clean import CellParser, Operation, ParseNumbers, one_writing
from importer.profile import is_blank

FEWEST_DIGITS = 7
"""Of a telephone number that says its country (ITU-T E.164 has no shorter ones in use)."""

_CAPITALS, _CAPITAL, _LETTERS = "\ue001", "\ue002", "\ue003"
"""Stand for several capitals, for one, and for other letters; private signs, so that no text has them by chance."""

_ROUGH = ((r"\p{Lu}{2,}", _CAPITALS), (r"\p{Lu}", _CAPITAL), (r"[\p{L}\p{M}]+", _LETTERS), (r"\s+", " "))
_ROUGH_ASCII = (("[A-Z]{2,}", _CAPITALS), ("[A-Z]", _CAPITAL), ("[a-z]+", _LETTERS), (r"\s+", " "))
"""The same three times as fast, where all is ASCII."""

_WORD = re.compile(f"[{_CAPITALS}-{_LETTERS}]+")
_CAPITALISED = f"{_CAPITAL}{_LETTERS}"

SURE = "sure"
"""Kind of a cell that can be read in one way only: what stands there afterwards is no guess."""


def harmless(before: pa.Array, after: pa.Array) -> np.ndarray:
    """Where both texts mean the same whatever the list: they differ in spaces, invisible signs and Unicode form, are
    an e-mail address in other capitals, or a number with its country code written without its gaps."""
    same = pc.equal(one_writing(before, "keep", "one"), one_writing(after, "keep", "one"))
    lowered = pc.equal(pc.utf8_lower(before), pc.utf8_lower(after))
    address = pc.and_(lowered, pc.match_substring_regex(before, r"^[^\s@]+@[^\s@]+$"))
    number = pc.and_(
        pc.match_substring_regex(before, r"^\+[0-9 ()./\x{a0}-]+$"), pc.match_substring_regex(after, r"^\+[0-9]+$")
    )
    digits = pc.replace_substring_regex(before, pattern="[^0-9+]", replacement="")
    number = pc.and_(number, pc.and_(pc.equal(digits, after), pc.greater(pc.utf8_length(after), FEWEST_DIGITS)))
    return as_mask(pc.or_(same, pc.or_(address, number)))


def kinds_of(step: Operation, before: pa.Array, after: pa.Array) -> pa.Array:
    """Of each changed cell what would have to have been seen, so that this change is nothing new.

    The text itself, where the step puts another value there; else its form: words by their capitals, and, unless only
    capitals change, digits and signs.
    """
    if not step.keeps_value:
        return before
    capitals_only = pc.equal(pc.utf8_lower(before), pc.utf8_lower(after))
    if pc.all(capitals_only).as_py():
        return forms_of(before, with_signs=False)
    kinds = forms_of(before)
    if pc.any(capitals_only).as_py():
        kinds = pc.if_else(capitals_only, forms_of(before, with_signs=False), kinds)
    others = step.otherwise() if isinstance(step, CellParser) else ()
    if not others:
        return kinds
    same = [as_mask(pc.fill_null(pc.equal(other.read_cells(before), after), True)) for other in others]
    return pc.if_else(pa.array(np.logical_and.reduce(same)), pa.scalar(SURE, pa.large_string()), kinds)


def forms_of(cells: pa.Array, *, with_signs: bool = True) -> pa.Array:
    """`Smith, John` → words like `Aa`, a comma, a space; looked at once for each distinct text."""
    codes = cells.dictionary_encode()
    texts = codes.dictionary
    digits = pc.match_substring_regex(texts, "^[0-9]+$")
    rough = texts
    is_ascii = pc.all(pc.string_is_ascii(texts)).as_py()
    for pattern, put in _ROUGH_ASCII if is_ascii else _ROUGH:
        rough = pc.replace_substring_regex(rough, pattern=pattern, replacement=put)
    runs = pc.replace_substring_regex(rough, pattern="[0-9]+", replacement="9")
    each = pc.replace_substring_regex(rough, pattern="[0-9]", replacement="9")
    shapes = pc.if_else(digits, each, runs).dictionary_encode()
    forms = pa.array([_form(text, with_signs) for text in shapes.dictionary.to_pylist()], pa.large_string())
    return forms.take(shapes.indices).take(codes.indices)


def _form(rough: str, with_signs: bool) -> str:
    """Which words, and which signs, in whatever order and however often; initials are like any word."""
    words = set(_WORD.findall(rough))
    if len(words) > 1:
        words.discard(_CAPITAL)
    rest = rough if rough.strip("9") == "" else "".join(sorted(set(_WORD.sub("", rough))))
    return "|".join(sorted(words)) + "#" + (rest if with_signs else "")


@dataclass
class Readings:
    """How sure it is that a step reads the cells of a column as they are meant; nothing for a step that cannot err.

    `turned`: cells that only another reading of the step can read. A cell that two of them read differently is
    ambiguous, and told by the others: of dates by those with the same signs, of numbers by those of the column.
    """

    step: Operation
    turned: int = 0
    ambiguous: Counter[str] = field(default_factory=Counter)
    proved: Counter[str] = field(default_factory=Counter)
    first: dict[str, list[int]] = field(default_factory=dict)

    def add(self, cells: pa.Array, rows: np.ndarray, most: int) -> None:
        """The next cells of the column, as they were before the step; `rows`: their numbers."""
        others = self.step.otherwise() if isinstance(self.step, CellParser) else ()
        if not others or not isinstance(self.step, CellParser):
            return
        codes = cells.dictionary_encode()
        texts = codes.dictionary
        own = self.step.read_cells(texts)
        is_read, filled = as_mask(pc.is_valid(own)), ~as_mask(is_blank(texts))
        elsewhere: np.ndarray = np.zeros(len(texts), dtype=bool)
        differs = elsewhere
        for other in others:
            cells_read = other.read_cells(texts)
            elsewhere = elsewhere | as_mask(pc.is_valid(cells_read))
            differs = differs | as_mask(pc.fill_null(pc.not_equal(own, cells_read), False))
        changed = is_read & as_mask(pc.fill_null(pc.not_equal(own, texts), False))
        places = codes.indices.to_numpy()
        counts = np.bincount(places, minlength=len(texts))
        self.turned += int(counts[filled & ~is_read & elsewhere].sum())
        pooled = isinstance(self.step, ParseNumbers)
        forms = [""] * len(texts) if pooled else forms_of(texts).to_pylist()
        for at in np.flatnonzero(filled & is_read & ~elsewhere):
            self.proved[forms[at]] += int(counts[at])
        for at in np.flatnonzero(filled & changed & differs):
            self.ambiguous[forms[at]] += int(counts[at])
            rows_here = self.first.setdefault(forms[at], [])
            if len(rows_here) < most:
                rows_here += rows[places == at][: most - len(rows_here)].tolist()

    def forms(self) -> set[str]:
        """Forms that were read here: what a person agrees to who saves the step."""
        return set(self.ambiguous) if not isinstance(self.step, ParseNumbers) else set()

    def unsure(self, agreed: set[str]) -> dict[str, int]:
        """Form → ambiguous cells of it that nothing tells how to read, neither others nor what was `agreed`."""
        if self.turned:
            return dict(self.ambiguous)
        return {form: n for form, n in self.ambiguous.items() if not self.proved[form] and form not in agreed}
