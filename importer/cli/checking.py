"""`check`: failure cases of a list, in a folder that is gone afterwards."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from importer.check import CheckReport, CheckResult, FailureCase, Schema, load_schema, words_for
from importer.clean import History, Recipe, fit, save_history
from importer.cli.key_words import KeyWord
from importer.cli.reading import passing_run, tell_problems
from importer.cli.schema_options import make_schema, table_key
from importer.cli.screen import Bar, answer, tell
from importer.cli.usage import DoubtsFound, UsageError, member_not_chosen, source_spec
from importer.errors import ConfigError
from importer.intake import MemberNotChosen, SourceSpec, Stage, StageReport
from importer.list_warning import ListWarning
from importer.run import (
    REPLAY_CODE,
    Asked,
    RunFolder,
    SavedList,
    check_run,
    compare_with_last,
    effect_examples,
    find_saved,
    keep_seen,
    known_table,
    list_warnings,
    open_stage,
    open_whole,
    prepare_stage,
    read_schema,
    replay_of,
    usable_connection,
)
from importer.settings import Settings
from importer.table import (
    TableDescription,
    TableKey,
    connection_from_environment,
    describe_table,
    dynamodb_client,
    look_at_table,
)

JSON_FAILURES = 10_000
"""Failure cases in the JSON answer; `failures_told` says how many that are."""

CHECK_SEARCHES_ROWS, RUN_SEARCHES_ROWS = 100_000, 20_000
"""Rows of a list in which people who are in it twice are looked for: about 4 s; half a second before a run."""

PAGE_ROWS = 20_000

AGREED_ROWS = 3
"""Rows shown of a saved step that is no question."""

MOST_CAUSES = 20
"""Reasons for holding rows back that are told one by one."""

MOST_TEXT_BYTES = 32 * 1024 * 1024
"""Of a schema or a recipe: one that sets a million cells has about so many."""


def check_command(options: argparse.Namespace, settings: Settings) -> int:
    """0 when every row can be written, 3 when some cannot."""
    with passing_run(settings, source_spec(options)) as folder:
        table = _look_at(settings, folder, options) if options.table else None
        key, warnings = prepare_list(settings, folder, options, table.key if table is not None else None)
        with Bar("Checking") as bar:
            report = check_run(folder, key, on_progress=bar.step)
        sample = known_table(folder, key).sample if table is not None else None
        asked = Asked(folder, table, sample, people_rows=CHECK_SEARCHES_ROWS)
        warnings += tell_warnings(list_warnings(asked))
        result = CheckResult.open(folder.check)
        read = open_stage(folder).report
        if options.json:
            cases = result.failures(limit=JSON_FAILURES, notices=False)
            shown = [vars(case) | read.place_facts(case.row) for case in cases]
            told = report_facts(report) | {"failures": shown, "failures_told": len(shown)} | warning_facts(warnings)
            told |= odd_row_facts(result, read) | same_person_facts(asked, read)
            more = {"saved_steps": saved_step_facts(folder)} if options.saved is not None else {}
            answer(True, told | {"key": key_columns(folder), "encoding": read.dialect.encoding} | more, [])
        else:
            show_saved_steps(folder)
            for case in all_failures(result):
                print(f"{read.place_of(case.row)}: {case.column or '(row)'}: {case.code}: {case.message}")
        tell(report_line(report))
        return 0 if report.ready == report.rows else 3


def _look_at(settings: Settings, folder: RunFolder, options: argparse.Namespace) -> TableDescription:
    """The table that the list is checked for; what is known of it is kept in `folder`."""
    chosen = connection_from_environment(os.environ, endpoint_url=options.endpoint_url)
    with usable_connection(settings, chosen, purpose=f"check-{os.getpid()}") as connection:
        client = dynamodb_client(connection)
        description = describe_table(client, options.table)
        keep_seen(folder, look_at_table(client, description))
    return description


def prepare_list(
    settings: Settings, folder: RunFolder, options: argparse.Namespace, table: TableKey | None
) -> tuple[TableKey, tuple[ListWarning, ...]]:
    """Stage, recipe and schema of the list in `folder`. `table`: the key of the table that it goes to, if one is
    named. The key that counts, and what is unusual beside the last list, with `--saved`."""
    saved = saved_named(settings, options)
    return take_rules(settings, folder, options, table, saved=saved, stage=read_list(folder, saved))


def saved_named(settings: Settings, options: argparse.Namespace) -> SavedList | None:
    """The saved list that --saved names."""
    if options.saved is not None and (options.schema is not None or options.recipe is not None):
        raise UsageError("--saved brings schema and recipe. Leave out --schema and --recipe.")
    if options.columns and options.saved is None:
        raise UsageError("--column says which column is a saved one. It goes with --saved.")
    return find_saved(settings, options.saved) if options.saved is not None else None


def read_list(folder: RunFolder, saved: SavedList | None) -> Stage:
    """The list read into its stage, with what reading came to on stderr."""
    spec = SourceSpec.from_dict(folder.draft().reading)
    if saved is not None:
        spec = spec.over(SourceSpec.from_dict(saved.reading))
    try:
        with Bar("Reading") as bar:
            stage = prepare_stage(folder, spec=spec, on_progress=bar.step)
    except MemberNotChosen as error:
        raise member_not_chosen(error) from None
    tell_problems(stage, folder.draft().source_name, with_warnings=False)
    return stage


def take_recipe(folder: RunFolder, options: argparse.Namespace, stage: Stage) -> None:
    """The steps that --recipe names become the list's."""
    if options.recipe is not None:
        recipe = Recipe.from_json(read_text(options.recipe, "recipe"))
        recipe.check(stage.columns)
        save_history(folder.recipe, History(fit(recipe, stage).operations))


