"""What a check showed of each column, kept beside it: the next one looks only at columns that changed. I/O.

A folder of files, each whole or not there, each with what one check looked at anew. They hold places of rows, codes,
sizes and hashes, and no cell. Whatever is missing or damaged is looked at again.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa

from importer.check.notices import NO_FACTS, Facts
from importer.check.schema import Schema, Winner
from importer.clean import Lineage
from importer.profile import OddCells, RowShapes

MOST_FILES = 48
"""Checks of which something is kept. The first has all columns, the others mostly one each."""

SWEEP_AFTER_S = 6 * 3600

WHOLE_LIST = -1
"""Stands for the number of a slice."""

_FIELDS = pa.schema(
    [("print", pa.string()), ("slice", pa.int32()), ("name", pa.string()), ("data", pa.large_binary())]
)
_END = ".columns"
_FACTS = "facts"

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class ColumnNotes:
    """What a column of one slice shows, in each row of the slice, dropped or not.

    `failing`: code → the places of its cells, ascending. `sizes`: bytes of each row's attribute, one number where all
    have the same; None for a column that is not imported.
    """

    failing: dict[str, np.ndarray]
    sizes: np.ndarray | None = None

    def arrays(self) -> dict[str, np.ndarray]:
        """What `of` takes."""
        out = {f"failing {code}": places for code, places in self.failing.items()}
        return out if self.sizes is None else out | {"sizes": self.sizes}

    @classmethod
    def of(cls, arrays: Arrays) -> ColumnNotes:
        """What `arrays` made."""
        failing = {name.removeprefix("failing "): places for name, places in arrays.items() if name[:8] == "failing "}
        return cls(failing, arrays.get("sizes"))


def odd_arrays(odd: OddCells) -> dict[str, np.ndarray]:
    """What `odd_of` takes."""
    blank = np.packbits(odd.blank) if odd.blank.any() else np.empty(0, dtype=np.uint8)
    return {"at": odd.at.astype(np.int32), "weights": odd.weights, "oddities": odd.oddities, "blank": blank}


def odd_of(arrays: Arrays, rows: int) -> OddCells:
    """What `odd_arrays` made, of a slice with so many rows."""
    packed = arrays["blank"]
    blank: np.ndarray = np.zeros(rows, dtype=bool)
    if len(packed):
        blank = np.unpackbits(packed, count=rows).astype(bool)
    return OddCells(arrays["at"], arrays["weights"], arrays["oddities"], blank)


def small(sizes: np.ndarray) -> np.ndarray:
    """The sizes in as few bytes as will do."""
    low, high = (int(sizes.min()), int(sizes.max())) if len(sizes) else (0, 0)
    return (sizes[:1] if low == high else sizes).astype(np.min_scalar_type(high))


class KeptColumns:
    """What is kept in a folder of one stage, opened; nothing where there is no folder. What is found in it is read as
    it is needed, and stays readable when another process prunes."""

    def __init__(self, folder: Path | None, stage: str) -> None:
        self._folder, self._stage = folder, stage
        self._index: dict[str, dict[int, dict[str, np.ndarray]]] = {}
        self._files: dict[str, Path] = {}
        for path in _files(folder, stage) if folder is not None else ():
            with suppress(OSError, pa.ArrowException, ValueError, KeyError):
                self._read(path)

    def __reduce__(self) -> tuple[Any, ...]:
        """Opened anew elsewhere."""
        return KeptColumns, (self._folder, self._stage)

    def __contains__(self, fingerprint: str) -> bool:
        return fingerprint in self._index

    def arrays(self, fingerprint: str, slice_index: int = WHOLE_LIST) -> Arrays:
        """What is kept under a fingerprint, of one slice or of the whole list; nothing is no error."""
        return self._index.get(fingerprint, {}).get(slice_index, {})

    def facts(self, fingerprint: str) -> dict[str, Any] | None:
        """Plain JSON types that are kept under a fingerprint."""
        text = self.arrays(fingerprint).get(_FACTS)
        return None if text is None else dict(json.loads(text.tobytes()))

    def use(self, fingerprints: Collection[str]) -> None:
        """Files that hold any of these are pruned last."""
        for path in {self._files[print_] for print_ in fingerprints if print_ in self._files}:
            with suppress(OSError):
                os.utime(path)

    def _read(self, path: Path) -> None:
        found: dict[str, dict[int, dict[str, np.ndarray]]] = {}
        with pa.memory_map(str(path)) as source, pa.ipc.open_file(source) as reader:
            for number in range(reader.num_record_batches):
                batch = reader.get_batch(number)
                _, ends, data = batch["data"].buffers()
                places = np.frombuffer(ends, dtype=np.int64)[: len(batch) + 1].tolist()
                names = [batch[name].to_pylist() for name in ("print", "slice", "name")]
                for at, (print_, slice_index, name) in enumerate(zip(*names, strict=True)):
                    word, _, kind = name.rpartition(" ")
                    start, end = places[at], places[at + 1]
                    array: np.ndarray = np.frombuffer(data, dtype=np.uint8)[start:end].view(kind)
                    found.setdefault(print_, {}).setdefault(slice_index, {})[word] = array
        self._index |= found
        self._files |= dict.fromkeys(found, path)


class ColumnFile:
    """A new file, which is there for others once it is closed without an error; a context manager. Without a folder
    nothing is kept."""

    def __init__(self, folder: Path | None, stage: str) -> None:
        self._folder, self._stage = folder, stage
        self._path: Path | None = None
        self._writer: Any = None
        self._sink: Any = None
        self._facts: dict[str, Arrays] = {}

    def __enter__(self) -> Self:
        if self._folder is not None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path = self._folder / f".{secrets.token_hex(8)}"
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._sink = os.fdopen(descriptor, "wb")
            self._writer = pa.ipc.new_file(self._sink, _FIELDS)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._folder is None or self._path is None:
            return
        with self._sink:
            self.add(self._facts)
            self._writer.close()
        if kind is None:
            self._path.replace(self._folder / f"{self._stage[:16]}-{self._path.name[1:]}{_END}")
            _prune(self._folder, self._stage)
        self._path.unlink(missing_ok=True)

    def add(self, kept: Mapping[str, Arrays], slice_index: int = WHOLE_LIST) -> None:
        """Keep arrays by fingerprint and name, of one slice or of the whole list."""
        if self._writer is None or not kept:
            return
        rows = [(print_, name, array) for print_, of in kept.items() for name, array in of.items()]
        batch = {
            "print": [print_ for print_, _, _ in rows],
            "slice": np.full(len(rows), slice_index, dtype=np.int32),
            "name": [f"{name} {array.dtype.str}" for _, name, array in rows],
            "data": [np.ascontiguousarray(array).tobytes() for _, _, array in rows],
        }
        self._writer.write_batch(pa.record_batch(batch, schema=_FIELDS))

    def add_facts(self, fingerprint: str, facts: Mapping[str, Any]) -> None:
        """Keep plain JSON types."""
        text = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
        self._facts[fingerprint] = {_FACTS: np.frombuffer(text, dtype=np.uint8)}


def _files(folder: Path, stage: str) -> list[Path]:
    """Those of this stage, the one used last at the end."""
    found = []
    for path in folder.glob(f"{stage[:16]}-*{_END}"):
        with suppress(OSError):
            found.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(found)]


def _prune(folder: Path, stage: str) -> None:
    """Take away what other stages and killed checks left, and what was used longest ago."""
    mine = _files(folder, stage)
    others = [path for path in folder.glob(f"*{_END}") if path not in mine]
    for path in (*mine[:-MOST_FILES], *others, *_left_by_killed(folder)):
        path.unlink(missing_ok=True)


def _left_by_killed(folder: Path) -> Iterator[Path]:
    """Unfinished files; a younger one may be another process at work."""
    oldest = time.time() - SWEEP_AFTER_S
    for path in folder.glob(".*"):
        with suppress(OSError):
            if path.stat().st_mtime < oldest:
                yield path


def fingerprint_of(*parts: object) -> str:
    """SHA-256 (hex) over plain data."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class CheckPrints:
    """Fingerprints of all that the answers hang on: `columns`, of each column of the schema; `odd`, of what is odd in
    those of which it is known what nearly all of their cells have in common; `key`, of the key's columns together;
    `rows`, of which rows are left; `stage`, of the list and of what checks do."""

    columns: dict[str, str]
    odd: dict[str, str]
    key: str
    rows: str
    stage: str

    @property
    def alike(self) -> str:
        """Of the step that mends keys that look the same."""
        return fingerprint_of("alike", self.key, self.rows)

    def with_rows(self, column: str) -> str:
        """Of what a column shows that hangs on the rows left too."""
        return fingerprint_of("with rows", self.columns[column], self.rows)

    @classmethod
    def of(
        cls,
        stage: str,
        lineage: Lineage,
        schema: Schema,
        *,
        facts: Facts,
        shapes: RowShapes,
        sure: Collection[str],
    ) -> CheckPrints:
        """`stage`: of the list and of what checks do. `sure`: as `sure_numbers` tells."""
        odd = {
            name: fingerprint_of("odd", stage, lineage.columns[name], _plain_shape(shape))
            for name, shape in zip(shapes.columns, shapes.shapes, strict=True)
        }
        keys = [spec.column for spec in schema.key_specs]
        of_all = fingerprint_of(stage, _of_all_columns(schema))
        prints = {
            spec.column: fingerprint_of(
                of_all,
                lineage.columns[spec.column],
                spec.to_dict(),
                asdict(facts.get(spec.column, NO_FACTS)),
                spec.column in sure,
                keys.index(spec.column) if spec.column in keys else -1,
            )
            for spec in schema.columns
        }
        inside = [spec.column for spec in schema.imported if schema.is_nested(spec)]
        for group in (keys, inside):
            together = [prints[name] for name in group]
            prints |= {name: fingerprint_of(name, together) for name in group}
        key = fingerprint_of("key", [prints[name] for name in keys])
        return cls(prints, odd, key, fingerprint_of(stage, lineage.rows), stage)


def _of_all_columns(schema: Schema) -> dict[str, object]:
    """What of a schema all columns hang on: neither the winner, which is found afterwards, nor the key as such."""
    of_schema = replace(schema, winner=Winner.LAST).to_dict()
    return {name: value for name, value in of_schema.items() if name not in ("columns", "key")}


def _plain_shape(shape: Any) -> list[Any]:
    values = [getattr(shape, field.name) for field in fields(shape)]
    return [value.tolist() if isinstance(value, np.ndarray) else value for value in values]
