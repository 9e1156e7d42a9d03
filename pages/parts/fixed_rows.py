"""The way to a spreadsheet and back: rows to fix go out in two files, and what a person fixed in them comes in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import streamlit as st

from importer import prove
from importer.errors import ImporterError
from importer.fix import FixOutcome, arrived, fixed_before, merge_fixed, write_rows_to_fix
from importer.run import Ledger, NotAsShown, RunFolder, RunState, ShownRun, history_version, read_note, shown_run
from pages.parts import gate, words
from pages.parts.cleaning import Cleaning
from pages.parts.doing import put
from pages.parts.downloads import draw_download
from pages.parts.guard import guard
from pages.parts.keeping import Shown, pressed, say_not_as_shown, then_drawn_again
from pages.parts.markup import plain, show, tag
from pages.parts.run_orders import resume
from pages.parts.upload_box import shown_name

KINDS = ["csv", "tsv", "txt", "tab", "xlsx"]
SHOWN_ROUNDS = 20


def draw_rows_to_fix(work: Cleaning) -> None:
    """Before the import: what changed becomes steps at once, each of which can be undone."""
    folder, held_back = work.folder, work.result.report.undecided
    if folder.frozen:
        st.info("This list is planned or imported. Send fixed rows back on the Import page.", icon=":material/lock:")
        return
    told = _draw_told(folder)
    if not held_back:
        st.success("No row needs fixing.", icon=":material/done_all:")
        return

    def content(*, for_spreadsheets: bool) -> Path:
        path = folder.spreadsheet_rejects if for_spreadsheets else folder.rejects
        return write_rows_to_fix(folder, path, for_spreadsheets=for_spreadsheets)

    given, seen = _draw_exchange(
        folder,
        f"Rows that need fixing ({held_back:,}), exact",
        "Only cells that you changed are taken, in rows that still need fixing. Each column becomes a step; one Undo "
        "takes them all back.",
        content,
        history_version(folder),
    )
    if given is not None:
        taking = _taking(folder, given.name, told)
        with guard("fixed rows"), taking, arrived(folder, given.getvalue()) as path, then_drawn_again():
            found = fixed_before(folder, path)
            if found.steps:
                put(folder, *found.steps, name="Take the fixed rows", seen=seen)
            _keep_told(folder, found.outcome)


def draw_fixed_rows(folder: RunFolder, state: RunState, not_written: int) -> None:
    """After the import: rows that pass the check now are merged back into the same run and sent."""
    told = _draw_told(folder)
    if not_written:

        def content(*, for_spreadsheets: bool) -> Path:
            write = prove.write_spreadsheet_rejects if for_spreadsheets else prove.write_reject_file
            return write(folder)

        with Ledger.open(folder.ledger, read_only=True) as ledger:
            shown = shown_run(ledger)
        given, seen = _draw_exchange(
            folder,
            f"Rejected and failed rows ({not_written:,}), exact",
            "Only rows that you changed are taken. They are checked like all others; those that pass go into the "
            "same table.",
            content,
            shown,
        )
        if given is not None:
            with guard("fixed rows"), _taking(folder, given.name, told):
                _merge(folder, state, given.getvalue(), shown_name(given.name), seen)
    _draw_rounds(folder)


def file_stem(folder: RunFolder) -> str:
    """The list's name without its ending, for the names of downloads."""
    return folder.draft().source_name.rsplit(".", 1)[0]


