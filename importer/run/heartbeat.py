"""A thread that tells the ledger once a second that the runner lives, also while a slice is being made."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from types import TracebackType

from importer.errors import ImporterError
from importer.run.ledger import Ledger

BEAT_S = 1.0

log = logging.getLogger(__name__)


class Heartbeat:
    """Beats for as long as the `with` block lasts. A beat that cannot be written is left out, never the run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            with Ledger.open(self._path) as ledger:
                while not self._ended.wait(BEAT_S):
                    self._beat_once(ledger)
        except ImporterError as error:
            log.warning("No heartbeat: %s", error)

    def _beat_once(self, ledger: Ledger) -> None:
        try:
            ledger.beat(time.monotonic())
        except ImporterError as error:
            log.warning("Heartbeat left out: %s", error)
