"""Logging that cannot carry a cell's value: one line an event, and exceptions by type and place only.

Libraries below us (pandera, engines behind boto3) quote cells and whole contacts in their exception texts, so a
traceback in a log keeps its frames and loses its message; our own errors keep theirs, which hold no values.
"""

from __future__ import annotations

import logging
import os
import stat
import traceback
from contextlib import suppress
from types import TracebackType
from typing import TextIO

from importer.errors import ImporterError

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


class ValueFreeFormatter(logging.Formatter):
    """A formatter whose tracebacks name files, lines and functions, and messages of our own errors only."""

    def format(self, record: logging.LogRecord) -> str:
        # `exc_text` is where another handler's formatter left the whole message; it must not be taken over.
        kept, record.exc_text = record.exc_text, None
        try:
            return super().format(record)
        finally:
            record.exc_text = kept

    def formatException(  # noqa: N802 - the name is logging's
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        error = ei[1]
        if error is None:
            return ""
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        return "\n".join([*places, describe_error(error)])


def describe_error(error: BaseException) -> str:
    """The error's type, with its message only where we wrote the message ourselves."""
    if isinstance(error, ImporterError):
        return f"{type(error).__name__}: {error}"
    return type(error).__name__


def start_logging(stream: TextIO, level: int = logging.INFO) -> None:
    """Send everything of `importer.*` to `stream`; other libraries only from WARNING up, never their payloads."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(ValueFreeFormatter(FORMAT))
    ours = logging.getLogger("importer")
    ours.handlers[:] = [handler]
    ours.setLevel(level)
    ours.propagate = False


def let_go_of_terminal() -> None:
    """Send what is still told to nowhere: the terminal is gone, and each line to it would raise an error."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        with suppress(OSError):
            if stat.S_ISCHR(os.fstat(stream).st_mode):  # one that hung up says of itself that it is no terminal
                os.dup2(nowhere, stream)
    os.close(nowhere)
