"""A new list that a saved one fits: opened with everything in place, or offered with what is different."""

from __future__ import annotations

import streamlit as st

from importer.intake import Stage
from importer.run import (
    Candidate,
    ChangedElsewhere,
    HeaderMatch,
    Opening,
    RunFolder,
    SavedList,
    decide_opening,
    decline,
    differences,
    find_candidates,
    open_as,
    take_back,
    undecided_between,
)
from pages.parts import words
from pages.parts.guard import guard
from pages.parts.keeping import pressed, then_drawn_again
from pages.parts.markup import plain, show, tag
from pages.parts.navigation import link
from pages.parts.replayed import draw_replay
from pages.parts.run_in_url import settings

NOT_THERE = ""
MOST_NAMED = 4
"""Saved lists named in one sentence."""

MOST_ASKED = 12
"""Columns of another name that are asked about one by one; the rest goes by the likeliest."""


def draw_opening(folder: RunFolder, stage: Stage) -> None:
    """One line that says as what the list was opened, with the way out; or the question, where there is one."""
    with st.spinner("Looking for a saved list that fits …"):
        now = decide_opening(settings(), folder)
    if now.opened:
        _draw_opened(folder, now)
        draw_replay(folder)
    elif not folder.frozen:
        if now.name and now.columns == stage.columns:
            _draw_taken_back(folder, now)
        else:
            _draw_offers(folder, stage, now)


def draw_undecided(folder: RunFolder) -> bool:
    """On the pages after the File page: that nobody said which saved list it is; whether that is so."""
    found = undecided_between(settings(), folder)
    if not found:
        return False
    names = " or ".join(f"**{plain(one.entry.name, 60)}**" for one in found[:MOST_NAMED])
    with st.container(border=True):
        st.warning(
            f"**Is this a saved list?** It looks like {names}. Until you say which, their steps and rules are not "
            "done, and nothing is imported.",
            icon=":material/bookmark:",
        )
        row = st.container(horizontal=True, vertical_alignment="center")
        with row:
            link("file", "Say which one on the File page", folder.run_id, icon=":material/bookmark:")
        if row.button("No, a plain list", key=f"plain_{folder.run_id}", icon=":material/close:"):
            decline(folder)
            st.rerun()
    return True


def _draw_opened(folder: RunFolder, now: Opening) -> None:
    with st.container(border=True):
        row = st.container(horizontal=True, vertical_alignment="center")
        row.markdown(f":material/bookmark_added: **{plain(now.sentence())}**", width="content")
        key = f"not_this_{folder.run_id}"
        if not folder.frozen and row.button("Not this one?", icon=":material/undo:", type="tertiary", key=key):
            take_back(folder)
            st.rerun()
        told = [f'"{new}" is taken for "{old}".' for old, new in now.renamed]
        if now.missing:
            told.append(f"Missing: {', '.join(now.missing)}. What is saved for it is left out.")
        if now.extra:
            told.append(f"New: {', '.join(now.extra)}. Not imported unless you choose so on the Columns page.")
        if now.left_out:
            told.append(f"Steps left out: {'; '.join(now.left_out)}.")
        if told:
            show(tag("div", *(tag("div", line) for line in told), cls="ci-note"))


def _draw_taken_back(folder: RunFolder, now: Opening) -> None:
    row = st.container(horizontal=True, vertical_alignment="center")
    row.caption(f"A plain list, not opened as {plain(now.name)}.", width="content")
    label = f"Open it as {plain(now.name, 60)} again"
    if row.button(label, icon=":material/redo:", type="tertiary", key=f"again_{folder.run_id}"):
        take_back(folder)
        st.rerun()


