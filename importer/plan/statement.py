"""The PartiQL statement that inserts one row: its text, and how long DynamoDB lets it be."""

from __future__ import annotations

from collections.abc import Iterable

MOST_STATEMENT_CHARACTERS = 8_192
"""DynamoDB API reference, BatchStatementRequest: the most characters of `Statement`. Its parameters do not count."""


def insert_statement(table: str, attributes: Iterable[str]) -> str:
    """INSERT with a `?` for each value, without a space that could be left out: the names are most of the length."""
    names = ",".join("'" + name.replace("'", "''") + "':?" for name in attributes)
    return f'INSERT INTO "{table}" VALUE {{{names}}}'
