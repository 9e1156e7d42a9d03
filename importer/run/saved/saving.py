"""Saving what was done to a list for next month's: recipe without row numbers, schema, columns."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from importer.check import Allowed, Schema, TypeFrom
from importer.clean import Portable, Recipe, portable
from importer.run.folder import RunFolder, iso
from importer.run.ledger import Ledger
from importer.run.prepare import read_dialect
from importer.run.saved.kind import SavedList
from importer.run.saved.last_list import note_imported
from importer.run.saved.library import keep_saved
from importer.run.saved.matching import source_column
from importer.run.saved.opening import link_saved
from importer.run.saved.replay import good_changes
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
) -> tuple[SavedList, Portable]:
    """The saved list, and what of the recipe went into it and what stayed behind with this file.

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
    made = meant_for_next(recipe, schema)
    entry = SavedList(
        entry_id="",
        name=name,
        columns=stage.columns,
        key_column=source_column(recipe, key, stage.columns),
        dialect=read_dialect(folder),
        schema=_of_earlier_list(schema),
        recipe=made.recipe,
        source_name=folder.draft().source_name,
        saved_at=iso(now),
        reading=folder.draft().reading,
        agreed=tuple(effect.agreed for effect in good_changes(made.recipe, folder)),
    )
    kept = keep_saved(settings, entry, overwrite=overwrite, replacing=replacing)
    link_saved(folder, kept.entry_id)
    if _imported(folder):
        note_imported(settings, folder, now)
    return kept, made


def _of_earlier_list(schema: Schema) -> Schema:
    """The schema as the next list takes it: types that nobody said are marked so, and what the table held when it was
    looked at is left out."""
    columns = [
        replace(spec, type_from=TypeFrom.EARLIER) if spec.type_from is not None else spec for spec in schema.columns
    ]
    return replace(schema, columns=tuple(columns), held=())


def meant_for_next(recipe: Recipe, schema: Schema) -> Portable:
    """What of the recipe is saved, and what stays with its list."""
    return portable(recipe, [spec.column for spec in schema.key_specs])


def _imported(folder: RunFolder) -> bool:
    if not folder.frozen:
        return False
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        return ledger.snapshot().state is RunState.FINISHED


def kept_texts(made: Portable, schema: Schema) -> str:
    """What is kept of the list's cells, in figures: the texts that steps and rules hold."""
    found = dict(made.texts())
    for spec in schema.columns:
        allowed = sum(len(rule.values) for rule in spec.rules if isinstance(rule, Allowed))
        if allowed:
            found[spec.column] = found.get(spec.column, 0) + allowed
    if not found:
        return (
            "No cell of this list is kept: only columns, steps, rules, counts, and hashes of keys and changed cells."
        )
    total = sum(found.values())
    where = ", ".join(f"{column} {count:,}" for column, count in sorted(found.items(), key=lambda pair: -pair[1]))
    texts = "1 text" if total == 1 else f"{total:,} texts"
    return (
        "Kept beside columns, rules, counts, and hashes of keys and changed cells: "
        f"{texts} that steps and rules look for or put in, which may be cells of this list ({where})."
    )
