"""Saving what was done to a list for next month's: recipe without row numbers, schema, columns."""

from __future__ import annotations

from datetime import datetime

from importer.clean import portable
from importer.run.folder import RunFolder, iso
from importer.run.ledger import Ledger
from importer.run.prepare import read_dialect
from importer.run.saved.kind import SavedList
from importer.run.saved.last_list import note_imported
from importer.run.saved.library import keep_saved
from importer.run.saved.matching import source_column
from importer.run.saved.opening import link_saved
from importer.run.schemas import read_recipe, read_schema
from importer.run.shown import NotAsShown, ShownList, list_changes
from importer.run.staged import open_stage
from importer.run.states import RunState
from importer.settings import Settings


def save_for_next(
    settings: Settings,
    folder: RunFolder,
    name: str,
    *,
    now: datetime,
    overwrite: bool = False,
    seen: ShownList | None = None,
    replacing: SavedList | None = None,
) -> tuple[SavedList, int]:
    """The saved list, and how many corrections and decisions on single rows stayed behind: they are this file's.

    When the list is imported, or is already, it becomes what next month's is compared with. `seen`: steps and columns
    that were on screen; `replacing`: the saved list that a person agreed to replace. Raises NameTaken without
    `overwrite` or when another is to be replaced, NotAsShown, ConfigError for a name that is none or a list that has
    no schema yet.
    """
    stage, schema, recipe = open_stage(folder), read_schema(folder), read_recipe(folder)
    changes = list_changes(seen, ShownList(recipe, schema)) if seen is not None else ()
    if changes:
        raise NotAsShown(changes)
    key = schema.key_specs[0].column
    made = portable(recipe, stage, key)
    entry = SavedList(
        entry_id="",
        name=name,
        columns=stage.columns,
        key_column=source_column(recipe, key, stage.columns),
        dialect=read_dialect(folder),
        schema=schema,
        recipe=made.recipe,
        source_name=folder.draft().source_name,
        saved_at=iso(now),
        reading=folder.draft().reading,
    )
    kept = keep_saved(settings, entry, overwrite=overwrite, replacing=replacing)
    link_saved(folder, kept.entry_id)
    if _imported(folder):
        note_imported(settings, folder, now)
    return kept, made.left_out


def _imported(folder: RunFolder) -> bool:
    if not folder.frozen:
        return False
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        return ledger.snapshot().state is RunState.FINISHED
