"""Where a person is among the failing rows: it stands in the address, so a reload and a link lead back there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import streamlit as st

from importer.check import Cause, CheckReport

_NAMES = {"view": "view", "problem": "problem", "page": "page", "row": "row"}


@dataclass(frozen=True)
class GridPlace:
    """`view`: "rows" for the grid's tab. `problem`: a cause's name, "" for all. `page` from 1. `row`: the one shown
    alone, 0 for a page of them."""

    view: str = ""
    problem: str = ""
    page: int = 1
    row: int = 0

    @classmethod
    def now(cls, run_id: str) -> Self:
        """From the address; on the way back from another page, whose links drop it, from the session."""
        asked = st.query_params
        if not any(name in asked for name in _NAMES):
            kept = st.session_state.get(_crumb(run_id))
            return kept if isinstance(kept, cls) else cls()
        return cls(
            asked.get("view", ""),
            asked.get("problem", ""),
            max(1, _whole(asked.get("page", "1"))),
            max(0, _whole(asked.get("row", "0"))),
        )

    def put(self, run_id: str, **changed: str | int) -> None:
        """Go there: the address and the session say so from now on."""
        there = replace(self, **changed)  # type: ignore[arg-type]
        st.session_state[_crumb(run_id)] = there
        default = GridPlace()
        for name in _NAMES:
            value = getattr(there, name)
            if value == getattr(default, name):
                st.query_params.pop(name, None)
            elif st.query_params.get(name) != str(value):
                st.query_params[name] = str(value)


def cause_name(cause: Cause) -> str:
    """What the address calls it."""
    return f"{cause.code}:{cause.column}" if cause.column else cause.code


def cause_of(report: CheckReport, problem: str) -> Cause | None:
    """The cause of this name, None for all of them and for one that is gone."""
    code, _, column = problem.partition(":")
    return report.cause(code, column) if code else None


def _crumb(run_id: str) -> str:
    return f"grid_place_{run_id}"


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
