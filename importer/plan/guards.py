"""What stands in the way of a run, found before its first request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from importer.errors import ConfigError
from importer.plan.bad_limit import BadLimit
from importer.plan.model import Mode, plural
from importer.plan.statement import MOST_STATEMENT_CHARACTERS, insert_statement

if TYPE_CHECKING:
    from importer.check import Schema
    from importer.table import TableDescription, TableKey


@dataclass(frozen=True)
class Guard:
    """One finding: a blocking one keeps the run from starting; the message says what to do."""

    code: str
    message: str
    blocking: bool


def check_guards(
    schema: Schema,
    description: TableDescription | None,
    *,
    table_error: str = "",
    rows: int,
    ready: int,
    rejected: int,
    undecided: int = 0,
    max_bad: str | None = None,
    mode: Mode = Mode.OVERWRITE,
) -> tuple[Guard, ...]:
    """All findings, blocking ones first. `description` None: the table could not be described, see `table_error`."""
    found = [*_table_guards(schema, description, table_error), *_row_guards(rows, ready, undecided)]
    if mode is Mode.INSERT and description is not None:
        found.extend(_statement_guard(schema, description.name))
    if max_bad is not None:
        found.extend(_limit_guard(max_bad, rejected, rows))
    return tuple(sorted(found, key=lambda guard: not guard.blocking))


def _table_guards(schema: Schema, description: TableDescription | None, table_error: str) -> list[Guard]:
    if description is None:
        return [Guard("table_unreachable", table_error, True)]
    found = []
    if not description.writable:
        told = f"Table {description.name} is {description.status}, not ACTIVE. Wait until it is, or choose another."
        found.append(Guard("table_not_active", told, True))
    return [*found, *_key_guards(schema, description.name, description.key), *_index_guards(schema, description)]


def _index_guards(schema: Schema, description: TableDescription) -> list[Guard]:
    """The service refuses every row that has an index's key as another type."""
    types = {spec.attribute: spec.type.name for spec in schema.imported}
    return [
        Guard(
            "index_type",
            f'Index "{key.index}" of table "{description.name}" wants {part}; the schema makes it '
            f"{types[part.attribute]}. Change its type to {part.type}.",
            True,
        )
        for key in description.index_keys
        for part in key.parts
        if types.get(part.attribute, part.type) != part.type
    ]


def _key_guards(schema: Schema, table: str, key: TableKey) -> list[Guard]:
    types = {spec.attribute: spec.type.name for spec in schema.columns if spec.attribute is not None}
    found = []
    for part in key.parts:
        wanted = f'Table "{table}" wants key {part}'
        given = types.get(part.attribute)
        if given is None:
            told = f"{wanted}; no column of the file is mapped to it. Map one on the Columns page or in the schema."
            found.append(Guard("key_missing", told, True))
        elif given != part.type:
            told = f"{wanted}; the schema makes it {given}. Change its type to {part.type}."
            found.append(Guard("key_type", told, True))
    return found


def _statement_guard(schema: Schema, table: str) -> list[Guard]:
    """A row with a value in every column must fit: that the widest row of the list has fewer is not known here."""
    attributes = [spec.attribute for spec in schema.columns if spec.attribute is not None]
    length = len(insert_statement(table, attributes))
    if length <= MOST_STATEMENT_CHARACTERS:
        return []
    told = (
        "Insert only names the table and every attribute in the statement of each row. Here that is "
        f"{length:,} characters for {len(attributes):,} attributes, more than the {MOST_STATEMENT_CHARACTERS:,} that "
        "DynamoDB takes. Import fewer columns, give them shorter attribute names, or choose overwrite."
    )
    return [Guard("statement_too_long", told, True)]


def _row_guards(rows: int, ready: int, undecided: int) -> list[Guard]:
    if rows == 0:
        return [Guard("no_rows", "The file has no rows below its header. Upload a list that has some.", True)]
    if ready == 0:
        none = f"None of the {rows:,} {plural(rows, 'row')} can be written."
        told = f"{none} Mend the list, or its rows on the Check page, first."
        return [Guard("no_ready_rows", told, True)]
    if undecided:
        have = "has" if undecided == 1 else "have"
        told = f"{undecided:,} {plural(undecided, 'row')} still {have} problems and will not be imported."
        return [Guard("undecided_rows", told, False)]
    return []


def _limit_guard(max_bad: str, rejected: int, rows: int) -> list[Guard]:
    try:
        limit = BadLimit.parse(max_bad)
    except ConfigError as error:
        return [Guard("bad_limit", str(error), True)]
    if not limit.exceeded(rejected, rows):
        return []
    told = (
        f"{rejected:,} {plural(rejected, 'row')} would be rejected, more than the limit of "
        f"{limit.allowed(rows):,}. Fix the list, or raise the limit."
    )
    return [Guard("too_many_bad", told, True)]
