"""Packed sources: what kind they are, and unpacking one layer in bounded memory, bombs refused while unpacking."""

from __future__ import annotations

import bz2
import errno
import gzip
import hashlib
import io
import lzma
import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from importer.errors import SourceError
from importer.intake import workbook
from importer.intake.effort import DEFAULT_LIMITS, PLAIN_MARK, Gauge, UnpackLimits, effort_for
from importer.intake.feed import open_source
from importer.intake.foreign import foreign_kind, in_zip, refused
from importer.intake.json_items import is_json, write_json_list
from importer.intake.parquet_rows import PARQUET_SIGN, write_parquet_list
from importer.intake.plain_notes import PlainNotes, notes_path, write_notes
from importer.intake.sheet_xml import DAMAGED_ZIP
from importer.intake.workbook import WORKBOOK_KINDS, sheet_names, workbook_kind, write_sheet

SIGNS = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)

ARCHIVES = ("zip", "tar")
STREAMS = ("gzip", "bzip2", "xz", "zstd")
TYPED = ("json", "parquet")

EMPTY = "is empty"
"""Said of a file or a sheet that holds nothing."""

HIDDEN = "is hidden"
"""Said of a sheet that nobody sees who opens the workbook."""

HEAD_BYTES = 4096
"""Of a file, looked at to tell what it is."""

CHUNK_BYTES = 1024 * 1024

MAX_DIRECTORY_BYTES = 8 * 1024 * 1024
"""Of a zip's directory: about 80,000 members. A larger one would cost memory before anything is unpacked."""

MAX_ENTRIES = 80_000
"""Of a tar, for the same reason."""

MOST_PEEKED = 200
"""Files of an archive whose first bytes are looked at; of more, the name alone says what they are."""

XZ_MEMORY_BYTES = 72 * 1024 * 1024
"""What `xz -9` needs (its dictionary of 64 MB); only touched as far as is unpacked."""

BUNDLE_COMMENT = b"several files, named together"
"""The comment of a zip of ours."""

MAY_HOLD_SEVERAL = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".zip", ".tar", ".tgz", ".tbz2", ".txz")
"""Endings of files that may be several lists; `.tar.gz` and its like by the middle."""

DAMAGED = (*DAMAGED_ZIP, tarfile.TarError)
"""What all unpackers raise."""


@dataclass(frozen=True)
class Unpacked:
    """What was in the source, in `path`; `member`: the file of an archive or the sheet of a workbook that it is."""

    path: Path
    kind: str
    member: str
    size_bytes: int


@dataclass(frozen=True)
class Entry:
    """A file of an archive. `foreign`: what it is where it is surely no list, as "a picture"."""

    name: str
    size_bytes: int
    foreign: str = ""

    @property
    def may_hold_several(self) -> bool:
        """Whether it may be a workbook or an archive itself."""
        name = self.name.lower()
        return name.endswith(MAY_HOLD_SEVERAL) or ".tar." in name


def container_kind(source: Path) -> str:
    """One of STREAMS, ARCHIVES, TYPED or WORKBOOK_KINDS; "" for a plain file.

    Raises SourceError: a file that is none of them and no list, or cannot be opened.
    """
    with open_source(source) as stream:
        stamp = os.fstat(stream.fileno())
    return _container_kind(source, (stamp.st_size, stamp.st_mtime_ns, stamp.st_ino))


@lru_cache(maxsize=256)
def _container_kind(source: Path, _stamp: tuple[int, int, int]) -> str:
    """Kept as long as the file is the same: it is asked again for every part."""
    with open_source(source) as stream:
        head = stream.read(HEAD_BYTES)
    kind = next((name for sign, name in SIGNS if head.startswith(sign)), "")
    if kind == "zip":
        _refuse_huge_directory(source)
    if not kind and head[257:262] == b"ustar":
        return "tar"
    return workbook_kind(source) or (_plain_zip(source) if kind == "zip" else kind or _typed_kind(head))


def _typed_kind(head: bytes) -> str:
    if head.startswith(PARQUET_SIGN):
        return "parquet"
    return "json" if is_json(head) else ""


def _plain_zip(source: Path) -> str:
    with _told(source), zipfile.ZipFile(source) as archive:
        foreign = in_zip(archive.namelist()[:1000])
    if foreign:
        raise refused(source.name, foreign)
    return "zip"


