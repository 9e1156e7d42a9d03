"""What `check` and `run` do with the options that say what columns become."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import combinations

from importer.check import (
    BinaryForm,
    DynamoType,
    KeyColumnMissing,
    NameStyle,
    Schema,
    SchemaChoices,
    number_step,
    typed_as,
)
from importer.clean import ParseNumbers, load_history, save_history
from importer.cli.key_words import BINARY_TYPES, NUMBER_FORMS, KeyWord, TypeWord
from importer.cli.screen import tell
from importer.cli.usage import UsageError
from importer.errors import ConfigError
from importer.run import (
    RunFolder,
    choose_key,
    known_table,
    name_as_read,
    open_stage,
    prepare_profile,
    prepare_schema,
    read_schema,
    save_schema,
    schema_notes,
    settle_questions,
)
from importer.settings import DEFAULT_KEY
from importer.table import KeyPart, TableKey


def table_key(words: Sequence[KeyWord], table: TableKey | None, schema: Schema | None) -> TableKey:
    """The key that counts: the table's, else the one that `--key` names, else the schema's, else email.

    UsageError where --key names another one than the table has.
    """
    parts = [part for word in words for part in word.parts]
    if table is not None:
        types = {part.attribute: part.type for part in table.parts}
        for word in words:
            for part in word.parts:
                if part.attribute not in types or (word.typed and types[part.attribute] != part.type):
                    raise UsageError(f"--key names {part}, but the table's key is {table}.")
        return table
    if len(parts) > 2:
        raise UsageError("A key has a partition part and at most one sort part.")
    if parts:
        return TableKey(*parts)
    return schema_key(schema) if schema is not None else TableKey(KeyPart(DEFAULT_KEY, "S"))


def schema_key(schema: Schema) -> TableKey:
    """The table's key as a schema tells it."""
    types = {spec.attribute: spec.type.name for spec in schema.columns}
    return TableKey(*(KeyPart(name, types[name]) for name in schema.key))  # type: ignore[arg-type]


def make_schema(
    folder: RunFolder, key: TableKey, options: argparse.Namespace, given: Schema | None, *, is_saved: bool
) -> None:
    """The schema of the list in `folder` by the options: the `given` one, else one that is inferred; then what the
    options say on top of it, and what is to be told about names. ConfigError for what does not fit."""
    columns = {word.parts[0].attribute: word.column for word in options.key if word.column}
    if given is not None and options.names:
        raise UsageError("The schema names the attributes already. Leave out --names.")
    names = NameStyle(options.names) if options.names else None
    choices = SchemaChoices(columns, names, options.nest_dots)
    with _choice_of(columns):
        schema = prepare_schema(folder, key, None if is_saved else given, choices)
    if given is not None:
        _tell_what_the_table_changed(given, schema)
        if columns:
            with _choice_of(columns):
                schema = choose_key(folder, key, columns)
        if options.nest_dots:
            _kept(folder, replace(schema, nest_dots=True))
            schema = prepare_schema(folder, key)
    if options.types:
        wanted = _with_types(folder, schema, options.types)
        schema = prepare_schema(folder, key)
        if schema != wanted:
            raise ConfigError(_insists(key, wanted, schema))
    for note in schema_notes(schema, known_table(folder, key)) if schema.key == key.attributes else ():
        tell(f"note: {note}")


@contextmanager
def _choice_of(columns: Mapping[str, str]) -> Iterator[None]:
    """UsageError for a choice of key columns that the list does not have."""
    try:
        yield
    except KeyColumnMissing:
        raise
    except ConfigError as error:
        raise UsageError(str(error)) if columns else error from None


def _with_types(folder: RunFolder, schema: Schema, words: Sequence[TypeWord]) -> Schema:
    """The schema with what `--type` says, kept, and the steps that read numbers as it says."""
    twice = next((one.column for one, other in combinations(words, 2) if one.column == other.column), None)
    if twice is not None:
        raise UsageError(f'--type names column "{twice}" twice. Leave one of them out.')
    types = [
        (word.column, DynamoType(word.kind), BinaryForm(word.form) if word.kind in BINARY_TYPES else None)
        for word in words
    ]
    try:
        wanted = _kept(folder, typed_as(schema, types))
    except ConfigError as error:
        raise UsageError(str(error)) from None
    settle_questions(folder, [word.column for word in words])
    history, columns = load_history(folder.recipe), open_stage(folder).columns
    steps = [_number_step(folder, word) for word in words if word.form in NUMBER_FORMS]
    if steps:
        history = history.do(*steps)
        history.recipe.check(columns)
        save_history(folder.recipe, history)
    return wanted


def _number_step(folder: RunFolder, word: TypeWord) -> ParseNumbers:
    """The step that reads the column's numbers as `word` says. UsageError where that cannot be told by one mark."""
    name = name_as_read(folder, word.column)
    marks = prepare_profile(folder).column(name).numbers.marks if name is not None else ""
    marks, thousands = marks or ".", word.form == "thousands"
    if len(marks) > 1 or not (thousands or marks in ".,"):
        raise UsageError(
            f'The numbers of "{word.column}" have {len(marks)} marks before three digits, so {word.kind}:{word.form} '
            "does not tell how to read them. Read them with steps of a recipe, each with its mark (--recipe)."
            if len(marks) > 1
            else f'The three digits in "{word.column}" stand after a space or an apostrophe, and that is no decimal '
            f'mark. Say --type "{word.column}=N:thousands".'
        )
    return number_step(word.column, marks, thousands=thousands)


def _kept(folder: RunFolder, schema: Schema) -> Schema:
    save_schema(folder, schema)
    return read_schema(folder)


def _tell_what_the_table_changed(given: Schema, schema: Schema) -> None:
    before = {spec.attribute: spec.type for spec in given.imported}
    for spec in schema.imported:
        if spec.attribute in before and before[spec.attribute] is not spec.type:
            key = "the table's key" if spec.attribute in schema.key else "the table"
            where = " and ".join(f"index {name}" for name in schema.indexes_of(spec.attribute)) or key
            tell(f'note: "{spec.attribute}" is written as {spec.type.words} ({spec.type.value}): {where} has it so')


def _insists(key: TableKey, wanted: Schema, fitted: Schema) -> str:
    changed = next(
        one for one, other in zip(fitted.columns, wanted.columns, strict=True) if one.type is not other.type
    )
    where = " and ".join(f"index {name}" for name in fitted.indexes_of(changed.attribute)) or f"the table's key {key}"
    return f'"{changed.attribute}" must be {changed.type.words} ({changed.type.value}): {where} has it so.'
