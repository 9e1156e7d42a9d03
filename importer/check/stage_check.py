"""The whole check of a stage: gather, settle, group into causes, put in place in one step. I/O."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from importer.check.alike_keys import AlikeFinder, AlikeKeys, mend_alike
from importer.check.chunk_check import sentence_of_failure
from importer.check.chunk_work import ChunkWork, Scope, sure_numbers
from importer.check.codes import code_of, title_of
from importer.check.gather import (
    CauseTally,
    Gathered,
    gather_chunk,
    note_rows,
    settle_json,
    settle_odd,
    settle_points,
    settle_sets,
)
from importer.check.kept_columns import ColumnFile, KeptColumns, fingerprint_of
from importer.check.known import KnownRepeats, keep_known, scope_of, take_known
from importer.check.notices import NO_FACTS, facts_of, is_email_column, sample_of
from importer.check.odd_rows import ODD_FILE, learn_shapes, write_odd
from importer.check.repeats import RepeatFinder, TextHashes
from importer.check.report import Cause, CheckReport
from importer.check.rules import Unique
from importer.check.schema import Schema
from importer.check.settle import Settling, Sums
from importer.check.stored import REPORT_FILE, CheckResult, report_to_json
from importer.check.suggest import suggest
from importer.check.verdicts import CauseName, CauseTable
from importer.clean import Recipe, operation_from_dict, take_cleaned
from importer.errors import ConfigError, FatalError, RunCancelled
from importer.intake import Stage
from importer.parallel import in_order
from importer.profile import ListProfile
from importer.second_process import SecondProcess
from importer.table import TableKey

VERSION = 7
"""Of what a check does; one more whenever the same input would give another outcome."""

SWEEP_AFTER_S = 6 * 3600

OnProgress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


def check_stage(
    stage: Stage,
    recipe: Recipe,
    schema: Schema,
    key: TableKey,
    out_dir: Path,
    *,
    on_progress: OnProgress | None = None,
    cancelled: Cancelled | None = None,
    beside: SecondProcess | None = None,
    profile: ListProfile | None = None,
    memory: Path | None = None,
    before_it_is_placed: Callable[[], object] = lambda: None,
) -> CheckReport:
    """Check every row of the stage; the report. `on_progress(rows done, rows)`; memory holds a few chunks at a time.
    `beside` checks chunks too, once it has loaded. `profile`: of the list as it came, where there is one; it spares
    looking at a sample of the list first. `memory`: a folder of what earlier checks of the stage showed of each
    column; only columns that hang on something else now are looked at again, and what they show is kept there. The
    outcome is the same with it and without.

    A check of the same stage, recipe, schema and key that is already in `out_dir` is taken as it is; a new one takes
    its place when it is whole, unless `before_it_is_placed` refuses by raising. Raises ConfigError when recipe or
    schema do not fit the list or the table, RunCancelled when `cancelled()` says so (then `out_dir` is as it was),
    FatalError when the disk refuses.
    """
    _check_fit(stage, recipe, schema, key)
    fingerprint = _fingerprint(stage, recipe, schema, key)
    if (kept := _kept(out_dir, fingerprint)) is not None:
        return kept
    _sweep(out_dir)
    made = out_dir.with_name(f".{out_dir.name}-{secrets.token_hex(4)}")
    try:
        made.mkdir(mode=0o700, parents=True)
        job = _Job(stage, recipe, schema, made, on_progress or _ignore, cancelled or _never, beside, profile, memory)
        report = job.run(fingerprint)
        before_it_is_placed()
        _put_in_place(made, out_dir)
    except OSError as error:
        if (kept := _kept(out_dir, fingerprint)) is not None:
            return kept  # another process checked the same meanwhile
        raise FatalError(
            f"The check could not be written to {out_dir} ({error.strerror}). Make room or mend its rights, "
            "then check again."
        ) from None
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return report


def kept_report(stage: Stage, recipe: Recipe, schema: Schema, key: TableKey, out_dir: Path) -> CheckReport | None:
    """The report in `out_dir` when it is of these very things, else None; nothing is checked."""
    return _kept(out_dir, _fingerprint(stage, recipe, schema, key))


@dataclass(frozen=True)
class _Job:
    """One check on its way; `made` is its folder."""

    stage: Stage
    recipe: Recipe
    schema: Schema
    made: Path
    on_progress: OnProgress
    cancelled: Cancelled
    beside: SecondProcess | None
    profile: ListProfile | None
    memory: Path | None

    def run(self, fingerprint: str) -> CheckReport:
        """Gather, settle, report. Where a step refuses what it would make, it may be of rows that are dropped before:
        then each step is done to the rows that are left, and nothing is kept."""
        try:
            return self._check(fingerprint, whole=False)
        except ConfigError:
            shutil.rmtree(self.made / "work")
            return self._check(fingerprint, whole=True)

    def _check(self, fingerprint: str, *, whole: bool) -> CheckReport:
        work = self.made / "work"
        work.mkdir()
        causes = CauseTable([spec.column for spec in self.schema.columns], self.recipe.cause_verdicts())
        gathered = Gathered(work, causes)
        memory = None if whole else self.memory
        stage_print = fingerprint_of(VERSION, *_stage_parts(self.stage))
        with ExitStack() as stack:
            chunks = self._chunk_work(gathered, memory, stage_print, whole=whole)
            file = stack.enter_context(ColumnFile(memory, stage_print))
            finders = {
                column: stack.enter_context(RepeatFinder(work, f"repeats-{place}", hashes, self.stage.rows))
                for place, (column, hashes) in enumerate(chunks.hashes.items())
            }
            alike = stack.enter_context(AlikeFinder(work, finders[""])) if "" in finders else None
            self._gather(gathered, chunks, finders, alike, file)
            settled = KnownRepeats.of(self.schema, chunks.scope, finders, alike, file)
            take_known(gathered, chunks.scope)
            settle_json(gathered)
            settle_points(gathered)
            settle_sets(gathered)
            settle_odd(gathered, self.stage.rows)
            left = gathered.left()
            self._note_alike(gathered, chunks.scope, settled.alike.among(left), file)
            for column, repeats in settled.unique.items():
                note_rows(gathered, (Unique.code, column), repeats.among(left).rows)
            settling = Settling(gathered, self.schema, self.recipe.row_verdicts())
            settling.find_losers(settled.keys.among(left))
            sums = settling.write(self.made)
            write_odd(self.made / ODD_FILE, gathered.odd, gathered.shapes.columns)
            report = _report(self.stage.rows, sums, gathered, self.schema, fingerprint)
            keep_known(gathered, chunks.scope, report, file)
        shutil.rmtree(work)
        (self.made / REPORT_FILE).write_text(report_to_json(report), "utf-8")
        return report

    def _chunk_work(self, gathered: Gathered, memory: Path | None, stage: str, *, whole: bool) -> ChunkWork:
        """What is to be done to each chunk."""
        sample = [self.recipe.apply(rows).frame for rows in sample_of(self.stage)]
        gathered.shapes = learn_shapes(sample, self.schema)
        gathered.facts = facts_of(self.recipe, self.stage.columns, self.profile, sample)
        kept, sure = KeptColumns(memory, stage), sure_numbers(self.recipe, self.stage)
        scope = scope_of(
            self.recipe, self.stage.columns, self.schema, gathered, kept, stage=stage, sure=sure, whole=whole
        )
        unique = [spec.column for spec in self.schema.columns if spec.unique and spec.column in scope.columns]
        named = ["", *unique] if self.schema.key_specs[0].column in scope.columns else unique
        hashes = {column: TextHashes.fresh() for column in named}
        return ChunkWork(self.stage, self.recipe, self.schema, gathered.facts, gathered.shapes, sure, scope, hashes)

    def _note_alike(self, gathered: Gathered, scope: Scope, alike: AlikeKeys, file: ColumnFile) -> None:
        """The cause of keys that look the same, on the column in which they differ, and the step that mends it."""
        if not len(alike.rows):
            return
        known = scope.kept.facts(scope.prints.alike) or self._mended_alike(alike)
        file.add_facts(scope.prints.alike, known)
        if known:
            cause = ("alike_keys", str(known["column"]))
            note_rows(gathered, cause, alike.rows)
            gathered.suggestions[cause] = tuple(operation_from_dict(step, number=1) for step in known["steps"])

    def _mended_alike(self, alike: AlikeKeys) -> dict[str, Any]:
        groups = alike.groups()
        rows = [row for group in groups for row in group]
        frame = take_cleaned(self.recipe, self.stage, rows, {spec.column for spec in self.schema.key_specs})
        for spec in self.schema.key_specs:
            cells = [[str(frame.at[row, spec.column]) for row in group] for group in groups]
            if any(len(set(group)) > 1 for group in cells):
                steps = mend_alike(spec.column, cells, is_email=is_email_column(spec))
                return {"column": spec.column, "steps": [step.to_dict() for step in steps]}
        return {}

    def _gather(
        self,
        gathered: Gathered,
        work: ChunkWork,
        finders: Mapping[str, RepeatFinder],
        alike: AlikeFinder | None,
        file: ColumnFile,
    ) -> None:
        """Chunks are checked side by side and taken in the list's order."""
        done = 0
        beside = None if self.beside is None else partial(self.beside.do, work)
        with closing(in_order(work, range(self.stage.slices), also=beside)) as chunks:
            self._refuse_cancelled()
            for slice_index, chunk in enumerate(chunks):
                gather_chunk(gathered, chunk, finders, alike)
                file.add(work.scope.arrays_of(chunk), slice_index)
                done += len(chunk.stage_rows)
                self.on_progress(done, self.stage.rows)
                self._refuse_cancelled()

    def _refuse_cancelled(self) -> None:
        if self.cancelled():
            raise RunCancelled("The check was cancelled; nothing was changed. Start it again when you like.")


