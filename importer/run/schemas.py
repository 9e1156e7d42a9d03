"""The schema and the history of a run on disk, which go together: the schema follows the columns that steps leave."""

from __future__ import annotations

from importer.check import Schema, dump_schema, first_names, kept_schema, load_schema, shown_schema, with_new_columns
from importer.clean import History, Recipe, load_history
from importer.errors import ConfigError
from importer.files import write_private
from importer.run.folder import RunFolder
from importer.run.staged import open_stage
from importer.run.turns import ChangedElsewhere, changing, refuse_frozen


def read_recipe(folder: RunFolder) -> Recipe:
    """The recipe of the run, empty when nothing was done yet."""
    return load_history(folder.recipe).recipe


def name_as_read(folder: RunFolder, column: str) -> str | None:
    """What the list as it came calls a column that the recipe leaves; None for one that a step made."""
    columns = open_stage(folder).columns
    name = first_names(read_recipe(folder), columns).get(column, column)
    return name if name in columns else None


def read_schema(folder: RunFolder) -> Schema:
    """The kept schema for the columns that the recipe leaves; ConfigError when there is none or it is damaged."""
    history = load_history(folder.recipe)
    return shown_for(folder, history)


def shown_for(folder: RunFolder, history: History) -> Schema:
    """The kept schema as it is with `history`. Raises ConfigError when the column of the table's key is gone."""
    if not history.moves and not history.undone:
        return _kept(folder)
    columns = open_stage(folder).columns
    return shown_schema(_kept(folder), history.recipe, columns, {*columns, *history.made})


def _kept(folder: RunFolder) -> Schema:
    try:
        return load_schema(folder.schema.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"Run {folder.run_id} has no schema yet. Make one on the Columns page.") from error


def save_schema(folder: RunFolder, schema: Schema, *, seen: Schema | None = None) -> None:
    """Keep `schema`, which speaks of the columns that the recipe leaves. `seen`: the one that was changed into it.

    Raises ConfigError when the plan is frozen, ChangedElsewhere when another one than `seen` is kept by now.
    """
    with changing(folder):
        refuse_frozen(folder)
        if seen is not None and read_schema(folder) != seen:
            raise ChangedElsewhere(
                "The columns were changed in another tab, so your change was not kept. "
                "Look at them as they are now, then make it again."
            )
        recipe = read_recipe(folder)
        if recipe.operations:
            before = _kept(folder) if folder.schema.exists() else None
            schema = kept_schema(schema, before, recipe, open_stage(folder).columns)
        write_private(folder.schema, dump_schema(schema))


def take_in_columns(folder: RunFolder) -> Schema:
    """The schema after the recipe changed: columns that a step made get a place in it, as text under their names."""
    with changing(folder):
        history = load_history(folder.recipe)
        schema = shown_for(folder, history)
        columns = history.recipe.columns_after(open_stage(folder).columns)
        wanted = with_new_columns(schema, columns, history.made)
        if wanted != schema:
            save_schema(folder, wanted)
    return wanted
