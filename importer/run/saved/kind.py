"""A saved kind of list ("Partner monthly") and its JSON. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from importer.check import Agreed, Schema, dump_schema, load_schema
from importer.clean import Recipe
from importer.errors import ConfigError
from importer.plain_types import UNREADABLE

VERSION = 1
"""Of the JSON; one more whenever an older app would misread what this one writes."""

NAME_CHARACTERS = 80


@dataclass(frozen=True)
class SavedList:
    """A saved kind of list. `columns` are those of the list it was made on; `key_column` is the one of them that
    becomes the table's partition key (None: the recipe makes it). `reading`: what a person said of how its source is
    to be read. `agreed`: what each step changed when it was saved; None where an earlier version saved it, which did
    not note all of it.
    Times are ISO 8601 UTC."""

    entry_id: str
    name: str
    columns: tuple[str, ...]
    key_column: str | None
    dialect: dict[str, Any]
    schema: Schema
    recipe: Recipe
    source_name: str
    saved_at: str
    reading: dict[str, Any] = field(default_factory=dict)
    agreed: tuple[Agreed, ...] | None = ()

    @property
    def rules(self) -> int:
        """Rules of all columns together."""
        return sum(len(spec.rules) for spec in self.schema.columns)


def clean_name(name: str) -> str:
    """The name in one line; ConfigError when it is empty, too long, or holds signs that cannot be seen."""
    flat = " ".join(name.split())
    if not flat or len(flat) > NAME_CHARACTERS or not flat.isprintable():
        raise ConfigError(f"Give it a name of 1 to {NAME_CHARACTERS} visible characters, like Partner monthly.")
    return flat


def saved_to_json(entry: SavedList) -> str:
    """Everything but the id, which is the folder's name."""
    told = {
        "version": VERSION,
        "name": entry.name,
        "saved_at": entry.saved_at,
        "source_name": entry.source_name,
        "columns": list(entry.columns),
        "key_column": entry.key_column,
        "dialect": entry.dialect,
        "reading": entry.reading,
        "schema": dump_schema(entry.schema),
        "recipe": json.loads(entry.recipe.to_json()),
        "agreed": None if entry.agreed is None else [step.to_json() for step in entry.agreed],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def saved_from_json(entry_id: str, text: str) -> SavedList:
    """What `saved_to_json` wrote; ConfigError when it is not whole, or of another version."""
    try:
        told = json.loads(text)
        if told["version"] != VERSION:
            raise ConfigError("Another version of this app saved it. Save it again from a list.")
        key = told["key_column"]
        return SavedList(
            entry_id=entry_id,
            name=clean_name(str(told["name"])),
            columns=tuple(str(name) for name in told["columns"]),
            key_column=None if key is None else str(key),
            dialect=dict(told["dialect"]),
            schema=_schema(str(told["schema"])),
            recipe=_recipe(json.dumps(told["recipe"])),
            source_name=str(told["source_name"]),
            saved_at=str(told["saved_at"]),
            reading=dict(told.get("reading", {})),
            agreed=read_agreed(told.get("agreed")),
        )
    except UNREADABLE:
        raise damaged() from None


def read_agreed(told: Any) -> tuple[Agreed, ...] | None:
    """What was written of it; None for nothing, and for what an earlier version wrote."""
    if told is None or not all(isinstance(step, dict) for step in told):
        return None
    return tuple(Agreed.from_json(step) for step in told)


def damaged() -> ConfigError:
    """What is said of a saved list that is not whole."""
    return ConfigError("Its file is damaged. Delete it, and save it again from a list.")


@lru_cache(maxsize=64)
def _schema(text: str) -> Schema:
    """Read once: a page looks at the whole library at each redraw."""
    return load_schema(text)


@lru_cache(maxsize=64)
def _recipe(text: str) -> Recipe:
    return Recipe.from_json(text)
