"""What a page cannot do without, said plainly when it is missing."""

from __future__ import annotations

import streamlit as st

from importer.intake import Stage
from importer.run import RunFolder, open_stage
from pages.parts.head import draw_head
from pages.parts.navigation import link
from pages.parts.run_in_url import current_run


def need_stage() -> tuple[RunFolder, Stage]:
    """The run on screen and its list; the page ends here, with the way to one, when there is none."""
    folder = current_run()
    if folder is None:
        draw_head("No list is open")
        st.info("Bring one in on the File page, or open one from Runs.", icon=":material/draft:")
        link("file", "Bring a list in", icon=":material/upload_file:")
        link("runs", "Runs", icon=":material/history:")
        st.stop()
    if not folder.stage.exists():
        draw_head("This list has not been read yet")
        st.info("The File page reads it, or says why it cannot be read.", icon=":material/draft:")
        link("file", "See how it is read", folder.run_id, icon=":material/upload_file:")
        st.stop()
    return folder, open_stage(folder)
