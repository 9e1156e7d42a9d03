"""Strict reading of what a recipe's JSON says: every field named, of its type, and none unknown."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from importer.errors import ConfigError

MOST_ROW = 2**63 - 1
"""Rows are counted in 64 bits; a larger number is no row of any list."""


class _Required(Enum):
    TOKEN = 0


REQUIRED: Final = _Required.TOKEN


def wrong_field(name: str, reason: str) -> ConfigError:
    """An error that names the field; whoever reads a whole recipe puts the operation's number before it."""
    return ConfigError(f'Field "{name}" {reason}')


class Fields:
    """The fields of one JSON object, taken one by one; `finish()` refuses what nobody took."""

    def __init__(self, data: object) -> None:
        if not isinstance(data, Mapping) or not all(isinstance(name, str) for name in data):
            raise ConfigError("It must be an object with named fields.")
        self._left: dict[str, object] = dict(data)

    def take(self, name: str, default: object = REQUIRED) -> object:
        """The raw value of a field, or `default`; ConfigError if it is missing and has none."""
        if name in self._left:
            return self._left.pop(name)
        if default is REQUIRED:
            raise wrong_field(name, "is missing. Add it.")
        return default

    def text(self, name: str, default: str | _Required = REQUIRED) -> str:
        """A text."""
        value = self.take(name, default)
        if not is_text(value):
            raise wrong_field(name, "must be a text.")
        return str(value)

    def flag(self, name: str, default: bool) -> bool:
        """true or false."""
        value = self.take(name, default)
        if not isinstance(value, bool):
            raise wrong_field(name, "must be true or false.")
        return value

    def texts(self, name: str, default: tuple[str, ...] | _Required = REQUIRED) -> tuple[str, ...]:
        """A list of texts."""
        value = self.take(name, default)
        if not isinstance(value, list | tuple) or not all(is_text(item) for item in value):
            raise wrong_field(name, "must be a list of texts.")
        return tuple(value)

    def row_numbers(self, name: str) -> tuple[int, ...]:
        """A list of row numbers (1 or more)."""
        value = self.take(name)
        if not isinstance(value, list | tuple) or not all(is_row_number(item) for item in value):
            raise wrong_field(name, "must be a list of row numbers (1 or more).")
        return tuple(value)

    def cells(self, name: str) -> tuple[tuple[int, str], ...]:
        """A list of `[row, text]` pairs."""
        value = self.take(name)
        if not isinstance(value, list | tuple) or not all(_is_cell(item) for item in value):
            raise wrong_field(name, "must be a list of [row number, text] pairs.")
        return tuple((row, text) for row, text in value)

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """A list of `[text, text]` pairs."""
        value = self.take(name)
        if not isinstance(value, list | tuple) or not all(_is_pair(item) for item in value):
            raise wrong_field(name, "must be a list of [text, text] pairs.")
        return tuple((first, second) for first, second in value)

    def whole(self, name: str, default: int | _Required = REQUIRED) -> int:
        """A whole number."""
        value = self.take(name, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise wrong_field(name, "must be a whole number.")
        return value

    def finish(self) -> None:
        """ConfigError if a field is left that this kind does not know."""
        if self._left:
            raise wrong_field(sorted(self._left)[0], "is not known here. Take it out, or mend its name.")


def is_row_number(value: object) -> bool:
    """Whether it is a whole number of 1 to MOST_ROW (true and false are not numbers here)."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_ROW


def is_text(value: object) -> bool:
    """Whether it is a text that UTF-8 can write: JSON can smuggle in half a surrogate pair, which it cannot."""
    return isinstance(value, str) and not any("\ud800" <= sign <= "\udfff" for sign in value)


def _is_pair(value: object) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(is_text(item) for item in value)


def _is_cell(value: object) -> bool:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return False
    return is_row_number(value[0]) and is_text(value[1])
