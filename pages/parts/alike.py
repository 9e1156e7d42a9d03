"""What the tabs of alike values and of the same person share: which list they look at, texts as labels, what is put
aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st

from importer.clean import SetAside, load_set_aside, save_set_aside
from importer.profile import SPACES
from importer.run import Groups, RunFolder, list_version
from pages.parts import words
from pages.parts.beside import AT_ONCE_S, Telling, ended, is_long
from pages.parts.cleaning import Cleaning

LABEL_CHARACTERS = 80

KEPT = 2_000
"""Groups that are held to be paged through; those with fewer rows come up as these are dealt with."""

WHOLE_S = 60.0
"""A short list is waited for: it takes a moment."""

_ODD_SPACE = re.compile(f"[{re.escape(SPACES.replace(' ', ''))}]| (?= )|(?<= ) ")


def version_of(work: Cleaning) -> tuple[str, str, str]:
    """What the cells on screen hang on: run, list, recipe."""
    return (work.folder.run_id, list_version(work.stage), work.recipe.fingerprint())


def columns_version(work: Cleaning, columns: Sequence[str]) -> tuple[object, ...]:
    """What the cells of these columns hang on, and which rows are left: another step changes nothing of it."""
    verdicts = tuple(sorted(work.recipe.row_verdicts().items()))
    return (
        list_version(work.stage),
        *((name, work.lineage.columns[name]) for name in columns),
        work.lineage.rows,
        verdicts,
    )


def visible(text: str, limit: int = LABEL_CHARACTERS) -> str:
    """A cell in one line: spaces that nobody sees are shown as ␣, other signs without a shape as ·, long ones cut."""
    if not text.strip(SPACES):
        return "(blank)"
    cut = text[:limit]
    start, end = (len(cut) - len(rest) for rest in (cut.lstrip(SPACES), cut.rstrip(SPACES)))
    told = "␣" * start + _ODD_SPACE.sub("␣", cut.strip(SPACES)) + "␣" * end
    told = "".join("·" if unicodedata.category(sign) in ("Cc", "Cf") else sign for sign in told)
    return told + "…" * (len(text) > limit)


def labels_of(values: Iterable[str]) -> dict[str, str]:
    """Label → value, in order; two values that look the same get different labels."""
    made: dict[str, str] = {}
    for value in values:
        label = visible(value)
        while label in made:
            label += " (other signs)"
        made[label] = value
    return made


def put_aside(folder: RunFolder, topic: str, mark: str) -> None:
    """Keep, at once on disk, that these are not the same."""
    save_set_aside(folder.set_aside, load_set_aside(folder.set_aside).put(topic, mark))


def draw_put_aside(folder: RunFolder, aside: SetAside, topic: str, marks: Sequence[str]) -> None:
    """How many of those found are put aside, and the way to have them back."""
    count = sum(aside.has(topic, mark) for mark in marks)
    if not count:
        return
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    row.caption(f"{words.count(count, 'group')} put aside as not the same.", width="content")
    row.button(
        "Show them again",
        key=f"aside_back_{folder.run_id}_{topic}",
        type="tertiary",
        icon=":material/undo:",
        on_click=_take_back,
        args=(folder, topic),
    )


def _take_back(folder: RunFolder, topic: str) -> None:
    save_set_aside(folder.set_aside, load_set_aside(folder.set_aside).without(topic))


def paged(total: int, per_page: int, key: str) -> slice:
    """Which of `total` things are on the page that is turned to; `draw_pages` with the same key turns it."""
    pages = max(1, -(-total // per_page))
    page = min(int(st.session_state.get(key, 1)), pages)
    return slice((page - 1) * per_page, page * per_page)


def draw_pages(total: int, per_page: int, key: str) -> None:
    """The page numbers, where there is more than one page."""
    pages = -(-total // per_page)
    if pages > 1:
        st.pagination(pages, key=key)


def ended_on(work: Cleaning, kind: str, version: object, job: Any, telling: Telling) -> Groups | None:
    """What was found; None while it is looked for beside the page of a long list. Raises what ended it."""
    long = is_long(work.stage)
    done = ended(work.folder, kind, version, job, telling, apart=long, at_once_s=AT_ONCE_S if long else WHOLE_S)
    return None if done is None else done.result
