"""Which texts occur more than once in the whole list, in bounded memory.

Each text is kept as a 128-bit SipHash (two of 64 bits, keyed by fresh random keys) and its row number, in files split
by hash, so that one part (about 250,000 rows, 6 MB) is in memory at a time and no cell's text is written. Two
different texts are taken for the same with a chance below 1e-24 for ten million rows, whoever chose the texts.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pandas as pd

from importer.check.text import filled

RECORD = np.dtype([("row", "<i8"), ("high", "<u8"), ("low", "<u8")])

ROWS_PER_PART = 250_000
MAX_PARTS = 64
"""Open files at a time, per column."""


@dataclass(frozen=True)
class Repeats:
    """Rows whose text stands in others of them too, sorted by text, then by row. `first`: whether it is the first of
    its text."""

    rows: np.ndarray
    first: np.ndarray

    @property
    def last(self) -> np.ndarray:
        """Whether a row is the last of its text."""
        return np.append(self.first[1:], True)[: len(self.first)]

    def among(self, keep: np.ndarray) -> Repeats:
        """Those that repeat among some rows of the list alone. `keep`: bool by row number."""
        group, stays = np.cumsum(self.first), keep[self.rows]
        return _repeated(self.rows[stays], group[stays])


def _repeated(rows: np.ndarray, group: np.ndarray) -> Repeats:
    """`group`: a number for each text, ascending."""
    first: np.ndarray = np.ones(len(rows), dtype=bool)
    first[1:] = group[1:] != group[:-1]
    again = ~(first & np.append(first[1:], True)[: len(first)])
    return Repeats(rows[again], first[again])


@dataclass(frozen=True)
class TextHashes:
    """Texts → the records that a RepeatFinder takes, by its two keys; any process makes the same."""

    keys: tuple[str, str] = field(repr=False)

    @classmethod
    def fresh(cls) -> TextHashes:
        """With keys that nobody knows."""
        return cls((secrets.token_hex(8), secrets.token_hex(8)))

    def records(self, rows: np.ndarray, texts: pd.Series) -> np.ndarray:
        """RECORD of each row and its text."""
        records: np.ndarray = np.empty(len(rows), dtype=RECORD)
        records["row"] = rows
        values = texts.to_numpy(dtype=object)
        for name, key in zip(("high", "low"), self.keys, strict=True):
            records[name] = pd.util.hash_array(values, hash_key=key, categorize=False)
        return records

    def of_filled(self, rows: np.ndarray, cells: pd.Series) -> np.ndarray:
        """RECORD of each row whose cell is not the empty text."""
        has_text = filled(cells)
        return self.records(rows[has_text], cells[has_text])


class RecordFiles:
    """Records in files, split by their first hash: all of one text are in the same part."""

    def __init__(self, folder: Path, name: str, part_count: int, kind: Any) -> None:
        self._kind = kind
        self._paths = [folder / f"{name}.{part}.hashes" for part in range(part_count)]
        self._files: list[Any] = [path.open("wb") for path in self._paths]

    def add(self, records: np.ndarray) -> None:
        """Append records."""
        part_of = records["high"] % np.uint64(len(self._files))
        for part, file in enumerate(self._files):
            file.write(records[part_of == part].tobytes() if len(self._files) > 1 else records.tobytes())

    def parts(self) -> Iterator[np.ndarray]:
        """The records, part by part."""
        for file, path in zip(self._files, self._paths, strict=True):
            file.flush()
            yield np.fromfile(path, dtype=self._kind)

    def close(self) -> None:
        """Close the files and take them away."""
        for file, path in zip(self._files, self._paths, strict=True):
            file.close()
            path.unlink(missing_ok=True)


class RepeatFinder:
    """Takes the texts of chunk after chunk, then tells which repeat. A context manager: its files go when it ends."""

    def __init__(self, folder: Path, name: str, hashes: TextHashes, expected_rows: int) -> None:
        self.part_count = min(MAX_PARTS, expected_rows // ROWS_PER_PART + 1)
        self._files = RecordFiles(folder, name, self.part_count, RECORD)
        self.hashes = hashes

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.close()

    def add(self, records: np.ndarray) -> None:
        """Take note of the texts of some rows, as `hashes` made them."""
        self._files.add(records)

    def record_parts(self) -> Iterator[np.ndarray]:
        """All records taken, part by part; all rows of one text are in the same part."""
        return self._files.parts()

    def repeats(self) -> Repeats:
        """All rows taken whose text stands in another one too; of the others nothing is kept in memory."""
        parts = [group_records(records) for records in self.record_parts()]
        return Repeats(*(np.concatenate(of) for of in zip(*((part.rows, part.first) for part in parts), strict=True)))


def group_records(records: np.ndarray) -> Repeats:
    """Rows whose text stands in others of these records too. Pure."""
    hashes = np.sort(records["high"])
    twice = hashes[1:][hashes[1:] == hashes[:-1]]
    ordered, first = sorted_records(records[is_among(records["high"], twice)])
    return _repeated(ordered["row"], np.cumsum(first))


def is_among(hashes: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    """Where a hash is one of those in order. Cheap where they are few; sorting all for it costs ten times as much."""
    if not len(ordered):
        return np.zeros(len(hashes), dtype=bool)
    places = np.searchsorted(ordered, hashes)
    among: np.ndarray = ordered[np.minimum(places, len(ordered) - 1)] == hashes
    return among


def sorted_records(records: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Records sorted by hash and row, and where a text is the first of its kind. Pure."""
    ordered = records[np.argsort(records["high"])]
    tied = ordered["high"][1:] == ordered["high"][:-1]
    if tied.any():  # few rows share a hash; sorting all by three fields costs six times as much
        shared = np.append(tied, False) | np.append(False, tied)
        same = ordered[shared]
        ordered[shared] = same[np.lexsort((same["row"], same["low"], same["high"]))]
    first: np.ndarray = np.ones(len(ordered), dtype=bool)
    first[1:] = (ordered["high"][1:] != ordered["high"][:-1]) | (ordered["low"][1:] != ordered["low"][:-1])
    return ordered, first
