"""What holds of nearly all cells of a column, and how much a cell that breaks it tells. Pure.

Of a cell counts which kinds of signs are in it (`KINDS`) and how long it is. That is read off the bytes of a whole
column at once, so that a look at every cell costs little more than to read it. No cell decides by its value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.profile.damage import NULL_WORDS

FEWEST_ROWS = 8
"""Of fewer rows nobody can tell what is usual."""

FEWEST_FOR_ONE = 15
"""Cells from which on a single one that is otherwise tells by itself."""


class Oddity(IntEnum):
    """What is odd about a cell, or (MOSTLY_BLANK, WIDTH) about a row as a whole."""

    LETTERS = 1
    NO_LETTERS = 2
    DIGITS = 3
    NO_DIGITS = 4
    NEW_SIGN = 5
    NO_SIGN = 6
    SCRIPT = 7
    LENGTH = 8
    MOSTLY_BLANK = 9
    WIDTH = 10
    NUMBER_FORM = 11
    UNIT = 12
    DATE_FORM = 13

    @property
    def words(self) -> str:
        """Of the cell, said behind the name of its column."""
        return _WORDS[self]


_WORDS = {
    Oddity.LETTERS: "has letters, the other cells have none",
    Oddity.NO_LETTERS: "has no letters, the other cells have some",
    Oddity.DIGITS: "has digits, the other cells have none",
    Oddity.NO_DIGITS: "has no digits, the other cells have some",
    Oddity.NEW_SIGN: "has a sign that the other cells do not have",
    Oddity.NO_SIGN: "lacks a sign that the other cells have",
    Oddity.SCRIPT: "is written in other letters than the other cells",
    Oddity.LENGTH: "is much longer or shorter than the other cells",
    Oddity.MOSTLY_BLANK: "most cells are blank that are filled in the other rows",
    Oddity.NUMBER_FORM: "is written in another way than the other numbers",
    Oddity.UNIT: "is in another unit or currency than the other cells",
    Oddity.DATE_FORM: "is written in another way than the other dates",
    Oddity.WIDTH: "it has more or fewer cells than there are columns",
}

_SIGN_NAMES: tuple[tuple[str, str], ...] = (
    ("space", " "),
    ("at", "@"),
    ("slash", "/"),
    ("dash", "-_"),
    ("point", "."),
    ("comma", ","),
    ("colon", ":"),
    ("plus", "+"),
    ("money", "$%\xa3\xa5"),
    ("bracket", "()[]{}"),
    ("delimiter", ";|\t\n\r"),
    ("mark", '&#*!?"'),
    ("other", "<>=~^\\`"),
)
LETTER, DIGIT, _SCRIPT = 1, 2, 4
SIGNS = {name: 8 << place for place, (name, _) in enumerate(_SIGN_NAMES)}
_ALL_BITS = 16
ALL_KINDS = (1 << _ALL_BITS) - 1
BITS = tuple(1 << at for at in range(_ALL_BITS))
_SOMETHING = LETTER | DIGIT | _SCRIPT


def _kinds_of_bytes() -> np.ndarray:
    """For each byte of UTF-8 what it is part of."""
    kinds: np.ndarray = np.zeros(256, dtype=np.uint16)
    for name, signs in _SIGN_NAMES:
        kinds[[ord(sign) for sign in signs if ord(sign) < 0x80]] = SIGNS[name]
    kinds[ord("0") : ord("9") + 1] = DIGIT
    for first in (ord("a"), ord("A")):
        kinds[first : first + 26] = LETTER
    kinds[0xC3:0xCA] = LETTER
    kinds[0xCD:0xE2] = LETTER | _SCRIPT
    kinds[0xE3:0xEF] = LETTER | _SCRIPT
    return kinds


KINDS = _kinds_of_bytes()
"""Latin letters with accents begin with C3 to C9, other alphabets with CD to E1 and E3 to EE; E2 begins dashes, curly
quotes and signs of money, F0 pictures: nothing that tells. Latin letters behind E1, EA and CD: `_LONGER`."""

_LONGER = (
    (b"\xe1", 0xB4, 0xBB, LETTER),
    (b"\xea", 0x9C, 0x9F, LETTER),
    (b"\xcd", 0x80, 0xAF, LETTER),
    (b"\xc2", 0xA2, 0xA5, SIGNS["money"]),
    (b"\xe2\x82", 0xA0, 0xBF, SIGNS["money"]),
)
"""Bytes that begin other signs too, the first and last byte behind them, and what that is: Latin letters (U+1D00 to
U+1EFF as in `Nguy\u1ec5n`, U+A700 to U+A7FF, marks behind a letter from U+0340), signs of money (U+00A2 to
U+00A5, U+20A0 to U+20BF). Unicode 15, Blocks.txt."""


AMBIGUOUS_BYTES = (0xC2, 0xCD, 0xE1, 0xE2, 0xEA)
"""What the letters and signs of money of `_LONGER` begin with."""


def _kinds(data: np.ndarray) -> np.ndarray:
    """Of each byte what it is part of; Latin is one script, whatever marks its letters have."""
    kinds: np.ndarray = KINDS.take(data)
    if data.max(initial=0) < 0x80:
        return kinds
    for begin, low, high, kind in _LONGER:
        at = np.flatnonzero(data[: -len(begin)] == begin[0])
        for place, byte in enumerate(begin[1:], 1):
            at = at[data[at + place] == byte]
        last = data[at + len(begin)]
        kinds[at[(last >= low) & (last <= high)]] = kind
    return kinds


def bytes_and_places(text: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """The bytes of all cells, and the places where each begins and the last ends. Nothing is copied."""
    places = np.frombuffer(text.buffers()[1], dtype=np.int64)[text.offset : text.offset + len(text) + 1]
    data = np.frombuffer(text.buffers()[2] or b"", dtype=np.uint8)[places[0] : places[-1]]
    return data, places - places[0] if places[0] else places


@dataclass(frozen=True)
class Cells:
    """Of each cell of a column the kinds of signs in it (a sum of bits) and its bytes."""

    text: pa.Array
    kinds: np.ndarray
    sizes: np.ndarray

    @classmethod
    def of(cls, text: pa.Array, telling: int = ALL_KINDS) -> Cells:
        """Of `large_string` cells. Where none of the bits of `telling` is in any of them, all filled ones count as
        words: to find that out costs half of a look at each cell."""
        data, places = bytes_and_places(text)
        sizes, starts = np.diff(places), places[:-1]
        bytewise = _kinds(data) if telling else np.empty(0, dtype=np.uint16)
        if not telling & int(np.bitwise_or.reduce(bytewise)):
            return cls(text, (sizes > 0).astype(np.uint16), sizes)
        if sizes.all():
            return cls(text, np.bitwise_or.reduceat(bytewise, starts), sizes)
        kinds: np.ndarray = np.zeros(len(sizes), dtype=np.uint16)
        filled = np.flatnonzero(sizes)
        kinds[filled] = np.bitwise_or.reduceat(bytewise, starts[filled])
        return cls(text, kinds, sizes)

    @property
    def blank(self) -> np.ndarray:
        """Where neither a letter nor a digit stands."""
        return says_nothing(self.kinds)

    def null_words(self, at: np.ndarray) -> np.ndarray:
        """Which of the cells `at` these places say "nothing" in a word (n/a, NULL)."""
        short: np.ndarray = self.sizes[at] <= _LONGEST_NULL
        if short.any():
            words = pc.utf8_lower(self.text.take(pa.array(at[short])))
            short[short] = pc.is_in(words, value_set=_NULLS).to_numpy(zero_copy_only=False)
        return short


def says_nothing(kinds: np.ndarray) -> np.ndarray:
    """Where neither a letter nor a digit is among the kinds."""
    nothing: np.ndarray = (kinds & _SOMETHING) == 0
    return nothing


_NULLS = pa.array([*NULL_WORDS, "#ref!", "#name?", "#value!"], pa.large_string())
_LONGEST_NULL = 14
"""Bytes of the longest of them: not applicable."""


@dataclass(frozen=True)
class ColumnShape:
    """What holds of the filled cells of a column. `shares`: of those with each bit; `filled`: of all rows.

    `usual`: bytes of the middle 96 in 100, least and most; `fixed`: share of those with the most common size;
    `alike`: share of those with the most common sum of bits; `plain`: whether many are numbers of four digits or more
    before their fraction and have no sign of thousands; `named_months`: whether nearly all are dates as 01 May 2019,
    `numeric_dates`: as 01.05.2019 or 2019-05-01, all with the same sign between; `unit`: of numbers in one unit.
    """

    cells: int
    filled: float
    shares: np.ndarray
    usual: tuple[int, int]
    fixed: float
    alike: float
    plain: bool = False
    named_months: bool = False
    numeric_dates: bool = False
    unit: Unit | None = None

    @classmethod
    def of(cls, cells: Cells) -> ColumnShape:
        """Of the cells of a sample."""
        something = ~cells.blank
        there = np.flatnonzero(something)
        something[there[cells.null_words(there)]] = False
        kinds, sizes = cells.kinds[something], cells.sizes[something]
        bits = (kinds[:, None] >> np.arange(_ALL_BITS, dtype=np.uint16)) & 1
        count = len(kinds)
        if not count:
            return cls(0, 0.0, np.zeros(_ALL_BITS), (0, 0), 0.0, 0.0)
        low, high = np.quantile(sizes, (0.02, 0.98), method="nearest").tolist()
        most = int(np.bincount(np.minimum(sizes, 4096)).max())
        alike = int(np.bincount(kinds).max()) / count
        shape = cls(count, count / len(something), bits.mean(axis=0), (low, high), most / count, alike)
        has_words = max(shape.shares[0], shape.shares[SIGNS["money"].bit_length() - 1]) >= UNIT_SHARE
        if has_words and shape.always(DIGIT) and not shape.always(SIGNS["at"]) and high <= UNIT_BYTES:
            shape = replace(shape, unit=Unit.of(cells.text, count))
        if shape.is_typed:
            return replace(
                shape,
                plain=_matching(cells.text, _PLAIN_THOUSANDS) >= max(FEWEST_PLAIN, LEAST_PLAIN * count),
                numeric_dates=max(_matching(cells.text, form) for form in _NUMERIC_DATES) >= LEAST_DATES * count,
            )
        if high <= DATE_BYTES and shape.always(LETTER) and shape.always(DIGIT):
            least = LEAST_DATES * count
            named = may_match(cells.text, _NAMED_MONTH, least) and _matching(cells.text, _NAMED_MONTH) >= least
            return replace(shape, named_months=named)
        return shape

    @property
    def may_tell(self) -> bool:
        """Whether a cell of this column can be odd at all."""
        return self.cells >= FEWEST_ROWS

    def never(self, bit: int) -> float:
        """How far (0 to 1) it can be relied on that no cell has the bit."""
        return self._relied(float(self.shares[bit.bit_length() - 1]))

    def always(self, bit: int) -> float:
        """The same of every cell."""
        return self._relied(1.0 - float(self.shares[bit.bit_length() - 1]))

    @cached_property
    def always_filled(self) -> float:
        """How far it can be relied on that a cell is filled."""
        return self._relied(1.0 - self.filled) if self.cells else 0.0

    @cached_property
    def one_size(self) -> float:
        """How far it can be relied on that all cells have the most common size."""
        return self._relied(1.0 - self.fixed) if self.usual[0] == self.usual[1] else 0.0

    @cached_property
    def telling(self) -> int:
        """The bits that may tell something about a cell: none in sentences, where any sign may stand."""
        if self.is_typed or self.is_code or self.always(DIGIT):
            return ALL_KINDS
        if self.usual[1] >= PROSE_BYTES:
            return 0
        return sum(SIGNS[name] for name in _NEW_IN_WORDS) | DIGIT | _SCRIPT

    def weights(self, kinds: np.ndarray) -> KindWeights:
        """What these different sums of bits count; the same ones come again chunk after chunk."""
        key = kinds.tobytes()
        if key not in self._weights:
            if len(self._weights) >= MOST_KEPT:
                self._weights.clear()
            self._weights[key] = KindWeights(kinds, self)
        return self._weights[key]

    @cached_property
    def _weights(self) -> dict[bytes, KindWeights]:
        return {}

    @cached_property
    def is_typed(self) -> bool:
        """Numbers, dates, times, telephone numbers: digits and no letters."""
        return self.never(LETTER) > 0 and self.always(DIGIT) > 0

    @cached_property
    def only_digits(self) -> bool:
        """No sign, no space, no letter."""
        return self.cells > 0 and self.is_typed and not self.shares[_SCRIPT.bit_length() :].any()

    @cached_property
    def is_code(self) -> bool:
        """Letters and digits in one word: item numbers, e-mail addresses, times with a T."""
        return not self.is_typed and self.always(DIGIT) > 0 and self.never(SIGNS["space"]) > 0

    def _relied(self, breaking: float) -> float:
        return relied_on(breaking, self.cells)


@dataclass(frozen=True)
class Unit:
    """What stands before or behind the number in nearly all cells of a column, in small letters."""

    sign: bytes
    is_before: bool

    @classmethod
    def of(cls, text: pa.Array, cells: int) -> Unit | None:
        """The unit of the cells of a sample; None where they have none, or several."""
        for pattern, is_before in ((_BEHIND, False), (_BEFORE, True)):
            if not may_match(text, pattern, UNIT_SHARE * cells):
                continue
            units = pc.struct_field(pc.extract_regex(text, pattern), "unit").drop_null()
            if len(units) < UNIT_SHARE * cells:
                continue
            counts = pc.value_counts(pc.utf8_lower(units)).to_pylist()
            most = max(counts, key=lambda count: int(count["counts"]))
            relied = relied_on(1 - most["counts"] / cells, cells)
            return cls(most["values"].encode(), is_before) if relied >= MEDIUM else None
        return None

    def odd(self, data: np.ndarray, places: np.ndarray) -> np.ndarray | None:
        """Where a filled cell has not the unit, None where all have it; one letter less (1 day among days) is no
        other. `data`, `places`: as of `bytes_and_places`."""
        starts, ends = places[:-1], places[1:]
        if not len(data):
            return None
        signs = [self.sign, self.sign[:-1]] if len(self.sign) > 2 and not self.is_before else [self.sign]
        sizes = ends - starts
        has: np.ndarray = sizes == 0
        for sign in signs:
            fits = sizes > len(sign)
            for at, byte in enumerate(sign):
                place: np.ndarray = starts + at if self.is_before else ends - len(sign) + at
                found = data[np.clip(place, 0, len(data) - 1)]
                fits &= ((found | 0x20) if ord("a") <= byte <= ord("z") else found) == byte
            if not self.is_before:  # mg does not end with g
                before = data[np.clip(ends - len(sign) - 1, 0, len(data) - 1)]
                fits &= (KINDS.take(before) & LETTER) == 0
            has |= fits
        return None if has.all() else ~has


_BEHIND = r"^[-+~]?[0-9][0-9.,']*[ \x{a0}]?(?P<unit>\pL{2,8}|[a-z]|[%€$£¥°]\pL?)$"
_BEFORE = r"^(?P<unit>[€$£¥])[ \x{a0}]?[-+]?[0-9][0-9.,']*$"

UNIT_BYTES, UNIT_SHARE = 24, 0.8
"""Longest of numbers with a unit, and the share of cells with any from which on there is a usual one."""


def relied_on(breaking: float, cells: int) -> float:
    """How far (0 to 1) what holds of a column's `cells` but for a share of `breaking` can be relied on."""
    if breaking * cells <= 1.0 and cells >= FEWEST_FOR_ONE:
        return 1.0
    return next((relied for most, relied in _RELIED_ON if breaking <= most), 0.0)


