"""The rules by which a list is read, each with what it is for and with what stands in its place when it is off.

Nothing of the product can be switched off: here the function that holds a rule is replaced, wherever a module has it.
"""

from __future__ import annotations

import re
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

import importer.intake  # noqa: F401  (loads what is switched)
from importer.intake import candidates, scan, trial
from importer.intake.label_rows import LabelRows
from importer.intake.long_cells import Shortened

Off = Callable[..., Any]
"""Called as the rule's function is, which it gets first."""


@dataclass(frozen=True)
class Rule:
    """`target`: the function, by its place in `importer.intake`. `asks`: it only changes what is asked or told."""

    target: str
    purpose: str
    off: Off
    asks: bool = False

    @property
    def name(self) -> str:
        """As in tables: `weigh.first_sign_alone`, `tokenizer.each_in_quotes`."""
        module, *_, function = self.target.split(".")
        return f"{module}.{function.lstrip('_')}"


def always(value: Any) -> Off:
    """Whatever it is asked, the same answer."""
    return lambda rule, *given, **named: value


def same(place: int = 0) -> Off:
    """What it was given, unchanged."""
    return lambda rule, *given, **named: given[place]


def without_constant(module: Any, name: str, value: Any) -> Off:
    """The function as it is, but for a constant of its module."""

    def off(rule: Callable[..., Any], *given: Any, **named: Any) -> Any:
        before = getattr(module, name)
        setattr(module, name, value)
        try:
            return rule(*given, **named)
        finally:
            setattr(module, name, before)

    return off


def _no_one_column(rule: Off, trials: Sequence[trial.Trial], text: str) -> trial.Trial:
    cut = [one for one in trials if one.width > 1]
    return rule(cut or trials, text)


def _names_as_they_are(rule: Off, rows: Sequence[Sequence[str]]) -> list[str]:
    width = max(map(len, rows), default=0)
    even = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in rows]
    return [" ".join(part for part in parts if part) for parts in zip(*even, strict=True)]


def _header_width(rule: Off, named: int, widths: Counter[int]) -> int:
    return max(named or max(widths, key=lambda width: widths[width], default=1), 1)


def _no_escape(rule: Off, samples: Any, texts: Any, best: Any, max_record: int) -> tuple[str, str, bool]:
    return best.escape, "", False


def _only_western(rule: Off, odd_lines: bytes) -> Any:
    return [one for one in rule(odd_lines) if one.encoding == "cp1252"]


