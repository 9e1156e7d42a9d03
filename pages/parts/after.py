"""After the run: totals that sum to the file or say what is missing, reasons, downloads, the receipt."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import streamlit as st

from importer import prove
from importer.check import CheckResult
from importer.errors import ImporterError
from importer.run import Bucket, Ledger, RunFolder, RunState
from pages.parts import words
from pages.parts.markup import plain
from pages.parts.navigation import link
from pages.parts.save_list import draw_save
from pages.parts.watch import draw_events

REASONS = (Bucket.REJECTED, Bucket.FAILED, Bucket.SKIPPED, Bucket.DUPLICATE)


def draw_after(folder: RunFolder, state: RunState) -> None:
    """Draw it for a run that stands still."""
    st.subheader("Where every row is", anchor=False)
    found = prove.totals(folder)
    box, icon = (st.success, ":material/done_all:") if found.adds_up else (st.error, ":material/report:")
    if state is not RunState.FINISHED and found.adds_up:
        box, icon = st.info, ":material/hourglass_top:"
    box(plain(found.sentence, 1000), icon=icon)
    _draw_reasons(folder, state.value + str(found.buckets.total))
    _draw_downloads(folder, found.buckets.rejected + found.buckets.failed)
    draw_save(folder)
    draw_events(folder)
    link("table", "See the contacts in the table", folder.run_id, icon=":material/table_rows:")


def _draw_reasons(folder: RunFolder, version: str) -> None:
    counts = _count_reasons(str(folder.ledger), version)
    if not counts:
        return
    titles = _titles(folder)
    lines = [
        {
            "rows": number,
            "went to": words.BUCKET_WORDS[bucket],
            "column": column,
            "why": titles.get((code, column), code.replace("_", " ")),
            "code": code,
        }
        for (bucket, code, column), number in counts.most_common()
    ]
    st.dataframe(
        pd.DataFrame(lines),
        hide_index=True,
        column_config={"rows": st.column_config.NumberColumn(width="small", format="localized")},
    )


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


def _draw_downloads(folder: RunFolder, bad: int) -> None:
    row = st.container(horizontal=True)
    stem = folder.draft().source_name.rsplit(".", 1)[0]
    if bad:
        row.download_button(
            f"Rows not written ({bad:,}), exact",
            lambda: prove.write_reject_file(folder).read_bytes(),
            f"{stem}-rejects.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            help="The original bytes of each row, with row, column, code and reason before them.",
        )
        row.download_button(
            "The same for spreadsheets",
            lambda: prove.write_spreadsheet_rejects(folder).read_bytes(),
            f"{stem}-rejects-for-spreadsheets.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            help="Cells that a spreadsheet would run as a formula are made harmless.",
        )
    row.download_button(
        "Receipt",
        lambda: prove.write_receipt(folder).read_bytes(),
        f"{stem}-receipt.json",
        "application/json",
        icon=":material/receipt_long:",
        on_click="ignore",
        help="Hashes, totals, times and target of this run.",
    )
