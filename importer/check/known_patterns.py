"""Patterns that mend common trouble, each with what it does in words. Pure.

Nobody but its author can read a pattern.
"""

from __future__ import annotations

from dataclasses import dataclass

from importer.check.codes import code_of
from importer.check.readings import DECIMAL_COMMA, THOUSANDS
from importer.clean import Decide, Operation, Replace, SetFailing
from importer.profile import PATTERNS, SPACES


@dataclass(frozen=True)
class KnownPattern:
    """`find` becomes `put` in a column; `words` say so, with "{column}" for its name."""

    find: str
    put: str
    words: str

    def operation(self, column: str) -> Replace:
        """The step for one column."""
        return Replace(column, self.find, self.put, is_pattern=True)


NO_SPACES = KnownPattern(r"\s+", "", "Take all spaces out of {column}")
NO_VALUE = KnownPattern(
    r"(?i)^\s*(?:#?n/?a|null|none|nil|unknown|[-–—.?]+)\s*$",
    "",
    "Empty cells of {column} that say NA, NULL or -",
)
"""Only in recipes that were saved before there was the step `ClearWords`."""


def _whole_cell(code: str, words: str) -> KnownPattern:
    """Blank in the place of cells that have a damage, spaces at their ends or not."""
    pattern = PATTERNS[code].removeprefix("^").removesuffix("$")
    return KnownPattern(f"^{_SPACE}*(?:{pattern}){_SPACE}*$", "", words)


_SPACE = "[" + "".join(f"\\x{{{ord(sign):x}}}" for sign in SPACES) + "]"

SCIENTIFIC = _whole_cell("scientific", "Clear numbers that were cut short (4.9E+11) in {column}")
MONTH_DAY = _whole_cell("month_day", "Clear values that became days (5-May) in {column}")
ERROR_VALUE = _whole_cell("error_value", "Clear errors of a spreadsheet (#N/A) in {column}")
ZERO_DATE = _whole_cell("zero_date", "Clear dates that are no day (0/0/00) in {column}")
CLEARING = (SCIENTIFIC, MONTH_DAY, ERROR_VALUE, ZERO_DATE)
"""Of cells of which nothing is left to mend: a blank is all that can be done here."""

PREFIXES = (
    KnownPattern(
        rf"^{_SPACE}*(?:(?i:mailto|smtp|sip|e-?mail|tel|phone|mobile|mob|fax)|[a-z]{{1,2}}):{_SPACE}*(\+?\(?[0-9]|\S+@)",
        r"\1",
        "Take prefixes like p: or tel: off {column}",
    ),
    KnownPattern(
        rf"^{_SPACE}*(?:=\"([^\"]*)\"|'(.*))$", r"\1\2", "Take the signs of a spreadsheet (' or =) off {column}"
    ),
)

EMAIL = (
    KnownPattern(r"(?i)^\s*mailto:\s*", "", "Take mailto: off {column}"),
    KnownPattern(r"^.*<\s*([^<>\s]+)\s*>\s*$", r"\1", "Keep only what stands between < and > in {column}"),
    KnownPattern(r"(?i)\s*(?:\(at\)|\[at\]|\{at\}|\sat\s)\s*", "@", 'Replace "at" by @ in {column}'),
    KnownPattern(r"(?i)\s*(?:\(dot\)|\[dot\]|\sdot\s)\s*", ".", 'Replace "dot" by a dot in {column}'),
    KnownPattern(r"@@+", "@", "Fix double @ in {column}"),
    KnownPattern(r"[;:,.'\">]+$", "", "Take stray signs off the end of {column}"),
    KnownPattern(r"^[<'\";,]+", "", "Take stray signs off the beginning of {column}"),
    NO_SPACES,
    KnownPattern(r",", ".", "Write commas as dots in {column}"),
    KnownPattern(r"\.\.+", ".", "Write several dots as one in {column}"),
    KnownPattern(
        r"^\s*([^\s;,|<>]+@[^\s;,|<>]+)\s*[;,|/]\s*[^\s;,|<>]+@.*$",
        r"\1",
        "Keep the first of several addresses in {column}",
    ),
)
PHONE = (
    KnownPattern(
        r"(?i)^\s*(?:tel|telephone|phone|mobile|mob|fax)\s*[.:]*\s*", "", "Take words like Tel. off {column}"
    ),
    KnownPattern(r"\(0\)", "", "Take (0) out of {column}"),
    KnownPattern(r"[^0-9+()x .\-/]+", "", "Take out of {column} what belongs to no phone number"),
)
NUMBER = (
    KnownPattern(*THOUSANDS, "Take the commas of thousands out of {column}"),
    KnownPattern(*DECIMAL_COMMA, "Write decimal commas as points in {column}"),
    KnownPattern(
        r"^([+-]?[0-9]{1,3})[ '\x{a0}\x{202f}]([0-9]{3})(\.[0-9]+)?$",
        r"\1\2\3",
        "Take the spaces of thousands out of {column}",
    ),
    KnownPattern(r"^\s*[$€£¥]\s*", "", "Take the sign of money off the beginning of {column}"),
    KnownPattern(r"\s*(?:[$€£¥]|(?i:usd|eur|gbp|chf))\s*$", "", "Take the currency off the end of {column}"),
    KnownPattern(r"\s*%\s*$", "", "Take % off {column}"),
)
_WORDS = {(one.find, one.put): one.words for one in (*EMAIL, *PHONE, *NUMBER, *CLEARING, *PREFIXES, NO_VALUE)}
_VERDICTS = {"reject": "Reject", "drop": "Drop", "accept": "Accept"}


def words_for(operation: Operation) -> str:
    """A step in plain words. They quote what the person typed, so they belong in no log."""
    if isinstance(operation, Replace) and operation.is_pattern:
        known = _WORDS.get((operation.find, operation.replacement))
        if known:
            return known.format(column=operation.column)
        put = f'"{operation.replacement}" instead' if operation.replacement else "nothing instead"
        return f"Replace a pattern in {operation.column}, put {put}"
    if isinstance(operation, Decide):
        return f"{_VERDICTS[operation.verdict]}: {_about(operation.code, operation.column)}"
    if isinstance(operation, SetFailing):
        what = f'Put "{operation.text}"' if operation.text else "Empty cells"
        return f"{what} where {_about(operation.code, operation.column)}"
    return operation.title()


def _about(code: str, column: str) -> str:
    return code_of(code).many.replace("{n} ", "").replace("{column}", column)
