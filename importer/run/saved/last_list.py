"""This month's list beside the last one of the same saved list: what is unusual, told before anything runs."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from importer.errors import ConfigError
from importer.files import to_json, write_private
from importer.list_warning import ListWarning
from importer.logs import describe_error
from importer.plain_types import UNREADABLE, of_its_types
from importer.profile import KeyOverlap, KeySketch, ListProfile, compare_profiles, sketch_keys
from importer.run.folder import RunFolder
from importer.run.prepare import prepare_profile
from importer.run.saved.library import LastList, keep_last, load_last
from importer.run.saved.matching import source_column
from importer.run.saved.opening import Opening, read_opening
from importer.run.schemas import read_recipe, read_schema
from importer.run.staged import open_stage
from importer.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Comparison:
    """What is unusual about a list opened as the saved list `name`; the last one of it by its file, rows and time
    (empty and 0: there is none yet, and only the columns are compared)."""

    name: str
    last_source: str
    last_rows: int
    last_at: str
    warnings: tuple[ListWarning, ...]


def key_column(folder: RunFolder) -> str | None:
    """What the list itself calls the column of the table's partition key; None when the recipe makes that column.

    Raises ConfigError when the run has no schema yet.
    """
    recipe, schema = read_recipe(folder), read_schema(folder)
    return source_column(recipe, schema.key_specs[0].column, open_stage(folder).columns)


def compare_with_last(settings: Settings, folder: RunFolder) -> Comparison | None:
    """What is unusual about the list; None when it was not opened as a saved one.

    Counted when the list, the way it is read or the last list changed, else kept; of a planned run always kept, so
    that it is never compared with itself.
    """
    opening = read_opening(folder)
    if not opening.opened:
        return None
    kept, mark = _kept(folder)
    if folder.frozen:
        return kept
    last = load_last(settings, opening.entry_id)
    now = _mark(folder, opening, last)
    if kept is not None and mark == now:
        return kept
    return _store(folder, _compared(folder, opening, last), now)


def note_imported(settings: Settings, folder: RunFolder, now: datetime) -> None:
    """The list of a finished run becomes the last one of its saved lists. It never fails: the rows are written, and
    a saved list that was deleted or is damaged is only logged."""
    try:
        linked = read_opening(folder).linked
        if not linked:
            return
        profile, keys = _profile(folder)
        for entry_id in linked:
            keep_last(settings, entry_id, folder, now, made=(profile, keys))
    except ConfigError as error:
        log.warning("Run %s: its saved list was not brought up to date: %s", folder.run_id, error)
    except Exception as error:
        log.error("Run %s: its saved list was not brought up to date: %s", folder.run_id, describe_error(error))


def _profile(folder: RunFolder) -> tuple[ListProfile, KeySketch | None]:
    key = key_column(folder)
    profile = prepare_profile(folder, key)
    return profile, None if key is None else sketch_keys(open_stage(folder), key)


def _compared(folder: RunFolder, opening: Opening, last: LastList | None) -> Comparison:
    of_columns = list(_of_columns(opening))
    if last is None:
        return Comparison(opening.name, "", 0, "", tuple(of_columns))
    profile, keys = _profile(folder)
    overlap = KeyOverlap(keys.share_in(last.keys), last.known) if keys is not None and last.keys is not None else None
    before = last.profile.renamed(dict(opening.renamed))
    told = {(one.code, one.column) for one in of_columns}
    found = [one for one in compare_profiles(before, profile, overlap) if (one.code, one.column) not in told]
    whole = [one for one in found if not one.column or one.code == "more_repeated_keys"]
    single = [one for one in found if one not in whole]
    return Comparison(opening.name, last.source_name, last.profile.rows, last.at, (*whole, *of_columns, *single))


def _of_columns(opening: Opening) -> Iterator[ListWarning]:
    """What opening itself found, which holds without a last list too."""
    for name in opening.missing:
        told = f'Column "{name}" is missing; the saved list had it. What is saved for it is left out.'
        yield ListWarning("missing_column", name, told)
    for name in opening.extra:
        told = f'Column "{name}" is new. It is not imported unless you choose so under Match columns.'
        yield ListWarning("new_column", name, told)


def _mark(folder: RunFolder, opening: Opening, last: LastList | None) -> str:
    """What a comparison hangs on."""
    told: Any = [
        open_stage(folder).report.to_json(),
        asdict(opening) | {"mine": "", "other": ""},
        None if last is None else [last.run_id, last.at, key_column(folder)],
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _kept(folder: RunFolder) -> tuple[Comparison | None, str]:
    try:
        told = json.loads(folder.comparison.read_text("utf-8"))
        mark = str(told.pop("mark"))
        warnings = tuple(ListWarning(**one) for one in told.pop("warnings"))
        return of_its_types(Comparison(warnings=warnings, **told)), mark
    except UNREADABLE:
        return None, ""


def _store(folder: RunFolder, made: Comparison, mark: str) -> Comparison:
    write_private(folder.comparison, to_json(asdict(made) | {"mark": mark}))
    return made
