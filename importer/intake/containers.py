"""Packed sources: what they hold, and unpacking them in bounded memory, bombs refused while unpacking."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from importer.errors import RunCancelled, SourceError
from importer.files import write_private
from importer.intake.feed import open_source
from importer.intake.workbook import WORKBOOK_KINDS, sheet_names, workbook_kind, write_sheet
from importer.list_warning import ListWarning

SIGNS = (
    (b"PK\x03\x04", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)

CHUNK_BYTES = 1024 * 1024

MAX_DIRECTORY_BYTES = 8 * 1024 * 1024
"""Of a zip's directory: about 80,000 members. A larger one would cost memory before anything is unpacked."""

XZ_MEMORY_BYTES = 72 * 1024 * 1024
"""What `xz -9` needs (its dictionary of 64 MB); only touched as far as is unpacked."""

LIST_ENDINGS = (".csv", ".tsv", ".txt", ".tab", ".psv", ".dat")

DAMAGED = (
    EOFError,
    OSError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True)
class UnpackLimits:
    """Unpacked bytes at most, and how many times the packed size they may be once past `free_bytes`."""

    size_bytes: int = 32 * 1024**3
    ratio: int = 200
    free_bytes: int = 32 * 1024 * 1024


DEFAULT_LIMITS = UnpackLimits()


@dataclass(frozen=True)
class Unpacked:
    """The plain list in `path`; `member` is the file of an archive or the sheet of a workbook it came from.

    `warnings` are what a plain list cannot show any more: hidden rows, merged cells and their like.
    """

    path: Path
    kind: str
    member: str
    size_bytes: int
    warnings: tuple[ListWarning, ...] = ()


def container_kind(source: Path) -> str:
    """ "gzip", "zip", "zstd", "bzip2", "xz" or one of WORKBOOK_KINDS; "" for a plain file. Raises SourceError."""
    with open_source(source) as stream:
        head = stream.read(8)
    kind = next((name for sign, name in SIGNS if head.startswith(sign)), "")
    if kind == "zip":
        _refuse_huge_directory(source)
    return workbook_kind(source) or kind


def list_members(source: Path) -> tuple[str, ...]:
    """Files of a zip (the likeliest list first) or sheets of a workbook; empty for what holds one list.

    Raises SourceError: damaged, no list in it.
    """
    kind = container_kind(source)
    with _told(source):
        if kind in WORKBOOK_KINDS:
            return sheet_names(source)
        if kind != "zip":
            return ()
        with zipfile.ZipFile(source) as archive:
            files = [one for one in archive.infolist() if not one.is_dir() and not _is_litter(one.filename)]
    if not files:
        raise SourceError(f'The zip "{source.name}" holds no file. Pack the list again.')
    ranked = sorted(files, key=lambda one: (not one.filename.lower().endswith(LIST_ENDINGS), -one.file_size))
    return tuple(dict.fromkeys(one.filename for one in ranked))


def unpack_source(
    source: Path,
    target: Path,
    member: str = "",
    *,
    limits: UnpackLimits = DEFAULT_LIMITS,
    cancelled: Callable[[], bool] | None = None,
) -> Unpacked:
    """Unpack `source` (or its `member`; default: the likeliest) into the new file `target`; nothing stays on failure.

    Raises SourceError: damaged, encrypted, no such member, unpacks to too much. RunCancelled.
    """
    kind = container_kind(source)
    members = list_members(source)
    if member and member not in members:
        raise SourceError(
            f'"{source.name}" has no part of that name any more. Choose one of its {len(members):,} parts.'
        )
    chosen = member or (members[0] if members else "")
    try:
        with _told(source), target.open("xb") as out:
            target.chmod(0o600)
            warnings: tuple[ListWarning, ...] = ()
            if kind in WORKBOOK_KINDS:
                warnings = write_sheet(source, chosen, out, _Gauge(source, limits, cancelled).count)
            else:
                with _opened(source, kind, chosen) as stream:
                    _copy(stream, out, _Gauge(source, limits, cancelled))
        return Unpacked(target, kind, chosen, target.stat().st_size, warnings)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


class _Gauge:
    """Counts what is unpacked and refuses too much of it."""

    def __init__(self, source: Path, limits: UnpackLimits, cancelled: Callable[[], bool] | None) -> None:
        self._name = source.name
        self._packed = max(1, source.stat().st_size)
        self._limits = limits
        self._cancelled = cancelled
        self._size = 0

    def count(self, size: int) -> None:
        self._size += size
        if self._cancelled is not None and self._cancelled():
            raise RunCancelled("Unpacking was cancelled; nothing was kept.")
        allowed = max(self._limits.free_bytes, self._packed * self._limits.ratio)
        if self._size > min(allowed, self._limits.size_bytes):
            raise SourceError(
                f'The file "{self._name}" unpacks to more than {min(allowed, self._limits.size_bytes):,} bytes, '
                f"over {self._size // self._packed:,} times its size: no list does. Upload the list itself."
            )


