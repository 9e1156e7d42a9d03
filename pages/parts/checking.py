"""The check of the list on screen: made when something it depends on changed, else the kept one."""

from __future__ import annotations

import streamlit as st

from importer.check import CheckReport, CheckResult
from importer.run import RunFolder, check_run, prepare_schema
from pages.parts import words
from pages.parts.target import TargetNow, keep_known


def checked(folder: RunFolder, now: TargetNow) -> CheckReport:
    """The report for recipe, schema and table of this moment. A planned run shows the check it was planned with."""
    if folder.frozen:
        return CheckResult.open(folder.check).report
    keep_known(folder, now)
    prepare_schema(folder, now.key)
    place = st.container(key="checking").empty()

    def tell(done: int, total: int) -> None:
        if total > done:
            place.progress(done / max(1, total), text=f"Checking every row … {words.percent(done, total)}")

    report = check_run(folder, now.key, on_progress=tell, remembers=True)
    place.empty()
    return report
