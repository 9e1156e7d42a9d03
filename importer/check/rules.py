"""The rules a cell can be held to, by name. Pure.

A rule knows its parameters (checked when it is made), its sentence in plain words, the stable code of its failures
and a vectorised test. A blank cell passes every rule but `required`; a cell of white space only is not blank to them
(it fails `email`, and trimming mends it), while `required` counts it as blank, for nothing can be read in it.

To add a rule: write its class here or in `contact_rules`, list it in `RULES`, give its code a line in `codes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.check.numbers import compare_numbers
from importer.check.text import arrow_text, as_mask, ask_unique, filled, readable
from importer.check.verdicts import Masks
from importer.clean import too_big
from importer.errors import ConfigError

FIRST_CELLS = 1_000
"""Of a column, that tell whether its cells repeat; when half of them do, judging each text once is cheaper."""

MAX_MESSAGE_CHARS = 200
"""Of a person's own words: they stand in one line of a card and in one cell of the reject file."""

MAX_NUMBER_DIGITS, MAX_NUMBER_CHARS = 40, 50
"""Of a bound: DynamoDB's numbers have 38 digits, an exponent of three, a sign and a point."""

MAX_LENGTH = 1_000_000_000
"""Of a cell in characters: no text that Arrow holds in a column is longer by much."""

SHOWN_PATTERN_CHARS, SHOWN_VALUE_CHARS = 80, 30
"""Of a pattern and of each allowed value in a sentence."""


@dataclass(frozen=True)
class Rule:
    """Base of all rules. The fields are the parameters; making a rule with a wrong one raises ConfigError.

    `message`: what a person wants to be said of a cell that fails, in the place of our words; "" = ours.
    """

    message: str = field(default="", kw_only=True)
    name: ClassVar[str] = ""
    code: ClassVar[str] = ""
    by_cell: ClassVar[bool] = True
    """Whether a cell is judged by its text alone."""

    def __post_init__(self) -> None:
        self._refuse_long_words("message", self.message)
        if self.message and not (self.message.isprintable() and self.message.strip()):
            raise self._wrong("message", "must be one line that can be read. Take out line ends, or write something.")

    def _refuse_long_words(self, field: str, words: str) -> None:
        if len(words) > MAX_MESSAGE_CHARS:
            raise self._wrong(field, f"is over {MAX_MESSAGE_CHARS} characters long. Shorten it.")

    def sentence(self) -> str:
        """What a cell must be, in plain words, to be read after the column's name."""
        raise NotImplementedError

    def passes(self, cells: pd.Series) -> np.ndarray:
        """True for each cell that keeps the rule; `cells` is text, "" is blank."""
        good: np.ndarray = np.ones(len(cells), dtype=bool)
        where = filled(cells)
        if where.any():
            good[where] = self._once_each(cells if where.all() else cells[where])
        return good

    def _once_each(self, cells: pd.Series) -> np.ndarray:
        """Filled cells, each text judged once where the first of them repeat."""
        if not self.by_cell or len(cells) < FIRST_CELLS or 2 * cells.iloc[:FIRST_CELLS].nunique() > FIRST_CELLS:
            return self._passes_filled(cells)
        encoded = arrow_text(cells).dictionary_encode()
        return self._passes_filled(pd.Series(encoded.dictionary, dtype="str"))[np.asarray(encoded.indices)]

    def _passes_filled(self, cells: pd.Series) -> np.ndarray:
        raise NotImplementedError

    def params(self) -> dict[str, Any]:
        """Parameters that differ from their default, as plain data; the message last."""
        out: dict[str, Any] = {}
        for one in fields_of(type(self)):
            value = getattr(self, one.name)
            if value != one.default:
                out[one.name] = list(value) if isinstance(value, tuple) else value
        return out

    def to_entry(self) -> object:
        """The YAML entry: the bare name, or name and parameters."""
        params = self.params()
        return {self.name: params} if params else self.name

    def _wrong(self, field: str, message: str) -> ConfigError:
        return ConfigError(f"rule {self.name}: {field} {message}")