def _report(rows: int, sums: Sums, gathered: Gathered, schema: Schema, fingerprint: str) -> CheckReport:
    ready, rejected, skipped, duplicate = sums.outcomes
    if ready + rejected + skipped + duplicate != rows:
        raise FatalError(
            f"The check lost count: {ready + rejected + skipped + duplicate:,} outcomes for {rows:,} rows. "
            "Nothing was changed; please report it."
        )
    order = dict(zip(gathered.causes.names, gathered.causes.order().tolist(), strict=True))
    causes = [_cause(name, tally, gathered, schema) for name, tally in gathered.tallies.items() if tally.count]
    causes.sort(key=lambda cause: (-cause.count, order[cause.code, cause.column]))
    return CheckReport(
        rows=rows,
        ready=ready,
        rejected=rejected,
        skipped=skipped,
        duplicate=duplicate,
        undecided=sums.undecided,
        causes=tuple(causes),
        fingerprint=fingerprint,
        warnings=sums.warnings,
        write_units=sums.write_units,
        slices=sums.slices,
        met=tuple(sorted(set().union(*gathered.met.values()))),
    )


def _cause(name: CauseName, tally: CauseTally, gathered: Gathered, schema: Schema) -> Cause:
    code, column = name
    suggestions = gathered.suggestions.get(name)
    entry = code_of(code)
    spec = schema.column(column) if column else None
    rule = next((rule for rule in spec.rules if rule.code == code), None) if spec else None
    if suggestions is None:
        suggestions = (
            () if spec is None else suggest(code, spec, list(tally.cells), gathered.facts.get(column, NO_FACTS))
        )
    return Cause(
        code=code,
        column=column,
        title=title_of(code, column, tally.count),
        rule=(rule.message if rule else "") or sentence_of_failure(schema, code, column),
        count=tally.count,
        example_rows=tuple(tally.rows),
        blocking=entry.blocking,
        verdict=gathered.causes.verdict(name),
        acceptable=entry.acceptable,
        message=rule.message if rule else "",
        suggestions=suggestions or (),
        held_back=tally.held_back,
    )


