"""What a page cannot do without, said plainly when it is missing."""

from __future__ import annotations

import streamlit as st

from importer.errors import SourceError
from importer.intake import SourceSpec, Stage
from importer.run import RunFolder, dialect_as_told, open_stage
from pages.parts.head import draw_head
from pages.parts.markup import plain
from pages.parts.navigation import link
from pages.parts.readings import await_reading, in_its_name, is_stopped, reading_now, start_reading
from pages.parts.run_in_url import current_run

AT_ONCE_S = 0.3
"""A short list is read before anybody could read that it is being read."""


def need_run() -> RunFolder:
    """The run on screen, its list read; the page ends here, with the way to one, when there is none."""
    folder = current_run()
    if folder is None:
        draw_head("No list is open")
        st.info("Bring one in on the File page, or open one from Runs.", icon=":material/draft:")
        link("file", "Bring a list in", icon=":material/upload_file:")
        link("runs", "Runs", icon=":material/history:")
        st.stop()
    if not folder.frozen and (reading_now(folder) is not None or not folder.stage.exists()):
        _await_list(folder)
    return folder


def need_stage() -> tuple[RunFolder, Stage]:
    """The run on screen and its list; the page ends here, with what to do, where there is none or it is damaged."""
    folder = need_run()
    try:
        stage = open_stage(folder)
        _ = stage.slices  # a damaged file is seen here
    except SourceError as error:
        draw_head("This list cannot be shown")
        st.error(str(error), icon=":material/error:")
        if folder.frozen:
            link("file", "Bring the list in again", icon=":material/upload_file:")
            link("runs", "Runs", icon=":material/history:")
        else:
            link("file", "Read the list again", folder.run_id, icon=":material/refresh:")
        st.stop()
    return folder, stage


def _await_list(folder: RunFolder) -> None:
    """Wait until the list is read; begun here where the File page was left before it came to that. The page ends
    where only the File page helps: a question is open, or the list cannot be read."""
    head = st.empty()
    try:
        reading = reading_now(folder)
        if reading is None and is_stopped(folder):
            raise SourceError("Reading was stopped.")
        if reading is None:
            spec = SourceSpec.from_dict(folder.draft().reading)
            reading = start_reading(folder, dialect_as_told(folder), spec)
        if not reading.has_ended.wait(AT_ONCE_S):
            with head.container():
                draw_head("This list is being read")
        await_reading(folder, reading)
    except SourceError as error:
        with head.container():
            draw_head("This list has not been read yet")
        st.error(plain(in_its_name(error, folder), limit=2000), icon=":material/error:")
        link("file", "See how it is read", folder.run_id, icon=":material/upload_file:")
        st.stop()
    head.empty()
    st.rerun()
