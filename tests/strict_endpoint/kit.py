"""Made-up contacts, and one call that runs the write engine against the service in virtual time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from botocore.credentials import Credentials

from importer.check import DynamoType, TypedColumn
from importer.errors import ImporterError
from importer.table import KeyPart, SigningParts, TableKey
from importer.write import (
    Acknowledged,
    Batch,
    Command,
    Failure,
    Puts,
    TableDestination,
    Tick,
    build_puts,
    pack_batches,
    write_batches,
)
from strict_endpoint.service import StrictService
from strict_endpoint.virtual import VirtualClock, VirtualTransport

EMAIL_KEY = TableKey(KeyPart("email"))


def typed(attribute: str, kind: str, texts: list[str | None], nulls: Iterable[int] = ()) -> TypedColumn:
    """A column; None = absent, `nulls` = the rows that are NULL."""
    null = np.zeros(len(texts), dtype=bool)
    null[list(nulls)] = True
    present = np.array([text is not None for text in texts], dtype=bool)
    text = pd.Series(["" if one is None else one for one in texts], dtype="str")
    return TypedColumn(attribute, DynamoType(kind), text, present, null)


def contact_items(
    count: int, *, prefix: str = "contact", bad: Iterable[int] = (), first: int = 0
) -> list[dict[str, Any]]:
    """Items of contacts that never were, from row `first` on; those in `bad` have "bad" in their key."""
    wrong = set(bad)
    return [
        {
            "email": {"S": f"{'bad' if row in wrong else prefix}{row}@example.com"},
            "name": {"S": f'Zoë "{row}" Testperson'},
            "age": {"N": str(row % 90)},
            "active": {"BOOL": row % 2 == 0},
        }
        for row in range(first, first + count)
    ]


def contact_puts(count: int, **how: Any) -> Puts:
    """The same as put requests."""
    items = contact_items(count, **how)
    columns = [
        typed("email", "S", [item["email"]["S"] for item in items]),
        typed("name", "S", [item["name"]["S"] for item in items]),
        typed("age", "N", [item["age"]["N"] for item in items]),
        typed("active", "BOOL", [str(item["active"]["BOOL"]).lower() for item in items]),
    ]
    return build_puts(columns, key=("email",))


SLICE_ROWS = 5_000
"""Whole batches, made when they are asked for: most runs of minutes are cancelled before the list ends."""


def contact_batches(count: int, **how: Any) -> Iterator[Batch]:
    """The same in batches."""
    for index, first in enumerate(range(0, count, SLICE_ROWS)):
        rows = range(first, min(first + SLICE_ROWS, count))
        yield from pack_batches(index, rows, contact_puts(len(rows), first=first, **how))


def signing_parts(url: str, access_key: str = "AKIDEXAMPLE") -> SigningParts:
    """For an endpoint on this machine."""
    return SigningParts(url, "us-east-1", "dynamodb", Credentials(access_key, "made-up"), "")


@dataclass
class Result:
    """What a run of the engine told."""

    acks: list[Acknowledged] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)
    error: ImporterError | None = None

    @property
    def written(self) -> list[int]:
        """Positions, as often as they were told."""
        return sorted(position for ack in self.acks for position in ack.written)

    @property
    def existing(self) -> list[int]:
        """Positions whose key was there."""
        return sorted(position for ack in self.acks for position in ack.existing)

    @property
    def failed(self) -> list[Failure]:
        """Failures by position."""
        return sorted((one for ack in self.acks for one in ack.failed), key=lambda one: one.position)


def run_engine(destination: TableDestination, batches: Iterable[Batch], **options: Any) -> Result:
    """`write_batches` with its signals caught."""
    result = Result()
    options.setdefault("command", Command)
    record = options.pop("record", result.acks.extend)
    on_tick = options.pop("on_tick", result.ticks.append)
    try:
        write_batches(iter(batches), destination, record=record, on_tick=on_tick, **options)
    except ImporterError as error:
        result.error = error
    return result


def run_virtual(
    service: StrictService,
    clock: VirtualClock,
    batches: Iterable[Batch],
    *,
    mode: str = "overwrite",
    destination: Callable[..., TableDestination] = TableDestination,
    latency_s: float = 0.005,
    busy_s: float = 0.0,
    seed: int = 1,
    credentials: Any = None,
    transports: list[VirtualTransport] | None = None,
    **options: Any,
) -> Result:
    """The engine against the service, in virtual time. `transports` collects the transport that was used."""
    parts = SigningParts(
        "http://service", "us-east-1", "dynamodb", credentials or Credentials("AKIDEXAMPLE", "made-up"), ""
    )
    transport = VirtualTransport(service, clock, latency_s, busy_s)
    if transports is not None:
        transports.append(transport)
    key = TableKey(*(KeyPart(name) for name in service.key))
    place = destination(parts, service.table, mode, key, wall_clock=clock.now, open_transport=lambda: transport)
    return run_engine(place, batches, clock=clock.now, wait=clock.wait, random=random.Random(seed), **options)