def _draw_exchange(
    folder: RunFolder, exact: str, promise: str, content: Callable[..., Path], shown: Shown
) -> tuple[st.runtime.uploaded_file_manager.UploadedFile | None, Shown | None]:
    """Two files out, one in; the file that came, once its button is pressed, and what was `shown` then."""
    out, back = st.columns(2, gap="medium")
    with out.container(border=True, height="stretch"):
        st.markdown("**1. Download the rows to fix**")
        st.caption("Each row comes with its number and the reason. Change its cells; the first column must stay.")
        row = st.container(horizontal=True)
        stem, run_id = f"{file_stem(folder)}-rejects", folder.run_id
        sheet, plainly = partial(content, for_spreadsheets=True), partial(content, for_spreadsheets=False)
        draw_download(
            row, "Download for Excel", sheet, f"{stem}-for-spreadsheets.csv", "text/csv", key=run_id, of=folder
        )
        draw_download(row, exact, plainly, f"{stem}.csv", "text/csv", key=run_id, of=folder)
        st.caption(
            "For Excel: opens in any spreadsheet, with formulas made harmless. Exact: the original bytes, "
            "for the partner or a text editor."
        )
    with back.container(border=True, height="stretch"):
        st.markdown("**2. Upload the corrected file**")
        st.caption(promise)
        turn = int(st.session_state.get(f"fixed_turn_{folder.run_id}", 0))
        given = st.file_uploader(
            "Fixed file", type=KINDS, label_visibility="collapsed", key=f"fixed_in_{folder.run_id}_{turn}"
        )
        meant = pressed(
            st.button,
            "Take the fixed rows",
            shown=shown,
            key=f"fixed_take_{folder.run_id}",
            type="primary",
            icon=":material/upload:",
            disabled=given is None,
        )
    return (given if meant is not None else None), meant


@contextmanager
def _taking(folder: RunFolder, name: str, told: st.delta_generator.DeltaGenerator) -> Iterator[None]:
    """A file that is refused is named where it was sent, and what came of the one before no longer stands above."""
    try:
        yield
    except ImporterError as error:
        st.session_state.pop(f"fixed_told_{folder.run_id}", None)
        told.empty()
        refused = f'**Nothing was taken from "{plain(shown_name(name))}".** {plain(error, limit=2000)}'
        st.error(f"{refused} What was taken before stays as it is.", icon=":material/error:")


def _merge(folder: RunFolder, state: RunState, content: bytes, name: str, seen: ShownRun | None) -> None:
    """Merge the file; a finished run goes on at once, one that a person stopped waits for that person."""
    try:
        with st.spinner("Checking the fixed rows …"), arrived(folder, content) as path:
            outcome = merge_fixed(folder, path, name=name, who=gate.who(), seen=seen)
    except NotAsShown as error:
        say_not_as_shown(error)
        st.rerun()
    waits = outcome.passed and state is not RunState.FINISHED
    _keep_told(folder, outcome, " They are sent when the run goes on: press Resume." if waits else "")
    if outcome.passed and state is RunState.FINISHED:
        resume(folder.run_id)
    st.rerun()


def _keep_told(folder: RunFolder, outcome: FixOutcome, more: str = "") -> None:
    """A crumb for the next drawing, and an empty uploader."""
    told = f"{outcome.sentence} {outcome.result}".strip() + more
    st.session_state[f"fixed_told_{folder.run_id}"] = (told, outcome.notes, bool(outcome.changed))
    turn = f"fixed_turn_{folder.run_id}"
    st.session_state[turn] = int(st.session_state.get(turn, 0)) + 1
    st.toast(plain(told), icon=":material/table_view:")


def _draw_told(folder: RunFolder) -> st.delta_generator.DeltaGenerator:
    """What came of the file that was sent last in this session; its place on the page."""
    place = st.empty()
    kept = st.session_state.get(f"fixed_told_{folder.run_id}")
    if kept is None:
        return place
    told, notes, changed = kept
    box, icon = (place.success, ":material/done:") if changed else (place.info, ":material/info:")
    box("\n- ".join([plain(told, 1000), *(plain(note, 1000) for note in notes)]), icon=icon)
    return place


def _draw_rounds(folder: RunFolder) -> None:
    """Every file of fixed rows that was merged, from the ledger."""
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        rounds = ledger.rounds()
    if not rounds:
        return
    lines = []
    for one in reversed(rounds[-SHOWN_ROUNDS:]):
        note = read_note(folder, one.number)
        told = note.get("sentence", f"{words.count(one.rows, 'row')} changed."), note.get("result", "")
        who = " by ".join(part for part in (str(note.get("name", "")), str(note.get("who", ""))) if part)
        lines.append(tag("div", f"{words.moment(one.at)} · {who} · {' '.join(told)}"))
    with st.expander(f"Fixed rows sent back ({len(rounds)})", icon=":material/history_edu:"):
        show(tag("div", *lines, cls="ci-note"))
