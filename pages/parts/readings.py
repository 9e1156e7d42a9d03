"""Lists that are being read, on threads of the app: reading goes on whatever page is open, and pages wait for it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import streamlit as st

from importer.errors import RunCancelled
from importer.intake import Dialect, SourceSpec, Stage
from importer.run import RunFolder, open_stage, prepare_stage
from pages.parts import words

LONG_BYTES = 16 * 1024 * 1024
"""Read in well under half a second; a button would only flash by."""

LOOK_EVERY_S = 0.1


@dataclass
class Reading:
    """One list on its way into its stage. `error`: what ended it."""

    dialect: Dialect
    done: int = 0
    total: int = 0
    error: BaseException | None = None
    is_cancelled: threading.Event = field(default_factory=threading.Event)
    has_ended: threading.Event = field(default_factory=threading.Event)

    def tell(self, done: int, total: int) -> None:
        """How far it has come, in bytes."""
        self.done, self.total = done, total

    def run(self, folder: RunFolder, spec: SourceSpec) -> None:
        """Read to the end, or until it is cancelled."""
        try:
            cancelled = self.is_cancelled.is_set
            prepare_stage(folder, self.dialect, spec=spec, on_progress=self.tell, cancelled=cancelled)
        except BaseException as error:
            self.error = error
        finally:
            self.has_ended.set()


class Readings:
    """At most one reading a run; who asks for the same one again joins it."""

    def __init__(self) -> None:
        self._of_run: dict[str, Reading] = {}
        self._stopped: set[str] = set()
        self._lock = threading.Lock()

    def now(self, folder: RunFolder) -> Reading | None:
        """The reading that is going on."""
        reading = self._of_run.get(folder.run_id)
        return None if reading is None or reading.has_ended.is_set() else reading

    def start(self, folder: RunFolder, dialect: Dialect, spec: SourceSpec) -> Reading:
        """The reading with this dialect, begun where none is going on; one with another dialect ends first."""
        with self._lock:
            going_on = self.now(folder)
            if going_on is not None and going_on.dialect == dialect and not going_on.is_cancelled.is_set():
                return going_on
            if going_on is not None:
                going_on.is_cancelled.set()
                going_on.has_ended.wait()
            reading = self._of_run[folder.run_id] = Reading(dialect)
        threading.Thread(target=reading.run, args=(folder, spec), name=f"read-{folder.run_id}", daemon=True).start()
        return reading

    def cancel(self, folder: RunFolder) -> None:
        """End the reading for every page; it is begun again when a person asks for that."""
        self._stopped.add(folder.run_id)
        if (reading := self._of_run.get(folder.run_id)) is not None:
            reading.is_cancelled.set()

    def is_stopped(self, folder: RunFolder) -> bool:
        """Whether a person cancelled it and nobody has asked for it again."""
        return folder.run_id in self._stopped

    def allow(self, folder: RunFolder) -> None:
        """A person asks for it again."""
        self._stopped.discard(folder.run_id)


READINGS = Readings()


def await_reading(folder: RunFolder, reading: Reading) -> None:
    """Show how far the reading has come, until it ends. Raises what ended it. A click leaves the reading alone."""
    bar = st.progress(0.0, text="Reading the whole list …")
    place = st.empty()
    if folder.source.stat().st_size >= LONG_BYTES:
        place.button("Cancel reading", icon=":material/close:", on_click=READINGS.cancel, args=(folder,))
    while not reading.has_ended.wait(LOOK_EVERY_S):
        if reading.total:
            share = min(1.0, reading.done / reading.total)
            told = words.percent(reading.done, reading.total)
            bar.progress(share, text=f"Reading the whole list … {told}")
    bar.empty()
    place.empty()
    if isinstance(reading.error, RunCancelled):
        st.rerun()
    if reading.error is not None:
        raise reading.error


def in_its_name(error: BaseException, folder: RunFolder) -> str:
    """What is wrong with a list; on disk every one is called "source", and the person knows it by its own name."""
    return str(error).replace('"source"', f'"{folder.draft().source_name}"')


def read_list(folder: RunFolder, dialect: Dialect, spec: SourceSpec) -> Stage:
    """The stage of the list as this dialect reads it; the page ends here while a person has the reading cancelled."""
    if READINGS.is_stopped(folder):
        st.info(
            "Reading was cancelled; nothing of it was kept. The file itself is still here.", icon=":material/info:"
        )
        if not st.button("Read the list", type="primary", icon=":material/play_arrow:"):
            st.stop()
        READINGS.allow(folder)
    await_reading(folder, READINGS.start(folder, dialect, spec))
    return open_stage(folder)
