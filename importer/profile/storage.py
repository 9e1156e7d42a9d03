"""The profile on disk."""

from __future__ import annotations

import json
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

from importer.errors import ConfigError
from importer.files import write_private
from importer.plain_types import UNREADABLE
from importer.profile.model import ColumnProfile, Damage, ListProfile, NumberCells, ShapeCount

VERSION = 2
ESTIMATED = 1
"""The version whose counts of different values and of duplicates may be estimates."""


def save_profile(path: Path, profile: ListProfile) -> None:
    """Writes `path` (mode 0600); FatalError when the disk refuses."""
    write_private(path, json.dumps(profile_to_dict(profile), ensure_ascii=False))


def load_profile(path: Path) -> ListProfile:
    """The profile that `save_profile` wrote; ConfigError if there is none, or not a whole one."""
    try:
        told = json.loads(path.read_bytes().decode())
        if told["version"] != VERSION:
            raise ValueError
        return profile_from_dict(told)
    except (*UNREADABLE, ConfigError):
        raise ConfigError(f"There is no whole profile in {path}. Profile the list again.") from None


def profile_to_dict(profile: ListProfile) -> dict[str, Any]:
    """JSON-ready, with its version."""
    return {"version": VERSION} | _fields(profile)


def _fields(value: Any) -> Any:
    """What a dataclass holds; as `asdict`, without a copy of every text and number, for up to 16,384 columns."""
    if isinstance(value, tuple):
        return [_fields(one) for one in value] if value and not isinstance(value[0], (str, int)) else value
    if is_dataclass(value):
        return {field: _fields(one) for field, one in vars(value).items() if not field.startswith("_")}
    return value


def profile_from_dict(told: dict[str, Any]) -> ListProfile:
    """What `profile_to_dict` made, of an older app too; ConfigError if it is not whole. `told` is used up."""
    try:
        version = told.pop("version")
        if version == ESTIMATED:
            del told["duplicates_exact"]
            for column in told["columns"]:
                del column["distinct_exact"], column["top_undercount"]
        elif version != VERSION:
            raise ValueError
        columns = tuple(_column(column) for column in told.pop("columns"))
        return ListProfile(columns=columns, damage=_damage(told.pop("damage")), **told)
    except UNREADABLE:
        raise ConfigError("The profile is not whole. Profile the list again.") from None


def _column(data: dict[str, Any]) -> ColumnProfile:
    shapes = tuple(ShapeCount(**shape) for shape in data.pop("shapes"))
    top_values = tuple((value, count) for value, count in data.pop("top_values"))
    histogram = tuple((first, last, count) for first, last, count in data.pop("length_histogram"))
    damage = _damage(data.pop("damage"))
    numbers = NumberCells(**data.pop("numbers", {}))  # of an older app: nothing is known, so all stays text
    return ColumnProfile(
        shapes=shapes, top_values=top_values, length_histogram=histogram, damage=damage, numbers=numbers, **data
    )


def _damage(data: list[dict[str, Any]]) -> tuple[Damage, ...]:
    return tuple(Damage(**damage) for damage in data)