RULES: tuple[Rule, ...] = (
    # Encoding
    Rule("detect.nul_pattern", "UTF-16 and UTF-32 without a mark", always("")),
    Rule("detect._only_signs", "curly quotes and dashes alone are cp1252, unasked", always(False), asks=True),
    Rule("detect.rank_readings", "words say which of 31 encodings it is, not cp1252 always", _only_western),
    Rule("letter_fit._is_mixture", "some rows UTF-8, others cp1252", always(False)),
    Rule("letter_fit._signs_of", "signs stand where texts have them", always(0.0)),
    Rule("letter_fit._is_never_at_words", "currencies, fractions and boxes stand at no word", always(False)),
    Rule("letter_fit._is_apostrophe", "an apostrophe stands where names have it", always(True)),
    Rule("letter_fit.rivals_of", "close encodings are asked about", always([]), asks=True),
    Rule("encodings._mended_c1", "U+0080 to U+009F are read as cp1252", same()),
    # Which signs may be delimiters
    Rule("candidates.named_delimiter", "a first line `sep=;`", always("")),
    Rule("candidates._outside_quotes", "what stands in quotes or comments counts for no sign", same()),
    Rule(
        "candidates.delimiters_in",
        "`:` and other signs of words count outside of addresses and times",
        without_constant(candidates, "_TOKEN", re.compile("(?!)")),
    ),
    Rule("candidates._runs", "delimiters of several signs", always([])),
    Rule("trial._weight", "signs that words hold anyway weigh less", always(1.0)),
    Rule("trial._sense", "cells look like something", always(1.0)),
    Rule("trial._alike", "sections of different widths", always(0.0)),
    Rule("trial._without_edges", "lines of one cell around a few contacts are no records", same()),
    Rule("trial._are_cut_alike", "but lines that another sign cuts alike are", always(False)),
    Rule("weigh.choose", "one column is a possible answer", _no_one_column),
    Rule("weigh.first_sign_alone", "a run of signs only where its first sign alone does not cut", same()),
    Rule("weigh.names_are_cut_too", "`:` `#` `&` and space must cut the names too", same()),
    Rule("weigh.doubled_before_backslash", "a backslash is text where doubled quotes are sound", same()),
    Rule("weigh.quotes_in_place", "quotes around cells are quotes", same()),
    Rule("weigh.single_quotes_prove_it", "an apostrophe is the quote only where rows prove it", same()),
    Rule("weigh.tab_never_by_chance", "nobody types a tab into a cell", same()),
    Rule("weigh.lists_in_cells", "a sign between things of one kind stands in a cell", same()),
    Rule("weigh._quoted_after_all", "a few damaged quotes do not make all others literal", same()),
    Rule("weigh.rival_of", "another sign that cuts nearly as well is asked about", always(""), asks=True),
    # Quotes, escapes, line ends
    Rule("guess._inside_line_quotes", "quotes around whole lines", always([])),
    Rule("guess._is_record_in_quotes", "but not around cells of one column", always(True)),
    Rule("guess._of_a_dump", "`\\N` and the escapes of dumps of databases", _no_escape),
    Rule("guess._with_quotes_as_text", "quotes around some words of a dump are text", same()),
    Rule("guess._is_escaped_by_mysql", "backslashes that are doubled between tabs are escapes", always(False)),
    Rule(
        "long_cells.without_long_cells",
        "lines of a long cell are no records",
        lambda rule, text: Shortened(text, False),
    ),
    Rule("guess._hidden", "line ends of another kind inside cells", always([])),
    Rule("tokenizer._after_marks", "byte-order marks inside the list", same(1)),
    Rule("tokenizer.Tokenizer._each_in_quotes", "inner quotes of a line of quoted cells", always(None)),
    Rule("tokenizer.Tokenizer._curly_joined", "curly quotes as a pair", lambda rule, own, *given: given),
    Rule("tokenizer.Tokenizer._line_in_quotes", "quotes around one line among others", always(None)),
    Rule("tokenizer.Tokenizer._has_spaces_at_quotes", "spaces between delimiter and quote", always(False)),
    Rule("tokenizer.Tokenizer._another_reading", "a line of a wrong width is read again", same(4)),
    Rule("tokenizer.Tokenizer._splits_better", "a quote that swallowed a record", always(False)),
    Rule("tokenizer.Tokenizer._lines_or_one", "a damaged cell over lines, or this line alone", same(4)),
    # Tables drawn in text
    Rule("drawn._sign_of", "Markdown and consoles: signs at the edges", always("")),
    Rule("drawn._ruled", "columns below a line of dashes", always("")),
    Rule("drawn._fixed", "columns of fixed width", always("")),
    Rule("drawn._behind_names", "columns of fixed width behind one space", always(())),
    Rule("drawn._aligned", "pipes that stand below each other", always("")),
    # Header
    Rule("guess_header._filled_width", "empty last columns cost no header", same(1)),
    Rule("guess_header._preamble_rows", "titles above, narrower than the table", same(2)),
    Rule("guess_header._is_wider_title", "a title wider than the table", always(False)),
    Rule("guess_header._is_of_a_table_above", "a small table in front", always(False)),
    Rule("guess_header._fuller_below", "a sparse row above the names is a title", always(False)),
    Rule("guess_header._below_titles", "titles as wide as the table", same(1)),
    Rule("guess_header._are_titles_of_groups", "titles of groups above names that come again", always(False)),
    Rule("guess_header.join_names", "a title is carried over the columns it spans", _names_as_they_are),
    Rule("guess_header._import_id_rows", "questions and import ids of surveys", always(0)),
    Rule("guess_header._fills_gaps", "a second row names what the first leaves out", always(False)),
    Rule("guess_header._goes_on", "a header of several rows of words", always(False)),
    Rule("guess_header._names_by_numbers", "names that are years, months, 1, 2, 3", always(False)),
    Rule("guess_header._data_reason", "a first row with data is no header", always("")),
    Rule("guess_header._is_like_below", "a first row of the pattern of those below is no header", always(False)),
    Rule("guess_header.find_label_rows", "rows about the columns below the header", always(LabelRows(0, False))),
    Rule("label_rows._Look.says_it_again", "the names once more in other words", always(False)),
    Rule("label_rows._Look._counts_columns", "a row 1, 2, 3 below the names", always(False)),
    Rule("label_rows._Look._rules_off", "a row of dashes below the names", always(False)),
    Rule("column_words.names_a_column", "words that columns are called by", always(False)),
    Rule("guess._names_cut_otherwise", "a header cut by another sign above rows without one", same()),
    Rule("header._mended_header", "a header with an open quote", lambda rule, head, record, *given: (record, "")),
    Rule("header.cut_by_another_sign", "a header cut by another sign", always(None)),
    Rule("header._without_surplus", "empty names too many", same()),
    Rule("header._width", "rows that end in a delimiter more than the header", _header_width),
    Rule("header._filled_width", "blank columns at the end", same(1)),
    Rule("header._first_part", "the width is that of the first table", same()),
    Rule("layout_doubts._rows_longer_than_header", "doubt: more cells than names", always(()), asks=True),
    Rule("layout_doubts._is_rather_names", "doubt: a row of words over data", always(False), asks=True),
    Rule("layout_doubts._is_cell_below", "doubt: a contact taken for names", always(False), asks=True),
    Rule("other_tables._rows_above", "doubt: lines above that another sign cuts", always(None), asks=True),
    # What is table and what is not
    Rule("layout_doubts.beside_doubts", "doubt: two lists side by side", always(()), asks=True),
    Rule("layout_doubts.cut_cell_doubts", "doubt: drawn cells that go on below", always(()), asks=True),
    Rule("layout_doubts.opened_quote_doubts", "doubt: cells that open a quote for nothing", always(()), asks=True),
    Rule("layout_doubts.glued_doubts", "doubt: a drawn column that may be two", always(()), asks=True),
    Rule("layout_doubts.escape_warnings", "backslashes that may be escapes are told", always(()), asks=True),
    Rule("seven_bit.seven_bit_doubts", "doubt: letters written in ASCII", always(()), asks=True),
    Rule("seven_bit.escape_encoding", "escape sequences of ISO-2022 and HZ", always("")),
    Rule("other_tables.table_above", "doubt: a table above the list", always(None), asks=True),
    Rule("sections._names_fewer_columns", "a second table that is filled up with blank cells", always(False)),
    Rule("header._has_comments", "lines that begin with #", always(False)),
    Rule("sections.is_repeated_header", "the header again", always(False)),
    Rule("sections.is_other_header", "a header with other columns", always(False)),
    Rule("sections.is_title", "titles of pages", always(False)),
    Rule("sections.starts_second_table", "a second table", always(False)),
    Rule("sections._names_other_columns", "a second table as wide as the first", always(False)),
    Rule("sections.footer_length", "totals and remarks at the end", always(0)),
    Rule("lists._copy_start", "the whole table once more", always(None)),
    # Joins and repairs
    Rule("repair._cut_run", "records that a line end has cut are joined", always(None)),
    Rule("repair._lines_of_last_cell", "lines of a last cell are offered to be joined", always(10_000), asks=True),
    Rule("repair.suggest_repair", "a cell too many or too few: what would mend it", always(None), asks=True),
    Rule("reader.without_text_formulas", 'cells as ="00501"', lambda rule, columns: (columns, [])),
    Rule("reader.mojibake_places", "letters that were decoded wrongly once are told", always([]), asks=True),
)

