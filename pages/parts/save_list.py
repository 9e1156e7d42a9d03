"""Save for next month: what was done to the list, under a name, to open the next one with."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from importer.check import StepEffect, words_for
from importer.clean import Portable, Recipe
from importer.run import (
    NameTaken,
    NotAsShown,
    RunFolder,
    SavedList,
    ShownList,
    good_changes,
    kept_texts,
    load_last,
    meant_for_next,
    open_stage,
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


def draw_save(folder: RunFolder, place: st.delta_generator.DeltaGenerator | None = None) -> None:
    """A button that unfolds: the name, what is in it, and a question before one of that name is replaced."""
    box = place.popover if place is not None else st.popover
    run_id = folder.run_id
    opened = box("Save for next month", icon=":material/bookmark_add:", key=f"save_box_{run_id}", on_change="rerun")
    with opened, guard("saved list"):
        if not opened.open:
            return
        with st.form(f"save_{run_id}", border=False):
            name = st.text_input(
                "Name",
                _known_as(folder),
                max_chars=80,
                placeholder="Partner monthly",
                key=f"save_name_{run_id}",
            )
            listed = ShownList(read_recipe(folder), read_schema(folder))
            made = meant_for_next(listed.recipe, listed.schema)
            show(facts(_content(listed, made)))
            _draw_agreed(folder, listed, made)
            icon = ":material/bookmark_add:"
            meant: ShownList | None = pressed(
                st.form_submit_button, "Save", shown=listed, key=f"save_it_{run_id}", type="primary", icon=icon
            )
        st.caption("The next list with these columns opens with everything in place.")
        for note in (*made.notes(), kept_texts(made, listed.schema)):
            st.caption(plain(note, 500))
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


def _content(listed: ShownList, made: Portable) -> dict[str, object]:
    """How much is saved; of the steps, how many there are."""
    saved, all_steps, schema = len(made.recipe.operations), len(listed.recipe.operations), listed.schema
    return {
        "steps": saved if saved == all_steps else f"{saved} of {all_steps}",
        "rules": sum(len(spec.rules) for spec in schema.columns),
        "attributes": len(schema.imported),
        "key": ", ".join(schema.key),
    }


def _draw_agreed(folder: RunFolder, listed: ShownList, made: Portable) -> None:
    """Steps that change cells which have no problem: saving them is agreeing to that for the next list, too."""
    version = (open_stage(folder).report.to_json(), listed.recipe.fingerprint(), listed.schema.fingerprint())
    effects = [one for one in _good_changes(folder.run_id, version, folder, made.recipe) if one.good]
    if effects:
        lines = "".join(f"\n- {plain(words_for(one.step), 200)}: {_cells(one)}" for one in effects)
        st.caption(f"Next month these steps change cells that have no problem, as they did here:{lines}")


def _cells(effect: StepEffect) -> str:
    if effect.drops:
        return f"{words.count(effect.good, 'row')} dropped by {plain(effect.column)}"
    return f"{words.count(effect.good, 'such cell')} of {plain(effect.column)}"


@st.cache_data(max_entries=8, show_spinner="Looking at what the steps change …")
def _good_changes(
    run_id: str, version: tuple[str, ...], _folder: RunFolder, _meant: Recipe
) -> tuple[StepEffect, ...]:
    return good_changes(_meant, _folder)


def _save(folder: RunFolder, name: str, seen: ShownList, replacing: SavedList | None = None) -> None:
    try:
        entry, made = save_for_next(
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
    told = " ".join([f"Saved as {plain(entry.name)}.", *(plain(note) for note in made.notes())])
    st.session_state[_saved_key(folder)] = told
    st.toast(f"Saved as {plain(entry.name)}.", icon=":material/bookmark_added:")
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
