"""`saved`: what the library holds; save a run's schema and recipe under a name, delete one."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import Any

from importer.cli.screen import answer, tell
from importer.cli.usage import UsageError
from importer.run import (
    LastList,
    SavedList,
    delete_saved,
    find_saved,
    kept_texts,
    load_last,
    open_run,
    read_library,
    save_for_next,
)
from importer.settings import Settings

WORDS_OF = {"list": 0, "save": 2, "delete": 1}


def saved_command(options: argparse.Namespace, settings: Settings) -> int:
    """List, save or delete; 1 when something is damaged, which is told, or cannot be done."""
    if len(options.words) != WORDS_OF[options.action]:
        raise UsageError("It is: saved [list], saved save RUN NAME, or saved delete NAME. Put quotes around a name.")
    if options.action == "save":
        return _save(options, settings, *options.words)
    if options.action == "delete":
        entry = find_saved(settings, options.words[0])
        delete_saved(settings, entry.entry_id)
        answer(options.json, {"deleted": entry.name}, [f"Deleted: {entry.name}"])
        return 0
    return _list(options, settings)


def _save(options: argparse.Namespace, settings: Settings, run_id: str, name: str) -> int:
    folder = open_run(settings, run_id)
    entry, made = save_for_next(settings, folder, name, now=datetime.now(UTC), overwrite=options.replace)
    for note in (*made.notes(), kept_texts(made, entry.schema), *_agreed(entry)):
        tell(f"note: {note}")
    facts = entry_facts(entry, load_last(settings, entry.entry_id))
    answer(options.json, facts | {"left_out": made.left_out}, [entry_line(facts)])
    return 0


def _agreed(entry: SavedList) -> list[str]:
    """What the person agrees to by saving it."""
    count = sum(1 for step in entry.agreed or () if step.share)
    if not count:
        return []
    steps = "1 step changes" if count == 1 else f"{count:,} steps change"
    return [f"{steps} cells that keep every rule as they stand, and will do so in the next list."]


def _list(options: argparse.Namespace, settings: Settings) -> int:
    library = read_library(settings)
    facts = [entry_facts(entry, load_last(settings, entry.entry_id)) for entry in library.entries]
    if options.json:
        damaged = [{"id": one.entry_id, "error": one.reason} for one in library.damaged]
        print(json.dumps({"saved": facts, "damaged": damaged}, ensure_ascii=False), flush=True)
    else:
        for one in facts:
            print(entry_line(one))
        if not facts:
            tell("Nothing is saved yet.")
    for broken in library.damaged:
        tell(f"error: library/{broken.entry_id}: {broken.reason}")
    return 1 if library.damaged else 0


def entry_facts(entry: SavedList, last: LastList | None) -> dict[str, Any]:
    """One saved list as plain JSON types."""
    used = None if last is None else {"run_id": last.run_id, "rows": last.profile.rows, "at": last.at}
    return {
        "name": entry.name,
        "columns": list(entry.columns),
        "key": list(entry.schema.key),
        "steps": len(entry.recipe.operations),
        "rules": entry.rules,
        "saved_at": entry.saved_at,
        "last": used,
    }


def entry_line(facts: dict[str, Any]) -> str:
    """One saved list in one line."""
    last = facts["last"]
    used = f"last used {last['at']} with {last['rows']:,} rows" if last else "not used yet"
    parts = f"{len(facts['columns'])} columns, {facts['steps']} steps, {facts['rules']} rules"
    return f"{facts['name']!r}  {parts}  saved {facts['saved_at']}, {used}"
