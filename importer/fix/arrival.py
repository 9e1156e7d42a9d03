"""A fixed file that came over a page: it lies in the run's own folder while it is read, however the process ends."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from importer.errors import FatalError
from importer.files import write_private
from importer.run import RunFolder, changing


@contextmanager
def arrived(folder: RunFolder, content: bytes) -> Iterator[Path]:
    """`content` as a file that its owner alone may read, gone at the end. One at a time for each run.

    The system's temporary folder would keep it after a kill; here the next file takes it away, for it holds cells.
    Raises FatalError when the disk refuses.
    """
    with changing(folder):
        shutil.rmtree(folder.arrived, ignore_errors=True)
        try:
            yield _kept(folder.arrived, content)
        finally:
            shutil.rmtree(folder.arrived, ignore_errors=True)


def _kept(place: Path, content: bytes) -> Path:
    try:
        place.mkdir(mode=0o700)
    except OSError as error:
        raise FatalError(f"{place} cannot be made ({error.strerror}). Make room, then try again.") from error
    write_private(place / "fixed", content)
    return place / "fixed"
