"""Asking a table what it is, and making one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from importer.errors import ConfigError
from importer.table.explain import call_of, explain_client_error
from importer.table.keys import TableDescription, TableKey, check_table_name, read_description

CREATE_PATIENCE_S = 120.0
"""AWS makes an on-demand table in 5 to 30 s."""

CREATE_POLL_S = 0.5


def describe_table(client: Any, name: str) -> TableDescription:
    """What the table is now, in whatever state.

    Raises ConfigError (missing, wrong region, no permission, expired or no credentials) or RetryableError (throttled,
    not reachable), in plain words.
    """
    check_table_name(name)
    try:
        return read_description(client.describe_table(TableName=name)["Table"])
    except Exception as error:
        raise explain_client_error(error, call_of(client, "DescribeTable", name)) from None


def list_tables(client: Any) -> tuple[str, ...]:
    """All table names of the account and region, sorted. Raises as `describe_table`."""
    try:
        pages = client.get_paginator("list_tables").paginate()
        return tuple(sorted(name for page in pages for name in page["TableNames"]))
    except Exception as error:
        raise explain_client_error(error, call_of(client, "ListTables")) from None


def create_table(
    client: Any,
    name: str,
    key: TableKey,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
    patience_s: float = CREATE_PATIENCE_S,
) -> TableDescription:
    """A new on-demand table, once it is ACTIVE.

    Raises ConfigError when it is there already, may not be made, or is not ACTIVE after `patience_s`.
    """
    check_table_name(name)
    roles = ("HASH", "RANGE")
    try:
        client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": part.attribute, "AttributeType": part.type} for part in key.parts
            ],
            KeySchema=[
                {"AttributeName": part.attribute, "KeyType": role}
                for part, role in zip(key.parts, roles, strict=False)
            ],
        )
    except Exception as error:
        raise explain_client_error(error, call_of(client, "CreateTable", name)) from None
    return _wait_until_active(client, name, clock, sleep, patience_s)


def _wait_until_active(
    client: Any,
    name: str,
    clock: Callable[[], float],
    sleep: Callable[[float], object],
    patience_s: float,
) -> TableDescription:
    deadline = clock() + patience_s
    while True:
        description = describe_table(client, name)
        if description.status == "ACTIVE":
            return description
        if clock() >= deadline:
            raise ConfigError(
                f'Table "{name}" is still {description.status} after {patience_s:.0f} s. '
                "Wait for it in AWS, then try again."
            )
        sleep(CREATE_POLL_S)
