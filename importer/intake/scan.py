"""Looks through a source before it is read: the census of its bytes, samples of its text, its dialect."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np

from importer.errors import SourceError
from importer.intake.detect import ByteCensus, binary_kind, close_readings, rank_encodings
from importer.intake.dialect import Choice, Dialect, Guess
from importer.intake.encodings import Codec, decode_block, find_codec, line_marks
from importer.intake.feed import MAX_RECORD_BYTES, open_source
from importer.intake.foreign import refused
from importer.intake.guess import TableGuess, guess_table
from importer.intake.letter_fit import examples_of
from importer.intake.long_cells import LONG_BYTES, QUOTES, end_of_cell, last_opening, without_long_cells
from importer.intake.members import list_members, plain_source
from importer.intake.plain_notes import read_notes
from importer.intake.seven_bit import SIGNS_OF_ESCAPES

SCAN_BYTES = 4 * 1024 * 1024
"""Read at a time."""

HEAD_BYTES = 64 * 1024
"""The beginning, for marks and NUL patterns."""

SAMPLE_BYTES = 96 * 1024
"""Of the head, the middle and the tail each: some hundred records."""

LONGEST_CELL_BYTES = 8 * 1024 * 1024
"""How far the end of a cell is looked for: twice as far as records are read."""

ODD_BYTES = 200_000
"""Lines with bytes above ASCII kept for statistics; enough for all that decides."""

_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_ODD_RUN = re.compile(rb"[\x80-\xff]+")
_ODD = re.compile(rb"[\x80-\xff]")
_REST_OF_LINE = re.compile(rb"[^\r\n]*+")


EXACT_GUESS = Guess(
    Dialect("utf-8", ",", '"', "", "\r\n"),
    (Choice("utf-8", 1.0, "The file says it."),),
    (Choice(",", 1.0, "The file has columns of its own."),),
    (Choice('"', 1.0, "The file has cells of its own."),),
    "The file names its columns.",
)
"""Of a list that was made of typed values: there is nothing to guess."""


def guess_dialect(source: Path, member: str = "") -> Guess:
    """The most likely dialect with runners-up. Reads the whole file once (its encoding may show only at the end).

    A packed source is unpacked beside itself; `member` chooses the file of a zip or the sheet of a workbook. Raises
    SourceError: empty, no text, gone, no permission, damaged.
    """
    members = list_members(source)
    plain = plain_source(source, member)
    notes = read_notes(plain)
    guess = EXACT_GUESS if notes.is_exact else _guess_ours(plain) if notes.is_ours else _guess_plain(plain)
    if not members:
        return guess
    return replace(guess, dialect=replace(guess.dialect, member=member or members[0].name))


MOST_ESCAPED_LINES = 1000
"""Looked at for the encoding of their escape sequences."""

_WHOLE_LINE = re.compile(rb"(?<=[\r\n])[^\r\n]+(?=[\r\n])")


def _guess_plain(source: Path) -> Guess:
    with open_source(source) as stream:
        head = stream.read(HEAD_BYTES)
        if not head.strip(b"\0") and head:
            raise SourceError(f'The file "{source.name}" holds nothing but NUL bytes. Export the list again.')
        if not head.strip(b"\0\xef\xbb\xbf\xff\xfe \t\r\n"):
            raise SourceError(f'The file "{source.name}" is empty. Export the list again and upload that.')
        kind = binary_kind(head)
        if kind:
            raise refused(source.name, kind)
        encodings = rank_encodings(_take_census(stream, head))
        samples = _samples(stream, encodings[0].value)
    table = _table_of(tuple(samples), encodings[0].value)
    return Guess(table.dialect, encodings, table.delimiters, table.quotes, table.header_reason)


@lru_cache(maxsize=1)
def _table_of(samples: tuple[bytes, ...], encoding: str) -> TableGuess:
    """What the samples of a list tell; a second sign that may cut it is asked for soon after the first."""
    return guess_table(samples, encoding, MAX_RECORD_BYTES)


def _guess_ours(source: Path) -> Guess:
    """Of a list that we wrote only the header is guessed."""
    with open_source(source) as stream:
        if not stream.read(HEAD_BYTES).strip(b",\r\n"):
            raise SourceError(f'"{source.name}" is empty. Choose another sheet.')
        samples = _samples(stream, "utf-8")
    table = guess_table(samples, "utf-8", MAX_RECORD_BYTES, is_ours=True)
    return replace(EXACT_GUESS, dialect=table.dialect, header_reason=table.header_reason)


def rival_delimiter(source: Path, dialect: Dialect) -> str:
    """Another delimiter that fits the list nearly as well as the one it was read with; empty when there is none, or
    when a person chose. Looks at samples only. SourceError when the source is gone."""
    plain = plain_source(source, dialect.member)
    notes = read_notes(plain)
    if notes.is_exact or notes.is_ours or dialect.members:
        return ""
    with open_source(plain) as stream:
        samples = _samples(stream, dialect.encoding)
    table = _table_of(tuple(samples), dialect.encoding) if samples else None
    return table.rival if table is not None and table.dialect.delimiter == dialect.delimiter else ""


@dataclass(frozen=True)
class EncodingExamples:
    """One way to read the letters of a list: the encoding, and how some words are in it (cells of the list)."""

    encoding: str
    words: tuple[str, ...]


def close_encodings(source: Path, dialect: Dialect) -> tuple[EncodingExamples, ...]:
    """The encoding that a list was read in and those that are nearly as likely, with words that differ in them; empty
    where it is sure, or where a person chose another. Looks at ODD_BYTES of lines. SourceError when it is gone."""
    for each in dialect.of_each:
        plain = plain_source(source, each.member)
        notes = read_notes(plain)
        codec = find_codec(each.encoding)
        if notes.is_exact or notes.is_ours or codec.unit > 1:
            continue
        with open_source(plain) as stream:
            odd_lines = _first_odd_lines(stream)
        good, bad = _count_sequences(odd_lines) if codec.is_utf8 else (0, 1)
        readings = close_readings(odd_lines) if good <= bad else ()
        if readings and find_codec(readings[0].encoding).name == codec.name:
            words = examples_of(readings)
            return tuple(EncodingExamples(one.encoding, own) for one, own in zip(readings, words, strict=True))
    return ()


def _first_odd_lines(stream: BinaryIO) -> bytes:
    """The first lines with bytes above ASCII, as a census has them."""
    lines: list[bytes] = []
    while sum(map(len, lines)) < ODD_BYTES and (raw := stream.read(SCAN_BYTES)):
        raw += stream.readline(ODD_BYTES)
        lines += [] if raw.isascii() else _odd_lines(raw, ODD_BYTES)
    return b"\n".join(lines)


def _take_census(stream: BinaryIO, head: bytes) -> ByteCensus:
    stream.seek(0)
    odd_lines: list[bytes] = []
    escaped_lines: list[bytes] = []
    odd_size = multibyte = invalid = 0
    rest = b""
    while raw := stream.read(SCAN_BYTES):
        data = rest + raw
        cut = len(data) - _cut_character(data)
        data, rest = data[:cut], data[cut:]
        if data.isascii():
            if len(escaped_lines) < MOST_ESCAPED_LINES and any(sign in data for sign in SIGNS_OF_ESCAPES):
                is_begin, is_end = stream.tell() == len(raw), len(raw) < SCAN_BYTES
                escaped_lines += _escaped_lines(b"\n" * is_begin + data + b"\n" * is_end)
            continue
        good, bad = _count_sequences(data)
        multibyte, invalid = multibyte + good, invalid + bad
        found = _odd_lines(data, ODD_BYTES - odd_size)
        odd_lines += found
        odd_size += sum(map(len, found))
    return ByteCensus(
        head, b"\n".join(odd_lines), multibyte, invalid + len(rest), b"\n".join(escaped_lines[:MOST_ESCAPED_LINES])
    )


def _escaped_lines(data: bytes) -> list[bytes]:
    """The whole lines with what may be an escape sequence of an encoding."""
    return [line for line in _WHOLE_LINE.findall(data) if any(sign in line for sign in SIGNS_OF_ESCAPES)]


def _odd_lines(data: bytes, size: int) -> list[bytes]:
    """Lines with bytes above ASCII, about `size` bytes of them; of a long line what is around such a byte."""
    lines: list[bytes] = []
    at = 0
    while size > 0 and (odd := _ODD.search(data, at)):
        start = max(data.rfind(b"\n", at, odd.start()), data.rfind(b"\r", at, odd.start()), odd.start() - 1001) + 1
        rest = _REST_OF_LINE.match(data, odd.end(), odd.end() + 1000)
        at = rest.end() if rest else odd.end()
        lines.append(data[start:at])
        size -= at - start
    return lines


def _cut_character(data: bytes) -> int:
    """Bytes at the end that may begin a character that the next block ends."""
    for size in range(1, min(4, len(data) + 1)):
        lead = data[-size]
        if lead >= 0xC0:
            return size if size < (2 if lead < 0xE0 else 3 if lead < 0xF0 else 4) else 0
        if lead < 0x80:
            return 0
    return 0


def _count_sequences(data: bytes) -> tuple[int, int]:
    """(characters above ASCII that are valid UTF-8, bytes that are not)."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        runs = _ODD_RUN.findall(data)
        left, good = _MULTIBYTE.subn(b"", b" ".join(runs))
        return good, len(left) - len(runs) + 1
    leads = np.frombuffer(data, dtype=np.uint8) >= 0xC0
    return int(leads.sum()), 0


