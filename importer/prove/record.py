"""The four leading fields of a reject file, written in the dialect of the source so that records stay verbatim."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importer.intake import Dialect


LEADING = ("_row", "_column", "_code", "_reason")
"""They come first: a record with too many or too few fields still lines up from the left."""

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
)
"""Byte-order marks, longest first: that of UTF-32-LE begins with that of UTF-16-LE."""


@dataclass(frozen=True)
class RecordWriter:
    """How to write fields so that they read like the source: `codec` has no mark of its own, `mark` comes once."""

    dialect: Dialect
    codec: str
    mark: bytes

    @classmethod
    def like(cls, dialect: Dialect, head: bytes) -> RecordWriter:
        """For a source in `dialect` that begins with the bytes `head` (four are enough). Quotes around whole lines
        and curly ones are left out: the four fields come before."""
        dialect = replace(dialect, line_quotes=False, curly="")
        name = codecs.lookup(dialect.encoding).name
        found = next(((mark, codec) for mark, codec in MARKS if head.startswith(mark)), (b"", ""))
        mark = found[0] if found[1] and found[1].startswith(name.removesuffix("-sig")) else b""
        if name in {"utf-16", "utf-32"}:
            return cls(dialect, found[1] if mark else f"{name}-le", mark)
        return cls(dialect, name.removesuffix("-sig"), mark)

    def fields(self, texts: tuple[str, ...]) -> bytes:
        """The fields, each followed by a delimiter: what stands before the original record."""
        return "".join(self._field(text) + self.dialect.delimiter for text in texts).encode(self.codec, "replace")

    def joined(self, texts: tuple[str, ...]) -> bytes:
        """The fields with a delimiter between: a header of our own for a source that has none."""
        return self.dialect.delimiter.join(self._field(text) for text in texts).encode(self.codec, "replace")

    def record(self, cells: Sequence[str]) -> bytes:
        """A record of cells, line ends inside them kept where the dialect can quote."""
        return self.dialect.delimiter.join(self._field(text, keep_lines=True) for text in cells).encode(
            self.codec, "replace"
        )

    def written(self, text: str) -> str:
        """How a cell reads once `record` has written it: the encoding may lack letters, the dialect quotes."""
        told = text
        special = {*self.dialect.delimiter, self.dialect.escape, "\r", "\n"} - {""}
        if not self.dialect.quote:
            told = "".join(" " if sign in special else sign for sign in text)
        return told.encode(self.codec, "replace").decode(self.codec, "replace")

    def line_end(self) -> bytes:
        """The source's line end."""
        return self.dialect.line_end.encode(self.codec)

    def _field(self, text: str, *, keep_lines: bool = False) -> str:
        """Quoted where the dialect can quote, else without the signs that would split it."""
        dialect = self.dialect
        special = {*dialect.delimiter, dialect.quote, dialect.escape, "\r", "\n"} - {""}
        if not special & set(text):
            return text
        if not dialect.quote:
            return "".join(" " if sign in special else sign for sign in text)
        inner = text if keep_lines else " ".join(text.split("\n")).replace("\r", " ")
        if dialect.escape:
            inner = inner.replace(dialect.escape, dialect.escape * 2)
        inner = inner.replace(dialect.quote, (dialect.escape or dialect.quote) + dialect.quote)
        return f"{dialect.quote}{inner}{dialect.quote}"
