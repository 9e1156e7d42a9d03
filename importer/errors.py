"""Every error the importer raises on purpose.

    ImporterError
    ├── ConfigError          what was asked for cannot be: a wrong file, table, key, permission or setting
    │   └── SourceError      the source cannot be read as a list (empty, binary, gone)
    ├── RetryableError       the service or the machine may do it later: throttled, timed out, unreadable reply
    ├── FatalError           the run cannot go on; what the ledger holds stays true (disk full, ledger damaged)
    ├── RowRejected          one row is wrong; never stops a run
    ├── RunPaused            signal: stop sending, keep everything, wait for a person
    └── RunCancelled         signal: stop sending, keep everything, end the process

A message says what is wrong, with its number, and then what to do. It never holds a cell's value: values live in
the source, the stage and the reject file alone.
"""

from __future__ import annotations

import re

LONG_WORD = re.compile(r'"[^"]{300,}"|\S{300,}')
"""A name in a message may be of any length that a file gives it; the end of the message says what to do."""


class ImporterError(Exception):
    """Base of all errors raised on purpose; `str(error)` is one plain sentence (or two) fit for a screen."""

    def __str__(self) -> str:
        return LONG_WORD.sub(lambda word: f"{word[0][:100]}…{word[0][-20:]}", super().__str__())


class ConfigError(ImporterError):
    """What was asked for cannot be. Raised before anything is written."""


class SourceError(ConfigError):
    """The source cannot be read as a list."""


class RetryableError(ImporterError):
    """The same request may succeed later."""


class FatalError(ImporterError):
    """The run cannot go on. What was recorded stays, and the run can be resumed once the cause is gone."""


class RowRejected(ImporterError):
    """One row is wrong: `code` is stable, `column` is empty when the whole row is meant."""

    def __init__(self, message: str, *, code: str, column: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.column = column


class RunPaused(ImporterError):
    """The run stops sending and waits; the message says for whom or what."""


class RunCancelled(ImporterError):
    """The run stops sending and its process ends; it can be resumed."""
