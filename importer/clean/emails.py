"""NormaliseEmails: e-mail addresses as their servers compare them, syntax checked, nothing looked up. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Self

import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.columns import map_distinct, text_scalar
from importer.clean.fields import Fields
from importer.clean.operation import check_column
from importer.clean.parse import CellParser
from importer.profile import SPACES

REMEMBERED = 50_000
"""Addresses whose answer is kept."""

MAX_PLAIN_CHARS = 63
"""So short that none of the limits (64 before the @, 63 a label, 254 in all: RFC 5321, 1035) can be passed."""

_PLAIN = (
    r"^[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*@(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+"
    r"(?:[A-Za-z]{2}|com|org|net|edu|gov|info|biz)$"
)
"""Nearly all addresses. Of these `email-validator` only lowers what follows the @; it (30 µs) sees the others."""

_WRAPPED = re.compile(r"^[^<>@]*<\s*([^<>\s]+)\s*>$")
_LABEL = re.compile(r"(?i)^(?:mailto|e-?mail):\s*")


@dataclass(frozen=True)
class NormaliseEmails(CellParser):
    """`Ann <Ann@EXAMPLE.com>` becomes `Ann@example.com`, with `lower` also `ann@example.com`.

    The part before the @ may, by the standard, differ by capitals alone; no provider of note lets it. `lower` on is
    what makes one key of one person.
    """

    column: str
    lower: bool = True

    kind: ClassVar[str] = "normalise_emails"

    def __post_init__(self) -> None:
        check_column(self.column)

    def title(self) -> str:
        how = "in lower case" if self.lower else "with the domain in lower case"
        return f"Write e-mail addresses in {self.column} bare and {how}"

    def read_cells(self, cells: pa.Array) -> pa.Array:
        bare = pc.utf8_trim(cells, characters=SPACES)
        plain = pc.and_(pc.match_substring_regex(bare, _PLAIN), pc.less_equal(pc.utf8_length(bare), MAX_PLAIN_CHARS))
        lowered = pc.ascii_lower(bare) if self.lower else _lower_domain(bare)
        odd = pc.invert(plain)
        if not pc.any(odd).as_py():
            return lowered
        return pc.replace_with_mask(lowered, odd, map_distinct(bare.filter(odd), self._exactly))

    def _exactly(self, text: str) -> str | None:
        address = normal_address(text)
        return address.lower() if address and self.lower else address

    @classmethod
    def read(cls, given: Fields) -> Self:
        return cls(given.text("column"), given.flag("lower", True))


@lru_cache(maxsize=REMEMBERED)
def normal_address(text: str) -> str | None:
    """The address as `email-validator` normalises it, without name, brackets and `mailto:`; None if it is none."""
    import email_validator

    bare = _LABEL.sub("", text.strip(SPACES))
    wrapped = _WRAPPED.match(bare)
    try:
        found = email_validator.validate_email(wrapped[1] if wrapped else bare, check_deliverability=False)
    except (email_validator.EmailNotValidError, UnicodeError, ValueError):
        return None
    return found.normalized


def _lower_domain(addresses: pa.Array) -> pa.Array:
    at = pc.split_pattern(addresses, pattern="@", max_splits=1)
    parts = pc.list_slice(at, 0, 2, return_fixed_size_list=True)
    domains = pc.ascii_lower(pc.list_element(parts, 1))
    return pc.binary_join_element_wise(pc.list_element(parts, 0), domains, text_scalar("@"))
