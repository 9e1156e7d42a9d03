"""The API key of an endpoint: from the environment, or from a private file of the home. Never in a plan or a log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from importer.errors import ConfigError
from importer.files import write_private
from importer.settings import Settings

KEY_VARIABLE = "IMPORTER_ENDPOINT_KEY"


def key_file(settings: Settings, url: str) -> Path:
    """Where the key for this address is kept; one file an API and stage."""
    parts = urlsplit(url)
    place = f"{parts.netloc}{parts.path}".removesuffix("/contacts/batch")
    return settings.home / "endpoint" / (re.sub(r"[^A-Za-z0-9.]+", "-", place).strip("-.") + ".key")


def save_key(settings: Settings, url: str, api_key: str) -> Path:
    """Keep the key, one line, readable by its owner only; the file."""
    path = key_file(settings, url)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(path, api_key.strip() + "\n")
    return path


def load_key(settings: Settings, url: str, environ: Mapping[str, str]) -> str:
    """The key to send to this address; "" when none is set, which is right for an endpoint without one.

    Raises ConfigError when the file cannot be read.
    """
    if environ.get(KEY_VARIABLE):
        return environ[KEY_VARIABLE].strip()
    path = key_file(settings, url)
    try:
        return path.read_text("utf-8").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The API key in {path} cannot be read. Set it again.") from error
