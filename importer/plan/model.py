"""What a run will do, frozen before its first request: the plan, its sentence, and what may not change after."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import Enum
from typing import Any

from importer.errors import ConfigError
from importer.plain_types import UNREADABLE, of_its_types
from importer.table import TableKey, Target


class Mode(Enum):
    """What happens to an item whose key is in the table already: replaced, or left as it is."""

    OVERWRITE = "overwrite"
    INSERT = "insert"


@dataclass(frozen=True)
class Pace:
    """How fast: caps in write units and rows a second (None: no cap), seconds between batches, requests in flight.

    `workers` None: as many requests at a time as bring more rows. `pause_s` 0.1 with one worker is the pace of the
    page that this app replaces.
    """

    rate_wcu: float | None = None
    rate_rows: float | None = None
    pause_s: float = 0.0
    workers: int | None = None

    def __post_init__(self) -> None:
        caps = (self.rate_wcu, self.rate_rows)
        if any(cap is not None and not cap > 0 for cap in caps):
            raise ConfigError("A rate must be more than 0 a second. Leave it empty for no limit.")
        if not 0 <= self.pause_s <= 60:
            raise ConfigError(f"A pause of {self.pause_s} s between batches is out of range. Choose 0 to 60 s.")
        if self.workers is not None and not 1 <= self.workers <= 64:
            raise ConfigError(f"{self.workers} requests at a time is out of range. Choose 1 to 64.")


@dataclass(frozen=True)
class Plan:
    """Everything that decides what is written where. Rows: ready + rejected + skipped + duplicate = rows.
    `key_columns`: the column of each part of the key."""

    source_name: str
    source_sha256: str
    recipe_fingerprint: str
    schema_fingerprint: str
    check_fingerprint: str
    dialect: dict[str, Any]
    mode: Mode
    target: Target
    key: TableKey
    rows: int
    ready: int
    rejected: int
    skipped: int
    duplicate: int
    slices: int
    batches: int
    estimated_wcu: float
    pace: Pace
    max_bad: str | None = None
    key_columns: tuple[str, ...] = ()

    @property
    def key_by_column(self) -> dict[str, str]:
        """Attribute of the key → the column of the cleaned list that becomes it; empty for a plan of an older app."""
        return dict(zip(self.key.attributes, self.key_columns, strict=False))

    def sentence(self) -> str:
        """`Add 1,812 contacts, reject 143, leave out 20, leave out 25 duplicates; into …`, no part that is 0."""
        verb = "Write" if self.mode is Mode.OVERWRITE else "Add"
        parts = [f"{verb} {self.ready:,} {plural(self.ready, 'contact')}"]
        if self.rejected:
            parts.append(f"reject {self.rejected:,}")
        if self.skipped:
            parts.append(f"leave out {self.skipped:,}")
        if self.duplicate:
            parts.append(f"leave out {self.duplicate:,} {plural(self.duplicate, 'duplicate')}")
        told = "replacing" if self.mode is Mode.OVERWRITE else "keeping"
        columns = " and ".join(f'{name} (column "{column}")' for name, column in self.key_by_column.items())
        key = f" They are told apart by {columns}." if columns else ""
        into = " into" if len(parts) == 1 else "; into"
        return f"{', '.join(parts)}{into} {self.target.sentence()}, {told} contacts that are there already.{key}"

    def fingerprint(self) -> str:
        """SHA-256 over the whole plan, hex."""
        text = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, for plan.json."""
        told = dict(vars(self))
        told["mode"] = self.mode.value
        told["target"] = self.target.to_dict()
        told["key"] = self.key.to_dict()
        told["pace"] = dict(vars(self.pace))
        told["key_columns"] = list(self.key_columns)
        if not self.key_columns:  # as an older app wrote it, so that its plan still has the hash it had
            del told["key_columns"]
        return told

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> Plan:
        """The reverse of `to_dict`; ConfigError for a file that is no plan."""
        try:
            fields = {
                **told,
                "mode": Mode(told["mode"]),
                "target": Target.from_dict(told["target"]),
                "key": TableKey.from_dict(told["key"]),
                "pace": Pace(**told["pace"]),
                "key_columns": tuple(told.get("key_columns", ())),
            }
            return of_its_types(cls(**fields))
        except UNREADABLE as error:
            raise ConfigError("The plan of this run cannot be read. Make a new run from the same list.") from error


def plural(count: int, word: str) -> str:
    """`contact` for 1, else `contacts`."""
    return word if count == 1 else f"{word}s"


def differences(frozen: Plan, now: Plan) -> tuple[str, ...]:
    """What changed since the plan was frozen, in plain words; pace and limits may change."""
    pairs = (
        ("the source", frozen.source_sha256 == now.source_sha256),
        ("the way the file is read", frozen.dialect == now.dialect),
        ("the recipe", frozen.recipe_fingerprint == now.recipe_fingerprint),
        ("the schema", frozen.schema_fingerprint == now.schema_fingerprint),
        ("the outcome of the check", frozen.check_fingerprint == now.check_fingerprint),
        ("the mode", frozen.mode is now.mode),
        ("the destination", frozen.target.same_place(now.target)),
        ("the table's key", frozen.key == now.key),
    )
    return tuple(f"{name} changed" for name, same in pairs if not same)
