"""Logging that cannot carry a cell's value: one line an event, and exceptions by type and place only.

Libraries below us (pandera, engines behind boto3) quote cells and whole contacts in their exception texts, so a
traceback in a log keeps its frames and loses its message; our own errors keep theirs, which hold no values.
"""

from __future__ import annotations

import logging
import traceback
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
