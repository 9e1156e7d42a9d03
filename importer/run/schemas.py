"""The schema and the history of a run on disk, which go together: the schema follows the columns that steps leave.
The table that the list goes into, as it was last looked at, lies beside them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace

from importer.check import (
    ColumnSpec,
    DynamoType,
    KnownAttribute,
    Schema,
    TypedCells,
    dump_schema,
    first_names,
    index_names,
    kept_schema,
    known_attributes,
    load_schema,
    parsed_numbers,
    shown_schema,
    with_new_columns,
    with_type,
)
from importer.clean import History, Recipe, load_history
from importer.errors import ConfigError
from importer.files import to_json, write_private
from importer.intake import DeclaredColumn
from importer.plain_types import UNREADABLE, of_its_types
from importer.run.folder import RunFolder
from importer.run.staged import open_stage
from importer.run.turns import ChangedElsewhere, changing, refuse_frozen
from importer.table import KnownTable, TableKey


@dataclass(frozen=True)
class TypeQuestion:
    """`count` numbers of a column, the first in row `first_row`, may be read in two ways, and nobody has said in
    which; `marks` stand before their three digits."""

    column: str
    count: int = 0
    first_row: int | None = None
    marks: str = ""


@dataclass(frozen=True)
class SeenTable:
    """The table as it was last looked at for this run, and what is still open about types; the columns of the
    questions are called as in the list as it came."""

    table: KnownTable
    questions: tuple[TypeQuestion, ...] = ()


def read_seen(folder: RunFolder) -> SeenTable | None:
    """What is known of the run's table; None when nobody has looked at one yet."""
    try:
        raw = json.loads(folder.seen_table.read_text("utf-8"))
        questions = tuple(of_its_types(TypeQuestion(**question)) for question in raw["questions"])
        return SeenTable(KnownTable.from_dict(raw["table"]), questions)
    except UNREADABLE:
        return None


def keep_seen(folder: RunFolder, table: KnownTable, questions: Sequence[TypeQuestion] | None = None) -> None:
    """Keep what is known of the run's table now; `questions` None: as they were. A planned run keeps what it has."""
    before = read_seen(folder)
    asked = tuple(questions) if questions is not None else before.questions if before is not None else ()
    if not folder.frozen and before != SeenTable(table, asked):
        told = {"table": table.to_dict(), "questions": [asdict(question) for question in asked]}
        write_private(folder.seen_table, to_json(told))


def open_questions(folder: RunFolder) -> tuple[TypeQuestion, ...]:
    """Those that still stand, by the names that the columns have now: of text that nobody said is one, and of numbers
    that no step reads."""
    seen = read_seen(folder)
    if seen is None or not seen.questions or not folder.schema.exists():
        return ()
    recipe, columns = read_recipe(folder), open_stage(folder).columns
    now = {first: column for column, first in first_names(recipe, columns).items()}
    asked = {spec.column for spec in read_schema(folder).imported if spec.type in (DynamoType.S, DynamoType.N)}
    asked -= parsed_numbers(recipe, columns)
    named = [replace(question, column=now.get(question.column, "")) for question in seen.questions]
    return tuple(question for question in named if question.column in asked)


def settle_questions(folder: RunFolder, columns: Collection[str]) -> None:
    """A person has said what these columns (by their names now) are."""
    with changing(folder):
        seen = read_seen(folder)
        if seen is None:
            return
        first = first_names(read_recipe(folder), open_stage(folder).columns)
        settled = {first.get(column, column) for column in columns}
        keep_seen(folder, seen.table, [one for one in seen.questions if one.column not in settled])


def known_table(folder: RunFolder, key: TableKey) -> KnownTable:
    """What is known of the table with this key: its key alone when it has not been looked at."""
    seen = read_seen(folder)
    return seen.table if seen is not None and seen.table.key == key else KnownTable(key)


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
    except UnicodeDecodeError as error:
        raise ConfigError(f"The schema of run {folder.run_id} is damaged. Upload the list again.") from error


def save_schema(
    folder: RunFolder, schema: Schema, *, seen: Schema | None = None, gone: Sequence[ColumnSpec] = ()
) -> None:
    """Keep `schema`, which speaks of the columns that the recipe leaves. `seen`: the one that was changed into it.
    `gone`: of a first schema, columns that the recipe takes out.

    Raises ConfigError when the plan is frozen, ChangedElsewhere when another one than `seen` is kept by now.
    """
    with changing(folder):
        refuse_frozen(folder)
        if seen is not None:
            if read_schema(folder) != seen:
                raise ChangedElsewhere(
                    "The columns were changed in another tab, so your change was not kept. "
                    "Look at them as they are now, then make it again."
                )
            types = {spec.column: spec.type for spec in seen.columns}
            changed = [one for one in schema.columns if types.get(one.column) is not one.type]
            settle_questions(folder, [one.column for one in changed if one.type is not DynamoType.N])
            said = [replace(one, type_from=None) if one in changed else one for one in schema.columns]
            schema = replace(schema, columns=tuple(said))
        recipe = read_recipe(folder)
        if recipe.operations:
            before = _kept(folder).columns if folder.schema.exists() else gone
            schema = kept_schema(schema, before, recipe, open_stage(folder).columns)
        write_private(folder.schema, dump_schema(schema))