BY_NAME = {rule.name: rule for rule in RULES}


@contextmanager
def without(*rules: Rule) -> Iterator[None]:
    """As long as it lasts, these rules are off."""
    with ExitStack() as stack:
        for rule in rules:
            original = find_rule(rule.target)
            stack.enter_context(_in_its_place(rule, original, _called_with(rule.off, original)))
        stack.enter_context(_guessed_anew())
        yield


def _called_with(off: Off, original: Callable[..., Any]) -> Callable[..., Any]:
    """A plain function, so that it is a method where it stands in a class."""
    return lambda *given, **named: off(original, *given, **named)


@contextmanager
def watched(rules: Sequence[Rule] = RULES) -> Iterator[set[str]]:
    """The names of the rules that have decided something so far: what stands in their place would have answered
    otherwise. A reading in which a rule decided nothing is the same without it."""
    active: set[str] = set()
    local = threading.local()
    with ExitStack() as stack:
        for rule in rules:
            original = find_rule(rule.target)
            probe = _probe(rule, original, active, local)
            stack.enter_context(_in_its_place(rule, original, probe))
        stack.enter_context(_guessed_anew())
        yield active


@contextmanager
def _guessed_anew() -> Iterator[None]:
    """A guess that is held for the next look at the same list was made with other rules."""
    caches = [held for held in vars(scan).values() if hasattr(held, "cache_clear")]
    for held in caches:
        held.cache_clear()
    try:
        yield
    finally:
        for held in caches:
            held.cache_clear()


def _probe(rule: Rule, original: Callable[..., Any], active: set[str], local: threading.local) -> Callable[..., Any]:
    @wraps(original)
    def probed(*given: Any, **named: Any) -> Any:
        answer = original(*given, **named)
        if rule.name in active or getattr(local, "is_within", False):
            return answer
        local.is_within = True
        try:
            is_same = bool(rule.off(original, *given, **named) == answer)
        except Exception:
            is_same = False
        finally:
            local.is_within = False
        if not is_same:
            active.add(rule.name)
        return answer

    return probed


def find_rule(target: str) -> Callable[..., Any]:
    """The function that stands at a place of `importer.intake` now."""
    module, *path = target.split(".")
    place: Any = sys.modules[f"importer.intake.{module}"]
    for name in path:
        place = getattr(place, name)
    found: Callable[..., Any] = place
    return found


@contextmanager
def _in_its_place(rule: Rule, original: Callable[..., Any], other: Callable[..., Any]) -> Iterator[None]:
    """`other` for `original` in every module of the intake, and in the tuples that these hold."""
    module, *path, name = rule.target.split(".")
    undo: list[Callable[[], None]] = []
    if path:
        place = getattr(sys.modules[f"importer.intake.{module}"], path[0])
        undo.append(partial(setattr, place, name, original))
        setattr(place, name, other)
    for found in [found for key, found in sys.modules.items() if key.startswith("importer.intake")]:
        for key, value in list(vars(found).items()):
            if value is original:
                new: Any = other
            elif isinstance(value, tuple) and any(one is original for one in value):
                new = tuple(other if one is original else one for one in value)
            else:
                continue
            undo.append(partial(setattr, found, key, value))
            setattr(found, key, new)
    try:
        yield
    finally:
        for back in reversed(undo):
            back()
