"""A fixed file merged into its run: the rows that pass leave their bucket and wait to be sent by the same runner."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from importer.check import CheckResult, check_stage
from importer.clean import DecideRows, History, load_history, save_history
from importer.errors import ConfigError, FatalError
from importer.files import sha256_of, to_json, write_private
from importer.fix.differences import Differences, find_differences
from importer.fix.fixed_file import REPLACEMENT, UNDECODABLE, FixedFile, read_fixed
from importer.fix.held import OnProgress, Outcome, Wanted, find_clashes
from importer.fix.recipe_for_fixed import recipe_for_fixed
from importer.fix.told import FixOutcome
from importer.intake import Stage, write_few_rows
from importer.plan import Plan
from importer.prove import reject_header
from importer.run import (
    BUCKET_OF,
    FIXABLE,
    Bucket,
    Ledger,
    ListToSend,
    Merge,
    RoundFolder,
    RowsNow,
    RunFolder,
    RunLock,
    ShownRun,
    fixed_lists,
    iso,
    planned_list,
    refuse_changed_run,
    round_folder,
    rows_now,
    this_holder,
)

_LOST = Bucket.DUPLICATE.value
"""A row that lost to another of its round: it would be sent if that one clashes with a row of the list."""


def merge_fixed(
    folder: RunFolder,
    path: Path,
    *,
    name: str,
    who: str,
    on_progress: OnProgress | None = None,
    seen: ShownRun | None = None,
) -> FixOutcome:
    """Merge the fixed file at `path` into a run that stands still; what came of it. Nothing is sent here. `seen`: the
    run as it was on the screen of the person who sent the file.

    Only rows that were rejected or failed are taken, and of these only those that changed. All of it is in the ledger
    or nothing. Raises RunBusy while a process has the run, NotAsShown when the run is not as it was `seen`,
    SourceError for a file that is no reject file, ConfigError when the run has no plan or something planned has
    changed.
    """
    if not folder.frozen:
        raise ConfigError(f"Run {folder.run_id} has not been started. Send the fixed rows on its Check page.")
    with RunLock(folder, this_holder(datetime.now(UTC))), Ledger.open(folder.ledger) as ledger:
        refuse_changed_run(seen, ledger)
        plan, listed = planned_list(folder, ledger)
        lists = (listed, *fixed_lists(folder, ledger, listed))
        made = folder.fixes / f".{secrets.token_hex(4)}"
        try:
            folder.fixes.mkdir(mode=0o700, exist_ok=True)
            _sweep(folder)
            made.mkdir(mode=0o700)
            return _Merging(folder, ledger, plan, lists, RoundFolder(made), on_progress).run(path, name, who)
        except OSError as error:
            raise FatalError(
                f"The fixed rows could not be kept in {made.parent} ({error.strerror}). Make room, then try again."
            ) from error
        finally:
            shutil.rmtree(made, ignore_errors=True)


@dataclass(frozen=True)
class _Merging:
    """One round on its way. Its folder gets its number last, just before the ledger is told."""

    folder: RunFolder
    ledger: Ledger
    plan: Plan
    lists: tuple[ListToSend, ...]
    files: RoundFolder
    on_progress: OnProgress | None

    @property
    def _list(self) -> Stage:
        return self.lists[0].stage

    def run(self, path: Path, name: str, who: str) -> FixOutcome:
        shutil.copyfile(path, self.files.source)
        self.files.source.chmod(0o600)
        given = read_fixed(self.files.source, self._list, self._list.columns)
        buckets = self.ledger.buckets_of([*given.cells.index.tolist(), *given.twice])
        fixable = [row for row in given.cells.index.tolist() if buckets.get(row) in FIXABLE]
        now = rows_now(self.folder, fixable, self.ledger.fixed_rows())
        writer, _ = reject_header(self._list)
        found = find_differences(given, now, writer.written)
        outcome = FixOutcome(
            changed=len(found.rows),
            unchanged=len(found.unchanged),
            refused=self._refused(given, buckets),
            rewritten=found.rewritten,
            no_row=given.no_row,
            missing=given.missing,
            added=given.added,
        )
        if not found.rows:
            return outcome
        merge = self._checked(self._staged(given, now, found))
        return self._merged(outcome, merge, name, who)

    def _refused(self, given: FixedFile, buckets: dict[int, str]) -> dict[str, tuple[int, ...]]:
        """Why → rows of the file that are not touched."""
        refused: dict[str, list[int]] = {"twice": list(given.twice)}
        others = [row for row in given.cells.index.tolist() if buckets.get(row) not in FIXABLE]
        known = set(self._list.take(others).index.tolist()) if others else set()
        waiting = self._waiting() if known else set()
        for row in others:
            why = buckets.get(row) or ("pending" if row in waiting else "written")
            refused.setdefault(why if row in known else "unknown", []).append(row)
        return {why: tuple(rows) for why, rows in refused.items() if rows}

    def _waiting(self) -> set[int]:
        """Rows that wait to be sent."""
        waiting: set[int] = set()
        for listed in self.lists if self.ledger.snapshot().buckets.pending else ():
            for index in range(listed.stage.slices):
                ready = listed.checked.ready_rows(index)
                for start, stop in self.ledger.pending(listed.first_slice + index, len(ready)):
                    waiting.update(ready[start:stop].tolist())
        return waiting

    def _staged(self, given: FixedFile, now: RowsNow, found: Differences) -> Stage:
        """The changed rows as a small list of their own, all of its columns, and the recipe for it."""
        rows = list(found.rows)
        cells = now.cells.loc[rows].copy()
        for column, changed in found.cells.items():
            cells.loc[list(changed), column] = list(changed.values())
        stage = write_few_rows(
            self.files.stage,
            cells,
            dialect=self._list.report.dialect,
            source_sha256=sha256_of(self.files.source),
            surplus={row: given.surplus[row] for row in rows if row in given.surplus},
            problems={row: given.problems[row] for row in rows if _is_held(row, given, now, found)},
        )
        recipe = recipe_for_fixed(self.lists[0].recipe, self._changed_since_read(cells), self._list.columns)
        save_history(self.files.recipe, History(recipe.operations))
        return stage

    def _changed_since_read(self, cells: pd.DataFrame) -> dict[str, list[int]]:
        """Column → rows whose cell is not what the list has."""
        first = self._list.take(cells.index.tolist())
        return {column: cells.index[first[column] != cells[column]].tolist() for column in cells.columns}

    def _checked(self, stage: Stage) -> Merge:
        """What becomes of each row. Rows that clash with others of the run are taken out by the round's recipe."""
        one = self._round_list(stage)
        lost = [row for row, (bucket, _, _) in _outcomes(one.checked) if bucket == _LOST]
        could_be_sent = sorted([*_ready_rows(one), *lost])
        clashes: dict[int, Outcome] = {}
        if could_be_sent:
            frame = pd.concat([one.recipe.apply(chunk).frame for chunk in stage.chunks()])
            wanted = Wanted.of(frame.loc[could_be_sent], one.schema)
            clashes = find_clashes(wanted, self.lists, self.ledger, self.on_progress)
        if clashes:
            recipe = one.recipe.then(DecideRows(tuple(clashes), "reject"))
            save_history(self.files.recipe, History(recipe.operations))
            one = self._round_list(stage)
        others = dict(_outcomes(one.checked)) | clashes
        passed = [one.checked.ready_rows(index).tolist() for index in range(stage.slices)]
        return Merge(iso(datetime.now(UTC)), "", passed, others)

    def _round_list(self, stage: Stage) -> ListToSend:
        recipe, schema = load_history(self.files.recipe).recipe, self.lists[0].schema
        check_stage(stage, recipe, schema, self.plan.key, self.files.check)
        return ListToSend(stage, recipe, schema, CheckResult.open(self.files.check))

    def _merged(self, outcome: FixOutcome, merge: Merge, name: str, who: str) -> FixOutcome:
        """The round's folder in its place, then the ledger: what a kill between the two leaves, the next round takes
        away."""
        number = len(self.ledger.rounds()) + 1
        counts = pd.Series([bucket for bucket, _, _ in merge.others.values()], dtype="object").value_counts()
        told = replace(
            outcome,
            passed=merge.sent,
            rejected=int(counts.get(Bucket.REJECTED.value, 0)),
            duplicate=int(counts.get(Bucket.DUPLICATE.value, 0)),
            skipped=int(counts.get(Bucket.SKIPPED.value, 0)),
            round=number,
        )
        note = {"name": name, "who": who, "at": merge.at, "sha256": sha256_of(self.files.source), **told.to_dict()}
        write_private(self.files.note, to_json(note))
        place = round_folder(self.folder, number)
        shutil.rmtree(place.path, ignore_errors=True)
        self.files.path.rename(place.path)
        self.ledger.merge(replace(merge, fingerprint=place.fingerprint()), f"{told.sentence} {told.result}")
        self.ledger.note_deed(who, f"sent fixed rows back (round {number})", datetime.now(UTC))
        return told


def _sweep(folder: RunFolder) -> None:
    """Take away what a killed merge left, for it holds cells; whoever has the run's lock is the only one at work."""
    for left in folder.fixes.glob(".*"):
        shutil.rmtree(left, ignore_errors=True)


def _is_held(row: int, given: FixedFile, now: RowsNow, found: Differences) -> bool:
    """Whether a problem of the record holds the row back. Signs for lost bytes count where they came in by this file,
    or held it back before."""
    if given.problems.get(row) != UNDECODABLE or row in now.problems:
        return row in given.problems
    return any(REPLACEMENT in cells.get(row, "") for cells in found.cells.values())


def _ready_rows(listed: ListToSend) -> list[int]:
    return [row for index in range(listed.stage.slices) for row in listed.checked.ready_rows(index).tolist()]


def _outcomes(checked: CheckResult) -> Iterable[tuple[int, Outcome]]:
    """Row → bucket, code and column of every row that is not ready."""
    for chunk in checked.outcomes():
        told = zip(chunk["outcome"].tolist(), chunk["code"].tolist(), chunk["column"].tolist(), strict=True)
        for row, (outcome, code, column) in zip(chunk.index.tolist(), told, strict=True):
            yield row, (BUCKET_OF[outcome], code, column)
