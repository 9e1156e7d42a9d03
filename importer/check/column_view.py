"""A schema follows the recipe: columns that steps rename, take out and make. Pure.

On disk a rule stands under the name its column has in the list as it came; what a step took out keeps its rules
there. So undo brings a column back with all that was said about it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from importer.check.attribute_match import known_attributes, with_type
from importer.check.infer import SchemaChoices, new_names, type_for
from importer.check.schema import ColumnSpec, DynamoType, Schema
from importer.clean import EpochSeconds, ParseNumbers, Recipe, RenameColumn
from importer.table import KnownTable

_AGAIN = " (again)"
"""A new column that has the name of one which was renamed is kept under this one."""


def first_names(recipe: Recipe, columns: Sequence[str]) -> dict[str, str]:
    """Each column once the recipe is applied → its name in the list as it came, or as the step that made it calls it.

    No name comes out twice.
    """
    names = {column: column for column in columns}
    for step in recipe.operations:
        after = step.columns_after(tuple(names))
        renamed = {step.name: names.get(step.column, step.name)} if isinstance(step, RenameColumn) else {}
        names = {column: renamed.get(column) or names.get(column, column) for column in after}
    first: dict[str, str] = {}
    taken: set[str] = set()
    for column, name in names.items():
        told = column if name in taken else name
        first[column] = f"{told}{_AGAIN}" if told in taken else told
        taken.add(first[column])
    return first


def shown_schema(kept: Schema, recipe: Recipe, columns: Sequence[str], gone: Collection[str]) -> Schema:
    """`kept` for the list once the recipe is applied. `columns`: the list's as it came.

    `gone`: columns that may be missing, for a step takes them out, or made them and was undone. Others that are
    missing stay, and the check refuses them. Raises ConfigError when a key's column is gone.
    """
    now = {first: column for column, first in first_names(recipe, columns).items()}
    after = set(now.values())
    specs: dict[str, ColumnSpec] = {}
    for spec in kept.columns:
        column = now.get(spec.column) or spec.column
        if column in after or spec.column.removesuffix(_AGAIN) not in gone:
            specs.setdefault(column, replace(spec, column=column))
    return replace(kept, columns=tuple(specs.values()))


def untouched_columns(recipe: Recipe, columns: Sequence[str]) -> dict[str, str]:
    """Each column whose cells no step may have changed → its name in the list as it came; by their names after."""
    names = {column: column for column in columns}
    for step in recipe.operations:
        if isinstance(step, RenameColumn):
            names = {step.name if column == step.column else column: first for column, first in names.items()}
        else:
            changed = {*step.changes(tuple(names)), *step.makes()}
            names = {column: first for column, first in names.items() if column not in changed}
    return names


def number_columns(recipe: Recipe, columns: Sequence[str]) -> frozenset[str]:
    """Columns, by their names after the recipe, into which a step writes numbers: seconds since 1970."""
    return _written_by(EpochSeconds, recipe, columns)


def parsed_numbers(recipe: Recipe, columns: Sequence[str]) -> frozenset[str]:
    """Columns, by their names after the recipe, of which a step says how their numbers are written."""
    return _written_by(ParseNumbers, recipe, columns)


def _written_by(
    kind: type[EpochSeconds] | type[ParseNumbers], recipe: Recipe, columns: Sequence[str]
) -> frozenset[str]:
    found: set[str] = set()
    now = tuple(columns)
    for step in recipe.operations:
        if isinstance(step, kind):
            found.add(step.column)
        elif isinstance(step, RenameColumn) and step.column in found:
            found = {step.name if column == step.column else column for column in found}
        now = step.columns_after(now)
        found &= set(now)
    return frozenset(found)


def with_step_types(
    schema: Schema, numbers: Collection[str], before: Collection[str] = (), known: KnownTable | None = None
) -> Schema:
    """The schema in which columns of `numbers` that were text are numbers, and those of `before` alone text again; an
    attribute that the table has keeps the table's type."""
    table = known_attributes(known, nest_dots=schema.nest_dots) if known is not None else ()
    fixed = {attribute.name for attribute in table if attribute.type}
    specs = []
    for spec in schema.columns:
        kind = spec.type
        if spec.attribute not in fixed and spec.column in numbers and kind is DynamoType.S:
            kind = DynamoType.N
        elif spec.attribute not in fixed and spec.column in before and spec.column not in numbers:
            kind = DynamoType.S if kind is DynamoType.N else kind
        specs.append(with_type(spec, kind.value))
    return replace(schema, columns=tuple(specs))


def kept_schema(shown: Schema, before: Sequence[ColumnSpec], recipe: Recipe, columns: Sequence[str]) -> Schema:
    """What is kept of `shown`: names as the list came, and the rules of columns that are gone now, from `before`."""
    first = first_names(recipe, columns)
    specs = {first.get(spec.column, spec.column): spec for spec in shown.columns}
    mine = [replace(spec, column=name) for name, spec in specs.items()]
    taken = {spec.attribute for spec in mine}
    held = [
        spec
        for spec in before
        if spec.column not in specs and spec.column not in first.values() and spec.attribute not in taken
    ]
    return replace(shown, columns=(*mine, *held))


def with_new_columns(
    schema: Schema, columns: Sequence[str], made: Collection[str], known: KnownTable | None = None
) -> Schema:
    """The schema with those of `columns` that steps `made` and that it does not have: under the table's names and
    types where it has them, else as text."""
    there = {spec.column for spec in schema.columns}
    fresh = [column for column in columns if column in made and column not in there]
    if not fresh:
        return schema
    table = known_attributes(known, nest_dots=schema.nest_dots) if known is not None else ()
    taken = {spec.attribute for spec in schema.columns if spec.attribute}
    choices = SchemaChoices(nest_dots=schema.nest_dots)
    names = new_names(fresh, table, taken, choices, all_columns=[spec.column for spec in schema.columns])
    by_name = {attribute.name: attribute for attribute in table}
    specs = [ColumnSpec(column, names[column], type_for(None, by_name.get(names[column]))) for column in fresh]
    return replace(schema, columns=(*schema.columns, *specs))
