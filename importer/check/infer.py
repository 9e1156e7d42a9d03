"""A first schema from the profile: conservative, so that nothing is lost before a person has looked. Pure.

Text stays text. A column becomes a number only when every filled cell has a number's shape (no leading zeros) and
its name does not sound like an identifier; yes/no only when every filled cell says so in words. E-mail and phone
rules are set where most cells keep them.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence

import pandas as pd

from importer.check.contact_rules import CountryCode, Email, Phone
from importer.check.rules import Required, Rule
from importer.check.schema import ColumnSpec, DynamoType, Schema, Winner
from importer.errors import ConfigError
from importer.profile import ColumnProfile, ListProfile
from importer.table import TableKey

MOST = 0.6
"""Share of the filled cells that must have a shape before its rule is set: it must not reject most of the list."""

NEAR_NAME = 0.75
"""difflib ratio above which a column's name is taken for the key's."""

_IDENTIFIER = re.compile(
    r"(?:^|_)(?:id|ids|no|nr|num|number|code|zip|postcode|postal|plz|phone|tel|telephone|mobile|cell|fax|account|acct"
    r"|iban|isbn|ean|sku|ssn|vat|tax|serial|ref|reference|card|pin|key)(?:_|$)"
)
"""Names (in snake_case) of what looks like a number and is none: nobody adds such cells up."""

_KEY_WORDS = {"email": ("e_mail", "mail", "email_address", "e_mail_address", "mail_address")}
"""Other names under which a key's column goes."""


class KeyColumnMissing(ConfigError):
    """No column can be told that becomes an attribute of the table's key; a person may know one."""


def infer_schema(profile: ListProfile, key: TableKey, key_columns: Sequence[str] | None = None) -> Schema:
    """A schema for the list and the table's key. `key_columns`: a person's word on which columns are the key.

    Raises KeyColumnMissing when no column can be the key.
    """
    names = {column.name: attribute_name(column.name) for column in profile.columns}
    keys = _key_columns(profile.columns, key) if key_columns is None else list(key_columns)
    types = dict(zip(keys, (DynamoType(part.type) for part in key.parts), strict=True))
    attributes = dict(zip(keys, key.attributes, strict=True))
    taken = set(key.attributes)
    specs = []
    for column in profile.columns:
        attribute = attributes.get(column.name) or free_name(names[column.name], taken)
        taken.add(attribute)
        kind = types.get(column.name) or _type_of(column, names[column.name])
        rules = _rules_of(column, kind, is_key=column.name in attributes)
        specs.append(ColumnSpec(column.name, attribute, kind, rules=rules))
    return Schema(tuple(specs), key.attributes, Winner.LAST)


def attribute_name(column: str) -> str:
    """snake_case in ASCII where it can be: "E-Mail" → "e_mail", "First Name" → "first_name", "Größe" → "grosse"."""
    text = column.strip().replace("ß", "ss")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    source = plain if any(char.isalnum() for char in plain) else text
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", source)
    return re.sub(r"\W+", "_", spaced).strip("_").lower() or "column"


def free_name(name: str, taken: Iterable[str]) -> str:
    """`name`, or with the first number behind it that none of `taken` has."""
    used, free, number = set(taken), name, 2
    while free in used:
        free, number = f"{name}_{number}", number + 1
    return free


def _key_columns(columns: Sequence[ColumnProfile], key: TableKey) -> list[str]:
    """The column for each part of the key, partition first."""
    found: list[str] = []
    for part in key.parts:
        free = [column for column in columns if column.name not in found]
        column = nearest_column(part.attribute, [one.name for one in free]) or _by_shape(part.attribute, free)
        if column is None:
            named = ", ".join(f'"{one.name}"' for one in free[:8]) or "none"
            raise KeyColumnMissing(
                f"The table wants key {part}; the file has no such column (it has {named}). "
                "Choose one on the Columns page or in the schema."
            )
        found.append(column)
    return found


def nearest_column(attribute: str, names: Sequence[str]) -> str | None:
    """The column whose name is nearest to the attribute's, if near enough."""
    if attribute in names:
        return attribute
    wanted = [_letters(attribute), *(_letters(word) for word in _KEY_WORDS.get(_letters(attribute), ()))]
    by_letters = {_letters(name): name for name in reversed(names)}
    for word in wanted:
        if word in by_letters:
            return by_letters[word]
    near = difflib.get_close_matches(wanted[0], list(by_letters), n=1, cutoff=NEAR_NAME)
    return by_letters[near[0]] if near else None


def _letters(name: str) -> str:
    return "".join(sign for sign in attribute_name(name) if sign.isalnum())


def _by_shape(attribute: str, columns: Sequence[ColumnProfile]) -> str | None:
    """For a key called email: the one column of e-mail addresses, whatever its name."""
    if _letters(attribute) not in ("email", "mail", "emailaddress"):
        return None
    fitting = [column.name for column in columns if _share(column, "e-mail") > MOST]
    return fitting[0] if len(fitting) == 1 else None


def _share(column: ColumnProfile, *shapes: str) -> float:
    if not column.filled:
        return 0.0
    return sum(column.shape_count(shape) for shape in shapes) / column.filled


def _type_of(column: ColumnProfile, name: str) -> DynamoType:
    if _share(column, "yes/no") == 1.0 and _kept_by_all(column, {"yes", "no", "y", "n", "true", "false"}):
        return DynamoType.BOOL
    numbers = _share(column, "whole number", "decimal number") == 1.0 and column.main_shape != "code"
    if numbers and not _IDENTIFIER.search(name) and not column.damage and column.length_max <= 15 and _plain(column):
        return DynamoType.N
    return DynamoType.S


def _kept_by_all(column: ColumnProfile, words: set[str]) -> bool:
    return all(text.strip().lower() in words for text, _ in column.top_values)


def _plain(column: ColumnProfile) -> bool:
    """No plus sign (a phone number's), decimal comma or exponent among the values seen."""
    return all(re.fullmatch(r"\s*-?[0-9]+(?:\.[0-9]+)?\s*", text) for text, _ in column.top_values)


def _rules_of(column: ColumnProfile, kind: DynamoType, *, is_key: bool) -> tuple[Rule, ...]:
    rules: list[Rule] = [Required()] if is_key else []
    if kind is DynamoType.S:
        if _share(column, "e-mail") > MOST:
            rules.append(Email())
        elif _share(column, "phone") > MOST and _passes_most(Phone(), column):
            rules += [Phone(), CountryCode()]
    return tuple(rules)


def _passes_most(rule: Rule, column: ColumnProfile) -> bool:
    """Tried on the most frequent values."""
    texts = [text for text, _ in column.top_values]
    if not texts:
        return False
    return bool(rule.passes(pd.Series(texts, dtype="str")).mean() > MOST)
