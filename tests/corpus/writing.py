"""Tables as text in any dialect, with a hand on every record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Style:
    """How a table is written. `escape` "": quotes doubled; None: quotes are not escaped at all. `quoting`: "minimal",
    "all" or "none"."""

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = ""
    line_end: str = "\r\n"
    quoting: str = "minimal"
    encoding: str = "utf-8"

    def but(self, **changes: object) -> Style:
        """The style with changes."""
        return replace(self, **changes)  # type: ignore[arg-type]


def cell(text: str, style: Style) -> str:
    """One cell as it stands in the file."""
    quote = style.quote
    special = any(sign and sign in text for sign in (style.delimiter, quote, "\n", "\r")) or text != text.strip(" ")
    needed = style.quoting == "all" or (style.quoting == "minimal" and special)
    if not needed or not quote:
        return text
    if style.escape == "":
        text = text.replace(quote, quote + quote)
    elif style.escape:
        text = text.replace(style.escape, style.escape * 2).replace(quote, style.escape + quote)
    return quote + text + quote


def line(row: Sequence[str], style: Style) -> str:
    """One record without its line end."""
    return style.delimiter.join(cell(text, style) for text in row)


def text(lines: Sequence[str], style: Style, *, last_end: bool = True) -> bytes:
    """Lines as a file."""
    whole = style.line_end.join(lines) + (style.line_end if last_end else "")
    return whole.encode(style.encoding)
