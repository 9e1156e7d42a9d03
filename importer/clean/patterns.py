"""Patterns: regular expressions of RE2, which takes time in proportion to the text whatever the pattern.

So no pattern that a person (or a downloaded recipe) brings can hang a page. What RE2 does not have: look-ahead,
look-behind and back-references inside the pattern; `\\1` in a replacement works.
Syntax: github.com/google/re2/wiki/Syntax.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.fields import wrong_field


def check_pattern(pattern: str, *, field: str) -> None:
    """ConfigError naming `field` if RE2 cannot read the pattern."""
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
