"""The profile on disk."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from importer.errors import ConfigError
from importer.files import write_private
from importer.profile.model import ColumnProfile, Damage, ListProfile, ShapeCount

VERSION = 1


def save_profile(path: Path, profile: ListProfile) -> None:
    """Writes `path` (mode 0600); FatalError when the disk refuses."""
    text = json.dumps({"version": VERSION} | asdict(profile), ensure_ascii=False)
    write_private(path, text)


def load_profile(path: Path) -> ListProfile:
    """The profile that `save_profile` wrote; ConfigError if there is none, or not a whole one."""
    try:
        data = json.loads(path.read_bytes().decode())
        if data.pop("version") != VERSION:
            raise ValueError
        return _profile(data)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ConfigError(f"There is no whole profile in {path}. Profile the list again.") from None


def _profile(data: dict[str, Any]) -> ListProfile:
    columns = tuple(_column(column) for column in data.pop("columns"))
    return ListProfile(columns=columns, damage=_damage(data.pop("damage")), **data)


def _column(data: dict[str, Any]) -> ColumnProfile:
    shapes = tuple(ShapeCount(**shape) for shape in data.pop("shapes"))
    top_values = tuple((value, count) for value, count in data.pop("top_values"))
    histogram = tuple((first, last, count) for first, last, count in data.pop("length_histogram"))
    damage = _damage(data.pop("damage"))
    return ColumnProfile(shapes=shapes, top_values=top_values, length_histogram=histogram, damage=damage, **data)


def _damage(data: list[dict[str, Any]]) -> tuple[Damage, ...]:
    return tuple(Damage(**damage) for damage in data)
