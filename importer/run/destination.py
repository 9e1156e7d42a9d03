"""The plan's table, made ready to be written to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from importer.errors import ConfigError
from importer.plan import Plan
from importer.settings import Settings
from importer.table import (
    Connection,
    EngineLease,
    describe_table,
    dynamodb_client,
    signing_parts,
)
from importer.write import TableDestination


@contextmanager
def usable_connection(settings: Settings, connection: Connection, *, purpose: str) -> Iterator[Connection]:
    """The connection as it can be used now; the embedded engine is started and kept up for as long as the block."""
    if connection.kind != "embedded":
        yield connection
        return
    with EngineLease(settings, purpose) as lease:
        yield replace(connection, endpoint_url=lease.info.endpoint_url)


def open_destination(plan: Plan, connection: Connection) -> Any:
    """The destination for the write engine, after a look at the table.

    ConfigError when the table is not there, takes no writes now, or has another key than the one planned;
    RetryableError when it cannot be reached.
    """
    table = plan.target.table
    description = describe_table(dynamodb_client(connection), table)
    if not description.writable:
        raise ConfigError(f'Table "{table}" is {description.status}, not ACTIVE. Resume when it is.')
    if description.key != plan.key:
        told = f'Table "{table}" has key {description.key} now, the plan was made for {plan.key}'
        raise ConfigError(f"Resume refused: {told}. Make a new run of the list.")
    return TableDestination(signing_parts(connection), table, plan.mode, plan.key)
