"""Which part of the file is the list, and how it is read: asked where that is open, told where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import streamlit as st

from importer.intake import (
    ALL,
    Dialect,
    Guess,
    Member,
    MemberNotChosen,
    SourceSpec,
    StageReport,
    find_dialect,
    guess_dialect,
    has_cells_of_its_own,
    is_exact,
    join_dialects,
    resolve_members,
    sheet_rows,
)
from importer.run import RunFolder
from pages.parts import words
from pages.parts.dialect_form import dialect_form
from pages.parts.markup import plain

FEW_MEMBERS = 8
"""So many are shown side by side; more are a list to choose from."""

SHOWN = ("encoding", "delimiter", "quote", "drawn", "header_rows", "label_rows", "preamble_rows")
HEADER_PARTS = ("preamble_rows", "header_rows", "label_rows")
"""What the form lets a person choose of a dialect."""


def source_form(folder: RunFolder, kept: Dialect | None) -> tuple[Dialect, SourceSpec] | None:
    """How the list is to be read, and what of that a person said; None while it is open which list is meant."""
    spec = SourceSpec.from_dict(folder.draft().reading)
    member = _pick_member(folder, spec.member)
    if member is None:
        return None
    names = resolve_members(folder.source, member)
    if member == ALL and len(names) == 1:
        member = names[0]
    spec = replace(spec, member=member)
    if _is_exact(str(folder.source), folder.run_id, ALL if len(names) > 1 else names[0]):
        st.caption("The file says the type of each value. They are kept.")
        return find_dialect(folder.source, spec), spec
    return _delimited(folder, spec, names, kept)


def draw_members(report: StageReport) -> None:
    """The lists that were read as one, with their rows."""
    if report.members:
        lists = pd.DataFrame([(one.name, one.rows) for one in report.members], columns=["list", "rows"])
        st.caption("Read as one list; messages name the list and the row in it.")
        st.dataframe(lists, hide_index=True, height=min(320, 38 + 35 * len(lists)), width="content")


def _delimited(
    folder: RunFolder, spec: SourceSpec, names: Sequence[str], kept: Dialect | None
) -> tuple[Dialect, SourceSpec]:
    """The form for delimited text. Of several lists it shows the first, and what is changed there is for all."""
    guesses = [_guess(str(folder.source), folder.run_id, name) for name in names]
    found = tuple(guess.dialect for guess in guesses)
    is_kept = kept is not None and [one.member for one in kept.of_each] == [one.member for one in found]
    now = kept.of_each if kept is not None and is_kept else tuple(spec.overrule(one) for one in found)
    place = "_".join([folder.run_id, *(str(len(name)) + name[-12:] for name in names if len(names) == 1)])
    is_ours = all(_has_cells(str(folder.source), folder.run_id, name) for name in names)
    wanted = dialect_form(guesses[0], now[0], place, only_header=is_ours)
    changed = {name: getattr(wanted, name) for name in SHOWN if getattr(wanted, name) != getattr(now[0], name)}
    dialect = join_dialects([wanted, *(replace(one, **changed) for one in now[1:])])
    return dialect, _said(spec, wanted, found[0])


def _said(spec: SourceSpec, wanted: Dialect, found: Dialect) -> SourceSpec:
    """What a person said of the reading: all that is not as it was found."""
    header = any(getattr(wanted, name) != getattr(found, name) for name in HEADER_PARTS)
    first = wanted.preamble_rows + 1
    return replace(
        spec,
        encoding=wanted.encoding if wanted.encoding != found.encoding else "",
        delimiter=wanted.delimiter if wanted.delimiter != found.delimiter else "",
        header_row=first if header and wanted.header_rows else None,
        header_end=first + wanted.header_rows - 1 if header and wanted.header_rows else None,
        no_header=header and not wanted.header_rows,
    )


def _pick_member(folder: RunFolder, said: str) -> str | None:
    """The member that is meant: "" where there is only one list, ALL, or a name; None as long as nobody chose."""
    try:
        resolve_members(folder.source)
        return ""
    except MemberNotChosen as error:
        members = [member for member in error.members if member.is_list]
        is_book = error.is_workbook
    facts = {member.name: _facts(folder, member, is_book=is_book) for member in members}
    facts[ALL] = f"All {len(members)} together, as one list"
    options = list(facts)
    what = "sheet" if is_book else "file in the archive"
    label = f"Which {what} is the list?"
    index = options.index(said) if said in options else None
    key = f"member_{folder.run_id}"
    if len(members) <= FEW_MEMBERS:
        chosen = st.radio(label, options, index=index, format_func=facts.__getitem__, key=key)
    else:
        chosen = st.selectbox(
            label, options, index=index, format_func=facts.__getitem__, key=key, placeholder=f"Choose a {what}"
        )
    if chosen is None:
        st.info(f"The file holds {len(members)} lists. Choose the one that is meant, or all.", icon=":material/info:")
    return chosen


def _facts(folder: RunFolder, member: Member, *, is_book: bool) -> str:
    """A member with its size, as `North · 421 rows`."""
    size = words.size(member.size_bytes) if not is_book else ""
    rows = _sheet_rows(str(folder.source), folder.run_id, member.name) if is_book else None
    told = size if rows is None else words.count(rows, "row")
    return plain(f"{member.name} · {told}" if told else member.name)


@st.cache_data(max_entries=256, show_spinner="Looking at the sheets …")
def _sheet_rows(source: str, run_id: str, sheet: str) -> int | None:
    return sheet_rows(Path(source), sheet)


@st.cache_data(max_entries=64, show_spinner="Looking at the file …")
def _guess(source: str, run_id: str, member: str) -> Guess:
    return guess_dialect(Path(source), member)


@st.cache_data(max_entries=64, show_spinner="Looking at the file …")
def _has_cells(source: str, run_id: str, member: str) -> bool:
    return has_cells_of_its_own(Path(source), member)


@st.cache_data(max_entries=64, show_spinner="Looking at the file …")
def _is_exact(source: str, run_id: str, member: str) -> bool:
    return is_exact(Path(source), member)