def _check_fit(stage: Stage, recipe: Recipe, schema: Schema, key: TableKey) -> None:
    recipe.check(stage.columns)
    schema.check(tuple(recipe.columns_after(stage.columns)))
    if schema.key != key.attributes:
        raise ConfigError(
            f"The table wants key {key}; the schema has {' + '.join(schema.key)}. "
            "Set the key on the Columns page or in the schema."
        )
    for part, spec in zip(key.parts, schema.key_specs, strict=True):
        if spec.type.value != part.type:
            raise ConfigError(
                f'The table wants key {part}; the schema writes column "{spec.column}" as {spec.type.value}. '
                f"Set its type to {part.type} on the Columns page or in the schema."
            )


def _fingerprint(stage: Stage, recipe: Recipe, schema: Schema, key: TableKey) -> str:
    """SHA-256 (hex) over everything an outcome hangs on."""
    parts = [
        VERSION,
        *_stage_parts(stage),
        recipe.fingerprint(),
        schema.fingerprint(),
        key.to_dict(),
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _stage_parts(stage: Stage) -> list[object]:
    return [stage.report.source_sha256, stage.report.dialect.to_dict()]


def _kept(out_dir: Path, fingerprint: str) -> CheckReport | None:
    try:
        report = CheckResult.open(out_dir).report
    except ConfigError:
        return None
    return report if report.fingerprint == fingerprint else None


def _sweep(out_dir: Path) -> None:
    """Remove what killed checks left; a younger folder may be another process at work."""
    oldest = time.time() - SWEEP_AFTER_S
    for left in out_dir.parent.glob(f".{out_dir.name}-????????"):
        if left.stat().st_mtime < oldest:
            shutil.rmtree(left, ignore_errors=True)


def _put_in_place(made: Path, out_dir: Path) -> None:
    """A reader finds the old check, for a moment none, then the new one; never half of one."""
    if out_dir.exists():
        old = out_dir.with_name(f".{out_dir.name}-{secrets.token_hex(4)}")
        out_dir.rename(old)
        made.rename(out_dir)
        shutil.rmtree(old, ignore_errors=True)
    else:
        made.rename(out_dir)


def _ignore(_done: int, _rows: int) -> None:
    return None


def _never() -> bool:
    return False
