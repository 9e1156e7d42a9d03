"""The four steps of a list, and what is there besides."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.parts import words

_PAGES = Path(__file__).resolve().parent.parent

STEPS = {
    "file": ("file.py", "", ":material/upload_file:"),
    "columns": ("columns.py", "columns", ":material/view_column:"),
    "check": ("check.py", "check", ":material/checklist:"),
    "import": ("importing.py", "import", ":material/play_circle:"),
}
OTHERS = {
    "runs": ("runs.py", "runs", ":material/history:"),
    "saved": ("saved.py", "saved", ":material/bookmark:"),
    "table": ("table.py", "table", ":material/table_rows:"),
    "settings": ("settings.py", "settings", ":material/settings:"),
}


def page(name: str) -> st.Page:
    """The page called `name` in `words.PAGE_TITLES`."""
    file, url, icon = (STEPS | OTHERS)[name]
    title = words.PAGE_TITLES[name]
    return st.Page(_PAGES / file, title=title, icon=icon, url_path=url or None, default=name == "file")


def choose_page(*, visible: bool) -> st.Page:
    """Tell Streamlit which pages there are (only these are ever served) and return the one asked for."""
    sections = {"This list": [page(name) for name in STEPS], "All lists": [page(name) for name in OTHERS]}
    return st.navigation(sections, position="sidebar" if visible else "hidden", expanded=True)


def is_step(chosen: st.Page) -> bool:
    """True for the four pages that are about one list."""
    return any(chosen.title == words.PAGE_TITLES[name] for name in STEPS)


def go(name: str, run_id: str | None = None) -> None:
    """Leave for another page, with the run in its address."""
    st.switch_page(page(name), query_params={"run": run_id} if run_id else None)


def link(name: str, label: str, run_id: str | None = None, *, icon: str | None = None) -> None:
    """A link to another page that keeps the run in its address."""
    st.page_link(page(name), label=label, icon=icon, query_params={"run": run_id} if run_id else None)
