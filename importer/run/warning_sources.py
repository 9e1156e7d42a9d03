"""Everything a person should know about a list before it is imported, gathered for pages and command line alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from importer.intake import Stage
from importer.list_warning import ListWarning
from importer.plan import Mode
from importer.run.folder import RunFolder
from importer.run.schemas import read_schema
from importer.table import TableDescription, TableSample


@dataclass(frozen=True)
class Asked:
    """What is asked about: the list in `folder`, and the table it goes to.

    `description` None: the table is not known. `sample`: some of its items; None where they were not looked at, with
    an `error` where they could not be. `mode` None: what happens to contacts that are there already is not decided.
    """

    folder: RunFolder
    description: TableDescription | None = None
    sample: TableSample | None = None
    mode: Mode | None = None


MOST_NAMED = 12
"""Attributes named in one line; the rest are counted."""

Source = Callable[[Asked], Iterable[ListWarning]]


def _items_not_seen(asked: Asked) -> Iterable[ListWarning]:
    """Said once, whoever wanted to look at them."""
    if asked.sample is not None and asked.sample.error:
        told = "The items in the table could not be looked at, so the list was not compared with them."
        yield ListWarning("table_not_looked_at", "", f"{told} {asked.sample.error}")


def _would_wipe(asked: Asked) -> Iterable[ListWarning]:
    """What contacts that are there already lose by an overwrite: it replaces the whole item."""
    if asked.mode is not Mode.OVERWRITE or asked.sample is None:
        return
    written = {spec.attribute for spec in read_schema(asked.folder).imported}
    held = {name: asked.sample.holding(name) for name in asked.sample.types if name not in written}
    if not held:
        return
    names = sorted(held, key=lambda name: (-held[name], name))
    told = ", ".join(f"{name} (in {held[name]:,})" for name in names[:MOST_NAMED])
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    items = "the 1 item" if asked.sample.items == 1 else f"{asked.sample.items:,} items"
    yield ListWarning(
        "would_wipe",
        "",
        "Overwriting replaces whole items: a contact of this list that is in the table already loses what the list "
        f"does not have. Of {items} looked at, these attributes are not in the list: {told}{more}.",
        max(held.values()),
    )


def _unpacking(asked: Asked) -> Iterable[ListWarning]:
    """What the workbook or archive held beside the list: hidden rows, merged cells, formulas without a value."""
    return Stage.open(asked.folder.stage).report.warnings


SOURCES: tuple[Source, ...] = (_unpacking, _items_not_seen, _would_wipe)
"""Who has something to say about a list."""


def list_warnings(asked: Asked) -> tuple[ListWarning, ...]:
    """What is unusual about the list, doubts about its reading first."""
    warnings = [warning for source in SOURCES for warning in source(asked)]
    return tuple(sorted(warnings, key=lambda warning: not warning.is_doubt))
