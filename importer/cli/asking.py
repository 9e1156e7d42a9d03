"""`query`: a question in SQL about the cleaned list, in a folder that is gone afterwards."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path

from importer.cli.checking import read_list, saved_named, take_recipe, take_rules
from importer.cli.reading import passing_run
from importer.cli.screen import Bar, answer, tell
from importer.cli.usage import UsageError, source_spec
from importer.errors import ConfigError
from importer.prove import neutralised
from importer.run import RunFolder, ask_list, check_run
from importer.settings import Settings
from importer.store import Answer, QueryRefused, answer_csv

MOST_ROWS = 1_000_000
"""Of an answer, as the engine may hand out 64,000,000 characters in all."""


def query_command(options: argparse.Namespace, settings: Settings) -> int:
    """0 with the answer: CSV on stdout or in --out, or one JSON object. 2 for a question that cannot be answered."""
    if options.for_spreadsheets and options.json and options.out is None:
        raise UsageError("--for-spreadsheets is for CSV. Leave out --json, or add --out FILE.csv.")
    with passing_run(settings, source_spec(options)) as folder:
        saved = saved_named(settings, options)
        stage = read_list(folder, saved)
        if saved is None:
            take_recipe(folder, options, stage)
        else:
            take_rules(settings, folder, options, None, saved=saved, stage=stage)

        def check() -> None:
            key, _ = take_rules(settings, folder, options, None, saved=saved, stage=stage)
            with Bar("Checking") as bar:
                check_run(folder, key, on_progress=bar.step)

        _hand_out(_asked(folder, options.sql, check), options)
    return 0


def _asked(folder: RunFolder, sql: str, check: Callable[[], object]) -> Answer:
    try:
        return ask_list(folder, sql, most_rows=MOST_ROWS, before_failures=check)
    except QueryRefused as error:
        raise UsageError(str(error)) from None


def _hand_out(result: Answer, options: argparse.Namespace) -> None:
    if result.is_cut:
        tell(f"warning: only the first {len(result.rows):,} rows are in the answer. Ask for less at a time.")
    cell = neutralised if options.for_spreadsheets else str
    facts = {"columns": list(result.columns), "kinds": list(result.kinds), "row_count": len(result.rows)}
    if options.out is not None:
        _write(result, options.out, cell)
        rows = f"{len(result.rows):,} row{'' if len(result.rows) == 1 else 's'}"
        summary = facts | {"out": str(options.out), "is_cut": result.is_cut}
        answer(options.json, summary, [f"{rows} → {options.out}"])
    elif options.json:
        answer(True, facts | {"rows": [list(row) for row in result.rows], "is_cut": result.is_cut}, [])
    else:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        for lines in answer_csv(result, cell):
            sys.stdout.write(lines)


def _write(result: Answer, out: Path, cell: Callable[[str], str]) -> None:
    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            file.writelines(answer_csv(result, cell))
    except OSError as error:
        raise ConfigError(f"{out} cannot be written ({error.strerror}). Choose another place.") from error
