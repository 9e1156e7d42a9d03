"""Where the importer keeps its data, and the few settings that come from the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT_HOME = Path("var")
"""Beside the code, so that one folder holds the app and its data, and deleting it leaves nothing behind."""

DEFAULT_TABLE = "EmailContacts"
"""The table of the page that this app replaces; its key is `email` (S)."""

DEFAULT_KEY = "email"


@dataclass(frozen=True)
class Settings:
    """All paths below are absolute. Nothing here is secret.

    `sources`: folders and S3 addresses that pages may take lists from; None where nothing is said of that.
    `endpoints`: hosts besides AWS's and this machine that the machine's keys may be sent to.
    """

    home: Path
    sources: tuple[str, ...] | None = None
    endpoints: tuple[str, ...] = ()

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
    """Settings from `IMPORTER_HOME` (default `var/` under the working folder), `IMPORTER_SOURCES` (places, a colon
    between two) and `IMPORTER_ENDPOINTS` (hosts, a comma between two; one of `AWS_ENDPOINT_URL` is named by that)."""
    home = Path(environ.get("IMPORTER_HOME") or DEFAULT_HOME)
    said = environ.get("IMPORTER_SOURCES")
    sources = None if said is None else tuple(place for place in _COLON.split(said.strip()) if place)
    urls = (environ.get(name) or "" for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"))
    hosts = [*(environ.get("IMPORTER_ENDPOINTS") or "").split(","), *(urlsplit(url).hostname or "" for url in urls)]
    endpoints = tuple(host.strip().lower() for host in hosts if host.strip())
    return Settings(home=home.expanduser().resolve(), sources=sources, endpoints=endpoints)


_COLON = re.compile(r":(?!//)")
"""Between two places; the colon of `s3://` is part of one."""
