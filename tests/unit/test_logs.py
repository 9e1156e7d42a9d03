"""A log names types and places of an error; the texts of libraries, which quote cells, stay out of it."""

from __future__ import annotations

import io
import logging
import sys

from importer.errors import ConfigError
from importer.logs import FORMAT, ValueFreeFormatter

CELL = "ada@example.com"


def failed_with(error: Exception) -> logging.LogRecord:
    try:
        raise error
    except type(error):
        return logging.LogRecord("importer", logging.ERROR, __file__, 1, "stopped", (), sys.exc_info())


def test_a_librarys_message_is_left_out_and_the_place_is_kept() -> None:
    told = ValueFreeFormatter(FORMAT).format(failed_with(ValueError(f"bad cell {CELL}")))
    assert CELL not in told
    assert told.endswith("ValueError")
    assert "in failed_with" in told


def test_control_the_plain_formatter_tells_the_cell() -> None:
    assert CELL in logging.Formatter(FORMAT).format(failed_with(ValueError(f"bad cell {CELL}")))


def test_our_own_message_is_kept() -> None:
    assert "ConfigError: Table not found." in ValueFreeFormatter(FORMAT).format(
        failed_with(ConfigError("Table not found."))
    )


def test_what_another_handler_wrote_of_the_same_error_is_not_taken_over() -> None:
    other, ours = logging.StreamHandler(io.StringIO()), logging.StreamHandler(out := io.StringIO())
    ours.setFormatter(ValueFreeFormatter(FORMAT))
    record = failed_with(ValueError(f"bad cell {CELL}"))
    for handler in (other, ours):
        handler.handle(record)
    assert CELL not in out.getvalue()
    assert "ValueError" in out.getvalue()
