"""Saved lists: the kinds of list that open with everything in place; rename, delete, download."""

from __future__ import annotations

import streamlit as st

from importer.check import dump_schema
from importer.run import DamagedEntry, SavedList, delete_saved, load_last, read_library, rename_saved
from pages.parts import words
from pages.parts.doing import short_title
from pages.parts.downloads import draw_download
from pages.parts.guard import guard
from pages.parts.head import draw_head
from pages.parts.keeping import pressed, then_drawn_again
from pages.parts.markup import plain, show, tag
from pages.parts.navigation import link
from pages.parts.pick_line import pick_line
from pages.parts.pieces import facts
from pages.parts.run_in_url import settings


def line(entry: SavedList) -> dict[str, object]:
    """One saved list as a line of the table."""
    last = load_last(settings(), entry.entry_id)
    return {
        "name": entry.name,
        "steps": len(entry.recipe.operations),
        "rules": entry.rules,
        "columns": len(entry.columns),
        "saved": words.moment(entry.saved_at),
        "last used": words.moment(last.at if last else None),
    }


def draw_one(entry: SavedList) -> None:
    """The picked one: what is in it, and what can be done with it."""
    last = load_last(settings(), entry.entry_id)
    used = f"{last.source_name}, {words.count(last.profile.rows, 'row')}, {words.moment(last.at)}" if last else "–"
    with st.container(border=True):
        st.markdown(f"**{plain(entry.name)}**")
        made_on = f"{entry.source_name}, {words.moment(entry.saved_at)}"
        show(facts({"made on": made_on, "last list": used, "key": ", ".join(entry.schema.key)}))
        draw_buttons(entry)
        draw_content(entry)


def draw_buttons(entry: SavedList) -> None:
    """Rename, download, delete."""
    row = st.container(horizontal=True)
    with row.popover("Rename", icon=":material/edit:"), st.form(f"rename_{entry.entry_id}", border=False):
        name = st.text_input("Name", entry.name, max_chars=80, key=f"name_{entry.entry_id}_{entry.name}")
        key = f"rename_it_{entry.entry_id}"
        renamed: SavedList | None = pressed(st.form_submit_button, "Rename", shown=entry, key=key, type="primary")
        if renamed is not None:
            with guard("rename"), then_drawn_again():
                rename_saved(settings(), entry.entry_id, name, seen=renamed)
    stem = "-".join("".join(sign if sign.isalnum() else " " for sign in entry.name).lower().split()) or "saved"
    draw_download(row, "Schema (YAML)", lambda: dump_schema(entry.schema), f"{stem}-schema.yaml", "text/yaml")
    draw_download(row, "Recipe (JSON)", entry.recipe.to_json, f"{stem}-recipe.json", "application/json")
    with row.popover("Delete", icon=":material/delete:"):
        st.markdown(f"Delete **{plain(entry.name)}**? Lists that were opened as it keep their steps and rules.")
        key, icon = f"delete_{entry.entry_id}", ":material/delete:"
        gone: SavedList | None = pressed(st.button, "Delete it", shown=entry, key=key, type="primary", icon=icon)
        if gone is not None:
            with guard("delete"), then_drawn_again():
                delete_saved(settings(), entry.entry_id, seen=gone)


def draw_content(entry: SavedList) -> None:
    """Steps, rules and columns in words."""
    steps, rules, columns = st.tabs(["Steps", "Rules", "Columns"], key=f"content_{entry.entry_id}")
    with steps:
        if entry.recipe.operations:
            show(tag("ol", *(tag("li", short_title(step)) for step in entry.recipe.operations)))
        else:
            st.caption("No steps: the list is imported as it comes.")
    with rules:
        told = [f"{spec.column} {rule.sentence()}" for spec in entry.schema.columns for rule in spec.rules]
        if told:
            show(tag("ul", *(tag("li", one) for one in told)))
        else:
            st.caption("No rules.")
    with columns:
        becomes = {spec.column: spec.attribute for spec in entry.schema.columns}
        show(facts({name: becomes.get(name) or "not imported as it is" for name in entry.columns}))


def draw_damaged(broken: DamagedEntry) -> None:
    """A saved list that cannot be read: why, and the way to be rid of it."""
    st.error(f"A saved list cannot be read. {plain(broken.reason)}", icon=":material/broken_image:")
    if st.button("Delete the damaged one", icon=":material/delete:", key=f"delete_{broken.entry_id}"):
        delete_saved(settings(), broken.entry_id)
        st.rerun()


draw_head("Saved lists")
library = read_library(settings())
for broken_one in library.damaged:
    draw_damaged(broken_one)
if not library.entries:
    st.info(
        "Nothing is saved yet. Clean a list, then choose “Save for next month” on its Check page: "
        "the next list with the same columns opens with everything in place.",
        icon=":material/bookmark:",
    )
    link("file", "Bring a list in", icon=":material/upload_file:")
    st.stop()
st.caption("A list whose columns match one of these opens with its steps, types and rules in place. Pick one.")
place = pick_line(
    [entry.entry_id for entry in library.entries],
    [line(entry) for entry in library.entries],
    "saved",
    height=420,
    columns={
        "name": st.column_config.TextColumn(pinned=True, width="medium"),
        **{name: st.column_config.NumberColumn(format="localized") for name in ("steps", "rules", "columns")},
    },
)
draw_one(library.entries[place])