def take_rules(
    settings: Settings,
    folder: RunFolder,
    options: argparse.Namespace,
    table: TableKey | None,
    *,
    saved: SavedList | None,
    stage: Stage,
) -> tuple[TableKey, tuple[ListWarning, ...]]:
    """Recipe and schema of a list that was read, as `prepare_list`."""
    warnings: tuple[ListWarning, ...] = ()
    given: Schema | None = None
    if saved is not None:
        warnings, given = _open_saved(settings, folder, saved, options), read_schema(folder)
    else:
        take_recipe(folder, options, stage)
        given = load_schema(read_text(options.schema, "schema")) if options.schema is not None else None
    key = table_key(options.key, table, given)
    make_schema(folder, key, options, given, is_saved=saved is not None)
    return key, warnings


def key_columns(folder: RunFolder) -> dict[str, str]:
    """Attribute of the table's key → the column that becomes it."""
    schema = read_schema(folder)
    return {name: spec.column for name, spec in zip(schema.key, schema.key_specs, strict=True)}


def _open_saved(
    settings: Settings, folder: RunFolder, saved: SavedList, options: argparse.Namespace
) -> tuple[ListWarning, ...]:
    """The list opened as the saved one; what is unusual about it, told on stderr. ConfigError if it does not fit. A
    column that is renamed is called by its saved name from here on, in `options` too."""
    opening = open_whole(settings, folder, saved, {**_saved_keys(saved, options.key), **dict(options.columns)})
    tell(opening.sentence())
    names = {new: old for old, new in opening.renamed}
    for new, old in names.items():
        tell(f'note: "{new}" is taken for "{old}"')
    for words in (options.key, options.types):
        words[:] = [replace(word, column=names.get(word.column, word.column)) for word in words]
    compared = compare_with_last(settings, folder)
    warnings = compared.warnings if compared is not None else ()
    left_out = opening.without()
    return tell_warnings((*warnings, ListWarning("saved_left_out", "", left_out)) if left_out else warnings)


def _saved_keys(saved: SavedList, words: Sequence[KeyWord]) -> dict[str, str]:
    """Columns of the saved list that became the key → those that `--key` names for it now."""
    columns = {name: spec.column for name, spec in zip(saved.schema.key, saved.schema.key_specs, strict=True)}
    return {
        columns[word.parts[0].attribute]: word.column
        for word in words
        if word.column and columns.get(word.parts[0].attribute) in saved.columns
    }


def tell_warnings(warnings: tuple[ListWarning, ...]) -> tuple[ListWarning, ...]:
    """One line on stderr for each (of reasons to hold rows back, the first MOST_CAUSES); the same warnings."""
    held = [warning for warning in warnings if warning.holds_back]
    unsaid = held[MOST_CAUSES:]
    for warning in warnings:
        if warning not in unsaid:
            tell(f"{'doubt' if warning.is_doubt else 'warning'}: {warning.message}")
    if unsaid:
        tell(f"warning: {len(unsaid):,} more reasons hold rows back (all of them with --json).")
    return warnings


def show_saved_steps(folder: RunFolder) -> None:
    """What the steps of a saved list change, cells before and after, on stdout: it quotes cells, so it is no
    warning."""
    for step in replay_of(folder).steps:
        asked = ", a question" if step.asks else ""
        print(f"Saved step {step.effect.number}, {words_for(step.effect.step)}: {step.cells}{asked}. {step.reason}")
        for row, before, after in effect_examples(folder, step.effect)[: None if step.asks else AGREED_ROWS]:
            print(f"  row {row:,}: {before!r} -> {after!r}")


