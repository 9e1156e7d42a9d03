"""Patterns: regular expressions of RE2, which takes time in proportion to the text whatever the pattern.

So no pattern that a person (or a downloaded recipe) brings can hang a page. What RE2 does not have: look-ahead,
look-behind and back-references inside the pattern; `\\1` in a replacement works.
Syntax: github.com/google/re2/wiki/Syntax.
"""

from __future__ import annotations

import re
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.fields import wrong_field

MAX_PATTERN_CHARS = 2_000
"""Of a pattern as it is written, and once its repeats are written out (see `pattern_size`)."""

_CLASS_CHARS = 6
"""A class of Unicode (\\p{L}) compiles to hundreds of instructions; 1 to 255 letters are still a sensible pattern."""

_PART = re.compile(
    r"(?P<unicode>\\[pP](?:\{\^?\w*\}|.))|(?P<quoted>\\Q.*?(?:\\E|$))|\\x\{[0-9a-fA-F]*\}|\\."
    r"|(?P<set>\[\^?\]?(?:\[:\^?\w+:\]|\\[pP]\{\^?\w*\}|\\.|[^\]\\])*\])"
    r"|(?P<open>\((?:\?(?:P?<\w*>|[a-zA-Z-]*:))?)|(?P<close>\))"
    r"|(?P<counted>\{(?P<least>[0-9]{1,4})(?P<upto>,(?P<most>[0-9]{0,4}))?\}\??)|(?P<star>[*+?]\??)|.",
    re.DOTALL,
)


def pattern_size(pattern: str) -> int:
    """Signs that a valid pattern has once its repeats are written out: what RE2 compiles, so what a cell costs.

    `a{10}` has 10, `(ab){10}` 20; what may be left out or go on (`?`, `*`, `+`, `{2,}`) counts once more, a class of
    Unicode for 6.
    """
    sums, last = [0], 0
    for part in _PART.finditer(pattern):
        kind = part.lastgroup if part.lastgroup in ("unicode", "quoted", "set", "open", "close") else None
        if part["counted"] is not None:
            ends = (int(part["least"]), int(part["most"] or part["least"]))
            sums[-1] += last * (max(ends) - 1 + (part["upto"] is not None))
        elif part["star"] is not None:
            sums[-1] += last
        elif kind == "open":
            sums.append(0)
        elif kind == "close":
            last = sums.pop() if len(sums) > 1 else 0
            sums[-1] += last
        else:
            last = len(part[0]) if kind == "quoted" else 1
            if kind == "unicode" or (kind == "set" and re.search(r"\\[pP]", part[0])):
                last = _CLASS_CHARS
            sums[-1] += last
    return sum(sums)


def too_big(pattern: str) -> str:
    """Why a pattern is refused before it is compiled: `has 100,000 characters …`; "" if it may be."""
    if len(pattern) > MAX_PATTERN_CHARS:
        return f"has {len(pattern):,} characters, more than {MAX_PATTERN_CHARS:,}. Shorten it, or list the values."
    size = pattern_size(pattern)
    if size > MAX_PATTERN_CHARS:
        return (
            f"comes to {size:,} signs once its repeats are written out, more than {MAX_PATTERN_CHARS:,}. "
            "Repeat less of it."
        )
    return ""


@lru_cache(maxsize=512)
def check_pattern(pattern: str, *, field: str) -> None:
    """ConfigError naming `field` if the pattern is too big or RE2 cannot read it."""
    if reason := too_big(pattern):
        raise wrong_field(field, reason)
    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        raise wrong_field(
            field, f"is not a valid pattern: {_reason(error)}. Mend it, or search for the plain text instead."
        ) from None


def check_replacement(pattern: str, replacement: str, *, field: str) -> None:
    """ConfigError naming `field` if the replacement asks for groups that the (valid) pattern does not have."""
    try:
        pc.replace_substring_regex(pa.array([""]), pattern=pattern, replacement=replacement)
    except pa.ArrowInvalid:
        groups = 'it may hold \\1 … for the pattern\'s groups in brackets, and "\\\\" for a backslash'
        raise wrong_field(field, f"does not fit the pattern: {groups}.") from None


def _reason(error: pa.ArrowInvalid) -> str:
    """RE2's words without the pattern it quotes: a pattern may hold a contact's data."""
    return str(error).removeprefix("Invalid regular expression: ").partition(": ")[0].strip()
