"""Every operation as a plain form: what it is called, which fields it asks, what they make. One table, no drawing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from importer.clean import (
    GROUPS,
    LATEST_YEAR,
    MARKS,
    NO_WORDS,
    ORDERS,
    YES_WORDS,
    AddColumn,
    ChangeCase,
    ClearNoDates,
    ClearWords,
    DropColumns,
    DropRows,
    EpochSeconds,
    FillBlanks,
    FillFromAbove,
    FillFromColumn,
    FormatPhones,
    JoinColumns,
    KeepRows,
    MapValues,
    NormaliseEmails,
    OneWriting,
    Operation,
    PadZeros,
    ParseDates,
    ParseList,
    ParseNumbers,
    ParseYesNo,
    RemoveInvisible,
    RenameColumn,
    RepairMojibake,
    Replace,
    SetCellsByKey,
    SetColumn,
    SplitColumn,
    Trim,
)
from importer.profile import NULL_WORDS

Given = Mapping[str, Any]
"""What the fields hold, by name; `columns` the columns picked, in the list's order."""

TIDY, VALUES, ONE_WAY, COLUMNS, ROWS = "Tidy text", "Change values", "Standardise", "Columns", "Rows"


@dataclass(frozen=True)
class Field:
    """One thing to fill in. `kind` says how it is drawn; `needed`: nothing is done before a person filled it in.

    What decides which cells change, or into what, never has a `start`: a form that is opened changes nothing yet.
    """

    name: str
    label: str
    kind: str = "text"
    start: object = ""
    needed: bool = False
    choices: Mapping[str, str] | None = None
    hint: str | None = None


@dataclass(frozen=True)
class Form:
    """`picks`: the columns it works on: "one", "some" (or every one, if a person says so), "these" (at least one),
    "two" (at least) or "no"."""

    label: str
    group: str
    build: Callable[[Given], Operation]
    fields: tuple[Field, ...] = ()
    picks: str = "one"


_CASES = {
    "name": "as names: McDonald, O'Neil",
    "title": "Each Word",
    "lower": "all small",
    "upper": "ALL CAPITALS",
}
_ONE_CASE = {"keep": "as they are", "lower": "all small", "upper": "ALL CAPITALS"}
_CONDITION = Field("where", "Rows where", "condition", None)
_EVERY_ROW = Field("where", "In which rows", "condition or all", None)


def _column(given: Given) -> str:
    return str(given["columns"][0])


