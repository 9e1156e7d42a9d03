"""The one place where steps are put into the history, and what a step is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import streamlit as st

from importer.check import words_for
from importer.clean import FillFromAbove, History, Move, Operation, fit_operation
from importer.errors import ConfigError
from importer.run import RunFolder, change_history, changing, history_version, open_stage
from pages.parts.keeping import then_drawn_again


def do(folder: RunFolder, *operations: Operation, name: str = "") -> None:
    """Put steps into the history, at once on disk, and draw the page again. One Undo takes all of them back.

    `name`: what several are together, in plain words. Raises ConfigError, and does nothing, when one of them does not
    fit the list.
    """
    keep(folder, _with_them(folder, operations, name))


def put(folder: RunFolder, *operations: Operation, name: str, seen: str | None) -> None:
    """As `do`, for whoever draws the page again: ChangedElsewhere when the history is not the version `seen`."""
    keep_shown(folder, _with_them(folder, operations, name), seen=seen)


def _with_them(folder: RunFolder, operations: Sequence[Operation], name: str) -> Callable[[History], History]:
    stage = open_stage(folder)

    def with_them(history: History) -> History:
        recipe = history.recipe
        for operation in operations:
            recipe.then(operation).check(stage.columns)
            with _telling(operation):
                recipe = recipe.then(fit_operation(recipe, operation, stage))
        return history.do(*recipe.operations[len(history.done) :], name=name)

    return with_them


def _telling(operation: Operation) -> AbstractContextManager[None]:
    """A word on screen while a step that must see the whole list reads it."""
    return st.spinner("Reading the list …") if isinstance(operation, FillFromAbove) else nullcontext()


@dataclass
class Shown:
    """The steps as this tab has them on screen, its own newest ones too: `version` of the history.

    It changes in place, without a call of Streamlit's that could be cut short by the next click.
    """

    version: str


def shown_steps(folder: RunFolder) -> Shown:
    """What this tab shows of the run's steps; those on disk where it has shown none yet."""
    crumb = f"shown_steps_{folder.run_id}"
    if crumb not in st.session_state:
        st.session_state[crumb] = Shown(history_version(folder))
    found: Shown = st.session_state[crumb]
    return found


def keep(folder: RunFolder, change: Callable[[History], History], *, seen: str | None = None) -> None:
    """Save what `change` makes of the history as it is on disk by then, and draw the page again.

    `seen`: the version of the history that a person meant; with another one on disk nothing is done, and that is
    said. Raises ConfigError for a run that is planned already.
    """
    if folder.frozen:
        raise ConfigError("This list is planned already and cannot change. Bring it in again to clean it further.")
    with then_drawn_again():
        keep_shown(folder, change, seen=seen)


def keep_shown(folder: RunFolder, change: Callable[[History], History], *, seen: str | None = None) -> History:
    """As `change_history`; what this tab did itself counts as seen by it."""
    shown = shown_steps(folder)
    with changing(folder):
        history = change_history(folder, change, seen=seen)
        shown.version = history_version(folder)
    return history


def short_title(move: Move) -> str:
    """A step in plain words; a pattern, which only its author can read, is left out."""
    return words_for(move) if isinstance(move, Operation) else move.title()