CELLS_AT_ONCE = 256


def may_match(text: pa.Array, pattern: str, least: float) -> bool:
    """Whether `least` of the cells may match: most columns are passed over after some cells that do not. Arrow makes
    a pattern with letters of all scripts anew for each column, which takes 8 ms."""
    here = re.compile(pattern.replace(r"\pL", r"[^\W\d_]").replace(r"\x{a0}", r"\xa0"))
    others = len(text) - least
    for start in range(0, len(text), CELLS_AT_ONCE):
        cells = text.slice(start, CELLS_AT_ONCE).to_pylist()
        others -= sum(not here.match(cell or "") for cell in cells)
        if others < 0:
            return False
    return True


def _matching(text: pa.Array, pattern: str) -> int:
    """Cells that match."""
    return int(pc.sum(pc.match_substring_regex(text, pattern)).as_py() or 0)


_PLAIN_THOUSANDS = r"^[-+]?[0-9]{4,}([.,][0-9]+)?$"

FEWEST_PLAIN, LEAST_PLAIN = 5, 0.05
"""Numbers without a sign of thousands from which on one with it (1,250.00) is of another form; where all others are
below 1,000, it may be theirs."""

_NAMED_MONTH = r"^[0-9]{1,2}\.?[ -]\pL{3,10}\.?,?[ -][0-9]{2,4}$|^\pL{3,10}\.? [0-9]{1,2},? [0-9]{4}$"