FORMS: dict[str, Form] = {
    "trim": Form(
        "Trim spaces",
        TIDY,
        lambda given: Trim(given["columns"], given["collapse"]),
        (Field("collapse", "Also make several spaces inside one", "flag", False),),
        picks="some",
    ),
    "remove_invisible": Form(
        "Remove invisible characters", TIDY, lambda given: RemoveInvisible(given["columns"]), picks="some"
    ),
    "repair_mojibake": Form(
        "Repair garbled letters (Ã© for é)", TIDY, lambda given: RepairMojibake(given["columns"]), picks="some"
    ),
    "change_case": Form(
        "Change capitals",
        TIDY,
        lambda given: ChangeCase(_column(given), given["case"]),
        (Field("case", "Write it", "choice", None, needed=True, choices=_CASES),),
    ),
    "one_writing": Form(
        "Write what looks the same one way",
        TIDY,
        lambda given: OneWriting(_column(given), given["case"], "none" if given["no_spaces"] else "one"),
        (
            Field("case", "Capitals", "choice", "keep", choices=_ONE_CASE),
            Field("no_spaces", "Take all spaces out", "flag", False),
        ),
    ),
    "clear_words": Form(
        'Clear "n/a", "NULL" and "-"',
        VALUES,
        lambda given: ClearWords(given["columns"], given["words"]),
        (Field("words", "Words that mean nothing", "words", NULL_WORDS, needed=True),),
        picks="some",
    ),
    "clear_no_dates": Form("Clear what is no date", VALUES, lambda given: ClearNoDates(_column(given))),
    "replace": Form(
        "Replace a text",
        VALUES,
        lambda given: Replace(_column(given), given["find"], given["replacement"], given["is_pattern"]),
        (
            Field("find", "Find", needed=True),
            Field("replacement", "Replace with (empty = delete)"),
            Field("is_pattern", "It is a pattern (regular expression)", "flag", False),
        ),
    ),
    "map_values": Form(
        "Change values by a table",
        VALUES,
        lambda given: MapValues(_column(given), given["pairs"], given["loosely"]),
        (
            Field("pairs", "the new value of at least one line", "pairs", (), needed=True),
            Field("loosely", "Capitals and spaces at the ends do not matter", "flag", False),
        ),
    ),
    "set_column": Form(
        "Put one text into the cells",
        VALUES,
        lambda given: SetColumn(_column(given), given["text"], given["where"]),
        (Field("text", "Text", "text or nothing", None, needed=True), _EVERY_ROW),
    ),
    "set_cells_by_key": Form(
        "Set the cell of one contact",
        VALUES,
        lambda given: SetCellsByKey(_column(given), given["key_column"], ((given["key"], given["text"]),)),
        (
            Field("key", "The contact's {key}, as it stands now", needed=True),
            Field("text", "New text", "text or nothing", None, needed=True),
        ),
    ),
    "fill_blanks": Form(
        "Fill blanks with a text",
        VALUES,
        lambda given: FillBlanks(_column(given), given["text"]),
        (Field("text", "Text", needed=True),),
    ),
    "fill_from_above": Form("Fill blanks from above", VALUES, lambda given: FillFromAbove(_column(given))),
    "fill_from_column": Form(
        "Fill blanks from another column",
        VALUES,
        lambda given: FillFromColumn(_column(given), given["other"]),
        (Field("other", "From", "other", None, needed=True),),
    ),
    "parse_dates": Form(
        "Dates as 2024-03-31",
        ONE_WAY,
        lambda given: ParseDates(_column(given), given["order"], given["latest_year"]),
        (
            Field("order", "They are written", "choice", None, needed=True, choices=ORDERS),
            Field("latest_year", "Years of two digits end with", "whole", LATEST_YEAR),
        ),
    ),
    "epoch_seconds": Form(
        "Dates as seconds since 1970",
        ONE_WAY,
        lambda given: EpochSeconds(_column(given), given["order"], given["zone"]),
        (
            Field("order", "They are written", "choice", None, needed=True, choices=ORDERS),
            Field("zone", "Time zone of dates that name none", "zone", None, needed=True),
        ),
    ),
    "pad_zeros": Form(
        "Pad with zeros",
        ONE_WAY,
        lambda given: PadZeros(_column(given), given["width"]),
        (Field("width", "To how many digits", "digits", None, needed=True),),
    ),
    "parse_numbers": Form(
        "Numbers as 1234.50",
        ONE_WAY,
        lambda given: ParseNumbers(_column(given), given["decimal"], given["thousands"]),
        (
            Field("decimal", "Decimals after a", "choice", None, needed=True, choices=MARKS),
            Field("thousands", "Thousands with", "choice", None, needed=True, choices=GROUPS),
        ),
    ),
    "parse_yes_no": Form(
        "Yes and no as true and false",
        ONE_WAY,
        lambda given: ParseYesNo(_column(given), given["yes"], given["no"]),
        (
            Field("yes", "Words for yes", "words", YES_WORDS, needed=True),
            Field("no", "Words for no", "words", NO_WORDS, needed=True),
        ),
    ),
    "parse_list": Form(
        "Lists in a cell",
        ONE_WAY,
        lambda given: ParseList(_column(given), given["separator"], given["put"]),
        (
            Field("separator", "The values stand apart by", start=",", needed=True),
            Field("put", "Put between them", start=";"),
        ),
    ),
    "format_phones": Form(
        "Phone numbers with country code",
        ONE_WAY,
        lambda given: FormatPhones(_column(given), given["region"], not given["possible"]),
        (
            Field("region", "Numbers without a country code are from", "country"),
            Field("possible", "Also numbers not in use, if the length fits", "flag", False),
        ),
    ),
    "normalise_emails": Form(
        "Clean up e-mail addresses",
        ONE_WAY,
        lambda given: NormaliseEmails(_column(given), given["lower"]),
        (Field("lower", "All in small letters, so that one person is one key", "flag", True),),
    ),
    "split_column": Form(
        "Split a column",
        COLUMNS,
        lambda given: SplitColumn(
            _column(given), given["separator"], given["into"], given["from_end"], not given["drop"]
        ),
        (
            Field("separator", "Split at", start=",", needed=True, hint="A space counts."),
            Field("into", "New columns, with commas between", "words", (), needed=True),
            Field("from_end", "Count from the end (Anna Maria | Sample)", "flag", False),
            Field("drop", "Take the old column out", "flag", False),
        ),
    ),
    "join_columns": Form(
        "Join columns",
        COLUMNS,
        lambda given: JoinColumns(given["columns"], given["separator"], given["into"], not given["drop"]),
        (
            Field("separator", "Put between", start=" "),
            Field("into", "Name of the new column", needed=True),
            Field("drop", "Take the old columns out", "flag", False),
        ),
        picks="two",
    ),
    "rename_column": Form(
        "Rename a column",
        COLUMNS,
        lambda given: RenameColumn(_column(given), given["name"]),
        (Field("name", "New name", needed=True),),
    ),
    "drop_columns": Form("Take columns out", COLUMNS, lambda given: DropColumns(given["columns"]), picks="these"),
    "add_column": Form(
        "Add a column",
        COLUMNS,
        lambda given: AddColumn(given["name"], given["text"]),
        (Field("name", "Its name", needed=True), Field("text", "The same text in every row")),
        picks="no",
    ),
    "drop_rows": Form("Drop rows", ROWS, lambda given: DropRows(given["where"]), (_CONDITION,), picks="no"),
    "keep_rows": Form("Keep only some rows", ROWS, lambda given: KeepRows(given["where"]), (_CONDITION,), picks="no"),
}
"""By the operation's own word. Decisions and single cells are made on the cards and in the grid."""

SET_THESE = Form(
    "Put one text into all cells with this problem",
    VALUES,
    lambda given: given["fix"](given["text"]),
    (Field("text", "Text", "text or nothing", None, needed=True),),
)
"""Only on a card, which knows the problem; not for the key, where one text would make one contact of many."""

GROUPED: dict[str, tuple[str, ...]] = {
    group: tuple(name for name, form in FORMS.items() if form.group == group)
    for group in (TIDY, VALUES, ONE_WAY, COLUMNS, ROWS)
}

IN_A_CELL = tuple(name for name, form in FORMS.items() if form.group in (TIDY, VALUES, ONE_WAY))
"""Those that can mend the cells of one column, for a card."""