@dataclass(frozen=True)
class Required(Rule):
    """The cell must hold something to read."""

    name: ClassVar[str] = "required"
    code: ClassVar[str] = "required_blank"

    def sentence(self) -> str:
        return "must not be blank"

    def passes(self, cells: pd.Series) -> np.ndarray:
        return readable(cells)


@dataclass(frozen=True)
class Pattern(Rule):
    """The whole cell must match a regular expression of RE2, which takes linear time whatever the pattern.

    `\\d` and `\\w` are ASCII there, `\\p{L}` is any letter; look-around is unknown. `means` is for people.
    """

    pattern: str = ""
    means: str = ""
    name: ClassVar[str] = "pattern"
    code: ClassVar[str] = "pattern_mismatch"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.pattern:
            raise self._wrong("pattern", "is missing. Give a regular expression for the whole cell.")
        if reason := too_big(self.pattern):
            raise self._wrong("pattern", reason)
        self._refuse_long_words("means", self.means)
        try:
            pc.match_substring_regex(pa.array([""]), self._whole)
        except pa.ArrowInvalid as error:
            raise self._wrong(
                "pattern", "is not a regular expression of RE2. Check its brackets and escapes; use no look-around."
            ) from error

    @property
    def _whole(self) -> str:
        return rf"\A(?:{self.pattern})\z"

    def sentence(self) -> str:
        if self.means:
            return f"must be {self.means}"
        return f"must match the pattern {_shortened(self.pattern, SHOWN_PATTERN_CHARS)}"

    def _passes_filled(self, cells: pd.Series) -> np.ndarray:
        return as_mask(pc.match_substring_regex(arrow_text(cells), self._whole))


@dataclass(frozen=True)
class Allowed(Rule):
    """The cell must be one of `values`."""

    values: tuple[str, ...] = ()
    ignore_case: bool = False
    name: ClassVar[str] = "allowed"
    code: ClassVar[str] = "not_allowed"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.values:
            raise self._wrong("values", "is empty. List at least one allowed value.")

    def sentence(self) -> str:
        shown = ", ".join(_shortened(value, SHOWN_VALUE_CHARS) for value in self.values[:8])
        return f"must be one of: {shown}" + (f" and {len(self.values) - 8} more" if len(self.values) > 8 else "")

    def _passes_filled(self, cells: pd.Series) -> np.ndarray:
        if self.ignore_case:
            return ask_unique(cells, lambda text: text.casefold() in self._allowed)
        return ask_unique(cells, self._allowed.__contains__)

    @cached_property
    def _allowed(self) -> frozenset[str]:
        return frozenset(value.casefold() if self.ignore_case else value for value in self.values)


@dataclass(frozen=True)
class Range(Rule):
    """The cell must be a number from `min` to `max` (texts, so that no digit is lost; "" = open). Exact."""

    min: str = ""
    max: str = ""
    name: ClassVar[str] = "range"
    code: ClassVar[str] = "out_of_range"

    def __post_init__(self) -> None:
        super().__post_init__()
        bounds = {field: self._bound(field) for field in ("min", "max")}
        if bounds["min"] is None and bounds["max"] is None:
            raise self._wrong("min and max", "are both missing. Give at least one.")
        if bounds["min"] is not None and bounds["max"] is not None and bounds["min"] > bounds["max"]:
            raise self._wrong("min", "is greater than max. Swap them.")

    def _bound(self, field: str) -> Decimal | None:
        text = getattr(self, field)
        if not text:
            return None
        digits = sum(sign.isdigit() for sign in text.lower().partition("e")[0])
        if digits > MAX_NUMBER_DIGITS or len(text) > MAX_NUMBER_CHARS:
            raise self._wrong(field, f"has more than {MAX_NUMBER_DIGITS} digits. Write fewer, or use an exponent.")
        try:
            bound = Decimal(text)
        except InvalidOperation as error:
            raise self._wrong(field, "is not a number. Write it with digits and a point, e.g. 12.5.") from error
        if not bound.is_finite():
            raise self._wrong(field, "is not a finite number. Leave it out for an open end.")
        return bound

    def sentence(self) -> str:
        if self.min and self.max:
            return f"must be a number from {self.min} to {self.max}"
        return f"must be a number of at least {self.min}" if self.min else f"must be a number of at most {self.max}"

    def _passes_filled(self, cells: pd.Series) -> np.ndarray:
        return compare_numbers(cells, self._bound("min"), self._bound("max"))


