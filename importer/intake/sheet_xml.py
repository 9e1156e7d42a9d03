"""The XML of a workbook's parts as a stream: rows of a sheet, shared texts, elements of small parts.

A row as nearly every program writes it matches one regular expression from end to end, which is three times as fast
as a parser that calls Python for every element. A row that does not is parsed alone, as XML.
"""

from __future__ import annotations

import codecs
import io
import lzma
import re
import struct
import zipfile
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from typing import IO, Any, NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat

from importer.errors import SourceError
from importer.intake.grammar import MOST_COLUMNS
from importer.intake.sheet_values import column_letters

DAMAGED_ZIP = (
    zipfile.BadZipFile,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OverflowError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
)
"""What `zipfile` and its unpackers raise."""

PIECE_BYTES = 512 * 1024

MOST_ROWS = 1_048_576
"""What Excel has."""

MATCHED_COLUMNS = 512
"""Up to which rows are matched: the expression grows with the columns."""

ROW_CHARACTERS = 4 * 1024 * 1024
"""Of one row (or one shared text) at most: 250 for each cell of the widest row."""

LONG_TEXT_BYTES = 1_000
LONG_TEXTS_BYTES = 32 * 1024 * 1024
"""Of a row's texts that are longer than the one, the other at most."""

SMALL_PART_CHARACTERS = 64 * 1024 * 1024
"""Of the parts that list sheets, relations and styles; the largest is that of 65,490 styles, some 20 MB."""

STRINGS_BYTES = 192 * 1024 * 1024
"""Of distinct texts held in memory."""

MOST_LIKENESSES = 50
"""Times that rows are taken for the pattern of those below; where rows still differ then, they go on to."""

TAG_CHARACTERS = 200
"""Of the tag of a cell's text at most."""

_FILLED = re.compile(r"<(?:[\w.-]+:)?[vt](?:\s[^<>]*)?>[^<]")

_Match = Callable[[str], "re.Match[str] | None"]

_DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)""")
_PREFIX = re.compile(r"<(?:([\w.-]+):)?(?:worksheet|sst)\b[^>]*>")
_ENTITY = re.compile(r"&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Z]+)[0-9]*")


class Row(NamedTuple):
    """A row of a sheet. `attributes` are its own; `kinds` and `texts` the attributes of its cells and what they hold,
    by column from the first, None where there is nothing. `no_results`: columns
    with a formula without a saved result."""

    number: int
    attributes: str
    kinds: tuple[str | None, ...]
    texts: tuple[str | None, ...]
    no_results: tuple[int, ...] = ()


class Part:
    """One XML part of a workbook, as pieces of text. `count` is told every unpacked byte and may raise."""

    def __init__(self, archive: zipfile.ZipFile, name: str, count: Callable[[int], None]) -> None:
        self._archive = archive
        self._name = name
        self._count = count

    def pieces(self) -> Iterator[str]:
        """All of it, in order; line ends are line feeds."""
        with self._archive.open(self._name) as stream:
            raw = self._read(stream)
            decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(_encoding_of(raw))(), translate=True)
            while raw:
                yield decoder.decode(raw)
                raw = self._read(stream)
            yield decoder.decode(b"", final=True)

    def _read(self, stream: IO[bytes]) -> bytes:
        raw = stream.read(PIECE_BYTES)
        self._count(len(raw))
        return raw

    def elements(self, *names: str, most: int = 200_000) -> list[tuple[str, dict[str, str]]]:
        """(name, attributes) of each element of one of these names, without their prefixes.

        Raises SourceError: more than `most` of them, more than SMALL_PART_CHARACTERS, a DTD. BadZipFile: no XML.
        """
        found: list[tuple[str, dict[str, str]]] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            if _local(name) in names:
                found.append((_local(name), {_local(key): value for key, value in attributes.items()}))

        parser = expat.ParserCreate(namespace_separator="}")
        parser.StartElementHandler = start
        parser.StartDoctypeDeclHandler = _refuse_dtd
        characters = 0
        try:
            for piece in self.pieces():
                parser.Parse(piece)
                characters += len(piece)
                if len(found) > most or characters > SMALL_PART_CHARACTERS:
                    raise SourceError("The workbook has too many sheets or styles. Save the sheet as CSV UTF-8.")
            parser.Parse("", True)
        except expat.ExpatError:
            raise zipfile.BadZipFile from None
        return found


def _refuse_dtd(*_: object) -> None:
    raise SourceError("The workbook holds what no workbook should (a DTD). Save it again with Excel.")


def _encoding_of(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    declared = _DECLARED.match(raw[:200])
    name = declared.group(1).decode("latin-1") if declared else "utf-8"
    try:
        "".encode(name)  # a codec of text, and not one like base64
        return "utf-8-sig" if name.lower() in ("utf-8", "utf8") else codecs.lookup(name).name
    except LookupError:
        raise zipfile.BadZipFile from None


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def has_filled_cell(part: Part) -> bool:
    """Whether a sheet has a cell with anything in it. Rows are not told apart for that: there may be a million empty
    ones in each of a thousand sheets."""
    text = ""
    for piece in part.pieces():
        text = text[-TAG_CHARACTERS:] + piece
        if _FILLED.search(text):
            return True
    return False


class SheetXml:
    """A sheet, read once from its beginning to its end.

    `hidden_columns` (from 0) stand before the rows, `merged_ranges` and the `first_merged` after them: each is
    known once it was passed.
    """

    def __init__(self, part: Part) -> None:
        self._part = part
        self._root = self._prefix = ""
        self._column = -1
        self.hidden_columns: list[range] = []
        self.merged_ranges = 0
        self.first_merged = ""

    def rows(self) -> Iterator[Row]:
        """Each row. Raises SourceError: more columns than Excel has, BadZipFile: no sheet, rows out of order."""
        matcher: _RowMatcher | None = None
        last = 0
        for text in self._bodies():
            matcher = matcher or _RowMatcher(self._prefix)
            *fragments, rest = text.split(f"</{self._prefix}row>")
            for fragment in fragments:
                row = matcher.match(fragment)
                if row is None:
                    row = self._parsed(f"{fragment}</{self._prefix}row>", last)
                    matcher.widen(len(row.texts))
                if not last < row.number <= MOST_ROWS:
                    raise zipfile.BadZipFile
                last = row.number
                yield row
            if rest.strip():
                last = max(last, self._parsed(rest, last).number)

    def _bodies(self) -> Iterator[str]:
        """Whole rows, some hundred kilobytes at a time."""
        pieces = self._part.pieces()
        text, opened = "", None
        for piece in pieces:
            text += piece
            opened = re.search(r"<(?:[\w.-]+:)?sheetData\b[^>]*>", text)
            if opened or len(text) > ROW_CHARACTERS:
                break
        self._root, self._prefix, _ = _root_of(text)
        if opened is None or opened.group().endswith("/>"):
            return
        self._read_columns(text[: opened.start()])
        yield from self._row_bodies(text[opened.end() :], pieces)

    def _row_bodies(self, rest: str, pieces: Iterator[str]) -> Iterator[str]:
        opening, closing = f"<{self._prefix}row", f"</{self._prefix}sheetData>"
        seen = 0
        while (end := rest.find(closing, max(0, seen - len(closing)))) < 0:
            cut = rest.rfind(opening, max(0, seen - len(opening)))
            if cut > 0:
                yield rest[:cut]
                rest = rest[cut:]
            elif len(rest) > ROW_CHARACTERS:
                raise _too_long()
            seen = len(rest)
            piece = next(pieces, None)
            if piece is None:
                raise zipfile.BadZipFile
            rest += piece
        yield rest[:end]
        self._read_tail(rest[end:], pieces)

    def _read_columns(self, head: str) -> None:
        for attributes in re.findall(rf"<{self._prefix}col\b([^>]*)>", head):
            values = dict(re.findall(r'(\w+)="([^"]*)"', attributes))
            if values.get("hidden") in ("1", "true"):
                self.hidden_columns.append(range(int(values.get("min", 1)) - 1, int(values.get("max", 0))))

    def _read_tail(self, text: str, pieces: Iterator[str]) -> None:
        opening = f"<{self._prefix}mergeCell "
        self.merged_ranges = text.count(opening)
        first = re.search(rf'{opening}ref="([A-Z0-9:]+)"', text)
        self.first_merged = first[1] if first else ""
        for piece in pieces:
            text = text[1 - len(opening) :] + piece
            self.merged_ranges += text.count(opening)

    def _parsed(self, fragment: str, last: int) -> Row:
        """The last row of a fragment, as XML; rows before it in the fragment are empty."""
        row = Row(last, "", (), ())
        for element in parsed_xml(f"{self._root}{fragment}</{self._prefix}worksheet>"):
            if _local(element.tag) == "row":
                row = _row_of(element, int(element.get("r", row.number + 1)))
        return row


def _row_of(element: Any, number: int) -> Row:
    kinds: list[str | None] = []
    texts: list[str | None] = []
    no_results: list[int] = []
    for cell in element:
        if _local(cell.tag) != "c":
            continue
        place = _REFERENCE.match(cell.get("r", ""))
        column = column_number(place.group(1)) if place else len(texts)
        if column >= MOST_COLUMNS:
            raise too_many_columns()
        text, has_formula = _cell_text(cell)
        gap = [None] * (column + 1 - len(texts))
        kinds += gap
        texts += gap
        kinds[column], texts[column] = _attributes(cell), text or None
        if has_formula and not text and cell.get("t") != "str":
            no_results.append(column)
    return Row(number, _attributes(element), tuple(kinds), tuple(texts), tuple(no_results))


def _attributes(element: Any) -> str:
    return "".join(f' {key}="{value}"' for key, value in element.attrib.items())


def _cell_text(cell: Any) -> tuple[str, bool]:
    """What a cell holds, and whether it has a formula."""
    parts = {_local(child.tag): child for child in cell}
    value, inline = parts.get("v"), parts.get("is")
    if inline is not None:
        return plain_text(inline), False
    return (value.text or "") if value is not None else "", "f" in parts


def _no_match(_: str) -> None:
    return None


def _root_of(text: str) -> tuple[str, str, int]:
    """The root's tag, its prefix with the colon, where it ends. Raises SourceError: a DTD, BadZipFile: no root."""
    if "<!DOCTYPE" in text:
        _refuse_dtd()
    root = _PREFIX.search(text)
    if root is None:
        raise zipfile.BadZipFile
    return root.group(), f"{root.group(1)}:" if root.group(1) else "", root.end()


