"""The source in blocks of whole lines, decoded to UTF-8, each with the way back to its bytes. Bounded memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from importer.errors import SourceError
from importer.intake.encodings import Codec, Decoded, decode_block, find_codec, hide_line_ends

BLOCK_BYTES = 1024 * 1024
"""Read at a time: large enough that per-block costs vanish, small enough that what is made of a block stays in the
core's cache, and that a list of 10 MB keeps two cores busy (4 MB were a fifth slower)."""

MAX_RECORD_BYTES = 4 * 1024 * 1024
"""A longer record is set aside: ten times what DynamoDB takes as an item (400 KB), and it bounds memory."""


@dataclass(frozen=True)
class Block:
    """Whole lines. `text` is UTF-8; `byte_start` and `byte_end` are its place in the source. `proof`: of the fast
    road, where one was made, and `lines`: the sure lines, where it ends early; both hold if a record begins where the
    block does."""

    byte_start: int
    byte_end: int
    decoded: Decoded
    proof: Any = None
    lines: Any = None

    @property
    def text(self) -> bytes:
        """UTF-8."""
        return self.decoded.text

    def to_source(self, ends: Any) -> Any:
        """Source offsets (int64) of offsets in `text` that follow a line end or end the block."""
        if self.decoded.marks is None or self.decoded.origins is None:
            return np.asarray(ends, dtype=np.int64) + self.byte_start
        return self.decoded.origins[np.searchsorted(self.decoded.marks, ends)]


@dataclass(frozen=True)
class Gap:
    """A line longer than MAX_RECORD_BYTES, passed over without being held."""

    byte_start: int
    byte_end: int


class Feed:
    """Reads a source once, front to back. After the last block, `sha256` and `size_bytes` are those of the file.
    `behind` computes the hash while reading goes on. `record_end`: the only line end of records, where
    others stand in cells."""

    def __init__(
        self,
        stream: BinaryIO,
        encoding: str,
        *,
        block_bytes: int = BLOCK_BYTES,
        max_record: int = MAX_RECORD_BYTES,
        behind: Executor | None = None,
        record_end: str = "",
    ) -> None:
        self._stream = stream
        self._record_end = record_end
        self._behind = behind
        self._hashing: Future[None] | None = None
        self._block_bytes = block_bytes
        self._max_record = max_record
        self._hash = hashlib.sha256()
        self._rest = self._read(4)
        self.codec: Codec = find_codec(encoding, self._rest)
        self.mark_bytes = len(self.codec.mark) if self.codec.mark and self._rest.startswith(self.codec.mark) else 0
        self._rest = self._rest[self.mark_bytes :]
        self._at = self.mark_bytes

    @property
    def sha256(self) -> str:
        """Hex digest of the bytes read so far."""
        self._wait()
        return self._hash.hexdigest()

    @property
    def size_bytes(self) -> int:
        """Bytes handed out or passed over so far."""
        return self._at

    def _read(self, size: int) -> bytes:
        raw = self._stream.read(size)
        self._wait()
        if self._behind is not None:
            self._hashing = self._behind.submit(self._hash.update, raw)
        else:
            self._hash.update(raw)
        return raw

    def _wait(self) -> None:
        if self._hashing is not None:
            self._hashing.result()
            self._hashing = None

    def __iter__(self) -> Iterator[Block | Gap]:
        while True:
            raw = self._read(self._block_bytes)
            data = self._rest + raw if self._rest else raw
            at_end = not raw
            cut = len(data) if at_end else self._last_line_end(data)
            self._rest = data[cut:]
            if cut:
                yield self._block(data[:cut] if self._rest else data)
            if at_end:
                return
            if len(self._rest) > self._max_record:
                yield self._pass_over()

    def _block(self, raw: bytes) -> Block:
        start = self._at
        self._at += len(raw)
        decoded = decode_block(raw, self.codec, start)
        text = hide_line_ends(decoded.text, self._record_end)
        return Block(start, self._at, decoded if text is decoded.text else replace(decoded, text=text))

    def _last_line_end(self, data: bytes) -> int:
        """Offset after the last line end that is whole for sure; 0 when there is none."""
        line_feed = _last_aligned(data, self.codec.line_feed, self.codec.unit)
        carriage = _last_aligned(data, self.codec.carriage_return, self.codec.unit, len(data) - self.codec.unit)
        return max(line_feed, carriage)

    def _pass_over(self) -> Gap:
        """Read on to the next line end, keeping nothing of the line."""
        start = self._at
        data = self._rest
        while True:
            cut = self._first_line_end(data)
            self._at += cut
            self._rest = data[cut:]
            if cut < len(data) or self._ends_line(data):
                return Gap(start, self._at)
            self._at -= len(keep := data[-self.codec.unit * 2 :])
            raw = self._read(self._block_bytes)
            if not raw:
                self._at += len(keep)
                self._rest = b""
                return Gap(start, self._at)
            data = keep + raw

    def _ends_line(self, data: bytes) -> bool:
        return data.endswith(self.codec.line_feed) and len(data) % self.codec.unit == 0

    def _first_line_end(self, data: bytes) -> int:
        """Offset after the first whole line end, or all of `data`."""
        unit = self.codec.unit
        line_feed = _first_aligned(data, self.codec.line_feed, unit)
        carriage = _first_aligned(data, self.codec.carriage_return, unit)
        if carriage < 0 or 0 <= line_feed < carriage:
            return line_feed + unit if line_feed >= 0 else len(data)
        end = carriage + unit
        if end + unit > len(data):
            return len(data)
        return end + unit if data[end : end + unit] == self.codec.line_feed else end


def _last_aligned(data: bytes, sign: bytes, unit: int, stop: int | None = None) -> int:
    at = data.rfind(sign, 0, stop)
    while at >= 0 and at % unit:
        at = data.rfind(sign, 0, at + len(sign) - 1)
    return at + unit if at >= 0 else 0


def _first_aligned(data: bytes, sign: bytes, unit: int) -> int:
    at = data.find(sign)
    while at >= 0 and at % unit:
        at = data.find(sign, at + 1)
    return at


def open_source(source: Path) -> BinaryIO:
    """The source opened for reading; SourceError says why it cannot be."""
    try:
        if source.is_dir():
            raise SourceError(f'"{source.name}" is a folder. Choose a file.')
        return source.open("rb")
    except FileNotFoundError:
        raise SourceError(f'The file "{source.name}" is not there any more. Upload it again.') from None
    except PermissionError:
        raise SourceError(
            f'The file "{source.name}" may not be read. Give the app\'s user the right to read it.'
        ) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(f'The file "{source.name}" cannot be read ({reason}). Upload it again.') from None
