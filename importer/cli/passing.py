"""A folder for what one command makes of a list and nobody keeps. A kill leaves cells in it: the next command of the
kind takes them away, so they lie beside the runs and not where the whole machine keeps its temporary files."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from importer.errors import ConfigError
from importer.settings import Settings

IN_USE = "in-use"
"""Locked for as long as its command lives, however it ends."""

YOUNG_S = 60.0
"""A folder without a lock may have been made this very moment."""


@contextmanager
def passing_folder(settings: Settings) -> Iterator[Path]:
    """An empty folder (0700), gone when the block ends, as is a home that was made for it.

    ConfigError where it cannot be made.
    """
    is_new_home = not settings.home.exists()
    try:
        settings.passing.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(settings.passing)
        made = Path(tempfile.mkdtemp(dir=settings.passing))
    except OSError as error:
        raise ConfigError(
            f"{settings.passing} cannot be written ({error.strerror}). Mend its rights, or let IMPORTER_HOME name "
            "another folder."
        ) from error
    try:
        with (made / IN_USE).open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        if is_new_home:
            with suppress(OSError):  # another command may be at home by now
                settings.passing.rmdir()
                settings.home.rmdir()


def _sweep(passing: Path) -> None:
    """Remove what killed commands left."""
    for left in passing.iterdir():
        if not _is_in_use(left):
            shutil.rmtree(left, ignore_errors=True)


def _is_in_use(folder: Path) -> bool:
    try:
        with (folder / IN_USE).open("r+") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return folder.exists() and time.time() - folder.stat().st_mtime < YOUNG_S
    return False