@dataclass(frozen=True)
class Length(Rule):
    """The cell must have `min` to `max` characters (Unicode code points; `max` 0 = open)."""

    min: int = 0
    max: int = 0
    name: ClassVar[str] = "length"
    code: ClassVar[str] = "wrong_length"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.min < 0 or self.max < 0:
            raise self._wrong("min and max", "must not be below 0.")
        if max(self.min, self.max) > MAX_LENGTH:
            raise self._wrong("min and max", f"must not be above {MAX_LENGTH:,}.")
        if not self.min and not self.max:
            raise self._wrong("min and max", "are both missing. Give at least one.")
        if self.max and self.min > self.max:
            raise self._wrong("min", "is greater than max. Swap them.")

    def sentence(self) -> str:
        if not self.max:
            return f"must be at least {self.min} characters long"
        if not self.min:
            return f"must be at most {self.max} characters long"
        if self.min == self.max:
            return f"must be exactly {self.min} characters long"
        return f"must be {self.min} to {self.max} characters long"

    def _passes_filled(self, cells: pd.Series) -> np.ndarray:
        lengths = cells.str.len().to_numpy(dtype=np.int64)
        good = lengths >= self.min
        return good & (lengths <= self.max) if self.max else good


@dataclass(frozen=True)
class Unique(Rule):
    """No text may occur twice in the column, over the whole list; every row of such a text fails.

    `passes` sees one frame; `check_stage` asks across all of them.
    """

    name: ClassVar[str] = "unique"
    code: ClassVar[str] = "not_unique"
    by_cell: ClassVar[bool] = False

    def sentence(self) -> str:
        return "must not occur twice in the list"

    def _passes_filled(self, cells: pd.Series) -> np.ndarray:
        return ~cells.duplicated(keep=False).to_numpy(dtype=bool)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]} …"


def fields_of(kind: type[Rule]) -> list[Field[Any]]:
    """The parameters of a kind of rule, the message last."""
    return sorted(fields(kind), key=lambda one: one.name == "message")


def check_names(given: Mapping[str, object], wanted: tuple[str, ...], where: str) -> None:
    """Raises ConfigError when `given` has a name that is not `wanted`."""
    for name in given:
        if name not in wanted:
            known = ", ".join(wanted) or "none"
            raise ConfigError(f'{where}: there is no field "{name}". Known: {known}.')


@dataclass(frozen=True)
class _Answered:
    """A rule with what it says of the cells that are being judged."""

    code: str
    answer: np.ndarray

    def passes(self, cells: pd.Series) -> np.ndarray:
        """As the rule said."""
        return self.answer


class CellRules:
    """All rules that look at one cell at a time, ready to be held against chunk after chunk.

    pandera judges the rules that a cell breaks, with their own answers. A list whose cells keep all of them has
    nothing to judge, and does not wait until pandera has loaded (0.4 s).
    """

    def __init__(self, rules: Mapping[str, Sequence[Rule]]) -> None:
        """`rules`: of each column. `unique` is none of them: it takes the whole list."""
        self._rules = {
            column: [rule for rule in of_column if not isinstance(rule, Unique)]
            for column, of_column in rules.items()
        }

    def failures(self, frame: pd.DataFrame) -> Masks:
        """All cells of `frame` that break a rule. Raises FatalError when a rule could not be asked."""
        broken = {
            column: judged
            for column, rules in self._rules.items()
            if (judged := [one for rule in rules if (one := _broken(rule, frame[column])) is not None])
        }
        if not broken or frame.empty:
            return {}
        from importer.check.by_pandera import RulePass

        return RulePass(broken).failures(frame)


def _broken(rule: Rule, cells: pd.Series) -> Any:
    """The rule, to be judged by; None where all cells keep it."""
    try:
        answer = rule.passes(cells)
    except Exception:  # pandera asks again, and tells which column it was
        return rule
    return None if answer.all() else _Answered(rule.code, answer)
