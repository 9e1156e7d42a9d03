"""Wrong usage that only shows once all options are known."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from importer.errors import ConfigError, SourceError

if TYPE_CHECKING:
    from importer.intake import SourceSpec
    from importer.list_warning import ListWarning


class UsageError(ConfigError):
    """The command line itself is wrong: exit code 2."""


class DoubtsFound(UsageError):
    """The list may have been read wrongly; `warnings` are all that is unusual about it, with the doubts."""

    def __init__(self, message: str, warnings: tuple[ListWarning, ...]) -> None:
        super().__init__(message)
        self.warnings = warnings


def require_file(path: Path) -> None:
    """SourceError unless there is a file at `path`."""
    if path.is_dir():
        raise SourceError(f"{path.name} is a folder. Name a file in it.")
    if not path.is_file():
        raise SourceError(f"There is no file {path.name}. Check its place.")


def source_spec(options: argparse.Namespace) -> SourceSpec:
    """The list that the arguments describe. UsageError when they contradict each other."""
    from importer.intake import SourceSpec

    try:
        return SourceSpec(
            places=tuple(options.places),
            member=options.member,
            header_row=options.header_row[0] if options.header_row else None,
            header_end=options.header_row[1] if options.header_row else None,
            encoding=options.encoding,
            delimiter=options.delimiter,
            no_header=options.no_header,
            repair=tuple(dict.fromkeys(options.repair)),
        )
    except ConfigError as error:
        raise UsageError(str(error)) from None


def member_not_chosen(error: SourceError) -> UsageError:
    """What to add to the command line where it is open which list is meant."""
    return UsageError(f"{error} Name it with --member NAME, or take all with --member all.")
