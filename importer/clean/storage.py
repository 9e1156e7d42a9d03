"""The history on disk: written whole or not at all, readable by its owner only."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from importer.clean.history import History
from importer.errors import ConfigError, FatalError


def load_history(path: Path) -> History:
    """The history in `path`, an empty one if there is no such file; ConfigError if it is damaged."""
    try:
        text = path.read_text(encoding="utf-8", errors="surrogatepass")
    except FileNotFoundError:
        return History()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"The recipe in {path} cannot be read ({type(error).__name__}). Put a good one there."
        ) from None
    return History.from_json(text)


def save_history(path: Path, history: History) -> None:
    """Writes `path` (mode 0600) so that a reader or a crash at any moment meets the old file or the new one.

    The file is on the disk before its name is: temp file beside it, fsync, rename, fsync of the folder.
    Raises FatalError when the disk refuses.
    """
    try:
        _replace_file(path, history.to_json().encode("utf-8", "surrogatepass"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FatalError(
            f"The recipe cannot be saved to {path}: {reason}. Mend that, then do the step again."
        ) from None


def _replace_file(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
