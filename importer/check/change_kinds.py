"""What kind of change a step makes of a cell: harmless by nature, or like one that was seen before. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.check.names import name_words
from importer.check.text import arrow_text, as_mask
from importer.clean import (
    CellParser,
    ClearWords,
    FillBlanks,
    FillFromAbove,
    FillFromColumn,
    FormatPhones,
    MapValues,
    NormaliseEmails,
    Operation,
    PadZeros,
    ParseNumbers,
    RepairMojibake,
    Replace,
    SetColumn,
    country_shape,
    one_writing,
)
from importer.profile import is_blank

FEWEST_DIGITS = 7
"""Of a telephone number that says its country (ITU-T E.164 has no shorter ones in use)."""

_CAPITALS, _CAPITAL, _LETTERS = "\ue001", "\ue002", "\ue003"
"""Stand for several capitals, for one, and for other letters; private signs, so that no text has them by chance."""

_ROUGH = ((r"\p{Lu}{2,}", _CAPITALS), (r"\p{Lu}", _CAPITAL), (r"[\p{L}\p{M}]+", _LETTERS), (r"\s+", " "))
_ROUGH_ASCII = (("[A-Z]{2,}", _CAPITALS), ("[A-Z]", _CAPITAL), ("[a-z]+", _LETTERS), (r"\s+", " "))
"""The same three times as fast, where all is ASCII."""

NAMED_ROWS = 5


MOST_SEEN = 5_000
"""Kinds of changed cells of one step that are kept with a saved list; what goes beyond is asked about each time."""


_BESIDE = "beside"
"""Seen where a row said anything beside the cell (`beside`); without it such words are no news."""


_WORD = re.compile(f"[{_CAPITALS}-{_LETTERS}]+")
_CAPITALISED = f"{_CAPITAL}{_LETTERS}"

SURE = "sure"
"""Kind of a cell that can be read in one way only: what stands there afterwards is no guess."""

Fills = FillBlanks | FillFromAbove | FillFromColumn | SetColumn
"""Steps that put into a cell what it does not say itself."""

_NEVER_NEWS = NormaliseEmails | RepairMojibake
"""What these do to a cell with a problem needs no like of it: an address keeps its syntax, letters their bytes."""

_COUNTRY_CODE = re.compile(r"\+[0-9]")

_COUNTRY_WORDS = frozenset(
    {"country", "countries", "land", "laender", "pays", "pais", "paese", "kraj", "zeme", "riik", "valsts", "salis"}
    | {"stat", "maa", "orszag", "tara", "ulke", "nation"}
)
_POSTCODE_WORDS = frozenset(
    {"zip", "zipcode", "postcode", "postal", "plz", "postleitzahl", "cap", "cep", "npa", "psc", "pincode", "postnr"}
    | {"postnummer", "postnumero", "irsz"}
)
"""Names of columns that say where a contact is, without accents."""


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
    shapes = step.shapes(before) if isinstance(step, CellParser) else None
    if shapes is not None:
        return pc.coalesce(shapes, pa.scalar(SURE, pa.large_string()))
    if not step.keeps_value:
        return before
    capitals_only = pc.equal(pc.utf8_lower(before), pc.utf8_lower(after))
    if pc.all(capitals_only).as_py():
        return forms_of(before, with_signs=False)
    kinds = forms_of(before)
    if pc.any(capitals_only).as_py():
        kinds = pc.if_else(capitals_only, forms_of(before, with_signs=False), kinds)
    return kinds


def problem_kinds_of(step: Operation, before: pa.Array, after: pa.Array) -> pa.Array:
    """The same of changed cells that have a problem: that one is mended is no reason to take any way of mending it.

    Never the text itself, where the step was made for cells like it: a prefix stands before another number each time.
    """
    if isinstance(step, _NEVER_NEWS):
        return pa.repeat(pa.scalar(SURE, pa.large_string()), len(before))
    if isinstance(step, MapValues):
        return before
    if isinstance(step, Replace) and _COUNTRY_CODE.search(step.replacement):
        pairs = zip(before.to_pylist(), after.to_pylist(), strict=True)
        numbers = pa.array([country_shape(*pair) for pair in pairs], pa.large_string())
        return pc.coalesce(numbers, forms_of(before))
    if isinstance(step, ClearWords):
        small = pc.utf8_lower(before)
        return pc.if_else(pc.match_substring_regex(before, r"[^\p{L}]"), small, before)
    shapes = step.shapes(before) if isinstance(step, CellParser) else None
    return forms_of(before) if shapes is None else pc.coalesce(shapes, pa.scalar(SURE, pa.large_string()))


def beside(step: Operation, frame: pd.DataFrame) -> pa.Array | None:
    """What each row says itself of what the step puts there from outside: its country, beside a telephone number that
    the step gives one and a code that gets the length of one country's; the form of its postcode, beside a country
    that is filled in. Null where the row says nothing, None where no column could."""
    by_country = (isinstance(step, FormatPhones) and step.region) or isinstance(step, PadZeros)
    if by_country or (isinstance(step, Replace) and _COUNTRY_CODE.search(step.replacement)):
        column = _column_of(frame, _COUNTRY_WORDS)
        cells = None if column is None else pc.utf8_lower(pc.utf8_trim_whitespace(arrow_text(frame[column])))
    elif isinstance(step, Fills) and _COUNTRY_WORDS & set(name_words(step.column)):
        column = _column_of(frame, _POSTCODE_WORDS)
        cells = None if column is None else forms_of(arrow_text(frame[column]))
    else:
        return None
    if column is None or cells is None:
        return None
    return pc.if_else(is_blank(arrow_text(frame[column])), pa.scalar(None, pa.large_string()), cells)


def _column_of(frame: pd.DataFrame, words: frozenset[str]) -> str | None:
    return next((column for column in frame.columns if words & set(name_words(column))), None)


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


def kind_mark(kind: str) -> str:
    """What is kept of a kind of change: it tells whether the same comes again, not what it was."""
    return hashlib.blake2b(kind.encode(), digest_size=6).hexdigest()


@dataclass
class ChangedCells:
    """Changed cells of one sort (good, with a problem): how many, and which are like none of the `agreed` kinds."""

    agreed: frozenset[str]
    cells: int = 0
    new: int = 0
    seen: set[str] = field(default_factory=set)
    new_rows: list[int] = field(default_factory=list)
    other_rows: list[int] = field(default_factory=list)

    def add(self, kinds: pa.Array, places: pa.Array | None, rows: np.ndarray, *, trusted: str | None = None) -> None:
        """The next of them: each one's kind, what its row says beside it, its number. `trusted`: a kind never new."""
        new = self._unseen(kinds, trusted)
        if places is not None:
            new |= self._unlike_beside(pc.if_else(pc.equal(kinds, SURE), pa.scalar(None, places.type), places))
        self.cells += len(rows)
        self.new += int(new.sum())
        self.new_rows += rows[new][: NAMED_ROWS - len(self.new_rows)].tolist()
        self.other_rows += rows[~new][: NAMED_ROWS - len(self.other_rows)].tolist()

    def _unlike_beside(self, places: pa.Array) -> np.ndarray:
        unlike: np.ndarray = np.zeros(len(places), dtype=bool)
        at = np.flatnonzero(as_mask(pc.is_valid(places)))
        if len(at):
            head = pa.scalar(_BESIDE, pa.large_string())
            unlike[at] = self._unseen(pc.binary_join_element_wise(head, places.take(pa.array(at)), head), None)
            self.seen.add(kind_mark(_BESIDE))
        return unlike & (kind_mark(_BESIDE) in self.agreed)

    def _unseen(self, kinds: pa.Array, trusted: str | None) -> np.ndarray:
        codes = kinds.dictionary_encode()
        texts = codes.dictionary.to_pylist()
        marks = [kind_mark(text) for text in texts]
        self.seen.update(marks[: MOST_SEEN - len(self.seen)])
        unseen = [mark not in self.agreed and text != trusted for mark, text in zip(marks, texts, strict=True)]
        return np.array(unseen, dtype=bool)[codes.indices.to_numpy()]


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