def _samples(stream: BinaryIO, encoding: str) -> list[bytes]:
    """Whole lines as UTF-8: the head, and of longer files the middle and the tail; none ends or begins within a cell
    of many lines, of which little is left."""
    size = stream.seek(0, 2)
    stream.seek(0)
    codec = find_codec(encoding, stream.read(4))
    samples = [_head_sample(stream, codec, size)]
    for place in (size // 2 // 4 * 4, (size - SAMPLE_BYTES) // 4 * 4) if size > 4 * SAMPLE_BYTES else ():
        at = _after_long_cell(stream, codec, place)
        samples.append(without_long_cells(_lines_at(stream, codec, at, SAMPLE_BYTES, size)).text)
    return [sample for sample in samples if sample]


def _head_sample(stream: BinaryIO, codec: Codec, size: int) -> bytes:
    """The first lines; where they end within a long cell, more until it ends."""
    wanted = SAMPLE_BYTES
    while True:
        sample = without_long_cells(_lines_at(stream, codec, 0, wanted, size))
        is_enough = len(sample.text) * codec.unit * 2 > SAMPLE_BYTES and not sample.is_open
        if is_enough or wanted >= min(size, LONGEST_CELL_BYTES) or (sample.text and not sample.is_open):
            return sample.text
        wanted *= 4


def _lines_at(stream: BinaryIO, codec: Codec, place: int, wanted: int, size: int) -> bytes:
    """The whole lines that begin in so many bytes of the source from `place` on, as UTF-8."""
    stream.seek(place)
    raw = stream.read(wanted)
    if place == 0:
        raw = raw.removeprefix(codec.mark) if codec.mark else raw
    marks = line_marks(raw, codec)
    first = int(marks[0]) if place and len(marks) else 0
    last = int(marks[-1]) if len(marks) and place + wanted < size else len(raw)
    return decode_block(raw[first:last], codec, place).text if first < last else b""


def _after_long_cell(stream: BinaryIO, codec: Codec, place: int) -> int:
    """`place`, or where about the record ends whose long cell holds it."""
    start = max(0, place - LONGEST_CELL_BYTES) // 4 * 4
    stream.seek(start)
    before = stream.read(place - start)
    for sign in QUOTES:
        opened = last_opening(before, sign.decode().encode(codec.name), codec.unit)
        wanted = SAMPLE_BYTES
        while opened >= 0 and wanted < LONGEST_CELL_BYTES:
            stream.seek(place)
            begin = max(0, opened - LONG_BYTES)
            raw = before[begin:] + stream.read(wanted)
            text = decode_block(raw, codec, start + begin).text
            cell = decode_block(raw[: opened - begin], codec, start + begin).text
            end = end_of_cell(text, len(cell), sign)
            if end >= 0:
                behind = len(text[:end].decode("utf-8", "replace").encode(codec.name, "replace"))
                return max(place, (start + begin + behind) // 4 * 4) if end else place
            wanted *= 4
    return place