_NUMERIC_DATES = tuple(
    rf"^([0-9]{{1,2}}[{sign}][0-9]{{1,2}}[{sign}][0-9]{{2,4}}|[0-9]{{4}}[{sign}][0-9]{{1,2}}[{sign}][0-9]{{1,2}})$"
    for sign in "./-"
)

DATE_BYTES, LEAST_DATES = 24, 0.9
"""Longest of a date like 01 September 2019, and share of such ones from which a date without a word is odd."""

_RELIED_ON = ((0.05, 1.0), (0.1, 0.6), (0.2, 0.4))
"""Share of cells that break what else holds, and what another such cell then counts."""

STRONG, MEDIUM, WEAK = 1.0, 0.6, 0.4
"""A row is odd from a sum of 1: one strong sign, or two others, of a cell or of several."""

MOST_KEPT = 100
"""Answers kept of a column."""

PROSE_BYTES = 60
"""Length of the longest cells from which a column of words holds sentences."""

SHORT_OF = 8
"""Digits of numbers of one length (chips, accounts) from which on one of less than half of it is odd by itself."""

SHORTER_DATE = 2
"""Bytes that a date lacks which is written without its century or without zeros."""

LEAST_ALIKE = 0.8
"""Share of cells with the same kinds of signs below which (telephone numbers) signs are no more than a hint."""

