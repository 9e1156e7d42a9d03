"""The history on disk: written whole or not at all, readable by its owner only."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from importer.clean.history import History
from importer.errors import ConfigError
from importer.files import write_private


def load_history(path: Path) -> History:
    """The history in `path`, an empty one if there is no such file; ConfigError if it is damaged."""
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return History()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"The recipe in {path} cannot be read ({type(error).__name__}). Put a good one there."
        ) from None
    return _history(text)


@lru_cache(maxsize=4)
def _history(text: str) -> History:
    """Kept as long as the text is the same: a check asks for it a dozen times, and a long one takes its time."""
    return History.from_json(text)


def save_history(path: Path, history: History) -> None:
    """Writes `path` (mode 0600), whole or not at all, so a reload loses nothing; FatalError when the disk refuses."""
    write_private(path, history.to_json())
