"""Keeping what a person did, unless another tab was first: then that is said, and the list drawn as it is by now.

A click arrives after the page was drawn anew: what the person meant is what stood there before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import streamlit as st

from importer.check import Schema
from importer.run import ChangedElsewhere, NotAsShown, RunFolder, save_schema
from pages.parts.markup import plain

Shown = TypeVar("Shown")

NEWEST_TURNS = 2
"""The drawing that a click leads to, and another where that one was cut short by a change elsewhere."""

_TURN = "turn"


def pressed(button: Callable[..., bool], label: str, *, shown: Shown, key: str, **how: Any) -> Shown | None:
    """Draw a button; what was on screen when it was clicked (`shown` of that drawing), None without a click.

    `button` is a container's `button` or `form_submit_button`. `shown` is never None.
    """

    def carry() -> None:
        st.session_state[_crumb(key)] = (st.session_state.get(_TURN, 0), shown)

    button(label, key=key, on_click=carry, **how)
    return late_press(key)


def late_press(key: str) -> Any:
    """What a click brought along, whether its button is drawn now or not; None without a click just now."""
    turn, shown = st.session_state.pop(_crumb(key), (0, None))
    return shown if st.session_state.get(_TURN, 0) - turn <= NEWEST_TURNS else None


def begin_turn() -> None:
    """Count a drawing of the whole page, so that a click that nobody took does not come back much later."""
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def _crumb(key: str) -> str:
    return f"pressed_{key}"


@contextmanager
def then_drawn_again() -> Iterator[None]:
    """Draws the page again after the block, also when the block found the list changed elsewhere."""
    try:
        yield
    except NotAsShown as error:
        say_not_as_shown(error)
    except ChangedElsewhere as error:
        st.toast(plain(error, 500), icon=":material/sync_problem:", duration="long")
    st.rerun()


def say_next(message: str, *lines: str) -> None:
    """Keep a message, and what belongs below it, for the next drawing: it must not vanish by itself."""
    st.session_state["not_done"] = (message, lines)


def say_not_as_shown(error: NotAsShown) -> None:
    """As `say_next`, each difference in a line of its own."""
    say_next(error.head, *error.changes)


def draw_not_done() -> None:
    """Why the last click did nothing, until the next one."""
    message, lines = st.session_state.pop("not_done", ("", ()))
    if message:
        listed = "".join(f"\n- {plain(line, 500)}" for line in lines)
        st.warning(plain(message, 1000) + listed, icon=":material/sync_problem:")


def keep_schema(folder: RunFolder, schema: Schema, seen: Schema) -> None:
    """Save what a person made of the schema on screen (`seen`), and draw the page again."""
    with then_drawn_again():
        save_schema(folder, schema, seen=seen)
