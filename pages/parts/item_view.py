"""One row as it will be stored, beside the cells it is made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from importer.check import Schema
from importer.clean import load_history
from importer.errors import ConfigError
from importer.intake import Stage
from importer.run import ItemPreview, RunFolder, preview_item
from pages.parts import words
from pages.parts.guard import guard
from pages.parts.markup import Markup, plain, show, tag
from pages.parts.pieces import cell, facts, join

SHOWN_JSON = 20_000
"""Characters of an item that are sent to the browser; it may have 400 KB."""


@st.cache_data(max_entries=64, show_spinner="Making the item …")
def _preview(_folder: RunFolder, version: tuple[str, ...], row: int | None) -> ItemPreview:
    """Made once for what it hangs on (`version`): of a long list it takes a while to look a row up."""
    return preview_item(_folder, row)


@st.fragment
def draw_item(folder: RunFolder, stage: Stage, schema: Schema, *, in_sight: bool) -> None:
    """Choose a row; the item at the left, its cells at the right. It is made once the tab is `in_sight`."""
    report, recipe = stage.report, load_history(folder.recipe).recipe
    read = json.dumps(report.dialect.to_dict(), sort_keys=True)
    version = (folder.run_id, report.source_sha256, read, recipe.fingerprint(), schema.fingerprint())
    row = st.number_input(
        "Row of the list",
        min_value=1,
        value=None,
        step=1,
        placeholder="the first row that is ready",
        help="Numbered as a spreadsheet does it. Without a number: the first row that is ready.",
        width=280,
        key=f"item_row_{folder.run_id}",
    )
    if not in_sight:
        return
    with guard("item"):
        try:
            shown = _preview(folder, version, None if row is None else int(row))
        except ConfigError as error:
            st.info(plain(error), icon=":material/search_off:")
            return
        _draw_state(shown)
        stored, cells = st.columns([1.2, 1], gap="medium")
        with stored:
            _draw_stored(shown)
        with cells:
            _draw_cells(shown)


def _draw_state(shown: ItemPreview) -> None:
    if shown.dropped:
        st.info(f"Row {shown.row:,} is dropped by a step, so it is not stored.", icon=":material/delete:")
    elif shown.problems:
        told = " ".join(shown.problems)
        st.warning(
            plain(f"Row {shown.row:,} is held back until this is mended: {told}", limit=1000),
            icon=":material/block:",
        )


def _draw_stored(shown: ItemPreview) -> None:
    if shown.item is None:
        st.caption("There is no item to show: " + ("the row is dropped." if shown.dropped else "see above."))
        return
    units = words.count(shown.write_units, "write unit")
    st.markdown(f"**Row {shown.row:,} in the table** · {shown.size_bytes:,} bytes · {units}")
    text = _written(shown.item)
    st.code(text[:SHOWN_JSON], language="json", wrap_lines=True, height="content" if len(text) < 2_000 else 520)
    if len(text) > SHOWN_JSON:
        st.caption(f"Shown are the first {SHOWN_JSON:,} of {len(text):,} characters.")
    st.caption("DynamoDB's own notation, as it is sent: S text, N number, BOOL yes or no, SS set, L list, M map.")


def _written(item: Mapping[str, Any]) -> str:
    """The item as JSON, one attribute a line."""
    parts = [
        (json.dumps(name, ensure_ascii=False), json.dumps(value, ensure_ascii=False)) for name, value in item.items()
    ]
    return "{\n" + ",\n".join(f"  {name}: {value}" for name, value in parts) + "\n}"


def _draw_cells(shown: ItemPreview) -> None:
    st.markdown("**Its cells in the list**")
    show(facts({name: _cell(text) for name, text in shown.source.items()}))
    changed = {name: text for name, text in shown.cleaned.items() if shown.source.get(name) != text}
    gone = [name for name in shown.source if name not in shown.cleaned] if shown.cleaned else []
    if changed:
        st.markdown("**Changed by the steps**")
        show(facts({name: _cell(text) for name, text in changed.items()}))
    if gone:
        st.caption(plain(f"Not there any more after the steps: {', '.join(gone)}"))


def _cell(text: str) -> Markup:
    """A cell as text, cut where it is very long."""
    most = words.SHOWN_CHARACTERS
    if len(text) <= most:
        return join([tag("span", cell(text))])
    return join([tag("span", cell(text[:most])), tag("span", f" … {len(text):,} characters", cls="ci-note")])
