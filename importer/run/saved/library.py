"""The library: saved kinds of list ("Partner monthly"), each a folder of its own that only its owner may read.

    library/3f9a2c0d1b7e4a55/entry.json   name, columns, dialect, schema, recipe: written whole or not at all
                             last.json    what the last list imported with it was like: counts and hashes, no cells

A name is a person's text and never a path. What cannot be read is told, and the others are listed all the same.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from importer.errors import ConfigError, FatalError, ImporterError
from importer.files import write_private
from importer.plain_types import UNREADABLE, of_its_types
from importer.profile import KeySketch, ListProfile, profile_from_dict, profile_to_dict
from importer.run.folder import RunFolder, iso
from importer.run.saved.kind import (
    NAME_CHARACTERS,
    VERSION,
    SavedList,
    clean_name,
    damaged,
    saved_from_json,
    saved_to_json,
)
from importer.run.turns import ChangedElsewhere
from importer.settings import Settings

ENTRY_ID = re.compile(r"^[0-9a-f]{16}$")
ENTRY_FILE, LAST_FILE, LOCK_FILE = "entry.json", "last.json", ".lock"
GONE = ".gone-"


class NameTaken(ConfigError):
    """A saved list has that name already; replacing it needs a person's word."""


@dataclass(frozen=True)
class LastList:
    """The last list imported with a saved one. `keys` None: its key is made by the recipe. `known`: the share (0 to
    1) of its keys that the list before it had, None for the first."""

    run_id: str
    source_name: str
    at: str
    profile: ListProfile
    keys: KeySketch | None
    known: float | None


@dataclass(frozen=True)
class DamagedEntry:
    """A folder of the library that cannot be read, and why, in plain words."""

    entry_id: str
    reason: str


@dataclass(frozen=True)
class Library:
    """Everything that is saved, by name, and what is damaged."""

    entries: tuple[SavedList, ...]
    damaged: tuple[DamagedEntry, ...]

    def named(self, name: str) -> SavedList | None:
        """The one of that name; capitals do not count."""
        return next((entry for entry in self.entries if entry.name.casefold() == name.strip().casefold()), None)


def read_library(settings: Settings) -> Library:
    """All saved lists, by name."""
    entries, broken = [], []
    for path in sorted(_folders(settings)):
        try:
            entries.append(_read_entry(path))
        except ImporterError as error:
            broken.append(DamagedEntry(path.name, str(error)))
    return Library(tuple(sorted(entries, key=lambda one: one.name.casefold())), tuple(broken))


def load_saved(settings: Settings, entry_id: str) -> SavedList:
    """One saved list; ConfigError when it is gone or damaged."""
    return _read_entry(_folder(settings, entry_id))


def find_saved(settings: Settings, name: str) -> SavedList:
    """The saved list of that name; ConfigError, naming those there are, when there is none."""
    library = read_library(settings)
    found = library.named(name)
    if found is not None:
        return found
    names = ", ".join(f'"{entry.name}"' for entry in library.entries) or "none"
    raise ConfigError(f'There is no saved list "{name[:NAME_CHARACTERS]}". Saved are: {names}.')


def keep_saved(
    settings: Settings, made: SavedList, *, overwrite: bool = False, replacing: SavedList | None = None
) -> SavedList:
    """Save it under its name; with its id. `overwrite`: in the place of the one of that name, whose last list stays;
    with `replacing` only of that very one.

    Raises NameTaken without `overwrite`, ConfigError for a name that is none, FatalError when the disk refuses.
    """
    name = clean_name(made.name)
    with _locked(settings):
        taken = read_library(settings).named(name)
        if taken is not None and (not overwrite or replacing not in (None, taken)):
            raise NameTaken(f'A saved list is called "{taken.name}" already. Replace it, or choose another name.')
        kept = replace(made, name=name, entry_id=taken.entry_id if taken else secrets.token_hex(8))
        _write_entry(settings, kept)
        _sweep(settings)
    return kept


def rename_saved(settings: Settings, entry_id: str, name: str, *, seen: SavedList | None = None) -> SavedList:
    """Another name for it; raises NameTaken, ConfigError and FatalError as saving does, ChangedElsewhere when it is
    not as it was `seen`."""
    name = clean_name(name)
    with _locked(settings):
        taken = read_library(settings).named(name)
        if taken is not None and taken.entry_id != entry_id:
            raise NameTaken(f'A saved list is called "{taken.name}" already. Choose another name.')
        renamed = replace(refuse_saved_anew(load_saved(settings, entry_id), seen), name=name)
        _write_entry(settings, renamed)
    return renamed