def list_entries(source: Path) -> tuple[Entry, ...]:
    """The files of an archive in its order, without folders, links and what archivers leave beside the files.

    Raises SourceError: damaged, too many.
    """
    with _told(source):
        return _zip_entries(source) if container_kind(source) == "zip" else _tar_entries(source)


def _zip_entries(source: Path) -> tuple[Entry, ...]:
    with zipfile.ZipFile(source) as archive:
        if not all(archive.namelist()):
            raise zipfile.BadZipFile("a file without a name")
        infos = [info for info in archive.infolist() if not info.is_dir() and not is_litter(info.filename)]
        infos = [info for info in infos if info.external_attr >> 28 in (0, 0o10)]  # a file's mode, or none
        heads = len(infos) <= MOST_PEEKED
        found = {
            info.filename: Entry(info.filename, info.file_size, _foreign_in_zip(archive, info) if heads else "")
            for info in infos
        }
    return tuple(found.values())


def _foreign_in_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    if info.flag_bits & 1 or not info.file_size:
        return ""
    with archive.open(info) as stream:
        return foreign_kind(stream.read(HEAD_BYTES))


def _tar_entries(source: Path) -> tuple[Entry, ...]:
    found: dict[str, Entry] = {}
    with tarfile.open(source, "r:") as archive:
        for info in archive:
            name = _name_of(info)
            if info.isfile() and not is_litter(name):
                stream = archive.extractfile(info)
                head = stream.read(HEAD_BYTES) if stream is not None and len(found) < MOST_PEEKED else b""
                found[name] = Entry(name, info.size, foreign_kind(head))
            if len(found) > MAX_ENTRIES:
                raise SourceError(f'The archive "{source.name}" holds too many files. Upload the list itself.')
    return tuple(found.values())


def _name_of(info: tarfile.TarInfo) -> str:
    """A member's name as text that can be written: what is no UTF-8 in it is replaced."""
    return info.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def list_sheets(source: Path) -> tuple[tuple[str, str], ...]:
    """(name, why it is not taken for a list) of each sheet of a workbook in its order; "" where it is one.

    Raises SourceError: damaged.
    """
    with effort_for(source) as effort, _told(source):
        sheets = workbook.list_sheets(source, Gauge(source, DEFAULT_LIMITS, effort).count)
    return tuple(
        (sheet.name, EMPTY if not sheet.has_cells else HIDDEN if sheet.is_hidden else "") for sheet in sheets
    )


def unpack_source(
    source: Path,
    target: Path,
    member: str = "",
    *,
    limits: UnpackLimits = DEFAULT_LIMITS,
    cancelled: Callable[[], bool] | None = None,
) -> Unpacked:
    """Unpack one layer of `source` (its `member`, or the first) into the new file `target`; nothing stays on failure.

    Raises SourceError: damaged, encrypted, no such member, unpacks to too much. RunCancelled.
    """
    kind = container_kind(source)
    try:
        with effort_for(source, limits) as effort, _told(source), target.open("xb") as out:
            member = member or _first_part(source, kind)
            gauge = Gauge(source, limits, effort, cancelled)
            target.chmod(0o600)
            if kind in TYPED:
                write_notes(target, write_typed(kind, [source], out, gauge.count))
            elif kind in WORKBOOK_KINDS:
                write_notes(target, write_sheet(source, member, out, gauge.count))
            else:
                with _opened(source, kind, member) as stream:
                    _copy(stream, out, gauge)
        return Unpacked(target, kind, member, target.stat().st_size)
    except BaseException as error:
        target.unlink(missing_ok=True)
        notes_path(target).unlink(missing_ok=True)
        if isinstance(error, LookupError):  # no such member
            raise SourceError(f'"{source.name}" has no part of that name any more. Choose another.') from None
        raise


