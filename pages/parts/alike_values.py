"""Alike values: spellings of a column that are probably one name, each group approved by the person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st

from importer.clean import (
    Cluster,
    MapValues,
    cluster_columns,
    load_set_aside,
)
from importer.profile import SPACES
from importer.run import alike_job, read_schema
from pages.parts import words
from pages.parts.alike import KEPT, columns_version, draw_pages, draw_put_aside, ended_on, labels_of, paged, put_aside
from pages.parts.beside import Telling, need_profile
from pages.parts.cleaning import Cleaning
from pages.parts.guard import guard
from pages.parts.history_bar import do
from pages.parts.markup import plain

PAGE_GROUPS = 20

LABEL_PX = 12
"""A label's height less the gap below, so that the buttons stand in line with what has a label."""

SPELLINGS = 30
"""Of one group on screen. What is not seen is not changed; it comes up again once these are dealt with."""

OTHER = "Another spelling …"

WAYS = {
    "fingerprint": "Same words, otherwise written",
    "ngram": "Same letters, spaces aside",
    "distance": "A letter or two different",
}
WAYS_HELP = {
    "fingerprint": "Capitals, accents, commas, spaces and the order of words do not count: ACME, Inc. and Inc Acme.",
    "ngram": "Nor does it count whether words are run together: New York and NewYork.",
    "distance": "One slip in six letters, two in twelve: Springfield and Springfeild. Look twice at short names.",
}


COMPARING = Telling("Comparing the values", "Comparing was stopped.", "Compare the values")


@dataclass(frozen=True)
class _Group:
    """A cluster with its mark, as it is kept between two runs of the page."""

    cluster: Cluster
    mark: str


@dataclass(frozen=True)
class _Choice:
    """What is chosen in one group: the step (None: it would change nothing) and the cells it changes."""

    step: MapValues | None
    cells: int


@st.fragment
def draw_alike_values(work: Cleaning) -> None:
    """Choose a column and how strict; then the groups, most rows first."""
    with guard("alike values"):
        if work.folder.frozen:
            st.info("This list is planned already, so its values stay as they are.", icon=":material/lock:")
            return
        where, how = st.columns([1, 1.9], gap="medium")
        column = _draw_column(work, where)
        if column is None:
            st.info("No column has names that come again, such as company or city.", icon=":material/join:")
            return
        way = str(
            how.radio(
                "How alike",
                list(WAYS),
                format_func=lambda name: WAYS[name],
                horizontal=True,
                key=_key(work, "way"),
                persist_state="page",
            )
        )
        how.caption(WAYS_HELP[way])
        job = partial(alike_job, folder=work.folder, recipe=work.recipe, column=column, way=way, most=KEPT)
        found = ended_on(work, "alike", (way, columns_version(work, (column,))), job, COMPARING)
        if found is not None:
            _draw_groups(work, column, way, found.total, tuple(_Group(*pair) for pair in found.first))


def _key(work: Cleaning, name: str) -> str:
    return f"alike_{name}_{work.folder.run_id}"


def _draw_column(work: Cleaning, place: st.delta_generator.DeltaGenerator) -> str | None:
    keys = [spec.column for spec in read_schema(work.folder).key_specs]
    profile = need_profile(work.folder)
    offered = cluster_columns(profile, work.recipe.columns_after(work.stage.columns), keys)
    names = [*offered.first, *offered.others]
    return place.selectbox("Column", names, key=_key(work, "column"), persist_state="page") if names else None


