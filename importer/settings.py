"""Where the importer keeps its data, and the few settings that come from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_HOME = Path("var")
"""Beside the code, so that one folder holds the app and its data, and deleting it leaves nothing behind."""

DEFAULT_TABLE = "EmailContacts"
"""The table of the page that this app replaces; its key is `email` (S)."""

DEFAULT_KEY = "email"


@dataclass(frozen=True)
class Settings:
    """All paths below are absolute. Nothing here is secret."""

    home: Path

    @property
    def runs(self) -> Path:
        """One folder a run, named by its random id."""
        return self.home / "runs"

    @property
    def passing(self) -> Path:
        """What commands make of a list that is not kept."""
        return self.home / "passing"

    @property
    def uploads(self) -> Path:
        """Uploads that are not finished yet."""
        return self.home / "uploads"

    @property
    def engine(self) -> Path:
        """The embedded engine: its binary, its database file, its state."""
        return self.home / "engine"

    @property
    def library(self) -> Path:
        """Saved schemas and recipes."""
        return self.home / "library"


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from `IMPORTER_HOME` (default `var/` under the working folder)."""
    home = Path(environ.get("IMPORTER_HOME") or DEFAULT_HOME)
    return Settings(home=home.expanduser().resolve())
