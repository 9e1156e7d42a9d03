"""The API key of an endpoint: from the environment, or from a private file of the home. Never in a plan or a log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from importer.errors import ConfigError
from importer.files import write_private
from importer.settings import Settings
from importer.table import is_loopback

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
    """The key to send to this address: the environment's where its host is named for that, else the one kept for it;
    "" when none is set, which is right for an endpoint without one.

    Raises ConfigError when the file cannot be read, and where there is only a key for other hosts: anybody may have
    typed the address.
    """
    key, host = environ.get(KEY_VARIABLE, "").strip(), urlsplit(url).hostname or ""
    if key and (is_loopback(url) or host in settings.endpoints):
        return key
    path = key_file(settings, url)
    try:
        return path.read_text("utf-8").strip()
    except FileNotFoundError:
        if not key:
            return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The API key in {path} cannot be read. Set it again.") from error
    raise ConfigError(
        f"The key in {KEY_VARIABLE} is not sent to {host}, which IMPORTER_ENDPOINTS does not name. Name it there, or "
        "keep the endpoint's own key (on Settings, or with --endpoint-key-file)."
    )
