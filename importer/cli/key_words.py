"""Options of `check` and `run` that say what columns become, as they are typed: key, names, types, maps."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from importer.table import KeyPart, TableKey

NAME_STYLES = ("keep", "snake", "camel", "pascal")
TYPES = ("S", "N", "BOOL", "SS", "NS", "L", "M", "NULL")
BINARY_TYPES = ("B", "BS")
BINARY_FORMS = ("hex", "base64")
NUMBER_FORMS = ("thousands", "fractions")
"""As `importer.check` has them, which takes long to load and is not needed to tell wrong usage."""


@dataclass(frozen=True)
class TypeWord:
    """One `--type`: a column, its DynamoDB type, and how its cells are written: hex or base64 of a binary, and of a
    number what three digits after a mark are."""

    column: str
    kind: str
    form: str = ""


@dataclass(frozen=True)
class KeyWord:
    """One `--key`: parts of the table's key, whether their types were named, and the column that becomes it ("": not
    said)."""

    parts: tuple[KeyPart, ...]
    typed: bool
    column: str = ""


def add_schema_options(parser: argparse.ArgumentParser) -> None:
    """For both commands alike."""
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        type=parse_key_word,
        metavar="ATTRIBUTE[:TYPE][=COLUMN]",
        help='the column that becomes a part of the table\'s key, e.g. --key "orderId=Order no." (repeatable); '
        "without =COLUMN the key itself, e.g. email or id:N,created:S, where no table is named",
    )
    parser.add_argument(
        "--names",
        choices=NAME_STYLES,
        help="how new attributes are called: as in the file, order_date, orderDate or OrderDate "
        "(default: as in the file where all names are plain, else as the table does, else order_date)",
    )
    parser.add_argument(
        "--type",
        action="append",
        default=[],
        type=parse_type_word,
        dest="types",
        metavar="COLUMN=TYPE",
        help="a column's type: S N BOOL SS NS L M NULL, or B:hex B:base64 BS:hex BS:base64 (repeatable); N:thousands "
        "and N:fractions also say what 12.000 is",
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        type=_column_word,
        dest="columns",
        metavar="SAVED=COLUMN",
        help="with --saved: the column of the list that is the saved one (repeatable); nothing behind the = where "
        "the list has none",
    )
    parser.add_argument("--nest-dots", action="store_true", help="columns like address.city become one map, address")


def _column_word(text: str) -> tuple[str, str]:
    """The saved column and the list's; all behind the first = is the list's."""
    saved, equals, column = text.partition("=")
    if not saved or not equals:
        raise argparse.ArgumentTypeError("it is SAVED=COLUMN, as in E-Mail=mail")
    return saved, column


def parse_key(text: str) -> TableKey:
    """`email`, `id:N` or `id:S,created:N` as a table's key; types are S, N or B, S when not named."""
    parts = tuple(_key_part(word)[0] for word in text.split(","))
    if len(parts) > 2:
        raise argparse.ArgumentTypeError("a key has a partition part and at most one sort part")
    return TableKey(*parts)


def parse_key_word(text: str) -> KeyWord:
    """`orderId=Order no.`, `id:N=No.`, or a key as `parse_key` has it. All behind the first = is the column."""
    before, equals, column = text.partition("=")
    if equals and not column:
        raise argparse.ArgumentTypeError("name the column behind the =, as in orderId=COLUMN")
    if not equals:
        key = parse_key(text)
        return KeyWord(key.parts, ":" in text)
    part, typed = _key_part(before)
    return KeyWord((part,), typed, column)


def _key_part(word: str) -> tuple[KeyPart, bool]:
    attribute, colon, type_ = word.strip().rpartition(":")
    if not colon:
        attribute, type_ = type_, "S"
    if not attribute or type_ not in {"S", "N", "B"}:
        raise argparse.ArgumentTypeError("a key is ATTRIBUTE or ATTRIBUTE:TYPE with type S, N or B")
    return KeyPart(attribute, type_), bool(colon)  # type: ignore[arg-type]


def parse_type_word(text: str) -> TypeWord:
    """`umsatz=N`, `umsatz=N:thousands` or `raw=B:hex`. What stands behind the last = is the type."""
    column, _, word = text.rpartition("=")
    kind, _, form = word.partition(":")
    if column and kind in BINARY_TYPES and form not in BINARY_FORMS:
        raise argparse.ArgumentTypeError(
            f'say how its cells are written: "{column}={kind}:hex" or "{column}={kind}:base64"'
        )
    fits = not form or kind in BINARY_TYPES or (kind == "N" and form in NUMBER_FORMS)
    if not column or kind not in TYPES + BINARY_TYPES or not fits:
        raise argparse.ArgumentTypeError(
            f"it is COLUMN=TYPE with {', '.join(TYPES)}, N:thousands, N:fractions, B:hex, B:base64, BS:hex or "
            "BS:base64"
        )
    return TypeWord(column, kind, form)