class _RowMatcher:
    """Matches rows of as many columns as were seen, up to MATCHED_COLUMNS: first as rows like the last one, whose
    cells have the same attributes, then with any attributes."""

    def __init__(self, prefix: str) -> None:
        tag, end = f"<{prefix}", f"</{prefix}"
        formula = rf"(?:{tag}f[^<>]*?(?:/>|>[^<]*+{end}f>))?+"
        text = rf"{tag}(?:v|is>{tag}t(?: xml:space=\"preserve\")?)>([^<&]++){end}(?:v|t>{end}is)>"
        self._row = rf'{tag}row r="([0-9]++)"([^>/]*+)>'
        self._cell = rf'{tag}c r="%s[0-9]++"'
        self._held = rf">{formula}{text}{end}c>"
        self._any: _Match = _no_match
        self._any_columns = 0
        self._alike: _Match = _no_match
        self._kinds: tuple[str | None, ...] = ()
        self._tries = MOST_LIKENESSES

    def match(self, fragment: str) -> Row | None:
        """The row, None where it is not written in the usual way."""
        match = self._alike(fragment)
        if match is not None:
            groups = match.groups()
            return Row(int(groups[0]), groups[1], self._kinds, groups[2:])
        match = self._any(fragment)
        if match is None:
            return None
        groups = match.groups()
        kinds = groups[2::2]
        if self._tries:
            self._tries -= 1
            self._kinds = tuple(old if new is None else new for new, old in zip_longest(kinds, self._kinds))
            self._alike = self._compiled(map(self._alike_cell, self._kinds))
        return Row(int(groups[0]), groups[1], kinds, groups[3::2])

    def widen(self, width: int) -> None:
        """Make room for a row that did not match for its columns."""
        if self._any_columns < width <= MATCHED_COLUMNS:
            self._any_columns = min(MATCHED_COLUMNS, max(width, 2 * self._any_columns))
            self._any = self._compiled([f"([^>/]*+)(?:{self._held}|/>)"] * self._any_columns)

    def _alike_cell(self, kind: str | None) -> str:
        """A cell with these attributes, or an empty one; its group is its text."""
        held = "(?!)()" if kind is None else re.escape(kind) + self._held
        return rf'(?:{held}|(?: s="[0-9]++")?/>)'

    def _compiled(self, cells: Iterable[str]) -> _Match:
        """Matches a row of these cells, column by column; each may be missing."""
        patterns = (f"(?:{self._cell % column_letters(at)}{cell})?+" for at, cell in enumerate(cells))
        return re.compile(self._row + "".join(patterns)).fullmatch


