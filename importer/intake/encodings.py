"""Encodings: which we read, their line ends as bytes, and decoding that repairs and reports instead of raising."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from importer.errors import SourceError
from importer.intake.problems import ReadingProblem, problem

BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""UTF-32 before UTF-16: the little-endian mark of one begins with the mark of the other."""

MULTIBYTE = frozenset(
    {"shift_jis", "cp932", "shift_jis_2004", "shift_jisx0213", "gb18030", "gbk", "gb2312", "big5", "cp950"}
    | {"big5hkscs", "euc_jp", "euc_jis_2004", "euc_jisx0213", "euc_kr", "cp949", "johab"}
)
"""Codecs of more than one byte a character in which the bytes 0x0A and 0x0D are always line ends."""


NOT_TEXT = frozenset(
    {"unicode-escape", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape"}
    | {"idna", "punycode", "utf-7", "undefined"}
)
"""Codecs of Python in which bytes do not stand for the characters of a list one by one."""

ENCODING_WORDS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with byte order mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16, little endian",
    "utf-16-be": "UTF-16, big endian",
    "utf-32": "UTF-32",
    "cp1252": "Windows Western (cp1252)",
    "iso8859-15": "Latin 9 (ISO 8859-15)",
    "latin-1": "Latin 1 (ISO 8859-1)",
    "iso8859-1": "Latin 1 (ISO 8859-1)",
    "cp1250": "Windows Central European (cp1250)",
    "iso8859-2": "Latin 2 (ISO 8859-2)",
    "cp1251": "Windows Cyrillic (cp1251)",
    "cp1253": "Windows Greek (cp1253)",
    "cp1254": "Windows Turkish (cp1254)",
    "cp1255": "Windows Hebrew (cp1255)",
    "cp1256": "Windows Arabic (cp1256)",
    "cp1257": "Windows Baltic (cp1257)",
    "cp874": "Windows Thai (cp874)",
    "cp850": "DOS Western (cp850)",
    "cp852": "DOS Central European (cp852)",
    "cp866": "DOS Cyrillic (cp866)",
    "koi8-r": "KOI8-R, Cyrillic",
    "mac-roman": "Mac Roman",
    "cp932": "Japanese (Shift-JIS, cp932)",
    "euc_jp": "Japanese (EUC-JP)",
    "iso2022_jp": "Japanese (ISO-2022-JP)",
    "hz": "Chinese, simplified (HZ)",
    "gb18030": "Chinese, simplified (GB 18030)",
    "big5": "Chinese, traditional (Big5)",
    "cp949": "Korean (cp949)",
}
"""For people, by the names of Python's codecs."""


def encoding_words(encoding: str) -> str:
    """An encoding's name for people; as it is where it has none."""
    return ENCODING_WORDS.get(encoding, encoding)


NOT_UTF8 = "A byte that is not UTF-8"
"""What is told of a row of another encoding begins so."""

_C1_BYTES = re.compile(rb"\xc2[\x80-\x9f]")

_C1 = re.compile(
    "[\u00c2-\u00c5\u00ce-\u00d1\u00e2][\u0080-\u009f]+|([\u0080\u0082-\u008c\u008e\u0091-\u009c\u009e\u009f])"
)
"""Signs of Latin-1 for which cp1252 has others (the group); not behind a lead byte of UTF-8 shown as a letter."""


@dataclass(frozen=True)
class Codec:
    """`name` decodes without looking for a mark; `unit` is the bytes of a line end; `mark` its byte-order mark."""

    name: str
    unit: int
    mark: bytes
    line_feed: bytes
    carriage_return: bytes

    @property
    def is_utf8(self) -> bool:
        """Whether the source bytes are the working text already."""
        return self.name == "utf-8"


