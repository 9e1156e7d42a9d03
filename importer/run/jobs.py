"""What is done beside the pages: each job as a process takes it, told how to say how far it is and when to stop."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from importer.clean import (
    MAX_DISTINCT,
    Change,
    Decision,
    Operation,
    PersonColumns,
    Recipe,
    count_each,
    find_clusters,
    find_people,
    names_among,
    part_for,
    person_mark,
    value_mark,
)
from importer.errors import RunCancelled
from importer.intake import Dialect, SourceSpec, Stage
from importer.run.folder import RunFolder
from importer.run.prepare import check_run, prepare_profile, prepare_stage
from importer.run.saved.replay import replay_warnings
from importer.run.staged import open_stage
from importer.run.workers import IsCancelled, OnProgress
from importer.store import cleaned_list, value_counts
from importer.table import TableKey


def read_job(
    on_progress: OnProgress, cancelled: IsCancelled, *, folder: RunFolder, dialect: Dialect, spec: SourceSpec
) -> None:
    """Read the source into the stage."""
    prepare_stage(folder, dialect, spec=spec, on_progress=on_progress, cancelled=cancelled)


def profile_job(
    on_progress: OnProgress, cancelled: IsCancelled, *, folder: RunFolder, key_column: str | None
) -> None:
    """Count what is in each column; one query, which does not say how far it is."""
    prepare_profile(folder, key_column)


def check_job(on_progress: OnProgress, cancelled: IsCancelled, *, folder: RunFolder, key: TableKey) -> None:
    """Check every row. What the steps of a saved list do is counted too: every page that shows the check tells it."""
    check_run(folder, key, on_progress=on_progress, cancelled=cancelled, remembers=True)
    list(replay_warnings(folder))


@dataclass(frozen=True)
class Groups:
    """What is probably one: how many groups there are, and the first of them, each with the mark that it is put aside
    by."""

    total: int
    first: tuple[tuple[Any, str], ...]


def people_job(
    on_progress: OnProgress,
    cancelled: IsCancelled,
    *,
    folder: RunFolder,
    recipe: Recipe,
    columns: PersonColumns,
    most: int,
) -> Groups:
    """Rows that are probably one person (PersonCluster), `most` groups of them; only the columns that tell people
    apart are read."""
    stage = open_stage(folder)
    part = part_for(recipe, stage.columns, columns.all, rows=True)
    decisions = (step for step in recipe.operations if isinstance(step, Decision))
    rows = _Rows(stage, chosen=part.columns, on_progress=_heard(on_progress, cancelled))
    found = find_people(Recipe((*part.recipe.operations, *decisions)), columns, rows)
    version = list_version(stage)
    return Groups(len(found), tuple((cluster, person_mark(cluster, version)) for cluster in found[:most]))


def alike_job(
    on_progress: OnProgress,
    cancelled: IsCancelled,
    *,
    folder: RunFolder,
    recipe: Recipe,
    column: str,
    way: str,
    most: int,
) -> Groups:
    """Spellings of a column that are probably one (Cluster), `most` groups of them."""
    folder.store.mkdir(mode=0o700, exist_ok=True)
    cleaned = cleaned_list(open_stage(folder), recipe, folder.store)
    counts = value_counts(cleaned, column, folder.store, MAX_DISTINCT)
    found = find_clusters(names_among(counts, column), way)
    return Groups(len(found), tuple((cluster, value_mark(cluster)) for cluster in found[:most]))


def list_version(stage: Stage) -> str:
    """The same for the same file read the same way."""
    return hashlib.sha256(stage.report.to_json().encode("utf-8", "surrogatepass")).hexdigest()


def changes_job(
    on_progress: OnProgress,
    cancelled: IsCancelled,
    *,
    folder: RunFolder,
    recipe: Recipe,
    operations: Sequence[Operation],
    left_out: np.ndarray,
    sample: int,
) -> tuple[Change, ...]:
    """What each of the operations would change, but in rows that a person left out."""
    rows = _Rows(open_stage(folder), left_out, on_progress=_heard(on_progress, cancelled))
    return count_each(recipe, operations, rows, sample=sample)


@dataclass(frozen=True)
class _Rows:
    """The list without some rows, and only `chosen` columns of it, while it is told how many rows were read."""

    stage: Stage
    left_out: np.ndarray | None = None
    chosen: tuple[str, ...] = ()
    on_progress: OnProgress = lambda done, total: None

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the list as it came."""
        return self.stage.columns

    def chunks(self) -> Iterator[pd.DataFrame]:
        """In row order."""
        return self.chunks_of(self.chosen or self.stage.columns)

    def chunks_of(self, columns: Collection[str]) -> Iterator[pd.DataFrame]:
        """Only some columns."""
        done = 0
        for chunk in self.stage.chunks(columns):
            done += len(chunk)
            out = self.left_out
            yield chunk if out is None or not len(out) else chunk[~chunk.index.isin(out)]
            self.on_progress(done, self.stage.rows)


def _heard(on_progress: OnProgress, cancelled: IsCancelled) -> OnProgress:
    """As `on_progress`, for what asks nobody whether it is to stop. Raises RunCancelled then."""

    def tell(done: int, total: int) -> None:
        on_progress(done, total)
        if cancelled():
            raise RunCancelled("It was stopped; nothing was changed.")

    return tell
