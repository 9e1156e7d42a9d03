"""The one place where steps are put into the history, and what a step is called."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import streamlit as st

from importer.check import words_for
from importer.clean import FillFromAbove, History, Move, Operation, fit_operation
from importer.errors import ConfigError
from importer.run import RunFolder, change_history, open_stage


def do(folder: RunFolder, *operations: Operation) -> None:
    """Put steps into the history, at once on disk, and draw the page again.

    Raises ConfigError, and does nothing, when one of them does not fit the list.
    """
    stage = open_stage(folder)

    def with_them(history: History) -> History:
        for operation in operations:
            history.recipe.then(operation).check(stage.columns)
            with _telling(operation):
                history = history.do(fit_operation(history.recipe, operation, stage))
        return history

    keep(folder, with_them)


def _telling(operation: Operation) -> AbstractContextManager[None]:
    """A word on screen while a step that must see the whole list reads it."""
    return st.spinner("Reading the list …") if isinstance(operation, FillFromAbove) else nullcontext()


def keep(folder: RunFolder, change: Callable[[History], History]) -> None:
    """Save what `change` makes of the history as it is on disk by then, and draw the page again.

    Raises ConfigError for a run that is planned already.
    """
    if folder.frozen:
        raise ConfigError("This list is planned already and cannot change. Bring it in again to clean it further.")
    change_history(folder, change)
    st.rerun()


def short_title(move: Move) -> str:
    """A step in plain words; a pattern, which only its author can read, is left out."""
    return words_for(move) if isinstance(move, Operation) else move.title()