@lru_cache(maxsize=64)
def find_codec(encoding: str, start: bytes = b"") -> Codec:
    """The codec for a dialect's encoding; `start` (the first 4 bytes) tells the byte order of a plain "utf-16".

    Raises SourceError when the encoding is unknown or is none of a list's text.
    """
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        told = f'There is no encoding "{encoding}". Name one that Python knows, such as utf-8, cp1252 or shift_jis.'
        raise SourceError(told) from None
    name = {"utf-8-sig": "utf-8", "ascii": "utf-8"}.get(name, name)
    if name in ("utf-16", "utf-32"):
        marked = [found for mark, found in BOMS if found.startswith(name) and start.startswith(mark)]
        name = marked[0] if marked else f"{name}-le"
    if name.startswith(("utf-16-", "utf-32-")):
        return _codec(name, 2 if "16" in name else 4)
    if name in NOT_TEXT:
        raise SourceError(
            f'Lists in the encoding "{encoding}" cannot be read. Save the list as UTF-8 and upload that.'
        )
    if name == "utf-8" or name.replace("-", "_") in MULTIBYTE or _is_single_byte(name):
        return _codec(name, 1)
    raise SourceError(f'Lists in the encoding "{encoding}" cannot be read. Save the list as UTF-8 and upload that.')


def _codec(name: str, unit: int) -> Codec:
    mark = next((mark for mark, found in BOMS if found == name), b"")
    return Codec(name, unit, mark, "\n".encode(name), "\r".encode(name))


def _is_single_byte(name: str) -> bool:
    try:
        return all(len(bytes([value]).decode(name, "replace")) == 1 for value in range(256)) and bool(
            "\n".encode(name)
        )
    except (LookupError, ValueError, UnicodeError, AttributeError):
        return False


