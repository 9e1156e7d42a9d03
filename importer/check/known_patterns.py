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


STEP_NAMES = {
    "trim": "Trim spaces",
    "remove_invisible": "Remove invisible characters",
    "repair_mojibake": "Repair garbled letters (Ã© for é)",
    "change_case": "Change capitals",
    "one_writing": "Write what looks the same one way",
    "clear_words": 'Clear "n/a", "NULL" and "-"',
    "clear_no_dates": "Clear what is no date",
    "replace": "Replace a text",
    "map_values": "Change values by a table",
    "set_column": "Put one text into the cells",
    "set_cells_by_key": "Set the cell of one contact",
    "set_failing": "Put one text into all cells with a problem",
    "fill_blanks": "Fill blanks with a text",
    "fill_from_above": "Fill blanks from above",
    "fill_from_column": "Fill blanks from another column",
    "parse_dates": "Dates as 2024-03-31",
    "epoch_seconds": "Dates as seconds since 1970",
    "pad_zeros": "Pad with zeros",
    "parse_numbers": "Numbers as 1234.50",
    "parse_yes_no": "Yes and no as true and false",
    "parse_list": "Lists in a cell",
    "format_phones": "Phone numbers with country code",
    "normalise_emails": "Clean up e-mail addresses",
    "split_column": "Split a column",
    "join_columns": "Join columns",
    "rename_column": "Rename a column",
    "drop_columns": "Take columns out",
    "add_column": "Add a column",
    "drop_rows": "Drop rows",
    "keep_rows": "Keep only some rows",
}
"""What a kind of step is called, without what a person typed: for messages that are kept."""


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