def _draw_groups(work: Cleaning, column: str, way: str, total: int, groups: tuple[_Group, ...]) -> None:
    aside = load_set_aside(work.folder.set_aside)
    left = [group for group in groups if not aside.has(column, group.mark)]
    if left:
        head = st.container(horizontal=True, vertical_alignment="center", gap="small")
        rows = sum(group.cluster.rows for group in left)
        more = f" The {KEPT:,} with most rows come first." if total > len(groups) else ""
        many = words.count(total - len(groups) + len(left), "group")
        told = f"**{many}** of alike spellings, in {words.count(rows, 'row')}.{more}"
        head.markdown(f"{told} Click a spelling away that is something else.", width="content")
        head.space("stretch")
        pages = _key(work, f"page_{way}_{column}")
        here = left[paged(len(left), PAGE_GROUPS, pages)]
        choices = [_draw_group(work, column, group) for group in here]
        draw_pages(len(left), PAGE_GROUPS, pages)
        if len(here) > 1:
            with head.popover(f"Approve all {len(here)} on this page", icon=":material/done_all:"):
                _draw_approve_all(work, column, choices)
    else:
        st.success(f"No values of {plain(column)} are alike this way. Try another way.", icon=":material/done_all:")
    draw_put_aside(work.folder, aside, column, [group.mark for group in groups])


def _draw_group(work: Cleaning, column: str, group: _Group) -> _Choice:
    """One card: which spellings are the same, what they become, and the two answers."""
    key = f"{work.folder.run_id}_{column}_{group.mark[:12]}"
    counts = dict(group.cluster.values[:SPELLINGS])
    labels = labels_of(counts)
    with st.container(border=True):
        told, write, answer = st.columns([1.5, 1, 1.2], gap="medium")
        picked = told.pills(
            words.count(len(counts), "spelling"),
            list(labels),
            selection_mode="multi",
            default=list(labels),
            format_func=lambda label: f"{plain(label)} :small[({counts[labels[label]]:,})]",
            key=f"same_{key}",
            wrap=True,
        )
        if len(group.cluster.values) > SPELLINGS:
            told.caption(f"{len(group.cluster.values) - SPELLINGS:,} more spellings come up after these.")
        with write:
            text = _draw_written(labels, group.cluster, key)
        choice = _chosen(column, group, [labels[label] for label in picked], text)
        with answer:
            st.space(LABEL_PX)
            _draw_answers(work, column, group, choice, key)
    return choice


def _draw_written(labels: dict[str, str], cluster: Cluster, key: str) -> str:
    """What they become: one of the spellings, or a text typed instead.

    Typing has a field of its own: in a select box that takes new texts, `Boston MA` typed over `Boston` becomes `MA`.
    """
    written = str(st.selectbox("Write them all as", [*labels, OTHER], key=f"put_{key}"))
    if written in labels:
        return labels[written]
    typed = st.text_input("Spelling", cluster.suggested, key=f"typed_{key}", label_visibility="collapsed")
    return typed.strip(SPACES) or cluster.suggested


def _chosen(column: str, group: _Group, picked: list[str], text: str) -> _Choice:
    counts = dict(group.cluster.values)
    changed = [value for value in counts if value in picked and value != text]
    if not changed:
        return _Choice(None, 0)
    leave = set(counts) - set(changed)
    return _Choice(group.cluster.to_operation(column, text, leave), sum(counts[value] for value in changed))


def _draw_answers(work: Cleaning, column: str, group: _Group, choice: _Choice, key: str) -> None:
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    label = f"Change {words.count(choice.cells, 'cell')}" if choice.step else "Nothing to change"
    approved = line.button(label, key=f"approve_{key}", icon=":material/check:", disabled=choice.step is None)
    line.button(
        "Not the same",
        key=f"apart_{key}",
        type="tertiary",
        icon=":material/call_split:",
        on_click=put_aside,
        args=(work.folder, column, group.mark),
    )
    if approved and choice.step is not None:
        do(work.folder, choice.step)


def _draw_approve_all(work: Cleaning, column: str, choices: list[_Choice]) -> None:
    """The number first, then the click: one step for the page."""
    pairs = tuple(pair for choice in choices if choice.step for pair in choice.step.pairs)
    cells = sum(choice.cells for choice in choices)
    st.markdown(
        f"This changes **{words.count(cells, 'cell')}** of {plain(column)}, as chosen on this page. "
        "It is one step, which Undo takes back."
    )
    agreed = st.button(
        f"Yes, change {words.count(cells, 'cell')}",
        key=_key(work, "approve_all"),
        type="primary",
        icon=":material/done_all:",
        disabled=not pairs,
    )
    if agreed and pairs:
        do(work.folder, MapValues(column, pairs))