def _draw_offers(folder: RunFolder, stage: Stage, now: Opening) -> None:
    """Several that fit, or one that nearly does: a person says which. Asked once; then it is folded up."""
    found = find_candidates(settings(), stage.columns, but=now.linked)
    if not found:
        return
    worked_on = folder.schema.exists() or folder.recipe.exists()
    if now.declined or (worked_on and not undecided_between(settings(), folder)):
        with st.expander("Open it as a saved list", icon=":material/bookmark:"), guard("saved list"):
            if worked_on:
                st.caption("The steps and rules of this list make room for the saved ones; you can go back to them.")
            _draw_choice(folder, stage, found, way_out=False)
        return
    with st.container(border=True), guard("saved list"):
        names = f"{len(found)} saved lists" if len(found) > 1 else plain(_label(found[0]))
        st.markdown(f":material/bookmark: **This looks like {names}.**")
        _draw_choice(folder, stage, found, way_out=True)


def _draw_choice(folder: RunFolder, stage: Stage, found: tuple[Candidate, ...], *, way_out: bool) -> None:
    run_id = folder.run_id
    picked = found[0]
    if len(found) > 1:
        names = {one.entry.entry_id: one for one in found}
        chosen = st.radio(
            "Which one is it?",
            list(names),
            format_func=lambda entry_id: plain(_label(names[entry_id])),
            key=f"which_{run_id}",
        )
        picked = names[str(chosen)]
    wanted = _draw_differences(picked, stage, run_id)
    row = st.container(horizontal=True, vertical_alignment="center")
    label = f"Open it as {plain(picked.entry.name, 60)}"
    icon = ":material/bookmark_added:"
    meant: SavedList | None = pressed(
        row.button, label, shown=picked.entry, key=f"open_as_{run_id}", type="primary", icon=icon
    )
    if meant is not None:
        with then_drawn_again(), st.spinner("Putting steps and rules in place …"):
            if meant.entry_id != picked.entry.entry_id:
                raise ChangedElsewhere("Another saved list is picked by now, so nothing was done. Press again.")
            open_as(settings(), folder, meant.entry_id, wanted, seen=meant)
    if way_out and row.button("No, a plain list", type="tertiary", key=f"decline_{run_id}"):
        decline(folder)
        st.rerun()


def _label(one: Candidate) -> str:
    steps = words.count(len(one.entry.recipe.operations), "step")
    told = f"{steps}, {words.count(one.entry.rules, 'rule')}" + ("" if one.opens_itself else ", other columns")
    return f"{one.entry.name} ({told})"


def _draw_differences(picked: Candidate, stage: Stage, run_id: str) -> dict[str, str] | None:
    """What is different, each column of another name with its likeliest one; a person's word on them."""
    match = picked.match
    if picked.opens_itself and not match.extra:
        return None
    unsure = [*match.renamed, *((name, NOT_THERE) for name in match.missing)]
    if not unsure or not (match.renamed or match.extra):
        wanted, told = {}, list(differences(match))
    else:
        wanted = dict(unsure) | _ask(match, unsure[:MOST_ASKED], f"{picked.entry.entry_id}_{run_id}")
        left = [name for name in match.extra if name not in wanted.values()]
        told = [f"New: {', '.join(left)}."] if left else []
    fitted = picked.with_renamed(wanted, stage.columns)
    if fitted.left_out:
        steps = words.count(len(fitted.left_out), "step")
        told.append(f"Does not fit and is left out ({steps}): {'; '.join(fitted.left_out)}.")
    if told:
        show(tag("div", *(tag("div", line) for line in told), cls="ci-note"))
    return wanted


def _ask(match: HeaderMatch, unsure: list[tuple[str, str]], place: str) -> dict[str, str]:
    """Saved column → the list's, a choice each."""
    options = [NOT_THERE, *(new for _, new in match.renamed), *match.extra]
    st.caption("These saved columns are not in the list under their names. Which ones are they?")
    columns = st.columns(min(3, len(unsure)))
    answers = {}
    for at, (old, likely) in enumerate(unsure):
        answers[old] = str(
            columns[at % len(columns)].selectbox(
                plain(old, 60),
                options,
                index=options.index(likely),
                format_func=lambda name: name or "not in this list",
                key=f"means_{at}_{place}",
            )
        )
    return answers
