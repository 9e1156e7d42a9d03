"""The plan's table, made ready to be written to."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from importer.endpoint import BatchBody, EndpointDestination, load_key
from importer.errors import ConfigError
from importer.plan import Mode, Plan
from importer.run.capacity import CapacityWatch
from importer.settings import Settings
from importer.table import (
    Connection,
    EngineLease,
    TableDescription,
    client_and_signing_parts,
    describe_table,
)
from importer.write import BodyOf, TableBody, TableDestination


@contextmanager
def usable_connection(settings: Settings, connection: Connection, *, purpose: str) -> Iterator[Connection]:
    """The connection as it can be used now; the embedded engine is started and kept up for as long as the block."""
    if connection.kind != "embedded":
        yield connection
        return
    with EngineLease(settings, purpose) as lease:
        yield replace(connection, endpoint_url=lease.info.endpoint_url)


def body_maker(plan: Plan) -> BodyOf:
    """What makes the bodies of the plan's requests; known before the destination is looked at."""
    if plan.target.connection.kind == "batch":
        return BatchBody()
    return TableBody(plan.target.table, insert=plan.mode is Mode.INSERT)


def open_destination(
    plan: Plan, connection: Connection, *, wall_clock: Callable[[], float] = time.time
) -> tuple[Any, CapacityWatch]:
    """The destination for the write engine, after a look at the table, and what looks at its capacity later on.

    ConfigError when the table is not there, takes no writes now, has another key than the one planned, or lies in
    another account (the credentials are others' by now); RetryableError when it cannot be reached.
    """
    table = plan.target.table
    client, parts = client_and_signing_parts(connection)
    description = describe_table(client, table)
    if not description.writable:
        raise ConfigError(f'Table "{table}" is {description.status}, not ACTIVE. Resume when it is.')
    if description.key != plan.key:
        told = f'Table "{table}" has key {description.key} now, the plan was made for {plan.key}'
        raise ConfigError(f"Resume refused: {told}. Make a new run of the list.")
    _refuse_other_account(plan, description)
    destination = TableDestination(parts, table, plan.mode, plan.key, wall_clock=wall_clock)
    watch = CapacityWatch(lambda: _table_wcu(describe_table(client, table)), _table_wcu(description))
    return destination, watch


def _refuse_other_account(plan: Plan, description: TableDescription) -> None:
    planned = plan.target.account
    if plan.target.connection.kind == "aws" and description.account and description.account != planned:
        raise ConfigError(
            f'Resume refused: these credentials lead to table "{description.name}" of account {description.account}; '
            f"the plan was made for account {planned}. Use that account's credentials, or make a new run of the list."
        )


def open_batch_endpoint(settings: Settings, connection: Connection) -> tuple[Any, CapacityWatch]:
    """The destination for rows that go to `POST /contacts/batch`; the capacity behind it is not known.

    ConfigError when its API key cannot be read.
    """
    url = str(connection.endpoint_url)
    return EndpointDestination(url, load_key(settings, url, os.environ)), CapacityWatch(lambda: None, None)


def _table_wcu(description: TableDescription) -> float | None:
    return None if description.write_capacity is None else float(description.write_capacity)