def parsed_xml(text: str) -> Any:
    """The root of a whole element. Raises BadZipFile when it is no XML."""
    try:
        return ElementTree.fromstring(text)
    except ElementTree.ParseError:
        raise zipfile.BadZipFile from None


def plain_text(element: Any) -> str:
    """The text of a shared or inline string, rich or not, without its phonetic reading."""
    texts = []
    for child in element:
        name = _local(child.tag)
        if name == "t":
            texts.append(child.text or "")
        elif name == "r":
            texts += [part.text or "" for part in child if _local(part.tag) == "t"]
    return "".join(texts)


def without_entities(text: str) -> str:
    """Text of XML as it is meant."""
    return _ENTITY.sub(_entity, text) if "&" in text else text


def _entity(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name:
        return _NAMED[name]
    number = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(number) if number < 0x110000 else "\ufffd"


def without_escapes(text: str) -> str:
    """Excel writes control characters as _x000D_."""
    return _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text) if "_x" in text else text


def column_number(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in letters[:4]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _too_long() -> SourceError:
    return SourceError("A row of the sheet is longer than any spreadsheet's. Save it as CSV UTF-8.")


def too_many_columns() -> SourceError:
    """The refusal of a sheet wider than any spreadsheet."""
    return SourceError(f"The sheet has more than {MOST_COLUMNS:,} columns, which no spreadsheet has. Save it again.")


class SharedStrings:
    """Texts that cells point to, packed into one buffer: a million str objects would take three times the room."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._ends = array("q", [0])
        self._long_row = self._long_bytes = 0

    @classmethod
    def read(cls, part: Part) -> SharedStrings:
        """All of a part. Raises SourceError when they are too much to hold."""
        strings = cls()
        root = prefix = rest = ""
        for piece in part.pieces():
            rest += piece
            if not root:
                root, prefix, end = _root_of(rest)
                rest = rest[end:]
                plain = re.compile(rf'<{prefix}si><{prefix}t(?: xml:space="preserve")?>([^<]*+)</{prefix}t>')
            *fragments, rest = rest.split(f"</{prefix}si>")
            if len(rest) > ROW_CHARACTERS:
                raise SourceError("A text of the workbook is longer than any spreadsheet's. Save it as CSV UTF-8.")
            for fragment in fragments:
                match = plain.fullmatch(fragment)
                if match is not None:
                    strings.add(without_escapes(without_entities(match[1])))
                else:
                    for element in parsed_xml(f"{root}{fragment}</{prefix}si></{prefix}sst>"):
                        strings.add(without_escapes(plain_text(element)))
        return strings

    def add(self, text: str) -> None:
        """Raises SourceError past STRINGS_BYTES."""
        self._text += text.encode("utf-8", "replace")
        self._ends.append(len(self._text))
        if len(self._text) + self._ends.itemsize * len(self._ends) > STRINGS_BYTES:
            raise SourceError(
                f"The workbook holds more than {STRINGS_BYTES:,} bytes of text. Save the sheet as CSV UTF-8."
            )

    def reader(self, row: Callable[[], int]) -> Callable[[str], str]:
        """What finds the text that a cell's number points to. `row` says which row asks.

        Raises SourceError where there is no such text. A row whose long texts come to more than LONG_TEXTS_BYTES is
        refused: all its cells may point to one.
        """
        texts, ends, count = self._text, self._ends, len(self._ends) - 1

        def text_at(index: str) -> str:
            at = int(index)
            if not 0 <= at < count:
                raise SourceError(
                    f"Row {row():,} of the sheet points to a text that is missing in the workbook. Save it again in "
                    "Excel, then import that."
                )
            start, end = ends[at], ends[at + 1]
            if end - start > LONG_TEXT_BYTES:
                self._weigh(row(), end - start)
            return texts[start:end].decode()

        return text_at

    def _weigh(self, row: int, size: int) -> None:
        self._long_bytes = size + (self._long_bytes if row == self._long_row else 0)
        self._long_row = row
        if self._long_bytes > LONG_TEXTS_BYTES:
            raise _too_long()
