"""A folder for what one command makes of a list and nobody keeps. A kill leaves cells in it: the next command of the
kind takes them away, so they lie beside the runs and not where the whole machine keeps its temporary files."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from importer.errors import ConfigError
from importer.settings import Settings


@contextmanager
def passing_folder(settings: Settings) -> Iterator[Path]:
    """An empty folder (0700), gone when the block ends, as is a home that was made for it.

    It is locked for as long as its command lives, however that ends. ConfigError where it cannot be made.
    """
    is_new_home = not settings.home.exists()
    with ExitStack() as held:
        try:
            made = _made(settings.passing, held)
        except OSError as error:
            raise ConfigError(
                f"{settings.passing} cannot be written ({error.strerror}). Mend its rights, or let IMPORTER_HOME "
                "name another folder."
            ) from error
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)
            if is_new_home:
                with suppress(OSError):  # another command may be at home by now
                    settings.passing.rmdir()
                    settings.home.rmdir()


def _made(passing: Path, held: ExitStack) -> Path:
    """A new folder, its lock in `held`. Nobody sweeps while one is made and not locked yet."""
    while True:
        with suppress(FileNotFoundError):  # the command that made the home may take it away again
            passing.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError), _locked(passing):
            _sweep(passing)
            made = Path(tempfile.mkdtemp(dir=passing))
            held.enter_context(_locked(made))
            return made


def _sweep(passing: Path) -> None:
    """Remove what killed commands left: whatever nobody holds."""
    for left in passing.iterdir():
        with suppress(BlockingIOError, FileNotFoundError), _locked(left, wait=False):
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _locked(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """The folder's lock, which the system frees when the process ends; BlockingIOError without `wait`."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