def write_typed(kind: str, sources: Sequence[Path], out: BinaryIO, count: Callable[[int], None]) -> PlainNotes:
    """The plain list of files of one kind of TYPED, one after the other; what is to be noted of it."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    write = write_parquet_list if kind == "parquet" else write_json_list
    notes = write(sources, text, count)
    text.flush()
    text.detach()
    return notes


def _first_part(source: Path, kind: str) -> str:
    if kind in ARCHIVES:
        return next((entry.name for entry in list_entries(source)), "")
    return sheet_names(source)[0] if kind in WORKBOOK_KINDS else ""


def _copy(stream: Any, out: BinaryIO, gauge: Gauge) -> None:
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
    if kind == "tar":
        with tarfile.open(source, "r:") as archive:
            yield archive.extractfile([info for info in archive if info.isfile() and _name_of(info) == member][-1])
        return
    openers: dict[str, Callable[[Path], Any]] = {
        "gzip": gzip.GzipFile,
        "bzip2": bz2.BZ2File,
        "zstd": _ZstdStream,
        "xz": _XzStream,
    }
    if kind not in openers:
        raise SourceError(f'The file "{source.name}" is not packed. Read it as it is.')
    with openers[kind](source) as stream:
        yield stream


class _ZstdStream:
    """A zstd stream. pyarrow's own `read` keeps the memory of every read that fails, a megabyte a damaged file."""

    def __init__(self, source: Path) -> None:
        self._stream = pa.CompressedInputStream(pa.OSFile(str(source)), "zstd")

    def __enter__(self) -> _ZstdStream:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def read(self, size: int) -> bytes:
        """At most `size` bytes; empty at the end."""
        data: bytes = self._stream.read_buffer(size).to_pybytes()
        return data


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


def is_litter(name: str) -> bool:
    """Whether a file of an archive is what archivers leave beside the files, or hidden."""
    parts = name.split("/")
    hidden = any(part.startswith(".") and part not in (".", "..") for part in parts)
    return hidden or "__MACOSX" in parts or parts[-1].startswith("~$") or parts[-1] in ("Thumbs.db", "desktop.ini")


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
        # A place before the beginning of the file, as a damaged zip names it, is an invalid argument of the system.
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise
        raise SourceError(
            f'The file "{source.name}" is packed and damaged or incomplete. Pack or upload it again.'
        ) from None


def unpacked(source: Path, member: str = "") -> Path:
    """One layer of the source unpacked, kept in a hidden file beside it."""
    return _kept(source, member, lambda target: unpack_source(source, target, member))


def joined(source: Path, kind: str, parts: Sequence[Path]) -> Path:
    """Parts of the source, all of one kind of TYPED, as one plain list, kept in a hidden file beside it."""

    def write(target: Path) -> None:
        with effort_for(source) as effort, _told(source), target.open("xb") as out:
            target.chmod(0o600)
            gauge = Gauge(source, DEFAULT_LIMITS, effort)
            write_notes(target, write_typed(kind, parts, out, gauge.count))

    return _kept(source, f"all as {kind}", write)


def _kept(source: Path, what: str, write: Callable[[Path], object]) -> Path:
    """What `write` makes of the source, made once."""
    stamp = source.stat()
    tag = hashlib.sha256(f"{what}/{stamp.st_size}/{stamp.st_mtime_ns}".encode()).hexdigest()[:12]
    plain = source.with_name(f".{source.name.lstrip('.')}{PLAIN_MARK}{tag}")
    if not plain.exists():
        beside = plain.with_name(plain.name + "-unpacking")
        for left in (beside, notes_path(beside)):
            left.unlink(missing_ok=True)
        try:
            with effort_for(source) as effort:
                write(beside)
                effort.made(plain)
                effort.made(notes_path(plain))
            if notes_path(beside).exists():
                notes_path(beside).rename(notes_path(plain))
            beside.rename(plain)
        finally:
            for left in (beside, notes_path(beside)):
                left.unlink(missing_ok=True)
    return plain


def bundle_files(files: Sequence[tuple[str, Path]], target: Path) -> None:
    """Several files (name, path) as one source that is the same for the same files: a zip without packing."""
    with zipfile.ZipFile(target, "x", zipfile.ZIP_STORED) as archive:
        archive.comment = BUNDLE_COMMENT
        for name, path in files:
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o100600 << 16
            info.file_size = path.stat().st_size
            with path.open("rb") as given, archive.open(info, "w") as out:
                shutil.copyfileobj(given, out, CHUNK_BYTES)
    target.chmod(0o600)


def is_bundle(source: Path) -> bool:
    """Whether `bundle_files` made it."""
    if container_kind(source) != "zip":
        return False
    with _told(source), zipfile.ZipFile(source) as archive:
        return archive.comment == BUNDLE_COMMENT
