"""What should be known about types and names before a list goes into a table, for pages and command line alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from importer.check import (
    Cause,
    CheckResult,
    ColumnSpec,
    DynamoType,
    KnownAttribute,
    Schema,
    TypeFrom,
    folded,
    known_attributes,
    type_conflicts,
    words_for,
)
from importer.errors import ConfigError
from importer.list_warning import ListWarning
from importer.run.folder import RunFolder
from importer.run.schemas import declared_columns, open_questions, read_schema
from importer.table import KnownTable

MOST_NAMED = 8
"""Columns named in one line; the rest are counted."""

TYPE_CODES = frozenset(
    {
        "not_a_number",
        "not_null",
        "other_type",
        "number_too_precise",
        "number_out_of_range",
        "leading_zeros_lost",
        "plus_lost",
        "point_of_thousands",
        "not_a_boolean",
        "not_base64",
        "not_hex",
        "empty_set",
        "empty_set_element",
        "not_a_json_list",
        "not_a_json_map",
        "json_name_repeated",
        "json_too_deep",
        "index_key_blank",
        "index_key_too_long",
    }
)
"""What a cell fails with that cannot be written as its column's type."""


INSIDE_CODES = frozenset(
    {"other_type_inside", "map_in_its_place", "broken_dynamodb_json", "not_dynamodb_json", "not_plain_json"}
)
"""What a list or map fails with for what is in it, or beside it."""


def type_warnings(folder: RunFolder, known: KnownTable | None) -> Iterator[ListWarning]:
    """Numbers that may be read in two ways, and types that the table has otherwise. `known` None: only what the list
    itself shows."""
    yield from _two_ways(folder)
    if not folder.schema.exists():
        return
    schema = read_schema(folder)
    table = known_attributes(known, nest_dots=schema.nest_dots) if known is not None else ()
    yield from _numbers_as_text(folder, schema)
    if known is not None and not schema.nest_dots:
        yield from _beside_maps(schema, known)
    items = known.sample.items if known is not None else 0
    yield from _differing(schema, table, items)
    yield from _also_named(schema, table)


def _two_ways(folder: RunFolder) -> Iterator[ListWarning]:
    types = {spec.column: spec.type for spec in read_schema(folder).imported} if folder.schema.exists() else {}
    for question in open_questions(folder):
        column, marks = question.column, question.marks
        if types.get(column) is DynamoType.S:
            told = (
                f'"{column}" stays text: {_cells(question.count)} may be thousands or fractions (three digits after '
                f'each mark). {_say_which(column, marks)} To keep the text: --type "{column}=S".'
            )
            yield ListWarning("ambiguous_numbers", column, told, question.count, question.first_row)


def _say_which(column: str, marks: str = ".") -> str:
    """What to do about numbers that may be read in two ways; whatever is chosen leads to what it says."""
    if len(marks) != 1:
        return "Several marks stand there, so read them with steps, each with its mark (Clean page, or --recipe)."
    ways = f'--type "{column}=N:thousands"'
    if marks in ".,":
        ways += f' or "{column}=N:fractions"'
    return f"Say which on the Columns page, or with {ways}."


def thousands_doubts(folder: RunFolder) -> Iterator[ListWarning]:
    """Numbers with three digits after the only point that would be written as fractions, whatever says that their
    column has numbers, while nobody has said how they are written."""
    marks = {question.column: question.marks for question in open_questions(folder)}
    for cause in causes_of(folder):
        if cause.code == "maybe_thousands" and cause.verdict is None:
            is_inside = read_schema(folder).column(cause.column).type is not DynamoType.N
            mend = (
                "If they are thousands, take the points out of the list; if they are fractions, say that it is right."
                if is_inside
                else _say_which(cause.column, marks.get(cause.column, "."))
            )
            told = (
                f'"{cause.column}": {_cells(cause.count)} may have a point for thousands, and would be written as '
                f"fractions. {mend}"
            )
            yield ListWarning("maybe_thousands", cause.column, told, cause.count, cause.first_row, is_doubt=True)


