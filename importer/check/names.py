"""What a column is called in the table: names of its own, and names that the table has already. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence, Set
from enum import Enum


class NameStyle(Enum):
    """How new attributes are called: as in the file, order_date, orderDate or OrderDate."""

    KEEP = "keep"
    SNAKE = "snake"
    CAMEL = "camel"
    PASCAL = "pascal"


_PLAIN = re.compile(r"[^\W\d]\w*")
"""Letters, digits and underscores."""

_SHAPES = {
    NameStyle.SNAKE: re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+"),
    NameStyle.CAMEL: re.compile(r"[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)+"),
    NameStyle.PASCAL: re.compile(r"(?:[A-Z][a-z0-9]+)+"),
}

_LETTERS = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D",
        "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th", "ı": "i",
    }
)  # fmt: skip
"""Latin letters that are no base letter with a mark, so that Unicode takes them apart no further."""


_ACCENTED = re.compile(r"([A-Za-z\u0370-\u03ff])[\u0300-\u036f]+")
"""A Latin or Greek letter taken apart; a mark on a letter of another script makes another letter (и, й)."""


def name_words(name: str) -> list[str]:
    """The words of a name, small and without accents: "E-Mail" → e, mail · "firstName" → first, name · "Größe" →
    grosse · "名前" → 名前."""
    marked = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    bare = unicodedata.normalize("NFC", _ACCENTED.sub(r"\1", marked))
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", bare)
    return [word.lower() for word in re.split(r"[\W_]+", spaced) if word]


def attribute_name(column: str) -> str:
    """snake_case: "E-Mail" → "e_mail", "First Name" → "first_name", "Größe" → "grosse"; "column" for nothing."""
    return "_".join(name_words(column)) or "column"


def folded(name: str) -> str:
    """What two names have in common that differ in capitals, accents, spaces and signs alone."""
    return "".join(name_words(name)) or name


def styled(column: str, style: NameStyle) -> str:
    """The column's name in a style."""
    words = name_words(column)
    if style is NameStyle.KEEP:
        return column.strip() or "column"
    if style is NameStyle.SNAKE or not words:
        return attribute_name(column)
    capital = [word[:1].upper() + word[1:] for word in words]
    return "".join([words[0], *capital[1:]] if style is NameStyle.CAMEL else capital)


def _is_plain(name: str) -> bool:
    """Whether any program takes the name as it is: its Latin letters have no marks; other scripts have no simpler
    form."""
    others = (sign for sign in name if not sign.isascii())
    return _PLAIN.fullmatch(name) is not None and not any("LATIN" in unicodedata.name(sign, "") for sign in others)


def style_of(columns: Iterable[str], table: Iterable[str] = ()) -> NameStyle:
    """How new attributes of a list with these columns are called: as in the file when all its names are plain, else
    as most of the `table`'s attributes that show a style, else snake_case."""
    if all(map(_is_plain, columns)):
        return NameStyle.KEEP
    names = list(table)
    shown = {style: sum(shape.fullmatch(name) is not None for name in names) for style, shape in _SHAPES.items()}
    return max(shown, key=lambda style: shown[style])


def free_name(name: str, taken: Iterable[str], behind: dict[str, int] | None = None) -> str:
    """`name`, or with the first number behind it that none of `taken` has. `behind`: the last number behind each
    name, kept from call to call while `taken` only grows: 16,384 columns of one name are not counted anew."""
    used, free, last = taken if isinstance(taken, Set) else set(taken), name, {} if behind is None else behind
    while free in used:
        last[name] = last.get(name, 1) + 1
        free = f"{name}_{last[name]}"
    return free


def same_names(columns: Sequence[str], attributes: Iterable[str]) -> dict[str, str]:
    """Column → the attribute of the same name: equal, else equal when folded. Of several that fold to one name the
    first attribute and the first column have it; an equal one goes before all."""
    known = dict.fromkeys(attributes)
    taken = {column: column for column in columns if column in known}
    by_fold: dict[str, str] = {}
    for attribute in known:
        if attribute not in taken:
            by_fold.setdefault(folded(attribute), attribute)
    for column in columns:
        if column not in taken and folded(column) in by_fold:
            taken[column] = by_fold.pop(folded(column))
    return taken
