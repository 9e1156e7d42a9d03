"""FormatPhones: telephone numbers into E.164. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Self

import pyarrow as pa

from importer.clean.columns import map_distinct
from importer.clean.fields import Fields, wrong_field
from importer.clean.operation import check_column
from importer.clean.parse import CellParser
from importer.profile import SPACES

REMEMBERED = 50_000
"""Numbers whose answer is kept (36 µs each): the same list is cleaned again and again while a person works on it."""

_LABEL = re.compile(r"(?i)^(?:telephone|phone|tel|mobile|mob|cell|fax)\s*[.:]*\s*")
_SIGNS = re.compile("[0-9()\\[\\] ./+\u00a0\u2009\u202f\u2010-\u2015\u2212-]+")
"""Numbers with letters (also extensions: E.164 has no place for them) are left to a person."""


@dataclass(frozen=True)
class FormatPhones(CellParser):
    """`(020) 7946 0123` with `region` GB becomes `+442079460123`.

    `region`: the country (two capital letters) of numbers without a country code; empty: those stay as they are.
    Only numbers that are valid for their country are written; with `only_valid` off, also those of a possible length.
    """

    column: str
    region: str = ""
    only_valid: bool = True

    kind: ClassVar[str] = "format_phones"

    def __post_init__(self) -> None:
        check_column(self.column)
        if self.region and self.region not in known_regions():
            raise wrong_field("region", "is not a country's two capital letters. Write for example US, GB or DE.")

    def title(self) -> str:
        where = f", {self.region} where no country is given" if self.region else ""
        return f"Write phone numbers in {self.column} with country code{where}"

    def read_cells(self, cells: pa.Array) -> pa.Array:
        return map_distinct(cells, lambda text: e164(text, self.region, self.only_valid))

    def shapes(self, cells: pa.Array) -> pa.Array:
        return map_distinct(cells, lambda text: phone_shape(text, self.region, self.only_valid))

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.text("column"), given.text("region", ""), given.flag("only_valid", True))


@lru_cache(maxsize=1)
def known_regions() -> frozenset[str]:
    """Countries' two capital letters, as `phonenumbers` knows them."""
    import phonenumbers

    return frozenset(phonenumbers.SUPPORTED_REGIONS)


@lru_cache(maxsize=1)
def calling_codes() -> dict[str, int]:
    """Country (two capital letters) → its calling code: GB → 44."""
    import phonenumbers

    return {region: phonenumbers.country_code_for_region(region) for region in sorted(known_regions())}


@lru_cache(maxsize=REMEMBERED)
def e164(text: str, region: str, only_valid: bool = True) -> str | None:
    """E.164 of one cell, None if it is no number, has no country, or has an extension."""
    import phonenumbers

    bare = _bare(text)
    if not _SIGNS.fullmatch(bare) or bare.find("+", 1) > 0 or bare.count("/") > 1:
        return None
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    try:
        number = phonenumbers.parse(bare, region or None)
    except phonenumbers.NumberParseException:
        return None
    good = phonenumbers.is_valid_number if only_valid else phonenumbers.is_possible_number
    if number.extension or not good(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@lru_cache(maxsize=REMEMBERED)
def phone_shape(text: str, region: str, only_valid: bool = True) -> str | None:
    """`_shape_as` of a number that only `region` makes one; None for no number, and for one that says its country."""
    whole = e164(text, region, only_valid)
    return None if whole is None or e164(text, "", only_valid) is not None else _shape_as(text, whole)


@lru_cache(maxsize=REMEMBERED)
def country_shape(text: str, after: str) -> str | None:
    """`_shape_as` of a cell that any step gave a country code which it did not have; None for every other."""
    is_given = after.startswith("+") and "+" not in text and not text.strip(SPACES).startswith("00")
    whole = e164(after, "", only_valid=False) if is_given else None
    return None if whole is None else _shape_as(text, whole)


def _shape_as(text: str, whole: str) -> str:
    """How a number is written and what it is as `whole` (E.164): its signs, the digits before the number within the
    country, the kind of line, the length.

    Numbers of another country differ from those of the right one in one of these nearly always: (212) 555-0100 has no
    0 in front, and 0171 1234567 is a number in Vienna by Austria's plan, not a mobile one.
    """
    import phonenumbers

    number = phonenumbers.parse(whole)
    national, digits = phonenumbers.national_significant_number(number), re.sub("[^0-9]", "", text)
    signs = re.sub("[0-9]+", "9", re.sub("[\u2010-\u2015\u2212]", "-", re.sub(r"\s+", " ", _bare(text))))
    line = phonenumbers.PhoneNumberType.to_string(phonenumbers.number_type(number))
    return f"{signs} {digits.removesuffix(national)} {line} {len(national)}"


def _bare(text: str) -> str:
    return _LABEL.sub("", text.strip(SPACES))