def line_marks(raw: bytes, codec: Codec) -> Any:
    """Offsets (int64) just after every carriage return and line feed of `raw`, in bytes."""
    units = np.frombuffer(raw, dtype={1: "u1", 2: "u2", 4: "u4"}[codec.unit], count=len(raw) // codec.unit)
    line_feed = np.frombuffer(codec.line_feed, dtype=units.dtype)[0]
    carriage_return = np.frombuffer(codec.carriage_return, dtype=units.dtype)[0]
    return (np.flatnonzero((units == line_feed) | (units == carriage_return)) + 1) * codec.unit


HIDDEN = {b"\n": b"\xff", b"\r": b"\xfe"}
"""What stands for a line end within a cell while records are cut: bytes that UTF-8 never has."""

_WHOLE, _HIDDEN_WHOLE = b"\r\n", b"\xfd\xfc"


def hide_line_ends(text: bytes, record_end: str) -> bytes:
    """UTF-8, of the same length, without the line feeds and carriage returns that end no record where `record_end`
    does; `record_end` empty: all of them end one. A carriage return with its line feed always does."""
    signs = [sign for sign in HIDDEN if record_end and sign != record_end.encode()]
    if not any(sign in text for sign in signs):
        return text
    text = text.replace(_WHOLE, _HIDDEN_WHOLE)
    for sign in signs:
        text = text.replace(sign, HIDDEN[sign])
    return text.replace(_HIDDEN_WHOLE, _WHOLE)


def show_line_ends(cell: bytes) -> bytes:
    """The cell as it was before its line ends were hidden."""
    for sign, hidden in HIDDEN.items():
        cell = cell.replace(hidden, sign)
    return cell


@dataclass(frozen=True)
class Decoded:
    """`text` is UTF-8. `marks` are the offsets after its line ends and `origins` the same places in the source;
    both None when an offset in the text is the source's plus a constant."""

    text: bytes
    marks: Any | None
    origins: Any | None
    problems: tuple[ReadingProblem, ...]


def decode_block(raw: bytes, codec: Codec, byte_start: int) -> Decoded:
    """Whole lines of the source as UTF-8; no bytes raise. Problems carry source offsets and no row yet.

    Bytes that are not UTF-8 in a list that mostly is are read as cp1252 one by one, and so are the signs U+0080 to
    U+009F, which a list has only where cp1252 was once taken for Latin-1 (`repaired_bytes`). Elsewhere each
    undecodable byte becomes U+FFFD (`undecodable_bytes`).
    """
    try:
        if codec.is_utf8:
            if not raw.isascii():
                _refuse_bad_utf8(raw)
                _refuse_c1(raw)
            return Decoded(raw, None, None, ())
        text = raw.decode(codec.name).encode("utf-8")
        _refuse_c1(text)
    except UnicodeError:
        return _decode_lines(raw, codec, byte_start)
    marks: Any = np.append(line_marks(text, find_codec("utf-8")), len(text))
    origins: Any = np.append(line_marks(raw, codec), len(raw)) + byte_start
    return Decoded(text, marks, origins, ())


def _refuse_bad_utf8(raw: bytes) -> None:
    """UnicodeError where `raw` is not UTF-8; Arrow looks ten times as fast as a decoder that makes a text of it."""
    ends = pa.py_buffer(np.array([0, len(raw)], dtype=np.int64))
    text = pa.Array.from_buffers(pa.large_string(), 1, [None, ends, pa.py_buffer(raw)])
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        raise UnicodeError("not UTF-8") from None


def _refuse_c1(text: bytes) -> None:
    """UnicodeError where UTF-8 has signs that `_mended_c1` would change."""
    if (
        b"\xc2" in text
        and _C1_BYTES.search(text)
        and any(found.group(1) for found in _C1.finditer(text.decode("utf-8")))
    ):
        raise UnicodeError("signs that no list has")


def _mended_c1(text: str) -> str:
    """Signs U+0080 to U+009F as cp1252 has them; those that it has not stay, and so do those of letters that were
    decoded wrongly once (`Ã\x89`)."""

    def mended(found: re.Match[str]) -> str:
        sign = found.group(1)
        return sign.encode("latin-1").decode("cp1252") if sign else found.group()

    return _C1.sub(mended, text)


def _decode_lines(raw: bytes, codec: Codec, byte_start: int) -> Decoded:
    cuts = line_marks(raw, codec)
    if not len(cuts) or cuts[-1] != len(raw):
        cuts = np.append(cuts, len(raw))
    pieces: list[bytes] = []
    problems: list[ReadingProblem] = []
    start = 0
    for end in cuts.tolist():
        line = raw[start:end]
        try:
            text = line.decode(codec.name)
            mended = _mended_c1(text)
            pieces.append(mended.encode("utf-8"))
            if mended != text:
                message = (
                    f"Signs that no list has were read as cp1252, after byte {byte_start + start:,}. Look at the row."
                )
                problems.append(problem("repaired_bytes", None, byte_start + start, byte_start + end, message))
        except UnicodeError as error:
            piece, found = _decode_bad_line(line, codec, byte_start + start, error)
            pieces.append(piece)
            problems.append(found)
        start = end
    marks = np.cumsum(np.fromiter(map(len, pieces), dtype=np.int64, count=len(pieces)))
    return Decoded(b"".join(pieces), marks, cuts.astype(np.int64) + byte_start, tuple(problems))


def _decode_bad_line(line: bytes, codec: Codec, byte_start: int, error: UnicodeError) -> tuple[bytes, ReadingProblem]:
    at = byte_start + (error.start if isinstance(error, UnicodeDecodeError) else 0)
    if codec.is_utf8:
        text = line.decode("utf-8", "importer_cp1252").encode("utf-8")
        message = f"{NOT_UTF8} was read as cp1252, at byte {at:,}. Look at the row; nothing else to do."
        return text, problem("repaired_bytes", None, at, byte_start + len(line), message)
    text = _replace_undecodable(line, codec).encode("utf-8", "replace")
    message = f"A byte is not {codec.name}, at byte {at:,}. Choose another encoding, or correct the row."
    return text, problem("undecodable_bytes", None, at, byte_start + len(line), message)


def _replace_undecodable(line: bytes, codec: Codec) -> str:
    """The line with U+FFFD for what cannot be decoded; its line end survives whatever comes before it."""
    for end in (codec.line_feed, codec.carriage_return):
        if line.endswith(end) and (len(line) % codec.unit == 0):
            return _no_line_ends(line[: -len(end)].decode(codec.name, "replace")) + end.decode(codec.name)
    return _no_line_ends(line.decode(codec.name, "replace"))


def _no_line_ends(text: str) -> str:
    return text.replace("\r", "\ufffd").replace("\n", "\ufffd")


def _cp1252_bytes(error: UnicodeError) -> tuple[str, int]:
    """Error handler: undecodable bytes as cp1252, the five it leaves open as Latin-1 controls (as browsers do)."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    raw = error.object[error.start : error.end]
    text = "".join(_cp1252_character(value) for value in raw)
    return text, error.end


def _cp1252_character(value: int) -> str:
    try:
        return bytes([value]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(value)


codecs.register_error("importer_cp1252", _cp1252_bytes)