def saved_step_facts(folder: RunFolder) -> list[dict[str, Any]]:
    """The same as plain JSON types."""
    return [
        {
            "step": step.effect.number,
            "title": words_for(step.effect.step),
            "column": step.effect.column,
            "count": step.warning.count,
            "is_doubt": step.warning.is_doubt,
            "examples": [dict(zip(("row", "before", "after"), line, strict=True)) for line in lines],
        }
        for step in replay_of(folder).steps
        for lines in (effect_examples(folder, step.effect),)
    ]


def refuse_doubts(warnings: tuple[ListWarning, ...], *, accepted: bool) -> None:
    """DoubtsFound while there is a doubt about the list that nobody `accepted`."""
    doubts = [warning for warning in warnings if warning.is_doubt]
    if accepted or not doubts:
        return
    said = []
    if any(warning.code != REPLAY_CODE for warning in doubts):
        said.append("The list may have been read wrongly (see the doubts above). Correct that, or add --yes.")
    if any(warning.code == REPLAY_CODE for warning in doubts):
        said.append(
            "Steps of the saved list do more here than was agreed (see the doubts above). `importer check` with the "
            "same --saved shows the cells before and after. If they are right, add --yes; if not, leave them out on "
            "the File page, or bring --schema and --recipe instead of --saved."
        )
    raise DoubtsFound(" ".join(said), warnings)


def odd_row_facts(result: CheckResult, read: StageReport) -> dict[str, Any]:
    """The rows that are not like the others, with what is odd about each, as plain JSON types."""
    odd = result.odd_rows(limit=JSON_FAILURES)
    return {"odd_rows": [vars(one) | read.place_facts(one.row) for one in odd]}


def same_person_facts(asked: Asked, read: StageReport) -> dict[str, Any]:
    """The rows that are probably one person, together, and why, as plain JSON types."""
    people = [
        {
            "rows": [{"row": row} | read.place_facts(row) for row in person.rows],
            "reasons": list(person.reasons),
        }
        for person in asked.people[:JSON_FAILURES]
    ]
    return {"same_person": people}


def warning_facts(warnings: tuple[ListWarning, ...]) -> dict[str, Any]:
    """What is unusual about the list, as plain JSON types."""
    return {"warnings": [warning.to_dict() for warning in warnings]}


def read_text(path: Path, what: str) -> str:
    """A UTF-8 file of MOST_TEXT_BYTES at most; ConfigError naming it when it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_TEXT_BYTES + 1)
    except (OSError, ValueError) as error:  # a path with a zero byte is a ValueError
        reason = error.strerror if isinstance(error, OSError) else "no such path"
        raise ConfigError(f"The {what} {path.name} cannot be read ({reason}). Check its place.") from error
    if len(data) > MOST_TEXT_BYTES:
        raise ConfigError(
            f"The {what} {path.name} has more than {MOST_TEXT_BYTES:,} bytes. Look whether it is a {what} at all."
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"The {what} {path.name} is not UTF-8 text (byte {error.start + 1:,}). Save it as UTF-8."
        ) from error


def report_facts(report: CheckReport) -> dict[str, Any]:
    """The report as plain JSON types."""
    causes = [
        {
            "code": cause.code,
            "column": cause.column,
            "title": cause.title,
            "count": cause.count,
            "example_rows": list(cause.example_rows),
            "blocking": cause.blocking,
        }
        for cause in report.causes
    ]
    counts = {name: getattr(report, name) for name in ("rows", "ready", "rejected", "skipped", "duplicate")}
    return counts | {"undecided": report.undecided, "causes": causes}


def report_line(report: CheckReport) -> str:
    """`1,812 of 2,000 rows can be written, 143 rejected, 45 duplicate.`"""
    parts = [f"{report.ready:,} of {report.rows:,} rows can be written"]
    counts = (("rejected", report.rejected), ("left out", report.skipped), ("duplicate", report.duplicate))
    parts += [f"{count:,} {name}" for name, count in counts if count]
    return f"{', '.join(parts)}."


def all_failures(result: CheckResult) -> Iterator[FailureCase]:
    """Every failure case, fetched a page at a time; how cells look is told as warnings instead."""
    offset = 0
    while page := result.failures(offset=offset, limit=PAGE_ROWS, notices=False):
        yield from page
        offset += len(page)