def refuse_saved_anew(entry: SavedList, seen: SavedList | None) -> SavedList:
    """The saved list; ChangedElsewhere when it is not as it was on screen (`seen`, None without a screen)."""
    if seen is not None and entry != seen:
        raise ChangedElsewhere(
            f'"{entry.name}" was changed by another person since this page was drawn, so nothing was done. '
            "Look at it as it is now, then press again."
        )
    return entry


def delete_saved(settings: Settings, entry_id: str, *, seen: SavedList | None = None) -> None:
    """Take it away, damaged or not. It is out of the library in one step, whatever happens after. Raises
    ChangedElsewhere when it is not as it was `seen`."""
    with _locked(settings):
        path = _folder(settings, entry_id)
        if seen is not None:
            refuse_saved_anew(load_saved(settings, entry_id), seen)
        try:
            path.rename(path.with_name(f"{GONE}{entry_id}"))
        except FileNotFoundError:
            raise _unknown() from None
        except OSError as error:
            raise FatalError(f"The saved list cannot be deleted ({error.strerror}). Mend that, then go on.") from None
        _sweep(settings)


def load_last(settings: Settings, entry_id: str) -> LastList | None:
    """What the last list imported with it was like; None as long as none was, or where it cannot be read."""
    try:
        told = json.loads(_text_of(_folder(settings, entry_id) / LAST_FILE))
        keys = None if told["keys"] is None else KeySketch.from_dict(told["keys"])
        known = None if told["known"] is None else float(told["known"])
        profile = profile_from_dict(told["profile"])
        last = LastList(told["run_id"], told["source_name"], told["at"], profile, keys, known)
        of_its_types(replace(last, keys=None))  # hashes fill all 64 bits; `from_dict` has looked at them
        return last
    except (*UNREADABLE, ConfigError):
        return None


def keep_last(
    settings: Settings,
    entry_id: str,
    folder: RunFolder,
    now: datetime,
    *,
    made: tuple[ListProfile, KeySketch | None],
) -> None:
    """Keep the list of a run (`made`: its profile and keys) as the last one; once a run, a second time is nothing.

    No cell is kept: of the profile its counts, of the keys their hashes. Raises ConfigError when the entry is gone.
    """
    profile, keys = made
    with _locked(settings):
        before = load_last(settings, entry_id)
        if before is not None and before.run_id == folder.run_id:
            return
        known = keys.share_in(before.keys) if before is not None and keys is not None and before.keys else None
        told = {
            "version": VERSION,
            "run_id": folder.run_id,
            "source_name": folder.draft().source_name,
            "at": iso(now),
            "known": known,
            "profile": profile_to_dict(profile.without_cells()),
            "keys": None if keys is None else keys.to_dict(),
        }
        _read_entry(_folder(settings, entry_id))  # one that was deleted meanwhile is not made anew
        write_private(_folder(settings, entry_id) / LAST_FILE, json.dumps(told, ensure_ascii=False))


def _folders(settings: Settings) -> list[Path]:
    """Folders of entries; one that is just being made has nothing in it yet."""
    if not settings.library.is_dir():
        return []
    found = [path for path in settings.library.iterdir() if ENTRY_ID.match(path.name)]
    return [path for path in found if any((path / name).exists() for name in (ENTRY_FILE, LAST_FILE))]


def _folder(settings: Settings, entry_id: str) -> Path:
    if not ENTRY_ID.match(entry_id):
        raise _unknown()
    return settings.library / entry_id


def _unknown() -> ConfigError:
    return ConfigError("That saved list is not there any more. Look at Saved lists for those there are.")


def _read_entry(path: Path) -> SavedList:
    if not path.is_dir():
        raise _unknown()
    try:
        text = _text_of(path / ENTRY_FILE)
    except (OSError, UnicodeDecodeError):
        raise damaged() from None
    return saved_from_json(path.name, text)


def _text_of(path: Path) -> str:
    """Raises OSError too for what is no file: who opens a pipe waits for ever."""
    if not path.is_file():
        raise FileNotFoundError(path.name)
    return path.read_text("utf-8")


def _write_entry(settings: Settings, entry: SavedList) -> None:
    path = _folder(settings, entry.entry_id)
    try:
        path.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise FatalError(f"The library {path.parent} cannot be written ({error.strerror}). Mend that.") from None
    write_private(path / ENTRY_FILE, saved_to_json(entry))


def _sweep(settings: Settings) -> None:
    """What a delete left behind that was stopped in the middle."""
    for path in settings.library.glob(f"{GONE}*"):
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _locked(settings: Settings) -> Iterator[None]:
    """One change of the library at a time, over all processes."""
    try:
        settings.library.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(settings.library / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        told = f"The library {settings.library} cannot be written ({error.strerror}). Mend that, then go on."
        raise FatalError(told) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
