"""Lists that are being read: reading goes on whatever page is open, and pages wait for it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from importer.errors import RunCancelled
from importer.intake import Dialect, SourceSpec, Stage
from importer.run import WORKS, RunFolder, Work, open_stage, read_job
from pages.parts import words
from pages.parts.beside import AT_ONCE_S, Telling, count_ahead, draw_going

LONG_BYTES = 16 * 1024 * 1024
"""Read in well under half a second; a longer list is read by a process, and can be stopped."""

LOOK_EVERY_S = 0.1

READ = "read"
READING = Telling("Reading the whole list", "Reading was stopped.", "Read the list", unit="bytes")


def reading_now(folder: RunFolder) -> Work | None:
    """The reading that is going on."""
    return WORKS.going(folder.run_id, READ)


def start_reading(folder: RunFolder, dialect: Dialect, spec: SourceSpec) -> Work:
    """The reading with this dialect, begun where none is going on; one with another dialect ends first."""
    job, then = partial(read_job, folder=folder, dialect=dialect, spec=spec), partial(count_ahead, folder)
    return WORKS.begin(folder.run_id, READ, dialect, job, apart=_is_long(folder), then=then)


def cancel_reading(folder: RunFolder) -> None:
    """End the reading for every page; it is begun again when a person asks for that."""
    WORKS.stop(folder.run_id, READ)


def is_stopped(folder: RunFolder) -> bool:
    """Whether a person cancelled it and nobody has asked for it again."""
    return WORKS.is_stopped(folder.run_id, READ)


def _is_long(folder: RunFolder) -> bool:
    return bool(folder.source.stat().st_size >= LONG_BYTES)


def await_reading(folder: RunFolder, reading: Work) -> None:
    """Wait for the reading of a short list; the page ends here, with how far it is, while a long one is read. Raises
    what ended it."""
    if _is_long(folder) and not reading.has_ended.wait(AT_ONCE_S):
        draw_going(folder.run_id, READ, READING)
        st.stop()
    bar = st.progress(0.0, text=f"{READING.doing} …")
    while not reading.has_ended.wait(LOOK_EVERY_S):
        bar.progress(reading.share, text=f"{READING.doing} … {words.percent(reading.done, reading.total or 1)}")
    bar.empty()
    if isinstance(reading.error, RunCancelled):
        st.rerun()
    if reading.error is not None:
        reading.is_told = True
        raise reading.error


def in_its_name(error: BaseException, folder: RunFolder) -> str:
    """What is wrong with a list; on disk every one is called "source", and the person knows it by its own name."""
    return str(error).replace('"source"', f'"{folder.draft().source_name}"')


def read_list(folder: RunFolder, dialect: Dialect, spec: SourceSpec) -> Stage:
    """The stage of the list as this dialect reads it; the page ends here while a person has the reading stopped."""
    if is_stopped(folder):
        st.info("Reading was stopped; nothing of it was kept. The file itself is still here.", icon=":material/info:")
        if not st.button("Read the list", type="primary", icon=":material/play_arrow:"):
            st.stop()
        WORKS.allow(folder.run_id, READ)
    await_reading(folder, start_reading(folder, dialect, spec))
    return open_stage(folder)
