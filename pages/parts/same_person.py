"""Same person: rows that are probably one, side by side; what stays is chosen field by field."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pandas as pd
import streamlit as st

from importer.clean import (
    PEOPLE,
    History,
    PersonCluster,
    PersonColumns,
    PersonGuess,
    guess_person_columns,
    load_history,
    load_set_aside,
    merge_people,
    propose_survivor,
)
from importer.run import RunFolder, people_job
from pages.parts import words
from pages.parts.alike import (
    KEPT,
    columns_version,
    draw_pages,
    draw_put_aside,
    ended_on,
    paged,
    put_aside,
    version_of,
)
from pages.parts.beside import Telling, need_profile
from pages.parts.cleaning import Cleaning
from pages.parts.guard import guard
from pages.parts.history_bar import do, keep
from pages.parts.markup import plain, show, tag
from pages.parts.person_card import ROWS, choose_fields, compare, row_words

PAGE_GROUPS = 10

PEOPLE_TELLING = Telling(
    "Looking for people who are in the list twice", "Looking for people was stopped.", "Look for possible duplicates"
)

Failing = frozenset[tuple[int, str]]
"""(row, column) of cells the check refuses; column "" where it is the whole row."""


@dataclass(frozen=True)
class _Group:
    """A cluster with its mark, as it is kept between two runs of the page."""

    cluster: PersonCluster
    mark: str


@st.fragment
def draw_same_person(work: Cleaning) -> None:
    """Say which columns tell people apart; then the groups, by their first row."""
    with guard("same person"):
        if work.folder.frozen:
            st.info("This list is planned already, so its rows stay as they are.", icon=":material/lock:")
            return
        _draw_merged(work.folder)
        columns = _draw_columns(work)
        if columns is None:
            st.info(
                "Choose a column of e-mail addresses, or one of phone numbers and those of the names, or two of: "
                "name, birth date, address, personal number.",
                icon=":material/group:",
            )
            return
        job = partial(people_job, folder=work.folder, recipe=work.recipe, columns=columns, most=KEPT)
        version = (columns, columns_version(work, columns.all))
        found = ended_on(work, "people", version, job, PEOPLE_TELLING)
        if found is not None:
            _draw_groups(work, found.total, tuple(_Group(*pair) for pair in found.first))


def _draw_columns(work: Cleaning) -> PersonColumns | None:
    """The choices, guessed at first; None as long as they are not enough."""
    profile = need_profile(work.folder)
    names = list(work.recipe.columns_after(work.stage.columns))
    guess = guess_person_columns(profile, names)
    run = work.folder.run_id
    first, second, third = st.columns([1, 1, 1.4])
    with first:
        email = _pick("E-mail address", names, guess.email, f"person_email_{run}")
    with second:
        phone = _pick("Phone number", names, guess.phone, f"person_phone_{run}")
    called = third.multiselect(
        "Name", names, default=list(guess.names), key=f"person_names_{run}", persist_state="page"
    )
    fourth, fifth, sixth = st.columns([1, 1, 1.4])
    with fourth:
        birth = _pick("Birth date", names, guess.birth, f"person_birth_{run}")
    with fifth:
        number = _pick("Personal number", names, guess.number, f"person_number_{run}")
    address = sixth.multiselect(
        "Address", names, default=list(guess.address), key=f"person_address_{run}", persist_state="page"
    )
    return PersonGuess(email, phone, tuple(called), birth, tuple(address), number).columns


def _pick(label: str, names: list[str], guess: str | None, key: str) -> str | None:
    """A column, or none of them."""
    options = ["", *names]
    place = options.index(guess) if guess else 0
    chosen = st.selectbox(label, options, place, format_func=_column_words, key=key, persist_state="page")
    return chosen or None


def _column_words(name: str) -> str:
    return name or "none of them"


@st.cache_data(max_entries=24, show_spinner=False)
def _cells(version: tuple[str, ...], rows: tuple[int, ...], _work: Cleaning) -> tuple[pd.DataFrame, Failing]:
    """These rows after the recipe, and which of their cells the check refuses."""
    reasons = _work.result.problems_of(rows)
    failing = frozenset((row, case.column) for row, cases in reasons.items() for case in cases)
    return _work.recipe.apply(_work.stage.take(rows)).frame, failing


def _draw_groups(work: Cleaning, total: int, groups: tuple[_Group, ...]) -> None:
    aside = load_set_aside(work.folder.set_aside)
    left = [group for group in groups if not aside.has(PEOPLE, group.mark)]
    if left:
        more = f" The first {KEPT:,} are shown." if total > len(groups) else ""
        many = total - len(groups) + len(left)
        noun = words.count(many, "person seems", "people seem")
        st.markdown(f"**{noun}** to be in the list more than once.{more} Nothing is merged without your click.")
        pages = f"person_page_{work.folder.run_id}"
        here = left[paged(len(left), PAGE_GROUPS, pages)]
        wanted = tuple(row for group in here for row in group.cluster.rows[:ROWS])
        cells, failing = _cells((*version_of(work), work.result.report.fingerprint), wanted, work)
        for group in here:
            _draw_group(work, group, cells.loc[list(group.cluster.rows[:ROWS])], failing)
        draw_pages(len(left), PAGE_GROUPS, pages)
    else:
        st.success("No two rows look like the same person.", icon=":material/done_all:")
    draw_put_aside(work.folder, aside, PEOPLE, [group.mark for group in groups])


def _draw_group(work: Cleaning, group: _Group, cells: pd.DataFrame, failing: Failing) -> None:
    key = f"{work.folder.run_id}_{group.mark[:12]}"
    with st.container(border=True):
        show(_head(group.cluster))
        table = st.container()
        if len(group.cluster.rows) > ROWS:
            st.caption(f"{len(group.cluster.rows) - ROWS:,} more rows come up once these are one.")
        line = st.container(horizontal=True, vertical_alignment="center", gap="small")
        merge = line.container(width="content")
        with line.popover("Choose what stays", icon=":material/tune:"):
            picked, choices = choose_fields(cells, failing, key)
        line.button(
            "They are different people",
            key=f"different_{key}",
            type="tertiary",
            icon=":material/call_split:",
            on_click=put_aside,
            args=(work.folder, PEOPLE, group.mark),
        )
        survivor = propose_survivor(cells.loc[picked], failing) if len(picked) > 1 else None
        with table:
            show(compare(cells, survivor, choices))
        label = f"Merge these {len(picked)} rows" if survivor else "Pick two rows to merge"
        agreed = merge.button(label, key=f"merge_{key}", icon=":material/merge:", disabled=survivor is None)
        if agreed and survivor is not None:
            steps = merge_people(survivor, choices)
            gone = [row for row in picked if row != survivor.row]
            told = f"{row_words(gone)} went into row {survivor.row:,}."
            name = f"Merge {len(picked)} rows"
            st.session_state[_crumb(work.folder)] = (History().do(*steps, name=name).moves, told)
            do(work.folder, *steps, name=name)


def _head(cluster: PersonCluster) -> str:
    reasons = [tag("span", reason, cls="ci-badge") for reason in cluster.reasons]
    return tag("div", tag("span", row_words(cluster.rows), cls="ci-title"), *reasons, cls="ci-cause")


def _crumb(folder: RunFolder) -> str:
    return f"merged_{folder.run_id}"


def _draw_merged(folder: RunFolder) -> None:
    """The last merge, as long as nothing was done after it."""
    merge, told = st.session_state.get(_crumb(folder), ((), ""))
    if not merge or load_history(folder.recipe).moves[-1:] != merge:
        return
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    line.markdown(f":material/check: {plain(told)}", width="content")
    if line.button("Take this merge back", key=f"unmerge_{folder.run_id}", type="tertiary", icon=":material/undo:"):
        keep(folder, lambda now: now.undo() if now.moves[-1:] == merge else now)
