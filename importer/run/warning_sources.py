"""Everything a person should know about a list before it is imported, gathered for pages and command line alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from importer.list_warning import ListWarning
from importer.run.folder import RunFolder
from importer.table import TableDescription

Source = Callable[[RunFolder, TableDescription | None], Iterable[ListWarning]]

SOURCES: tuple[Source, ...] = ()
"""Who has something to say about a list; each is asked with the run's folder and the table (None: not known)."""


def list_warnings(folder: RunFolder, description: TableDescription | None) -> tuple[ListWarning, ...]:
    """What is unusual about the list in `folder`, doubts about its reading first."""
    warnings = [warning for source in SOURCES for warning in source(folder, description)]
    return tuple(sorted(warnings, key=lambda warning: not warning.is_doubt))
