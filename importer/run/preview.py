"""One row as it will be stored: through the very code that a run sends it with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from importer.check import UNSETTLED, ChunkChecker, Schema, convert_chunk, message_of_failure
from importer.clean import Recipe
from importer.errors import ConfigError, FatalError
from importer.intake import Stage
from importer.run.folder import RunFolder
from importer.run.schemas import read_recipe, read_schema
from importer.run.staged import open_stage
from importer.write import build_puts

LOOKED_THROUGH = (200, 20_000)
"""Rows of the first slice among which the first ready one is looked for: a few, then all of it."""


@dataclass(frozen=True)
class ItemPreview:
    """Row `row`. `item`: its DynamoDB JSON as it goes over the wire, None when a cell cannot be converted or the
    recipe drops the row. `source`: the cells of the list as it came; `cleaned`: after the recipe.

    `problems` says why it is not ready (without the rules that take the whole list). Cells are for the screen only.
    """

    row: int
    item: dict[str, Any] | None
    size_bytes: int
    write_units: int
    source: dict[str, str]
    cleaned: dict[str, str]
    problems: tuple[str, ...] = ()
    dropped: bool = False


def preview_item(folder: RunFolder, row: int | None = None) -> ItemPreview:
    """The preview of one row of the run's list; where none is named, of the first ready one, or else of the first.

    Raises ConfigError for a row that the list does not have, and for a list without rows.
    """
    stage, recipe, schema = open_stage(folder), read_recipe(folder), read_schema(folder)
    schema.check(recipe.columns_after(stage.columns))
    return preview_row(stage, recipe, schema, first_ready(stage, recipe, schema) if row is None else row)


def preview_row(stage: Stage, recipe: Recipe, schema: Schema, row: int) -> ItemPreview:
    """The preview of row `row`. Raises ConfigError when there is none."""
    source = stage.take([row])
    if source.empty:
        raise ConfigError(f"The list has no row {row:,}. Its rows are numbered as a spreadsheet does it.")
    frame = recipe.apply(source).frame
    cells = {str(name): str(text) for name, text in source.iloc[0].items()}
    if frame.empty:
        return ItemPreview(row, None, 0, 0, cells, {}, dropped=True)
    cleaned = {str(name): str(text) for name, text in frame.iloc[0].items()}
    found = ChunkChecker(schema, stage.blocking_rows()).failures(frame)
    problems = tuple(message_of_failure(schema, code, column) for code, column in found if code not in UNSETTLED)
    try:
        puts = build_puts(convert_chunk(frame, schema))
    except FatalError:
        return ItemPreview(row, None, 0, 0, cells, cleaned, problems)
    item = json.loads(puts.bodies[0])["PutRequest"]["Item"]
    return ItemPreview(row, item, int(puts.size_bytes[0]), int(puts.wcu[0]), cells, cleaned, problems)


def first_ready(stage: Stage, recipe: Recipe, schema: Schema) -> int:
    """The first row of the first slice that nothing is wrong with, the rules over the whole list aside; the very
    first where something is wrong with all of them. Raises ConfigError for a list without rows."""
    if not stage.slices:
        raise ConfigError("The list has no rows, so there is no item to show.")
    checker, chunk = ChunkChecker(schema, stage.blocking_rows()), stage.chunk(0)
    for most in LOOKED_THROUGH:
        frame = recipe.apply(chunk.head(most)).frame
        wrong: np.ndarray = np.zeros(len(frame), dtype=bool)
        for (code, _), mask in checker.failures(frame).items():
            wrong |= mask & (code not in UNSETTLED)
        if not wrong.all():
            return int(frame.index[int(np.argmin(wrong))])
    return int(chunk.index[0])
