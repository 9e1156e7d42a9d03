"""Wrong usage that only shows once all options are known."""

from pathlib import Path

from importer.errors import ConfigError, SourceError


class UsageError(ConfigError):
    """The command line itself is wrong: exit code 2."""


def require_file(path: Path) -> None:
    """SourceError unless there is a file at `path`."""
    if path.is_dir():
        raise SourceError(f"{path.name} is a folder. Name a file in it.")
    if not path.is_file():
        raise SourceError(f"There is no file {path.name}. Check its place.")
