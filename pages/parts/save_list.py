"""Save for next month: what was done to the list, under a name, to open the next one with."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from importer.run import (
    NameTaken,
    NotAsShown,
    RunFolder,
    SavedList,
    ShownList,
    load_last,
    read_library,
    read_opening,
    read_recipe,
    read_schema,
    save_for_next,
)
from pages.parts import words
from pages.parts.guard import guard
from pages.parts.keeping import pressed, say_not_as_shown
from pages.parts.markup import plain, show
from pages.parts.pieces import facts
from pages.parts.run_in_url import settings

_MANY = "corrections or decisions on single rows"


def draw_save(folder: RunFolder, place: st.delta_generator.DeltaGenerator | None = None) -> None:
    """A button that unfolds: the name, what is in it, and a question before one of that name is replaced."""
    box = place.popover if place is not None else st.popover
    with box("Save for next month", icon=":material/bookmark_add:"), guard("saved list"):
        run_id = folder.run_id
        with st.form(f"save_{run_id}", border=False):
            name = st.text_input(
                "Name",
                _known_as(folder),
                max_chars=80,
                placeholder="Partner monthly",
                key=f"save_name_{run_id}",
            )
            listed = ShownList(read_recipe(folder), read_schema(folder))
            show(facts(_content(listed)))
            icon = ":material/bookmark_add:"
            meant: ShownList | None = pressed(
                st.form_submit_button, "Save", shown=listed, key=f"save_it_{run_id}", type="primary", icon=icon
            )
        st.caption("The next list with these columns opens with everything in place. No row of this list is kept.")
        if meant is not None:
            st.session_state.pop(_replace_key(folder), None)
            st.session_state.pop(_saved_key(folder), None)
            _save(folder, name, meant)
        elif (taken := _to_replace(folder)) is not None:
            _draw_replace(folder, taken, listed)
        elif _saved_key(folder) in st.session_state:
            st.success(st.session_state[_saved_key(folder)], icon=":material/bookmark_added:")


def _known_as(folder: RunFolder) -> str:
    """The saved list that this one was opened or saved as last."""
    now = read_opening(folder)
    names = {entry.entry_id: entry.name for entry in read_library(settings()).entries} if now.linked else {}
    return next((names[entry_id] for entry_id in reversed(now.linked) if entry_id in names), now.name)


def _content(listed: ShownList) -> dict[str, object]:
    recipe, schema = listed.recipe, listed.schema
    return {
        "steps": len(recipe.operations),
        "rules": sum(len(spec.rules) for spec in schema.columns),
        "attributes": len(schema.imported),
        "key": ", ".join(schema.key),
    }


def _save(folder: RunFolder, name: str, seen: ShownList, replacing: SavedList | None = None) -> None:
    try:
        entry, left_out = save_for_next(
            settings(),
            folder,
            name,
            now=datetime.now(UTC),
            overwrite=replacing is not None,
            seen=seen,
            replacing=replacing,
        )
    except NameTaken:
        st.session_state[_replace_key(folder)] = name
        st.rerun()
    except NotAsShown as error:
        say_not_as_shown(error)
        st.rerun()
    st.session_state.pop(_replace_key(folder), None)
    told = f"Saved as {plain(entry.name)}."
    if left_out:
        lost = words.count(left_out, "correction or decision on a single row stays", f"{_MANY} stay")
        told = f"{told} {lost} behind: only this file has these rows."
    st.session_state[_saved_key(folder)] = told
    st.toast(told, icon=":material/bookmark_added:")
    st.rerun()


def _saved_key(folder: RunFolder) -> str:
    return f"saved_{folder.run_id}"


def _replace_key(folder: RunFolder) -> str:
    return f"replace_{folder.run_id}"


def _to_replace(folder: RunFolder) -> SavedList | None:
    name = st.session_state.get(_replace_key(folder))
    return None if name is None else read_library(settings()).named(str(name))


def _draw_replace(folder: RunFolder, taken: SavedList, listed: ShownList) -> None:
    last = load_last(settings(), taken.entry_id)
    used = f"last used {words.moment(last.at)}" if last else "not used yet"
    steps = words.count(len(taken.recipe.operations), "step")
    st.warning(
        f"**{plain(taken.name)}** is saved already: {steps}, {words.count(taken.rules, 'rule')}, "
        f"saved {words.moment(taken.saved_at)}, {used}.",
        icon=":material/warning:",
    )
    label, key = f"Replace {plain(taken.name, 60)}", f"replace_it_{folder.run_id}"
    meant = pressed(st.button, label, shown=(taken, listed), key=key, icon=":material/save_as:")
    if meant is not None:
        _save(folder, meant[0].name, meant[1], meant[0])
