"""The profile on disk, and how a file that holds contacts' data is written: whole, and for its owner only."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from importer.errors import ConfigError, FatalError
from importer.profile.model import ColumnProfile, Damage, ListProfile, ShapeCount

VERSION = 1


def save_profile(path: Path, profile: ListProfile) -> None:
    """Writes `path` (mode 0600); FatalError when the disk refuses."""
    text = json.dumps({"version": VERSION} | asdict(profile), ensure_ascii=False)
    write_private(path, text.encode())


def load_profile(path: Path) -> ListProfile:
    """The profile that `save_profile` wrote; ConfigError if there is none, or not a whole one."""
    try:
        data = json.loads(path.read_bytes().decode())
        if data.pop("version") != VERSION:
            raise ValueError
        return _profile(data)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ConfigError(f"There is no whole profile in {path}. Profile the list again.") from None


def write_private(path: Path, content: bytes) -> None:
    """Writes `path` (mode 0600) so that a reader or a crash at any moment meets the old file or the new one, whole.

    The file is on the disk before its name is: temp file beside it, fsync, rename, fsync of the folder.
    Raises FatalError when the disk refuses.
    """
    try:
        _replace_file(path, content)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FatalError(
            f"{path} ({len(content):,} bytes) cannot be written: {reason}. Mend that, then go on."
        ) from None


def _replace_file(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


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