RARE_SCRIPT = 0.06
"""Share of cells in another alphabet up to which they are odd; where more are, the list is of several tongues."""

_IN_NUMBERS = ("dash", "point", "comma", "plus")
"""Signs that a number may have or not: -1, 0.5, 1,000, +1."""

_NEW_IN_STRICT = {"mark": STRONG, "other": STRONG, "delimiter": STRONG} | dict.fromkeys(_IN_NUMBERS, WEAK)
_NEW_IN_WORDS = {"at": MEDIUM, "delimiter": MEDIUM, "other": MEDIUM}
"""What a sign counts that the other cells do not have: among numbers and codes (MEDIUM where not said), in words."""

_MISSING = {"at": STRONG, "point": WEAK, "comma": WEAK}
"""What a sign counts that all other cells have, among numbers and codes (MEDIUM where not said)."""


class KindWeights:
    """What the different sums of bits (`kinds`) of a column count, and which Oddity counts most in each."""

    def __init__(self, kinds: np.ndarray, shape: ColumnShape) -> None:
        self._kinds, self._shape = kinds, shape
        self.total: np.ndarray = np.zeros(len(kinds))
        self.oddity: np.ndarray = np.zeros(len(kinds), dtype=np.uint8)
        self._most: np.ndarray = np.zeros(len(kinds))
        self._weigh_letters()
        self._weigh_number_form()
        self._weigh_date_form()
        before = self.total.copy()
        self._weigh_signs()
        if shape.alike < LEAST_ALIKE:
            self.total = np.minimum(self.total, np.maximum(before, MEDIUM))
        self.total[says_nothing(kinds)] = 0
        self.total = np.minimum(self.total, STRONG)

    def _has(self, bit: int) -> np.ndarray:
        has: np.ndarray = (self._kinds & bit) != 0
        return has

    def _add(self, where: np.ndarray, weight: float, oddity: Oddity) -> None:
        if weight > 0:
            self.total[where] += weight
            ahead = where & (weight > self._most)
            self._most[ahead], self.oddity[ahead] = weight, oddity

    def _weigh_letters(self) -> None:
        """Letters, digits and alphabets."""
        shape, letter, digit = self._shape, self._has(LETTER), self._has(DIGIT)
        if shape.is_typed:
            self._add(letter, STRONG * min(shape.never(LETTER), shape.always(DIGIT)), Oddity.LETTERS)
        elif shape.is_code and not shape.always(SIGNS["at"]):
            self._add(~digit, STRONG * shape.always(DIGIT), Oddity.NO_DIGITS)
            # all digits by chance (3907 among 3af7) where the size is right, which `size_weights` adds to
            weight = MEDIUM if shape.one_size and not shape.shares[_SCRIPT.bit_length() :].any() else STRONG
            self._add(~letter, weight * shape.always(LETTER), Oddity.NO_LETTERS)
        elif not shape.is_code:
            only_words = min(shape.always(LETTER), shape.never(DIGIT))
            self._add(~digit, WEAK * shape.always(DIGIT), Oddity.NO_DIGITS)
            self._add(digit & ~letter, STRONG * only_words, Oddity.NO_LETTERS)
            self._add(digit & letter, MEDIUM * only_words, Oddity.DIGITS)
            if shape.named_months:
                self._add(digit & ~letter, STRONG * shape.always(LETTER), Oddity.NO_LETTERS)
        others = float(shape.shares[_SCRIPT.bit_length() - 1]) * shape.cells
        if 0 < others <= max(1.0, RARE_SCRIPT * shape.cells):
            self._add(self._has(_SCRIPT), MEDIUM, Oddity.SCRIPT)

    def _weigh_number_form(self) -> None:
        """1.240,50 and 1,250.00 where the others write 1240.50 or 1250."""
        shape, point, comma = self._shape, SIGNS["point"], SIGNS["comma"]
        if not shape.plain:
            return
        both = self._has(point) & self._has(comma)
        self._add(both, STRONG * min(shape.never(point), shape.never(comma)), Oddity.NUMBER_FORM)
        for usual, other in ((point, comma), (comma, point)):
            relied = min(shape.always(usual), shape.never(other))
            self._add(self._has(other), STRONG * relied, Oddity.NUMBER_FORM)

    def _weigh_date_form(self) -> None:
        """2019-05-01 where the others write 01.05.2019."""
        for name in ("point", "slash", "dash") if self._shape.numeric_dates else ():
            bit = SIGNS[name]
            self._add(self._has(bit) & self._has(DIGIT), _sure(self._shape.never(bit)), Oddity.DATE_FORM)
            self._add(~self._has(bit) & self._has(DIGIT), _sure(self._shape.always(bit)), Oddity.DATE_FORM)

    def _weigh_signs(self) -> None:
        """Signs that the other cells do not have, or all have."""
        shape = self._shape
        strict = shape.is_typed or shape.is_code
        new = dict.fromkeys(SIGNS, MEDIUM) | _NEW_IN_STRICT if strict else _NEW_IN_WORDS
        if shape.is_typed:
            new = new | {"money": STRONG}
        if shape.always(SIGNS["at"]):
            new = new | dict.fromkeys(_IN_NUMBERS, 0.0)
        for name, bit in SIGNS.items():
            self._add(self._has(bit), new.get(name, 0.0) * shape.never(bit), Oddity.NEW_SIGN)
            if strict or name == "at":
                self._add(~self._has(bit), _MISSING.get(name, MEDIUM) * shape.always(bit), Oddity.NO_SIGN)


def _sure(relied: float) -> float:
    """What a date or unit counts that is no slip of the pen but another form: all, where it is fairly sure."""
    return STRONG if relied >= MEDIUM else 0.0


def size_weights(sizes: np.ndarray, shape: ColumnShape) -> np.ndarray | None:
    """What the lengths of filled cells count (longer than nearly all by far, or not of their one length); None where
    none counts."""
    most, strict = shape.usual[1], shape.is_typed or shape.is_code
    longest = 2 * most + 4 if strict else 2.5 * most + 10
    if strict and shape.one_size:
        odd = sizes != most
        far = sizes > longest
        if shape.only_digits and most >= SHORT_OF:
            far |= 2 * sizes < most
        if shape.numeric_dates:  # 26.9.19 among 26.09.2019
            far |= sizes <= most - SHORTER_DATE
        return np.where(far, STRONG, odd * (WEAK * shape.one_size)) if odd.any() else None
    return (sizes > longest) * (STRONG if strict else MEDIUM) if sizes.max(initial=0) > longest else None