def set_doubts(folder: RunFolder) -> Iterator[ListWarning]:
    """Sets of which each would have one member, for another sign stands between the values of its cell."""
    for cause in causes_of(folder):
        if cause.code == "one_member_each" and cause.verdict is None:
            sign = read_schema(folder).column(cause.column).separator
            mend = f" To mend it: {words_for(cause.suggestions[0])}." if cause.suggestions else ""
            told = (
                f'"{cause.column}": {_cells(cause.count)} would be one member each of their set, for none has '
                f'"{sign}" between its values.{mend} If each is one value, say that it is right.'
            )
            yield ListWarning("one_member_each", cause.column, told, cause.count, cause.first_row, is_doubt=True)


def json_doubts(folder: RunFolder) -> Iterator[ListWarning]:
    """Cells that look like DynamoDB JSON and are none, in a column that has no right ones."""
    for cause in causes_of(folder):
        if cause.code == "maybe_dynamodb_json" and cause.verdict is None:
            told = (
                f"{cause.title}: names of types (S, N, SS ...) would become names in the map. Correct the values "
                "that DynamoDB JSON has otherwise (numbers in quotes, no empty set); if it is plain JSON, say that "
                "it is right."
            )
            yield ListWarning(cause.code, cause.column, told, cause.count, cause.first_row, is_doubt=True)


def _numbers_as_text(folder: RunFolder, schema: Schema) -> Iterator[ListWarning]:
    """Columns of numbers, as their source has them, that become text."""
    declared = declared_columns(folder)
    for spec in schema.imported:
        source = declared.get(spec.column)
        if source is not None and source.type in ("N", "BOOL") and spec.type is DynamoType.S:
            told = (
                f'The file has "{spec.column}" as {_type(source.type)}; it is written as {_type("S")}, as it stands '
            )
            yield ListWarning("number_as_text", spec.column, f"{told}in the file.")


def _beside_maps(schema: Schema, known: KnownTable) -> Iterator[ListWarning]:
    """Columns like address.city that become attributes of their own, though the table has a map `address`."""
    maps = {folded(name): name for name, counts in known.sample.types.items() if "M" in counts}
    beside: dict[str, list[ColumnSpec]] = {}
    for spec in schema.imported:
        name, dot, _ = spec.column.partition(".")
        if dot and folded(name) in maps and spec.attribute not in known.sample.types:
            beside.setdefault(maps[folded(name)], []).append(spec)
    for name, specs in beside.items():
        new = _some([f'"{spec.column}" → {spec.attribute}' for spec in specs])
        told = (
            f'The table has a map "{name}", and columns that may be parts of it become attributes of their own: '
            f"{new}. To write them into the map, say so on the Columns page (dots make maps), or with --nest-dots."
        )
        yield ListWarning("beside_a_map", specs[0].column, told)


def how_to_say(schema: Schema, cause: Cause) -> str:
    """What a person may say of numbers that are held back for how they are written; "" for other causes."""
    is_number = cause.code == "point_of_thousands" and schema.column(cause.column).type is DynamoType.N
    return f" {_say_which(cause.column)}" if is_number else ""


def _differing(schema: Schema, table: Sequence[KnownAttribute], items: int) -> Iterator[ListWarning]:
    """Attributes that the list writes as another type than the table's items have, or that those have as several."""
    by_name = {attribute.name: attribute for attribute in table}
    for conflict in type_conflicts(schema, table):
        spec = schema.column(conflict.column)
        held = f"{_type(conflict.seen)} in {conflict.count:,} of {_items(items)}"
        is_map = conflict.attribute != spec.attribute
        writes = _type("M") if is_map else _type(spec.type.value)
        told = f'The table has "{conflict.attribute}" as {held}; the list writes {writes}.'
        told += " Without --nest-dots its columns become attributes of their own." if is_map else ""
        yield ListWarning("type_conflict", conflict.column, told)
    for spec in schema.imported:
        attribute = by_name.get(spec.attribute or "")
        if attribute is not None and len(attribute.seen) > 1:
            held = ", ".join(f"{_type(kind)} in {count:,}" for kind, count in attribute.seen.items())
            told = f'The table has "{attribute.name}" as {held} of {_items(items)}; the list writes '
            yield ListWarning("mixed_types", spec.column, f"{told}{_type(spec.type.value)}.")


