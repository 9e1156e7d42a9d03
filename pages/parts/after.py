"""After the run: totals that sum to the file or say what is missing, reasons, downloads, the receipt."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from importer import prove
from importer.check import CheckResult
from importer.errors import ImporterError
from importer.run import Bucket, Ledger, RunFolder, RunState
from pages.parts import words
from pages.parts.downloads import draw_download
from pages.parts.fixed_rows import draw_fixed_rows, file_stem
from pages.parts.markup import plain, show
from pages.parts.navigation import link
from pages.parts.pieces import reasons
from pages.parts.save_list import draw_save
from pages.parts.watch import draw_events

REASONS = (Bucket.REJECTED, Bucket.FAILED, Bucket.SKIPPED, Bucket.DUPLICATE)


def draw_after(folder: RunFolder, state: RunState) -> None:
    """Draw it for a run that stands still."""
    st.subheader("Result", anchor=False)
    found = prove.totals(folder)
    box, icon = (st.success, ":material/done_all:") if found.adds_up else (st.error, ":material/report:")
    if state is not RunState.FINISHED and found.adds_up:
        box, icon = st.info, ":material/hourglass_top:"
    box(plain(found.sentence, 1000), icon=icon)
    _draw_reasons(folder, f"{state.value}{found.buckets}{_rounds(folder)}")
    draw_fixed_rows(folder, state, found.buckets.rejected + found.buckets.failed)
    row = st.container(horizontal=True, vertical_alignment="center")
    _draw_receipt(folder, row)
    if found.buckets.duplicate:
        draw_download(
            row,
            f"Duplicates ({found.buckets.duplicate:,})",
            lambda: prove.write_duplicate_file(folder),
            f"{file_stem(folder)}-duplicates.csv",
            "text/csv",
            icon="content_copy",
            key=folder.run_id,
            of=folder,
            hint="Rows that were not written because another row with their key was.",
        )
    draw_save(folder, row)
    with row:
        link("table", "See the contacts in the table", folder.run_id, icon=":material/table_rows:")
    draw_events(folder)


def _rounds(folder: RunFolder) -> int:
    """Rounds of fixed rows so far: a round may change reasons and leave the numbers as they are."""
    with Ledger.open(folder.ledger, read_only=True) as ledger:
        return len(ledger.rounds())


def _draw_reasons(folder: RunFolder, version: str) -> None:
    counts = _count_reasons(str(folder.ledger), version)
    if not counts:
        return
    titles = _titles(folder)
    lines = [
        (f"{number:,}", words.BUCKET_WORDS[bucket], column, titles.get((code, column), code.replace("_", " ")), code)
        for (bucket, code, column), number in counts.most_common()
    ]
    show(reasons(("rows", "went to", "column", "why", "code"), lines))


@st.cache_data(max_entries=16, show_spinner="Counting reasons …")
def _count_reasons(ledger_path: str, version: str) -> Counter[tuple[str, str, str]]:
    from pathlib import Path

    with Ledger.open(Path(ledger_path), read_only=True) as ledger:
        return Counter((bucket, code, column) for _, bucket, code, column in ledger.outcomes(*REASONS))


def _titles(folder: RunFolder) -> dict[tuple[str, str], str]:
    """The check's own words for a cause, where its result is still there."""
    try:
        return {(cause.code, cause.column): cause.rule for cause in CheckResult.open(folder.check).report.causes}
    except ImporterError:
        return {}


def _draw_receipt(folder: RunFolder, row: st.delta_generator.DeltaGenerator) -> None:
    draw_download(
        row,
        "Import report",
        lambda: prove.write_receipt(folder),
        f"{file_stem(folder)}-receipt.json",
        "application/json",
        icon="receipt_long",
        key=folder.run_id,
        of=folder,
        hint="Hashes, totals, times and target of this run.",
    )
