"""`read` and `sample`: lists in, lists out, no table."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from importer.cli.passing import passing_folder
from importer.cli.screen import Bar, answer, tell
from importer.cli.usage import UsageError, member_not_chosen, source_spec
from importer.errors import ConfigError, ImporterError
from importer.intake import (
    MemberNotChosen,
    ReadingProblem,
    SourceSpec,
    Stage,
    encoding_words,
    has_cells_of_its_own,
    told_together,
    write_clean_csv,
    write_sample,
)
from importer.run import RunFolder, create_run, prepare_stage, source_name, take_in
from importer.settings import Settings

PACKED_ENDING = re.compile(r"\.(gz|zip|zst|bz2|xz)$", re.IGNORECASE)

SHOWN_PROBLEMS = 1_000
"""Reading problems told one by one on stderr; above, the rest is counted."""


def read_command(options: argparse.Namespace, settings: Settings) -> int:
    """The files as one clean CSV, or with --out-dir each as one of its own; 1 when one of them cannot be read, the
    others are written all the same."""
    spec = source_spec(options)
    if options.out is None and options.out_dir is None and options.json:
        raise UsageError("With --json the list itself needs a place: add --out CLEAN.csv or --out-dir DIR.")
    apart = spec.places if options.out_dir is not None else spec.places[:1]
    targets = out_paths([Path(place) for place in apart], options.out, options.out_dir)
    specs = [replace(spec, places=(place,)) for place in apart] if options.out_dir is not None else [spec]
    told, failed = [], 0
    for one, out in zip(specs, targets, strict=True):
        name = source_name(one.places)
        try:
            told.append(read_one(one, out, settings))
        except MemberNotChosen as error:
            _leave_empty(out)
            raise member_not_chosen(error) from None
        except ImporterError as error:
            failed += 1
            _leave_empty(out)
            told.append({"file": ", ".join(one.places), "error": str(error)})
            tell(f"error: {name}: {error}")
    if options.out is not None or options.out_dir is not None:
        lines = [f"{one['file']}: {one['rows']:,} rows → {one['out']}" for one in told if "out" in one]
        answer(options.json, {"files": told}, lines)
    return 1 if failed else 0


def _leave_empty(out: Path | None) -> None:
    """What a script takes up next must not be the clean list of another time."""
    if out is not None:
        out.write_bytes(b"")


def out_paths(files: list[Path], out: Path | None, out_dir: Path | None) -> list[Path | None]:
    """Where each list goes: None is stdout. UsageError when two would go to one place, or a list onto itself."""
    if out_dir is None:
        found: list[Path | None] = [out]
    else:
        out_dir.mkdir(parents=True, exist_ok=True)
        stems = [PACKED_ENDING.sub("", file.name) for file in files]
        plain = [Path(stem).stem for stem in stems]
        found = [
            out_dir / f"{stem if plain.count(name) > 1 and stem.count('.') else name}.csv"
            for stem, name in zip(stems, plain, strict=True)
        ]
        if len(set(stems)) < len(stems):
            found = [out_dir / f"{name}.csv" for name in plain]
    named = [path.resolve() for path in found if path is not None]
    if len(set(named)) < len(named):
        raise UsageError("Two of the files have the same name. Read them into different folders.")
    if {file.resolve() for file in files} & set(named):
        raise UsageError("A list would be written onto itself. Choose another place for the clean one.")
    return found


def read_one(spec: SourceSpec, out: Path | None, settings: Settings) -> dict[str, Any]:
    """Read one list and write it clean; what there is to say about it."""
    with passing_run(settings, spec) as folder:
        name = source_name(spec.places)
        with Bar(f"Reading {name}") as bar:
            stage = prepare_stage(folder, on_progress=bar.step)
        tell_problems(stage, name)
        if out is None and isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        write_clean_csv(stage, sys.stdout if out is None else out)
        told = [
            {"row": one.row, "rows": one.rows, "code": one.code, "message": one.message, "repair": one.repair}
            for one in shown_problems(stage)
        ]
        facts = {**stage_facts(stage), "problem_list": told}
        return {"file": ", ".join(spec.places), "out": str(out) if out else None, **facts}


@contextmanager
def passing_run(settings: Settings, spec: SourceSpec) -> Iterator[RunFolder]:
    """A run folder for one command, with the list in it; a file on this machine is not copied into it."""
    with passing_folder(settings) as made:
        folder = create_run(Settings(made), source_name=source_name(spec.places), who="", now=datetime.now(UTC))
        take_in_told(folder, spec, linked=True)
        yield folder


def take_in_told(folder: RunFolder, spec: SourceSpec, *, linked: bool = False) -> None:
    """Put the list into the run, with a bar while it is fetched."""
    stdin = getattr(sys.stdin, "buffer", None)
    try:
        with Bar("Fetching the list") as bar:
            take_in(folder, spec, stdin=stdin, on_progress=bar.step, linked=linked)
    except MemberNotChosen as error:
        raise member_not_chosen(error) from None


def stage_facts(stage: Stage) -> dict[str, Any]:
    """Rows, columns, dialect, audit, problem counts and warnings as plain JSON types."""
    report = stage.report
    members = [{"name": one.name, "rows": one.rows, "rows_before": one.rows_before} for one in report.members]
    return {
        "rows": report.rows,
        "members": members,
        "columns": list(report.columns),
        "dialect": report.dialect.to_dict(),
        "source_sha256": report.source_sha256,
        "audit": dict(vars(report.audit)),
        "problems": dict(report.problem_counts),
        "warnings": [warning.to_dict() for warning in report.warnings],
    }


def shown_problems(stage: Stage) -> list[ReadingProblem]:
    """The first reading problems, rows of one kind that is set aside together."""
    return told_together(stage.problems(limit=SHOWN_PROBLEMS), stage.report.problem_counts)


def tell_problems(stage: Stage, name: str, *, with_warnings: bool = True) -> None:
    """Reading problems on stderr, one a line, after the encoding that a plain list was read in and (`with_warnings`)
    what the workbook or archive held beside the list."""
    dialect = stage.report.dialect.of_each[0]
    if not has_cells_of_its_own(stage.packed, dialect.member):
        tell(f"{name}: read as {encoding_words(dialect.encoding)}.")
    for warning in stage.report.warnings if with_warnings else ():
        tell(f"{name}: {warning.code}: {warning.message}")
    total = sum(stage.report.problem_counts.values())
    shown = shown_problems(stage)
    for problem in shown:
        is_named = problem.row is None or stage.report.members
        where = "" if is_named else f" row {problem.row}:"
        tell(f"{name}:{where} {problem.code}: {problem.message}")
    if total > (told := sum(problem.rows for problem in shown)):
        tell(f"{name}: {total - told:,} more reading problems.")


def sample_command(options: argparse.Namespace) -> int:
    """Write the sample list."""
    try:
        write_sample(options.out)
    except OSError as error:
        raise ConfigError(f"{options.out} cannot be written ({error.strerror}). Choose another place.") from error
    answer(options.json, {"out": str(options.out)}, [f"A messy sample list is in {options.out}."])
    return 0