def take_in_columns(folder: RunFolder) -> Schema:
    """The schema after the recipe changed: columns that a step made get a place in it, as text under their names."""
    with changing(folder):
        history = load_history(folder.recipe)
        schema = shown_for(folder, history)
        columns = history.recipe.columns_after(open_stage(folder).columns)
        seen = read_seen(folder)
        wanted = with_new_columns(schema, columns, history.made, seen.table if seen is not None else None)
        if wanted != schema:
            save_schema(folder, wanted)
    return wanted


def fit_to_table(folder: RunFolder, key: TableKey) -> Schema:
    """The schema with the indexes of the table as it was last looked at, and what its maps and lists hold. An
    attribute that the table insists on, for it is part of its key or of an index's, has the table's type; so has one
    whose type nobody said. Kept when that changed anything."""
    schema, seen = read_schema(folder), read_seen(folder)
    if folder.frozen or seen is None or seen.table.key != key:
        return schema
    wanted = as_table_wants(schema, seen.table, declared_columns(folder))
    if wanted != schema:
        save_schema(folder, wanted)
    return wanted


def declared_columns(folder: RunFolder) -> dict[str, DeclaredColumn]:
    """The columns, by their names after the recipe, whose type the source gives."""
    stage = open_stage(folder)
    declared = {column.name: column for column in stage.report.declared}
    if not declared:
        return {}
    first = first_names(read_recipe(folder), stage.columns)
    return {column: declared[name] for column, name in first.items() if name in declared}


def as_table_wants(schema: Schema, table: KnownTable, declared: Collection[str] = ()) -> Schema:
    """The schema with the table's indexes, the types that its key and theirs have there, those of its items where
    nobody said one, and what its maps and lists hold. `declared`: columns of a source with types; what is null or
    empty there is left out of the keys of indexes."""
    by_name = {attribute.name: attribute for attribute in known_attributes(table, nest_dots=schema.nest_dots)}
    columns = [
        _typed_by(spec, by_name.get(str(spec.attribute)), is_typed=spec.column in declared) for spec in schema.columns
    ]
    wanted = replace(schema, columns=tuple(columns), indexes=index_names(table))
    return replace(wanted, held=_held_beside(wanted, table))


def _typed_by(spec: ColumnSpec, attribute: KnownAttribute | None, *, is_typed: bool) -> ColumnSpec:
    """The column with the type of the table's attribute, where that goes before its own."""
    wants = attribute.wants if attribute is not None else ""
    typed = spec
    if attribute is not None and attribute.type and (wants or spec.type_from is not None):
        cells = TypedCells.SAME if spec.typed_cells is TypedCells.OWN else spec.typed_cells
        typed = replace(with_type(spec, attribute.type), type_from=None, typed_cells=cells)
    if attribute is not None and wants and not attribute.is_key and is_typed:
        return replace(typed, typed_cells=TypedCells.INDEX)
    return replace(typed, typed_cells=TypedCells.SAME) if typed.typed_cells is TypedCells.INDEX else typed


def _held_beside(schema: Schema, table: KnownTable) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """What the table's items have inside the maps and lists that the list writes, and in place of such a map."""
    paths: dict[str, list[tuple[tuple[str, ...], bool]]] = {}
    for spec in schema.imported:
        path, is_nested = schema.path(spec), spec.type in (DynamoType.L, DynamoType.M)
        if is_nested or len(path) > 1:
            paths.setdefault(path[0], []).append((path, is_nested))
    whole = {(name,): counts for name, counts in table.sample.types.items()}
    out = []
    for place, counts in (whole | dict(table.sample.entries)).items():
        types = sorted((kind for kind in counts if kind != "NULL"), key=lambda kind: -counts[kind])
        if types and any(_concerns(place, path, is_nested) for path, is_nested in paths.get(place[0], ())):
            out.append((place, tuple(types)))
    return tuple(out)


def _concerns(place: tuple[str, ...], path: tuple[str, ...], is_nested: bool) -> bool:
    """Whether what is at `place` lies in the list or map at `path`, or in the way to it."""
    inside = is_nested and len(place) > len(path) and place[: len(path)] == path
    return inside or (len(place) < len(path) and path[: len(place)] == place)
