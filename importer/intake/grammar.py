"""A dialect as bytes, and the patterns by which its cells are told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from importer.intake.dialect import Dialect

MOST_COLUMNS = 16_384
"""As many as a workbook has. A list with more is a table turned on its side, or none."""


@dataclass(frozen=True)
class Grammar:
    """A dialect as bytes of UTF-8, with the width every record should have (0: not known)."""

    delimiter: bytes
    quote: bytes
    escape: bytes
    width: int = 0
    null: bytes = b""
    line_quotes: bool = False
    letters: bool = False
    drawn: str = ""
    hides: bool = False
    """Line ends within cells are hidden (see `encodings`)."""
    curly: str = ""

    @classmethod
    def of(cls, dialect: Dialect, width: int = 0) -> Grammar:
        """The grammar of `dialect`. An escape equal to the quote is what doubling means already."""
        escape = "" if dialect.escape == dialect.quote else dialect.escape
        delimiter, quote, sign, null = (
            part.encode("utf-8", "replace") for part in (dialect.delimiter, dialect.quote, escape, dialect.null)
        )
        line_quotes, hides = dialect.line_quotes and bool(quote), dialect.line_ends_in_cells
        form = (line_quotes, dialect.letters, dialect.drawn, hides, "" if line_quotes else dialect.curly)
        return cls(delimiter, quote, sign, width, null, *form)


class Patterns(NamedTuple):
    """`quoted` as it should be, the next three by other hypotheses (see `tokenizer.py`); `plain` is a cell without
    quotes, `escaped` an escape and what it stands before, `strict_cell` a cell of a line without any doubt. The last
    three say where a quote closes that another search of the same pattern has gone over: right where it opens, with
    nothing but quotes in it (`at_once`, `at_once_spaced`), and how far `careful` looks (`careful_reach`)."""

    quoted: re.Pattern[bytes]
    spaced: re.Pattern[bytes]
    careful: re.Pattern[bytes]
    eager: re.Pattern[bytes]
    plain: re.Pattern[bytes]
    escaped: re.Pattern[bytes]
    strict_cell: re.Pattern[bytes]
    at_once: re.Pattern[bytes]
    at_once_spaced: re.Pattern[bytes]
    careful_reach: re.Pattern[bytes]


_NOTHING = re.compile(rb"(?!)")


def patterns_of(grammar: Grammar) -> Patterns:
    """Patterns without backtracking, so that time is linear in what is read."""
    delimiter, quote, escape = (re.escape(part) for part in (grammar.delimiter, grammar.quote, grammar.escape))
    first = {part: re.escape(part[:1]) for part in (grammar.delimiter, grammar.quote, grammar.escape)}
    leads = first[grammar.quote] + first[grammar.escape]
    closes = delimiter + rb"|[\r\n]|\Z"
    pair = escape + rb"(?:\r\n|[\s\S]|\Z)"
    escaped = rb"|" + pair if escape else b""
    quoted = spaced = careful = eager = strict_cell = at_once = at_once_spaced = careful_reach = _NOTHING
    if quote:
        inside = rb"(?:[^" + quote + rb"]++|" + quote + quote + rb")*+"
        cell = quote + inside + quote + rb"|(?:(?!" + delimiter + rb"|" + quote + rb")[\s\S])*+"
        if len(grammar.delimiter) == len(grammar.quote) == 1:
            cell = quote + inside + quote + rb"|[^" + delimiter + quote + rb"]*+"
        strict_cell = re.compile(rb"(?:\A|" + delimiter + rb")(" + cell + rb")(?=" + delimiter + rb"|\Z)")
        other = rb"|(?!" + quote + (rb"|" + escape if escape else b"") + rb")[" + leads + rb"]"
        literal = rb"|" + quote + quote + rb"|" + quote + rb"(?!" + closes + rb")"
        body = rb"((?:[^" + leads + rb"]++" + escaped + literal + other + rb")*+)" + quote
        no_cell_before = quote + rb"(?<!" + delimiter + quote + rb")(?!" + closes
        careful_body = body.replace(quote + rb"(?!" + closes, no_cell_before)
        careful = re.compile(quote + careful_body + rb"(?=" + closes + rb")")
        careful_reach = re.compile(quote + careful_body.removesuffix(quote))
        quoted = re.compile(quote + body + rb"(?=" + closes + rb")")
        first_closes = body.replace(literal, rb"|" + quote + rb"(?!" + closes + rb")")
        eager = re.compile(quote + first_closes + rb"(?=" + closes + rb")")
        spaced = re.compile(
            rb" *" + quote + body.replace(closes, b" *(?:" + closes + b")") + rb" *(?=" + closes + rb")"
        )
        pairs = quote + rb"((?:" + quote + quote + rb")*+)" + quote
        at_once = re.compile(pairs + rb"(?=" + closes + rb")")
        at_once_spaced = re.compile(rb" *" + pairs + rb" *(?=" + closes + rb")")
    lead = first[grammar.delimiter]
    no_escape = rb"(?!" + escape + rb")" if escape else b""
    one = rb"[^\r\n" + lead + first[grammar.escape] + rb"]++" + escaped
    others = rb"|(?!" + delimiter + rb")" + no_escape + rb"[" + lead + first[grammar.escape] + rb"]"
    plain = re.compile(rb"(?:" + one + others + rb")*+")
    escapes = re.compile(escape + rb"(\r\n|[\s\S])") if escape else _NOTHING
    reach = (at_once, at_once_spaced, careful_reach)
    return Patterns(quoted, spaced, careful, eager, plain, escapes, strict_cell, *reach)