def _also_named(schema: Schema, table: Sequence[KnownAttribute]) -> Iterator[ListWarning]:
    """Columns whose name is none of the table's, and alike to several of them: one was taken."""
    used = {spec.attribute for spec in schema.imported}
    for spec in schema.imported:
        alike = [one.name for one in table if one.name not in used and folded(one.name) == folded(spec.column)]
        if spec.attribute != spec.column and alike and any(one.name == spec.attribute for one in table):
            told = (
                f'"{spec.column}" goes into "{spec.attribute}"; the table also has {_some(alike)}, the same name '
                f"otherwise written. To choose that one: the Columns page, or a schema."
            )
            yield ListWarning("alike_attributes", spec.column, told)


def type_reason(schema: Schema, cause: Cause, known: KnownTable | None) -> str:
    """Who says that the column has the type that the cells of this cause do not fit, or what it must be like; "" for
    other causes."""
    if cause.code in INSIDE_CODES:
        return f"for it {cause.rule}"
    if cause.code not in TYPE_CODES:
        return ""
    spec = schema.column(cause.column)
    table = known_attributes(known, nest_dots=schema.nest_dots) if known is not None else ()
    attribute = next((one for one in table if one.name == spec.attribute), None)
    why = _why(schema, spec, attribute, known.sample.items if known is not None else 0)
    return f"for {why} as {_type(spec.type.value)}"


def _why(schema: Schema, spec: ColumnSpec, attribute: KnownAttribute | None, items: int) -> str:
    """Who says what type the column has."""
    indexes = schema.indexes_of(spec.attribute)
    if indexes:
        named = f"{'index' if len(indexes) == 1 else 'indexes'} {', '.join(indexes)}"
        return f'{named} of the table wants "{spec.attribute}"'
    if spec.attribute in schema.key:
        return f'the table\'s key is "{spec.attribute}"'
    if attribute is not None and attribute.seen.get(spec.type.value):
        return f'{attribute.seen[spec.type.value]:,} of {_items(items)} have "{attribute.name}"'
    if spec.type_from is TypeFrom.EARLIER:
        return f'the list that was saved has "{spec.attribute}"'
    return f'"{spec.attribute}" is said to be written'


def schema_notes(schema: Schema, known: KnownTable) -> tuple[str, ...]:
    """Which column is the key, which become attributes of another name (the table's, or new ones), and which are
    written as something else than text."""
    attributes = known_attributes(known, nest_dots=schema.nest_dots)
    table = {attribute.name for attribute in attributes} - set(schema.key)
    types = {attribute.name: attribute.type for attribute in attributes}
    typed = [spec for spec in schema.imported if spec.type is not DynamoType.S and spec.attribute not in schema.key]
    by_table, by_source, by_cells, said = (
        [f"{spec.attribute} ({spec.type.words})" for spec in typed if _type_is_from(spec, types) == source]
        for source in ("table", "source", "cells", "")
    )
    others = [spec for spec in schema.imported if spec.attribute not in schema.key and spec.attribute != spec.column]
    taken = [f'"{spec.column}" → {spec.attribute}' for spec in others if spec.attribute in table]
    new = [f'"{spec.column}" → {spec.attribute}' for spec in others if spec.attribute not in table]
    keys = [f'"{spec.column}" → {spec.attribute}' for spec in schema.key_specs]
    notes = [f"the key is {', '.join(keys)}"]
    if taken:
        notes.append(f"names that the table has already: {_some(taken)}")
    if new:
        notes.append(f"new names: {_some(new)} (--names keep leaves them as they are)")
    if by_table:
        notes.append(f"types that the table has: {_some(by_table)}")
    if by_source:
        notes.append(f"types that the file gives: {_some(by_source)}")
    if by_cells:
        notes.append(f"not written as text: {_some(by_cells)} (--type says otherwise)")
    if said:
        notes.append(f"types that were said: {_some(said)}")
    return tuple(notes)


def _type_is_from(spec: ColumnSpec, types: Mapping[str, str]) -> str:
    if types.get(str(spec.attribute)) == spec.type.value:
        return "table"
    if spec.type_from is None:
        return ""
    return "source" if spec.type_from is TypeFrom.SOURCE else "cells"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(names[:MOST_NAMED])}{more}"


def causes_of(folder: RunFolder) -> tuple[Cause, ...]:
    """What the check found; () before there was one."""
    try:
        return CheckResult.open(folder.check).report.causes
    except ConfigError:
        return ()


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count:,} cells"


def _items(count: int) -> str:
    return "1 item looked at" if count == 1 else f"{count:,} items looked at"


def _type(kind: str) -> str:
    return f"{DynamoType(kind).words} ({kind})"
