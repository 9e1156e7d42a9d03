"""Long works on a list, as pages show them: how far, how fast, Stop. They go on whatever page is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from importer.errors import RunCancelled
from importer.intake import Stage
from importer.profile import ListProfile
from importer.run import (
    WORKS,
    RunFolder,
    Work,
    duration,
    kept_profile,
    list_version,
    open_stage,
    prepare_profile,
    profile_job,
)
from pages.parts import words

LONG_CELLS = 3_000_000
"""Rows × columns from which going through a list takes half a second and more: then it is done beside the page."""

AT_ONCE_S = 0.4
"""What has ended by then is shown at once; a bar would only flash by."""

LOOK_EVERY_S = 0.5

FIRST_ROWS = 20


@dataclass(frozen=True)
class Telling:
    """What a work is called on the page: `doing` it, what is counted (`unit`), what to press to begin it again."""

    doing: str
    stopped: str
    again: str
    unit: str = "rows"


PROFILING = Telling("Counting what is in each column", "Counting was stopped.", "Count what is in each column")


def is_long(stage: Stage) -> bool:
    """Whether what goes through the whole list is done beside the page."""
    return stage.rows * len(stage.columns) >= LONG_CELLS


def ended(
    folder: RunFolder,
    kind: str,
    version: object,
    job: Any,
    telling: Telling,
    *,
    apart: bool = True,
    at_once_s: float = AT_ONCE_S,
) -> Work | None:
    """The work of this version once it has ended; None while it is on its way, or a person stopped it: then that is
    drawn instead, and the page is drawn again when it ends. Raises what ended it.

    `apart`: it is done by a process, in turn with other people's; else at once, by a thread.
    """
    run_id = folder.run_id
    if WORKS.is_stopped(run_id, kind) and not _draw_stopped(run_id, kind, telling):
        return None
    work = WORKS.ask(run_id, kind, version, job, apart=apart)
    if not work.has_ended.wait(at_once_s):
        draw_going(run_id, kind, telling)
        return None
    if isinstance(work.error, RunCancelled):
        work.is_told = True
        _draw_stopped(run_id, kind, telling)
        return None
    if work.error is not None:
        work.is_told = True
        raise work.error
    return work


@st.fragment(run_every=LOOK_EVERY_S)
def draw_going(run_id: str, kind: str, telling: Telling) -> None:
    """How far the work is, until it ends: then the page is drawn again."""
    work = WORKS.going(run_id, kind)
    if work is None:
        st.rerun()
    with st.container(border=True, key=f"going_{kind}"):
        if work.total:
            st.progress(work.share, text=going_words(work, telling))
        else:
            st.markdown(f":material/hourglass_top: {going_words(work, telling)}")
        row = st.container(horizontal=True, vertical_alignment="center", gap="small")
        row.button(
            "Stop",
            icon=":material/close:",
            key=f"stop_{kind}",
            disabled=work.is_cancelled.is_set(),
            on_click=WORKS.stop,
            args=(run_id, kind),
        )
        row.caption("It goes on while you open other pages.", width="content")


def going_words(work: Work, telling: Telling) -> str:
    """`Checking every row … 45 %, 250,000 rows/s, about 3 s left`, or for how many others it waits."""
    if work.is_cancelled.is_set():
        return f"{telling.doing} is being stopped …"
    if work.ahead:
        return f"{telling.doing} waits for {words.count(work.ahead, 'other list', 'other lists')}."
    if not work.total:
        return f"{telling.doing} … {work.passed_s:.0f} s"
    if work.done >= work.total:
        return f"{telling.doing} … putting together what was found"
    parts = [words.percent(work.done, work.total)]
    if work.rate:
        a_second = f"{words.size(work.rate)}" if telling.unit == "bytes" else f"{work.rate:,.0f} {telling.unit}"
        parts += [f"{a_second}/s", f"about {duration(work.left_s)} left"]
    return f"{telling.doing} … {', '.join(parts)}"


def _draw_stopped(run_id: str, kind: str, telling: Telling) -> bool:
    """That it was stopped; whether a person asks for it again."""
    place = st.empty()
    with place.container(border=True, key=f"stopped_{kind}"):
        st.markdown(f":material/pause_circle: {telling.stopped} Nothing was changed.")
        if not st.button(telling.again, type="primary", icon=":material/play_arrow:", key=f"again_{kind}"):
            return False
    place.empty()
    WORKS.allow(run_id, kind)
    return True


def need_profile(
    folder: RunFolder, key_column: str | None = None, meanwhile: Callable[[], object] = lambda: None
) -> ListProfile:
    """What is in each column; the page ends here, with how far it is and what `meanwhile` draws, while that of a long
    list is counted."""
    if (kept := kept_profile(folder, key_column)) is not None:
        return kept
    stage = open_stage(folder)
    if folder.frozen or not is_long(stage):
        with st.spinner("Counting what is in each column …"):
            return prepare_profile(folder, key_column)
    version, job = (list_version(stage), key_column), partial(profile_job, folder=folder, key_column=key_column)
    if ended(folder, "profile", version, job, PROFILING) is None:
        meanwhile()
        st.stop()
    return prepare_profile(folder, key_column)


def count_ahead(folder: RunFolder) -> None:
    """Begin to count what is in each column of a long list that was just read; the next page needs it."""
    stage = open_stage(folder)
    if is_long(stage) and not folder.frozen and kept_profile(folder) is None:
        WORKS.ask(
            folder.run_id,
            "profile",
            (list_version(stage), None),
            partial(profile_job, folder=folder, key_column=None),
        )


def draw_first_rows(stage: Stage) -> None:
    """What can be seen of a list before anything is counted."""
    numbers = stage.row_numbers(0, FIRST_ROWS)
    st.caption(f"The first {words.count(len(numbers), 'row')} of {stage.rows:,}.")
    st.dataframe(stage.take(numbers), height=min(400, 38 + 35 * len(numbers)), key="first_rows")
