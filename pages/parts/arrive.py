"""The three ways a list comes in: uploaded, by a path on the server, or the sample."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from importer.errors import SourceError
from importer.intake import write_sample
from importer.run import RunState, adopt_source, create_run, list_runs
from pages.parts import gate, words
from pages.parts.markup import plain
from pages.parts.navigation import go
from pages.parts.run_in_url import settings, show_run
from pages.parts.upload_box import upload_box
from pages.parts.upload_desk import UploadDesk

SAMPLE_NAME = "sample-contacts.csv"
RECENT = 5


def draw_ways_in() -> None:
    """Draw them; when a list is in, go on with it."""
    arrived = upload_box(UploadDesk(settings().uploads))
    if arrived is not None:
        _take_in(arrived.path, arrived.name, move=True)
    sample, path = st.columns(2, gap="medium")
    with sample.container(border=True, height="stretch"):
        st.markdown("**No list at hand?**")
        st.caption("2,000 made-up contacts that show every kind of trouble.")
        if st.button("Try with a messy sample list", icon=":material/science:"):
            _take_in_sample()
    with path.container(border=True, height="stretch"):
        st.markdown("**Already on the server?**")
        _draw_path()
    _draw_recent()


def _draw_path() -> None:
    with st.form("server_path", border=False):
        given = st.text_input("Path on the server", placeholder="/data/contacts.csv", label_visibility="collapsed")
        if st.form_submit_button("Take this file", icon=":material/folder_open:"):
            path = Path(given.strip()).expanduser()
            if not given.strip() or not path.is_file():
                raise SourceError(
                    "There is no such file on the server. Give the whole path, like /data/contacts.csv."
                )
            _take_in(path, path.name, move=False)


def _draw_recent() -> None:
    drafts = [run for run in list_runs(settings()) if run.state is RunState.DRAFT][:RECENT]
    if not drafts:
        return
    st.subheader("Go on with", anchor=False)
    for run in drafts:
        label = f"{plain(run.source_name)} · {words.count(run.rows_read, 'row')} · {words.moment(run.created_at)}"
        if st.button(label, key=f"recent_{run.run_id}", type="tertiary", icon=":material/draft:"):
            show_run(run.run_id)
            st.rerun()


def _take_in_sample() -> None:
    folder = settings().uploads
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"sample-{datetime.now(UTC):%H%M%S%f}.csv"
    write_sample(path)
    _take_in(path, SAMPLE_NAME, move=True)


def _take_in(path: Path, name: str, *, move: bool) -> None:
    run = create_run(settings(), source_name=name, who=gate.who(), now=datetime.now(UTC))
    with st.spinner("Taking the list in …"):
        adopt_source(run, path, move=move)
    show_run(run.run_id)
    go("file", run.run_id)
