"""How a file that may hold contacts' data is written: whole or not at all, and for its owner only."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from importer.errors import FatalError


def to_json(value: Mapping[str, Any]) -> str:
    """Indented JSON with a line end, for people and diffs."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def sha256_of(path: Path) -> str:
    """SHA-256 of the file's bytes, hex. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_private(path: Path, content: str | bytes) -> None:
    """Writes `path` (mode 0600, text as UTF-8): a reader or a crash at any moment meets the old file or the new.

    The file is on the disk before its name is: temp file beside it, fsync, rename, fsync of the folder.
    Raises FatalError when the disk refuses.
    """
    given = content.encode("utf-8") if isinstance(content, str) else content
    try:
        with new_file(path) as file:
            file.write(given)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FatalError(
            f"{path} ({len(given):,} bytes) cannot be written: {reason}. Mend that, then go on."
        ) from None


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file (0600) that is called `path` once the block ends and all of it is on the disk; after an error in the
    block what was there before is. One that is killed leaves `.NAME.…` beside it. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
