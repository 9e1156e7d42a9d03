"""`read` and `sample`: lists in, lists out, no table."""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from importer.cli.passing import passing_folder
from importer.cli.screen import Bar, answer, tell
from importer.cli.usage import UsageError
from importer.errors import ConfigError, ImporterError
from importer.intake import (
    Dialect,
    Repairs,
    Stage,
    build_stage,
    container_kind,
    fetch_s3,
    guess_dialect,
    s3_parts,
    unpack_source,
    write_clean_csv,
    write_sample,
)
from importer.settings import Settings

PACKED_ENDING = re.compile(r"\.(gz|zip|zst|bz2|xz)$", re.IGNORECASE)

SHOWN_PROBLEMS = 1_000
"""Reading problems told one by one on stderr; above, the rest is counted."""


def read_command(options: argparse.Namespace, settings: Settings) -> int:
    """Each file as a clean CSV; 1 when one of them cannot be read, the others are written all the same."""
    if len(options.files) > 1 and options.out_dir is None:
        raise UsageError("Several files need --out-dir DIR.")
    if options.out is None and options.out_dir is None and options.json:
        raise UsageError("With --json the list itself needs a place: add --out CLEAN.csv or --out-dir DIR.")
    targets = out_paths(options.files, options.out, options.out_dir)
    told, failed = [], 0
    for source, out in zip(options.files, targets, strict=True):
        try:
            told.append(read_one(source, out, options, settings))
        except ImporterError as error:
            failed += 1
            _leave_empty(out)
            told.append({"file": str(source), "error": str(error)})
            tell(f"error: {source.name}: {error}")
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


def read_one(source: Path, out: Path | None, options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Read one file and write it clean; what there is to say about it."""
    with passing_folder(settings) as made:
        stage_dir = made / "stage"
        plain = plain_list(source, made, getattr(options, "member", None) or "")
        dialect = chosen_dialect(plain, options)
        repairs = Repairs(kinds=frozenset(getattr(options, "repair", None) or ()))
        with Bar(f"Reading {source.name}") as bar:
            build_stage(plain, dialect, stage_dir, on_progress=bar.step, repairs=repairs)
        stage = Stage.open(stage_dir, plain)
        tell_problems(stage, source.name)
        if out is None and isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        write_clean_csv(stage, sys.stdout if out is None else out)
        told = [
            {"row": one.row, "code": one.code, "message": one.message, "repair": one.repair}
            for one in stage.problems(limit=SHOWN_PROBLEMS)
        ]
        facts = {**stage_facts(stage), "problem_list": told}
        return {"file": str(source), "out": str(out) if out else None, **facts}


def plain_list(source: Path, folder: Path, member: str = "") -> Path:
    """The list itself: fetched from S3 where it is there, unpacked where it is packed; both into `folder`."""
    if s3_parts(str(source)) is not None:
        with Bar("Fetching from S3") as bar:
            source = fetch_s3(str(source), folder / Path(source).name, on_progress=bar.step)
    if not container_kind(source):
        return source
    (folder / "unpacked").mkdir()
    return unpack_source(source, folder / "unpacked" / source.name, member).path


def stage_facts(stage: Stage) -> dict[str, Any]:
    """Rows, columns, dialect, audit and problem counts as plain JSON types."""
    report = stage.report
    return {
        "rows": report.rows,
        "columns": list(report.columns),
        "dialect": report.dialect.to_dict(),
        "source_sha256": report.source_sha256,
        "audit": dict(vars(report.audit)),
        "problems": dict(report.problem_counts),
    }


def chosen_dialect(source: Path, options: argparse.Namespace) -> Dialect:
    """The guessed dialect with what the options overrule. Raises SourceError when the file is no list."""
    dialect = guess_dialect(source).dialect
    if options.encoding:
        dialect = replace(dialect, encoding=options.encoding)
    if options.delimiter:
        dialect = replace(dialect, delimiter=options.delimiter.replace("\\t", "\t"))
    if options.no_header:
        dialect = replace(dialect, header_rows=0)
    return dialect


def tell_problems(stage: Stage, name: str) -> None:
    """Reading problems on stderr, one a line."""
    total = sum(stage.report.problem_counts.values())
    for problem in stage.problems(limit=SHOWN_PROBLEMS):
        where = f" row {problem.row}:" if problem.row is not None else ""
        tell(f"{name}:{where} {problem.code}: {problem.message}")
    if total > SHOWN_PROBLEMS:
        tell(f"{name}: {total - SHOWN_PROBLEMS:,} more reading problems.")


def sample_command(options: argparse.Namespace) -> int:
    """Write the sample list."""
    try:
        write_sample(options.out)
    except OSError as error:
        raise ConfigError(f"{options.out} cannot be written ({error.strerror}). Choose another place.") from error
    answer(options.json, {"out": str(options.out)}, [f"A messy sample list is in {options.out}."])
    return 0
