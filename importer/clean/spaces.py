"""Trim: spaces at the ends of cells and runs of them inside. OneWriting: what looks the same becomes the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Self

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.columns import with_column
from importer.clean.fields import Fields
from importer.clean.invisible import without_ignorable
from importer.clean.many_columns import ManyColumns
from importer.clean.operation import Operation, check_column, check_word
from importer.profile import SPACES, WHITE_SPACE, column_text

_RUN = "[" + "".join(f"\\x{{{ord(sign):x}}}" for sign in WHITE_SPACE) + "]+"
"""As an RE2 class, sign by number; without the joiners, which inside a word belong to Persian and to emoji."""


@dataclass(frozen=True)
class Trim(ManyColumns):
    """Takes spaces, non-breaking and zero-width too, off both ends; `collapse` makes each run inside one space."""

    collapse: bool = False

    kind: ClassVar[str] = "trim"

    def title(self) -> str:
        return f"{'Trim and collapse' if self.collapse else 'Trim'} spaces in {self.where}"

    def mended(self, cells: pa.Array) -> pa.Array | None:
        trimmed = pc.utf8_trim(cells, characters=SPACES)
        return pc.replace_substring_regex(trimmed, pattern=_RUN, replacement=" ") if self.collapse else trimmed

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.texts("columns"), given.flag("collapse", False))


CASES = {"keep": "", "lower": ", in small letters", "upper": ", in capitals"}
INNER_SPACES = {"one": "", "none": ", without spaces"}


@dataclass(frozen=True)
class OneWriting(Operation):
    """Texts that differ in spaces, invisible signs, kinds of hyphen and Unicode form (also capitals, where `case` is
    lower or upper) become one: no spaces at the ends, inside one at a time (`inner` "one") or none, Unicode's form
    NFKC."""

    column: str
    case: str = "keep"
    inner: str = "one"

    kind: ClassVar[str] = "one_writing"
    keeps_value: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_column(self.column)
        check_word(self.case, tuple(CASES), field="case")
        check_word(self.inner, tuple(INNER_SPACES), field="inner")

    def needs(self) -> tuple[str, ...]:
        return (self.column,)

    def changes(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return (self.column,)

    def title(self) -> str:
        return (
            f"Write {self.column} one way (no stray spaces or invisible signs, one form of letters"
            f"{INNER_SPACES[self.inner]}{CASES[self.case]})"
        )

    def apply(self, chunk: pd.DataFrame) -> pd.DataFrame:
        return with_column(chunk, self.column, one_writing(column_text(chunk, self.column), self.case, self.inner))

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.text("column"), given.text("case", "keep"), given.text("inner", "one"))


_ALIKE_SIGNS = (
    (r"[\x{2010}-\x{2013}\x{2212}]", "-"),
    (r"[\x{2018}\x{2019}\x{2bc}]", "'"),
    (r"\x{2800}", " "),
    (r"\x{640}", ""),
    (r"([0-9A-Za-z\p{Latin}\p{Greek}\p{Cyrillic}])[\x{200c}\x{200d}]+", r"\1"),
)
"""Hyphens and dashes, apostrophes, the blank of Braille, the sign that stretches Arabic words, and joiners behind
letters that are never joined: what NFKC keeps, and nobody sees or tells apart."""

_ALIKE_LETTERS = ((r"[\x{200c}\x{200d}]", ""), ("ς", "σ"), ("ß", "ss"))
"""Small letters with one capital, and joiners inside Persian words and emoji: to compare, not to write."""


def alike_writing(cells: pa.Array) -> pa.Array:
    """Equal for all texts that look the same, or would in capitals and without spaces."""
    odd = _has_odd(cells)
    some, lower = cells.filter(odd), pc.utf8_lower(cells)
    if not len(some):
        return lower
    return pc.replace_with_mask(lower, odd, _alike_letters(one_writing(some, "lower", "none")))


def one_writing(cells: pa.Array, case: str, inner: str) -> pa.Array:
    """The cells as OneWriting writes them."""
    cells = _with_odd(cells, lambda odd: _one_form(odd, " " if inner == "one" else ""))
    turn = {"lower": pc.utf8_lower, "upper": pc.utf8_upper}.get(case)
    return turn(cells) if turn is not None else cells


def _with_odd(cells: pa.Array, write: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """The cells, written anew where one has anything but visible ASCII signs: in others nothing but capitals can
    differ unseen."""
    odd = _has_odd(cells)
    some = cells.filter(odd)
    return pc.replace_with_mask(cells, odd, write(some)) if len(some) else cells


def _has_odd(cells: pa.Array) -> pa.Array:
    return pc.match_substring_regex(cells, r"[^\x21-\x7e]").fill_null(False)


def _alike_letters(cells: pa.Array) -> pa.Array:
    for pattern, put in _ALIKE_LETTERS:
        cells = pc.replace_substring_regex(cells, pattern=pattern, replacement=put)
    return cells


def _one_form(cells: pa.Array, space: str) -> pa.Array:
    """In Unicode's form NFKC, with `space` for each run of spaces inside."""
    cells = without_ignorable(pc.utf8_normalize(cells, form="NFKC"))
    for pattern, put in _ALIKE_SIGNS:
        cells = pc.replace_substring_regex(cells, pattern=pattern, replacement=put)
    cells = pc.utf8_trim(cells, characters=SPACES)
    cells = pc.replace_substring_regex(cells, pattern=_RUN, replacement=space)
    return pc.utf8_normalize(cells, form="NFKC")