def _copy(stream: Any, out: BinaryIO, gauge: _Gauge) -> None:
    while chunk := stream.read(CHUNK_BYTES):
        gauge.count(len(chunk))
        out.write(chunk)


@contextmanager
def _opened(source: Path, kind: str, member: str) -> Iterator[Any]:
    if kind == "zip":
        with zipfile.ZipFile(source) as archive:
            if archive.getinfo(member).flag_bits & 1:
                raise SourceError(f'The zip "{source.name}" is encrypted. Unpack it and upload the list itself.')
            with archive.open(member) as stream:
                yield stream
        return
    openers: dict[str, Callable[[Path], Any]] = {
        "gzip": gzip.GzipFile,
        "bzip2": bz2.BZ2File,
        "zstd": lambda path: pa.CompressedInputStream(pa.OSFile(str(path)), "zstd"),
        "xz": _XzStream,
    }
    if kind not in openers:
        raise SourceError(f'The file "{source.name}" is not packed. Read it as it is.')
    with openers[kind](source) as stream:
        yield stream


class _XzStream:
    """One or more xz streams, unpacked under a limit of memory (which `lzma.open` has not)."""

    def __init__(self, source: Path) -> None:
        self._stream = source.open("rb")
        self._decoder = self._new()

    @staticmethod
    def _new() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=XZ_MEMORY_BYTES)

    def __enter__(self) -> _XzStream:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def read(self, size: int) -> bytes:
        """At most `size` bytes; empty at the end."""
        while True:
            if self._decoder.eof:
                rest = self._decoder.unused_data.lstrip(b"\0") or self._stream.read(64 * 1024).lstrip(b"\0")
                if not rest:
                    return b""
                self._decoder = self._new()
                data = self._decoder.decompress(rest, size)
            else:
                raw = self._stream.read(64 * 1024) if self._decoder.needs_input else b""
                if self._decoder.needs_input and not raw:
                    raise EOFError
                data = self._decoder.decompress(raw, size)
            if data:
                return data


def _is_litter(name: str) -> bool:
    """What archivers leave beside the files."""
    last = name.rsplit("/", 1)[-1]
    return name.startswith("__MACOSX/") or last.startswith((".", "~$")) or last in ("Thumbs.db", "desktop.ini")


def _refuse_huge_directory(source: Path) -> None:
    with open_source(source) as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - 65_557))
        tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    directory = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
    if directory > MAX_DIRECTORY_BYTES:
        raise SourceError(f'The zip "{source.name}" holds too many files. Upload the list itself.')


@contextmanager
def _told(source: Path) -> Iterator[None]:
    """Failures of unpackers in plain words, with nothing of what is in the file."""
    try:
        yield
    except SourceError:
        raise
    except DAMAGED as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise SourceError(
            f'The file "{source.name}" is packed and damaged or incomplete. Pack or upload it again.'
        ) from None


def plain_source(source: Path, member: str = "") -> Path:
    """The plain list of a source: itself, or what it unpacks to, kept in a hidden file beside it."""
    kind = container_kind(source)
    if not kind:
        return source
    stamp = source.stat()
    tag = hashlib.sha256(f"{member}/{stamp.st_size}/{stamp.st_mtime_ns}".encode()).hexdigest()[:12]
    plain = source.with_name(f".{source.name}-plain-{tag}")
    if not plain.exists():
        beside = plain.with_name(plain.name + "-unpacking")
        beside.unlink(missing_ok=True)
        warnings = unpack_source(source, beside, member).warnings
        if warnings:
            told = json.dumps([warning.to_dict() for warning in warnings], ensure_ascii=False)
            write_private(_warnings_path(plain), told)
        beside.rename(plain)
    return plain


def unpacking_warnings(plain: Path) -> tuple[ListWarning, ...]:
    """What was to be told when `plain_source` unpacked this list; nothing of a list that was never packed."""
    path = _warnings_path(plain)
    return tuple(ListWarning(**one) for one in json.loads(path.read_text("utf-8"))) if path.exists() else ()


def _warnings_path(plain: Path) -> Path:
    return plain.with_name(plain.name + "-warnings.json")
