"""The check of the list on screen: made when something it depends on changed, else the kept one."""

from __future__ import annotations

from functools import partial

import streamlit as st

from importer.check import CheckReport, CheckResult
from importer.run import (
    RunFolder,
    check_job,
    check_run,
    kept_check,
    list_version,
    open_stage,
    prepare_schema,
    read_recipe,
    read_schema,
)
from pages.parts import words
from pages.parts.beside import AT_ONCE_S, Telling, ended, is_long, need_profile
from pages.parts.target import TargetNow, keep_known

CHECKING = Telling("Checking every row", "The check was stopped.", "Check the list")

AFTER_A_FIX_S = 2.0
"""A check after a fix looks at what the fix touched and takes half a second; a bar would only flash by."""

MOST_CELLS_AT_ONCE = 40_000_000
"""Of a longer list even such a check takes some seconds of the processor: a process does it."""


def checked(folder: RunFolder, now: TargetNow) -> CheckReport:
    """The report for recipe, schema and table of this moment. A planned run shows the check it was planned with.

    The page ends here, with how far it is, while a long list is checked."""
    if folder.frozen:
        return CheckResult.open(folder.check).report
    keep_known(folder, now)
    if not folder.schema.exists():
        need_profile(folder)
    prepare_schema(folder, now.key)
    kept = kept_check(folder, now.key)
    if kept is not None:
        return kept
    stage = open_stage(folder)
    if not is_long(stage):
        return _check_here(folder, now)
    steps, rules = read_recipe(folder).fingerprint(), read_schema(folder).fingerprint()
    version, job = (list_version(stage), steps, rules, str(now.key)), partial(check_job, folder=folder, key=now.key)
    again = folder.checked_columns.exists() and stage.rows * len(stage.columns) <= MOST_CELLS_AT_ONCE
    wait_s = AFTER_A_FIX_S if again else AT_ONCE_S
    if ended(folder, "check", version, job, CHECKING, apart=not again, at_once_s=wait_s) is None:
        st.stop()
    return kept_check(folder, now.key) or st.rerun()


def _check_here(folder: RunFolder, now: TargetNow) -> CheckReport:
    place = st.container(key="checking").empty()

    def tell(done: int, total: int) -> None:
        if total > done:
            place.progress(done / max(1, total), text=f"{CHECKING.doing} … {words.percent(done, total)}")

    report = check_run(folder, now.key, on_progress=tell, remembers=True)
    place.empty()
    return report
