"""The steps before a run, the same for the pages and the command line: stage, profile, schema, check, plan.

Each leaves its result in the run's folder and may be called again after anything before it changed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from importer.check import (
    NO_CHOICES,
    CheckReport,
    CheckResult,
    ColumnSpec,
    DynamoType,
    KnownAttribute,
    NameStyle,
    Schema,
    SchemaChoices,
    TypedCells,
    TypeFrom,
    check_stage,
    find_key,
    first_names,
    infer_schema,
    is_ambiguous,
    kept_report,
    known_attributes,
    number_columns,
    retyped,
    typed_cells_of,
    untouched_columns,
    with_key,
    with_step_types,
)
from importer.clean import Recipe
from importer.endpoint import BATCH_TABLE, endpoint_guards
from importer.errors import ConfigError, SourceError
from importer.files import to_json, write_private
from importer.intake import DeclaredColumn, Dialect, Repairs, SourceSpec, Stage, build_stage
from importer.plain_types import UNREADABLE
from importer.plan import Guard, Mode, Pace, Plan, check_guards, make_plan
from importer.profile import ColumnProfile, ListProfile, load_profile, profile_stage, save_profile
from importer.run.doubts import list_doubts, open_doubts
from importer.run.folder import RunFolder
from importer.run.saved.replay import replay_warnings
from importer.run.schemas import (
    TypeQuestion,
    declared_columns,
    fit_to_table,
    keep_seen,
    known_table,
    name_as_read,
    read_recipe,
    read_schema,
    save_schema,
)
from importer.run.sources import called, dialect_as_told
from importer.run.staged import open_stage
from importer.run.turns import changing, refuse_frozen
from importer.second_process import SecondProcess
from importer.table import KnownTable, TableDescription, TableKey, Target

MOST_REMEMBERED, LEAST_REMEMBERED = 2_000, 100_000
"""Columns up to which, and cells from which on, it costs less to keep what a check showed than to look again."""

OnProgress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


def prepare_stage(
    folder: RunFolder,
    dialect: Dialect | None = None,
    *,
    repairs: Repairs | None = None,
    spec: SourceSpec | None = None,
    on_progress: OnProgress | None = None,
    cancelled: Cancelled | None = None,
) -> Stage:
    """Read the source into the stage; profile and check start afresh. `spec` (default: the draft's) is what a person
    said of it: the dialect follows from it unless one is given, and so do the repairs.

    Raises SourceError when the source is no list, MemberNotChosen when it is several, ConfigError when the run's plan
    is frozen.
    """
    refuse_frozen(folder)
    spec = spec if spec is not None else SourceSpec.from_dict(folder.draft().reading)
    chosen = dialect if dialect is not None else dialect_as_told(folder, spec)
    folder.profile.unlink(missing_ok=True)
    shutil.rmtree(folder.checked_columns, ignore_errors=True)
    with ExitStack() as until_kept:
        try:
            report = build_stage(
                folder.source,
                chosen,
                folder.stage,
                on_progress=on_progress,
                cancelled=cancelled,
                repairs=repairs if repairs is not None else spec.repairs,
                before_it_is_placed=lambda: _take_turn(folder, until_kept),
            )
        except SourceError as error:
            raise called(error, folder.draft().source_name) from None
        write_private(folder.dialect, to_json(chosen.to_dict()))
        draft = replace(folder.draft(), reading=spec.to_dict(), source_sha256=report.source_sha256)
        folder.save_draft(replace(draft, size_bytes=folder.source.stat().st_size))
    return Stage.open(folder.stage)


def _take_turn(folder: RunFolder, until_kept: ExitStack) -> None:
    """What took its time may replace what is there only while the plan is not frozen, by another tab, meanwhile."""
    until_kept.enter_context(changing(folder))
    refuse_frozen(folder)


def prepare_profile(folder: RunFolder, key_column: str | None = None) -> ListProfile:
    """What is in each column as it came; kept, and made again only when another key column is asked for.

    `key_column`: as the recipe leaves it; one that a step made is in no profile.
    """
    if (kept := kept_profile(folder, key_column)) is not None:
        return kept
    made = profile_stage(open_stage(folder), name_as_read(folder, key_column) if key_column is not None else None)
    save_profile(folder.profile, made)
    return made


def kept_profile(folder: RunFolder, key_column: str | None = None) -> ListProfile | None:
    """The profile that was made already and tells of this key column; None where there is none."""
    kept = _any_profile(folder)
    as_read = name_as_read(folder, key_column) if key_column is not None else None
    return kept if kept is None or as_read is None or kept.key_column == as_read else None


def _any_profile(folder: RunFolder) -> ListProfile | None:
    """The profile where one was made, None else; a damaged one is no reason not to check."""
    try:
        return load_profile(folder.profile)
    except ConfigError:
        return None


def prepare_schema(
    folder: RunFolder, key: TableKey, given: Schema | None = None, choices: SchemaChoices = NO_CHOICES
) -> Schema:
    """The schema of the run, fitted to the table as it was last looked at: the one given, else the one kept, else one
    inferred from the list, the table and a person's `choices`."""
    if given is None and not folder.schema.exists():
        prepare_profile(folder)  # it takes its time, and others may change what they like meanwhile
    with changing(folder):
        if given is not None:
            said = [replace(spec, type_from=None) for spec in given.columns]
            save_schema(folder, replace(given, columns=tuple(said)))
        elif not folder.schema.exists():
            refuse_frozen(folder)
            _save_first_schema(folder, key, choices)
        if not folder.frozen:
            _type_as_read(folder, key)
        return fit_to_table(folder, key)


def _type_as_read(folder: RunFolder, key: TableKey) -> None:
    """Types that an earlier file gave, and nobody said, are those of this file; whether cells are whole values is as
    this list has it. Kept when that changed anything."""
    schema, declared = read_schema(folder), declared_columns(folder)
    known = known_attributes(known_table(folder, key), nest_dots=schema.nest_dots)
    table = {attribute.name: attribute for attribute in known}
    columns = tuple(
        _as_written(spec, declared.get(spec.column), table.get(str(spec.attribute))) for spec in schema.columns
    )
    if columns != schema.columns:
        save_schema(folder, replace(schema, columns=columns))


def _as_written(spec: ColumnSpec, source: DeclaredColumn | None, held: KnownAttribute | None) -> ColumnSpec:
    """The column as its source wrote its cells; with the type that the source gives, where an earlier one gave it."""
    if source is None:
        return replace(spec, typed_cells=None) if spec.type_from is TypeFrom.EARLIER else spec
    if spec.type_from is TypeFrom.EARLIER:
        return retyped(spec, None, held, source)
    if spec.typed_cells is TypedCells.INDEX:
        return spec
    wanted = typed_cells_of(source, spec.type, may_differ=spec.type_from is not None)
    return replace(spec, typed_cells=spec.typed_cells if wanted and spec.typed_cells else wanted)


def _save_first_schema(folder: RunFolder, key: TableKey, choices: SchemaChoices) -> None:
    """Of the columns that the recipe leaves, judged by all their cells; those that it takes out come behind, so that
    undo brings them back."""
    stage, recipe = open_stage(folder), read_recipe(folder)
    raw, after = prepare_profile(folder), recipe.columns_after(stage.columns)
    first = first_names(recipe, stage.columns)
    there = {*first.values(), *after}
    gone = [name for name in stage.columns if name not in there]
    profiles, known = list(_profiles_after(stage, recipe, raw)), known_table(folder, key)
    columns = (*profiles, *(raw.column(name) for name in gone))
    types = {column.name: column for column in stage.report.declared}
    declared = {
        column.name: types[name] for column in columns if (name := first.get(column.name, column.name)) in types
    }
    typed = {column.name: kind for column in columns if (kind := _typed_of(stage, first, raw, column))}
    if types and choices.names is None:
        choices = replace(choices, names=NameStyle.KEEP)  # a program's names are no headers to be put in order
    schema = infer_schema(replace(raw, columns=columns), known, choices, gone=gone, declared=declared, typed=typed)
    shown = replace(schema, columns=schema.columns[: len(after)])
    shown = with_step_types(shown, number_columns(recipe, stage.columns), known=known)
    save_schema(folder, shown, gone=schema.columns[len(after) :])
    exact = {name for name, kind in typed.items() if kind == "N"} | {*declared}  # read in one way only
    pairs = [pair for pair in zip(shown.columns, profiles, strict=True) if pair[1].name not in exact]
    keep_seen(folder, known, [replace(one, column=first[one.column]) for one in _questions(pairs, known)])


def _typed_of(stage: Stage, first: Mapping[str, str], raw: ListProfile, column: ColumnProfile) -> str:
    """What all cells of a column of a workbook are, where no step changed them; "" else."""
    name = first.get(column.name, column.name)
    kind = stage.report.typed.get(name, "")
    return kind if kind and replace(column, name=name) == raw.column(name) else ""


def _questions(pairs: Sequence[tuple[ColumnSpec, ColumnProfile]], known: KnownTable) -> Iterator[TypeQuestion]:
    """What a person should say about the numbers of columns whose types were found."""
    held = {*known.sample.types, *map(".".join, known.sample.entries)} - {*known.key_types}
    for spec, column in pairs:
        numbers = column.numbers
        is_text = spec.type is DynamoType.S and spec.attribute not in held and is_ambiguous(column)
        if is_text or (spec.type is DynamoType.N and 0 < numbers.grouped >= numbers.decimals):
            yield TypeQuestion(spec.column, numbers.grouped, numbers.first_grouped_row, numbers.marks)


def _profiles_after(stage: Stage, recipe: Recipe, raw: ListProfile) -> Iterator[ColumnProfile]:
    """What is in each column that the recipe leaves. Only those that a step may have changed are counted again."""
    after, same = recipe.columns_after(stage.columns), untouched_columns(recipe, stage.columns)
    changed = tuple(column for column in after if column not in same)
    counted = profile_stage(_CleanedColumns(stage, recipe, changed), folder=stage.folder) if changed else raw
    for column in after:
        yield replace(raw.column(same[column]), name=column) if column in same else counted.column(column)


@dataclass(frozen=True)
class _CleanedColumns:
    """Some columns of a list as its recipe leaves them, chunk by chunk."""

    stage: Stage
    recipe: Recipe
    columns: tuple[str, ...]

    @property
    def rows(self) -> int:
        return self.stage.rows

    def chunks(self, columns: Iterable[str] | None = None) -> Iterator[pd.DataFrame]:
        wanted = list(self.columns if columns is None else columns)
        for chunk in self.stage.chunks():
            yield self.recipe.apply(chunk).frame[wanted]


def choose_key(folder: RunFolder, key: TableKey, columns: Mapping[str, str]) -> Schema:
    """The schema in which columns become the table's key (attribute → column), the rest of it as `find_key` finds it;
    kept. Raises as `find_key`."""
    with changing(folder):
        refuse_frozen(folder)
        if not folder.schema.exists():
            return prepare_schema(folder, key, choices=SchemaChoices(key_columns=columns))
        before = read_schema(folder)
        chosen = find_key([spec.column for spec in before.columns], key, columns)
        save_schema(folder, with_key(before, key, chosen))
        return fit_to_table(folder, key)


def kept_check(folder: RunFolder, key: TableKey) -> CheckReport | None:
    """The report of the last check when nothing has changed since, else None; nothing is checked."""
    return kept_report(open_stage(folder), read_recipe(folder), read_schema(folder), key, folder.check)


def check_run(
    folder: RunFolder,
    key: TableKey,
    *,
    on_progress: OnProgress | None = None,
    cancelled: Cancelled | None = None,
    beside: SecondProcess | None = None,
    remembers: bool = False,
) -> CheckReport:
    """Check the whole list with the kept recipe and schema; the kept report when none of them changed. `beside`: a
    second process that does its half. `remembers`: what is found is kept column by column, for a list that is checked
    again and again while a person mends it. Raises ConfigError when the plan was frozen while it was made."""
    stage = open_stage(folder)
    is_worth_it = len(stage.columns) <= MOST_REMEMBERED and stage.rows * len(stage.columns) >= LEAST_REMEMBERED
    with ExitStack() as until_kept:
        return check_stage(
            stage,
            read_recipe(folder),
            read_schema(folder),
            key,
            folder.check,
            on_progress=on_progress,
            cancelled=cancelled,
            beside=beside,
            profile=_any_profile(folder),
            memory=folder.checked_columns if remembers and is_worth_it else None,
            before_it_is_placed=lambda: _take_turn(folder, until_kept),
        )


def plan_run(
    folder: RunFolder,
    *,
    target: Target,
    key: TableKey,
    mode: Mode = Mode.OVERWRITE,
    pace: Pace | None = None,
    max_bad: str | None = None,
) -> Plan:
    """The plan for what the last check found ready."""
    stage, checked = open_stage(folder), CheckResult.open(folder.check)
    return make_plan(
        source_name=folder.draft().source_name,
        source_sha256=stage.report.source_sha256,
        dialect=read_dialect(folder),
        ready_by_slice=[len(checked.ready_rows(index)) for index in range(stage.slices)],
        recipe=read_recipe(folder),
        schema=read_schema(folder),
        report=checked.report,
        target=target,
        key=key,
        mode=mode,
        pace=pace or Pace(),
        max_bad=max_bad,
    )


def guards_for(
    folder: RunFolder,
    description: TableDescription | None,
    *,
    table_error: str = "",
    max_bad: str | None = None,
    mode: Mode = Mode.OVERWRITE,
) -> tuple[Guard, ...]:
    """What stands in the way of the run now; `description` None means that the table could not be described."""
    report = CheckResult.open(folder.check).report
    schema = read_schema(folder)
    behind = description is not None and description.name == BATCH_TABLE
    found = check_guards(
        schema,
        description,
        table_error=table_error,
        rows=report.rows,
        ready=report.ready,
        rejected=report.rejected,
        undecided=report.undecided,
        max_bad=max_bad,
        mode=mode,
    )
    doubts = open_doubts(folder, (*list_doubts(folder), *replay_warnings(folder)))
    return (*_doubt_guard(len(doubts)), *(endpoint_guards(schema, mode) if behind else ()), *found)


def _doubt_guard(count: int) -> tuple[Guard, ...]:
    if not count:
        return ()
    told = "There is 1 doubt" if count == 1 else f"There are {count:,} doubts"
    return (Guard("open_doubts", f"{told} about this list. Look at it, then say that it is right.", True),)


def read_dialect(folder: RunFolder) -> dict[str, Any]:
    """The kept dialect as plain JSON types; ConfigError when it is gone or damaged."""
    try:
        told: dict[str, Any] = json.loads(folder.dialect.read_text(encoding="utf-8"))
        Dialect.from_dict(told)
    except (*UNREADABLE, ConfigError) as error:
        raise ConfigError(f"Run {folder.run_id} has no readable dialect.json. Read the list again.") from error
    return told
