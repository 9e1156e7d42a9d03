"""The ways a list comes in: uploaded, by a path on the server, from S3, or the sample."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

import streamlit as st

from importer.intake import ALL, SourceSpec, write_sample
from importer.run import (
    AllowedPlaces,
    RunFolder,
    RunState,
    adopt_source,
    allowed_places,
    create_run,
    list_runs,
    source_name,
    take_in,
)
from pages.parts import gate, words
from pages.parts.guard import guard
from pages.parts.markup import plain
from pages.parts.navigation import go
from pages.parts.run_in_url import current_run, settings, show_run
from pages.parts.upload_box import shown_name, upload_box
from pages.parts.upload_desk import UploadDesk

SAMPLE_NAME = "sample-contacts.csv"
RECENT = 5

_REFUSED = "refused_run"


def draw_ways_in() -> None:
    """Draw them; when a list is in, go on with it."""
    arrived = upload_box(UploadDesk(settings().uploads))
    if arrived is not None:
        _take_in(arrived.path, arrived.name)
    allowed = _allowed()
    sample, path = (st.container(), None) if allowed.nothing else st.columns(2, gap="medium")
    with sample.container(border=True, height="stretch"):
        st.markdown("**No list at hand?**")
        st.caption("2,000 made-up contacts that show every kind of trouble.")
        if st.button("Try with a messy sample list", icon=":material/science:"):
            _take_in_sample()
    if path is not None:
        with path.container(border=True, height="stretch"):
            st.markdown("**Already on the server?**")
            with guard("server path"):
                _draw_path(allowed)
    draw_recent()


def _allowed() -> AllowedPlaces:
    """What may be taken in by its address: the app reads with rights of its own, whoever sits before the page."""
    names = [*st.get_option("secrets.files"), st.get_option("server.sslKeyFile")]
    closed = [Path(name) for name in names if name]
    return allowed_places(settings(), os.environ, shared=gate.sign_in_wanted(), closed=closed)


def _draw_path(allowed: AllowedPlaces) -> None:
    where = "A path on the server, or s3://bucket/key read with the server's AWS settings"
    if allowed.named:
        where = f"What lies under {plain(', '.join(allowed.named), 1000)}"
    st.caption(f"{where}; s3://bucket/folder/ takes all lists in it as one.")
    with st.form("server_path", border=False):
        given = st.text_input(
            "Path on the server or S3 address",
            placeholder="/data/contacts.csv or s3://bucket/contacts.csv",
            label_visibility="collapsed",
        ).strip()
        if not st.form_submit_button("Take this file", icon=":material/folder_open:"):
            return
    place = "s3:" + given[3:] if given.lower().startswith("s3:") else given
    allowed.require(place)
    _take_in_place(place, allowed)


def _take_in_place(place: str, allowed: AllowedPlaces) -> None:
    """Take in what lies at a path of the server or in S3, streamed onto the disk, and go on with it."""
    bar = st.progress(0.0, text="Fetching the list …")

    def tell(done: int, total: int) -> None:
        told = f"Fetching the list … {words.size(done)} of {words.size(total)}"
        bar.progress(min(1.0, done / max(1, total)), text=told)

    spec = SourceSpec(places=(place,), member=ALL if place.endswith("/") else "")
    run = create_run(
        settings(), source_name=shown_name(source_name(spec.places)), who=gate.who(), now=datetime.now(UTC)
    )
    try:
        take_in(run, spec, on_progress=tell, allowed=allowed)
    except BaseException:
        rmtree(run.path, ignore_errors=True)
        raise
    finally:
        bar.empty()
    show_run(run.run_id)
    go("file", run.run_id)


def draw_recent(but: str = "") -> None:
    """The newest lists that wait for their import, each a click away; `but` is a run that is not offered."""
    runs = list_runs(settings())
    drafts = [run for run in runs if run.state is RunState.DRAFT and run.run_id != but][:RECENT]
    if not drafts:
        return
    st.subheader("Continue a draft", anchor=False)
    for run in drafts:
        rows = words.count(run.rows_read, "row") if run.rows_read else "not read"
        label = f"{plain(run.source_name)} · {rows} · {words.moment(run.created_at)}"
        if st.button(label, key=f"recent_{run.run_id}", type="tertiary", icon=":material/draft:"):
            leave_refused()
            show_run(run.run_id)
            st.rerun()


def _take_in_sample() -> None:
    path = _new_upload("sample")
    write_sample(path)
    _take_in(path, SAMPLE_NAME)


def _new_upload(kind: str) -> Path:
    """A place of its own on the app's disk for a list that comes in."""
    folder = settings().uploads
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"{kind}-{datetime.now(UTC):%H%M%S%f}.csv"


def _take_in(path: Path, name: str) -> None:
    run = create_run(settings(), source_name=name, who=gate.who(), now=datetime.now(UTC))
    with st.spinner("Taking the list in …"):
        adopt_source(run, path, move=True)
    show_run(run.run_id)
    go("file", run.run_id)


def note_refused(folder: RunFolder) -> None:
    """The list on screen cannot be read; where nothing ever was read of it, it goes when the person does."""
    if not folder.stage.exists():
        st.session_state[_REFUSED] = folder.run_id


def leave_refused() -> None:
    """Remove the list that was refused and is being left: nothing can be done with it."""
    refused, folder = st.session_state.pop(_REFUSED, None), current_run()
    if folder is not None and folder.run_id == refused and not folder.stage.exists() and not folder.frozen:
        rmtree(folder.path, ignore_errors=True)
