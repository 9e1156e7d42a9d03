"""Keeping what a person did, unless another tab was first: then that is said, and the list drawn as it is by now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from importer.check import Schema
from importer.run import ChangedElsewhere, RunFolder, save_schema
from pages.parts.markup import plain


@contextmanager
def then_drawn_again() -> Iterator[None]:
    """Draws the page again after the block, also when the block found the list changed elsewhere."""
    try:
        yield
    except ChangedElsewhere as error:
        st.toast(plain(error, 500), icon=":material/sync_problem:", duration="long")
    st.rerun()


def keep_schema(folder: RunFolder, schema: Schema, seen: Schema) -> None:
    """Save what a person made of the schema on screen (`seen`), and draw the page again."""
    with then_drawn_again():
        save_schema(folder, schema, seen=seen)
