"""A whole reading of a list, with all that is told and asked, so that two of them can be compared; and many lists."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from corpus.case import Case, Row
from corpus.kinds import kinds
from corpus.messy import messy_lists
from corpus.pollution import polluted
from corpus.rules import RULES, watched, without
from corpus.shapes import exports
from corpus.tongues import short_lists

from importer.errors import SourceError
from importer.intake import Dialect, Stage, build_stage, close_encodings, guess_dialect, rival_delimiter


@dataclass(frozen=True)
class Whole:
    """`told`: (code, row, suggested repair) of every problem; `asked`: codes of doubts, another delimiter, other
    encodings; `header_rows`: 0 where the columns have no names of their own; `named`: the names as they are in the
    file. `refused` in words: then nothing else."""

    header: Row = ()
    rows: tuple[Row, ...] = ()
    told: tuple[tuple[str, int | None, str], ...] = ()
    asked: tuple[Any, ...] = ()
    header_rows: int = 1
    named: Row = ()
    refused: str = ""


def read_whole(path: Path, *, rivals: bool = False, dialect: Dialect | None = None) -> Whole:
    """Read as the upload page would, with nothing or the dialect given; with `rivals` it is also asked what else the
    list may be."""
    with tempfile.TemporaryDirectory() as made:
        try:
            dialect = dialect or guess_dialect(path).dialect
            report = build_stage(path, dialect, Path(made) / "stage")
        except SourceError as error:
            return Whole(refused=str(error))
        stage = Stage.open(Path(made) / "stage", path)
        surplus = stage.surplus()
        rows = tuple(
            (*cells, *surplus.get(int(row), ()))
            for chunk in stage.chunks()
            for row, cells in zip(chunk.index, chunk.itertuples(index=False, name=None), strict=True)
        )
        told = tuple((found.code, found.row, found.repair) for found in stage.problems())
        asked: list[Any] = [warning.code for warning in report.warnings if warning.is_doubt]
        if rivals:
            asked += [rival_delimiter(path, dialect), close_encodings(path, dialect)]
        named = _as_in_the_file(report.columns, [found.message for found in stage.problems()])
        return Whole(report.columns, rows, told, tuple(asked), dialect.header_rows, named)


def _as_in_the_file(columns: Row, messages: Iterable[str]) -> Row:
    """The names without what was added to those that are empty or come again."""
    names = list(columns)
    for message in messages:
        if found := re.match(r"Column (\d+) has (no name|the name)", message):
            at = int(found[1]) - 1
            names[at] = "" if found[2] == "no name" else re.sub(r"_\d+$", "", names[at])
    return tuple(names)


def read_without_each(path: Path, passed_over: Collection[str] = ()) -> tuple[Whole, dict[str, Whole]]:
    """The reading of a list, and how it is without each rule whose absence changes it, or what is asked about it."""
    with watched([rule for rule in RULES if rule.name not in passed_over]) as active:
        asked = read_whole(path, rivals=True)
    whole = replace(asked, asked=asked.asked[:-2]) if not asked.refused else asked
    others: dict[str, Whole] = {}
    for rule in RULES:
        if rule.name in active:
            with without(rule):
                other = _read_or_stumble(path, rivals=rule.asks)
            if other != (asked if rule.asks else whole):
                others[rule.name] = other
    return whole, others


def _read_or_stumble(path: Path, *, rivals: bool) -> Whole:
    """Without a rule the reader may raise what it never raises with it: that is another reading, too."""
    try:
        return read_whole(path, rivals=rivals)
    except Exception as error:
        return Whole(refused=repr(error))


def corpus_lists(seed: int) -> Iterator[Case]:
    """Some of every generator's lists, about 350: kinds, exports, polluted, messy, short ones in many encodings."""
    yield from kinds(seed)
    yield from exports(seed)
    cases = list(polluted(seed))
    yield from (case for case in cases if not case.name.startswith("row_"))
    yield from Random(seed).sample([case for case in cases if case.name.startswith("row_")], 40)
    yield from messy_lists(seed, 60)
    yield from short_lists(seed, 1)
