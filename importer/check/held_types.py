"""Values inside lists and maps, held against what the table's items have in the same places. Pure.

What the table has as one type is written as that type where nothing is lost (a text that is a number, a list of texts
as a set); else the value keeps its own type and a code tells. The elements of a list may have any type.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from importer.check.cells import boolean_text, number_member
from importer.table import ELEMENT

HeldPath = tuple[str, ...]


def dotted(path: HeldPath) -> str:
    """The path as a person writes it: `p.items[].amt`."""
    return ".".join(path).replace(f".{ELEMENT}", ELEMENT)


@dataclass(frozen=True)
class Held:
    """What the table's items have in one place: `types`, the most frequent first, NULL aside; `inside`: the same of
    what lies in it, by name."""

    types: tuple[str, ...] = ()
    inside: Mapping[str, Held] = field(default_factory=dict, hash=False)

    @property
    def type(self) -> str:
        """The type to write: text where some items have it so, for it holds any value, else the most frequent."""
        return "S" if "S" in self.types else self.types[0]


@lru_cache(maxsize=64)
def held_at(held: tuple[tuple[HeldPath, tuple[str, ...]], ...], path: HeldPath) -> Held:
    """Of what `Schema.held` says, the part at `path`; empty where it says nothing."""
    types = next((types for place, types in held if place == path), ())
    depth = len(path)
    names = dict.fromkeys(place[depth] for place, _ in held if len(place) > depth and place[:depth] == path)
    return Held(types, {name: held_at(held, (*path, name)) for name in names})


@dataclass(frozen=True)
class FittedValue:
    """The JSON of a list's or map's inner value with the table's types, the `codes` of what does not fit or was
    turned into another type, and the paths of `held` that it has (`met`)."""

    text: str
    codes: frozenset[str]
    met: frozenset[HeldPath]


def fit_value(kind: str, text: str, held: Held) -> FittedValue:
    """The inner value of a list or map (`kind`), as its cell's JSON has it, beside what the table `held` there."""
    fitting = _Fitting(set(), set())
    value = {kind: json.loads(text)}
    fitted = fitting.value(value, Held((), held.inside), ())
    if fitted != value:
        text = json.dumps(fitted[kind], ensure_ascii=False, separators=(",", ":"))
    return FittedValue(text, frozenset(fitting.codes), frozenset(fitting.met))


@dataclass(frozen=True)
class _Fitting:
    codes: set[str]
    met: set[HeldPath]

    def value(self, value: dict[str, Any], held: Held, path: HeldPath) -> dict[str, Any]:
        ((kind, inner),) = value.items()
        if held.types and kind != "NULL" and kind not in held.types:
            turned, code = _turned(kind, inner, held.type)
            self.codes.update({code} - {""})
            if turned is None:
                return value
            kind, inner = held.type, turned
        if kind == "M":
            return {"M": {name: self._part(one, held, path, name) for name, one in inner.items()}}
        if kind == "L":
            return {"L": [self._part(one, held, path, ELEMENT) for one in inner]}
        return {kind: inner}

    def _part(self, value: dict[str, Any], held: Held, path: HeldPath, name: str) -> dict[str, Any]:
        if name not in held.inside:
            return value
        self.met.add((*path, name))
        inside = held.inside[name]
        return self.value(value, Held((), inside.inside) if name == ELEMENT else inside, (*path, name))


def _turned(kind: str, inner: Any, wanted: str) -> tuple[Any, str]:
    """The inner value as the `wanted` type, and a code; None where it cannot be, or would not be the same."""
    if (kind, wanted) == ("S", "N"):
        number, code = number_member(inner)
        return (number, code) if number else (None, "other_type_inside")
    if (kind, wanted) == ("S", "BOOL"):
        word, _ = boolean_text(inner)
        return (word == "true", "") if word else (None, "other_type_inside")
    if (kind, wanted) == ("N", "S"):
        return inner, "number_as_text"
    if kind == "L" and wanted in ("SS", "NS"):
        members = [one.get(wanted[0], "") for one in inner]
        if members and all(members) and len(set(members)) == len(members):
            return members, ""
    return None, "other_type_inside"
