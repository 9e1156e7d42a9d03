"""The history of a run on disk: what would leave a list that cannot be checked is refused before it is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from importer.check import number_columns, with_step_types
from importer.clean import History, load_history, save_history
from importer.errors import ConfigError
from importer.run.folder import RunFolder
from importer.run.schemas import read_recipe, read_seen, save_schema, shown_for, take_in_columns
from importer.run.staged import open_stage
from importer.run.turns import ChangedElsewhere, changing, refuse_frozen


def history_version(folder: RunFolder) -> str:
    """SHA-256 (hex) of the history as it is on disk; of nothing where there is none yet."""
    try:
        return hashlib.sha256(folder.recipe.read_bytes()).hexdigest()
    except FileNotFoundError:
        return hashlib.sha256().hexdigest()


def change_history(folder: RunFolder, change: Callable[[History], History], *, seen: str | None = None) -> History:
    """Keep what `change` makes of the history as it is on disk by then; the one kept.

    `seen`: the version that `change` is meant for; ChangedElsewhere is raised when there is another one by then.
    Raises as `keep_history` does, too, and whatever `change` raises.
    """
    with changing(folder):
        if seen is not None and history_version(folder) != seen:
            raise ChangedElsewhere(
                "The list was changed in another tab, so nothing was done. "
                "Look at its steps as they are now, then click again."
            )
        history = change(load_history(folder.recipe))
        keep_history(folder, history)
    return history


def keep_history(folder: RunFolder, history: History) -> None:
    """Make `history` the run's, and let the schema follow.

    Raises ConfigError, and changes nothing, when the plan is frozen, a step does not fit the list, or the column of
    the table's key would go.
    """
    refuse_frozen(folder)
    columns = open_stage(folder).columns
    known = {(problem.column, problem.exists) for problem in read_recipe(folder).problems(columns)}
    for problem in history.recipe.problems(columns):
        if (problem.column, problem.exists) not in known:
            raise ConfigError(problem.message)
    if folder.schema.exists():
        try:
            shown_for(folder, history)
        except ConfigError as error:
            raise ConfigError(
                "The table's key comes from a column that would be gone then. "
                "Let another column become the key on the Columns page first."
            ) from error
    before = number_columns(read_recipe(folder), columns)
    save_history(folder.recipe, history)
    if folder.schema.exists():
        schema = take_in_columns(folder)
        numbers = number_columns(history.recipe, columns)
        if numbers != before:
            seen = read_seen(folder)
            save_schema(folder, with_step_types(schema, numbers, before, seen.table if seen is not None else None))
