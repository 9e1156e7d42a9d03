"""A thread that looks up the table's write capacity now and then, so that the pace follows a table that changes.

The write engine never waits for it: it is told the last known number together with the person's commands.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType

from importer.errors import ImporterError
from importer.logs import describe_error

LOOK_EVERY_S = 15.0
"""DescribeTable is free, and answers within a second or so of a change; AWS's auto scaling acts in minutes."""

log = logging.getLogger(__name__)


class CapacityWatch:
    """Looks for as long as the `with` block lasts. A look that fails is left out, never the run."""

    def __init__(self, look: Callable[[], float | None], first: float | None, every_s: float = LOOK_EVERY_S) -> None:
        """`look` gives the table's WCU/s, None when it is on demand; `first` is what it was a moment ago."""
        self._look = look
        self._every_s = every_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="table-capacity", daemon=True)
        self.table_wcu = first

    def __enter__(self) -> CapacityWatch:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Does not wait for a look that is under way: the thread ends by itself."""
        self._ended.set()

    def _watch(self) -> None:
        while not self._ended.wait(self._every_s):
            try:
                self.table_wcu = self._look()
            except ImporterError as error:
                log.info("The table's capacity could not be looked up: %s", error)
            except Exception as error:
                log.warning("The table's capacity could not be looked up (%s)", describe_error(error))
