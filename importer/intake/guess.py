"""Delimiter, quote, escape and header of a list, from samples of its text; each with its reason and runners-up.

Every candidate is tried by reading the samples with the tolerant tokenizer. A right one gives records of one width
and cells that look like something (numbers, dates, e-mail addresses, words without separators left in them).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from importer.intake.candidates import USUAL, delimiters_in, line_end_of, named_delimiter, quotings_in
from importer.intake.cells import is_data
from importer.intake.curly import find_curly
from importer.intake.dialect import Choice, Dialect
from importer.intake.drawn import find_drawing, sign_in
from importer.intake.encodings import HIDDEN, hide_line_ends
from importer.intake.grammar import Grammar
from importer.intake.guess_header import HeaderGuess, guess_header
from importer.intake.header import cut_by_another_sign
from importer.intake.layout_doubts import has_escapes
from importer.intake.tokenizer import Record, Tokenizer
from importer.intake.trial import Trial, some_records, try_reading
from importer.intake.weigh import STEADY, choose, rival_of

LINE_ENDS = ("\r\n", "\r", "\n")
"""Of which one may end records while the others stand in cells."""

UNUSED = (",", ";", "\t", "|", "^", "~", "¦", "§", "\x1f", "\x1e", "\x01")
"""The first that a text does not have is the delimiter of its one column."""

DUMP_SIGNS = "\\\"'\r\n0bfnrtvZN"
"""What stands after an escape in a dump of MySQL or PostgreSQL."""

BATCH_SIGNS = "\\nt0'"
"""The same in what `mysql --batch` and ClickHouse write."""

_NEEDS_QUOTES = re.compile(r'""|"[^"\r\n\t]*[,;][^"\r\n\t]*"')
"""Spreadsheets that save with tabs quote such cells."""

_APOSTROPHE = re.compile(r"\w\\'\w")

_DOUBLED_BACKSLASH = re.compile(r"(?<=[\w:.)\]%~-])\\\\")
"""Within a cell; where it begins a word it may be the name of a server (`\\\\srv\\new`)."""

_MARK = b"\xef\xbb\xbf"

_LINE_IN_QUOTES = rb" *Q((?:[^Q]|QQ)*+)Q[ ,;\t|]*+(?:\r\n|[\r\n]|\Z)|[^\r\n]++(?:\r\n|[\r\n]|\Z)|\r\n|[\r\n]"
"""A line that quotes (Q) stand around as a whole (what they hold is the group), or another."""


@dataclass(frozen=True)
class TableGuess:
    """Everything of a dialect but its encoding. `rival`: a delimiter that fits nearly as well; "" when none does."""

    dialect: Dialect
    delimiters: tuple[Choice, ...]
    quotes: tuple[Choice, ...]
    header_reason: str
    rival: str = ""


SIGNS_WITHIN = 32 * 1024
"""Characters of each sample in which signs are looked for that may stand between cells."""

FIT_RECORDS = 400
"""Of each sample, looked at for line ends in cells."""

PLAUSIBLE = 0.6
"""A runner-up scores this much of the best. Of lists with one right delimiter, the spaces in names and addresses
reach half of it; commas where semicolons cut every row too reach 0.8."""


def guess_table(samples: Sequence[bytes], encoding: str, max_record: int, *, is_ours: bool = False) -> TableGuess:
    """The dialect of samples of one list (UTF-8, whole lines; the first is its beginning). `is_ours`: we wrote it, as
    RFC 4180 says, and only its header is to be found."""
    found = _guess_table(samples, encoding, max_record, is_ours=is_ours)
    others = () if is_ours else [(end, hidden) for end in LINE_ENDS if (hidden := _hidden(samples, end))]
    if not others:
        return found
    best, fit = found, _Fit.of(samples, found.dialect, max_record)
    for end, hidden in others if fit.odd or fit.width == 1 else ():
        other = _guess_table(hidden, encoding, max_record)
        dialect = replace(other.dialect, line_end=end, line_ends_in_cells=True)
        other_fit = _Fit.of(hidden, dialect, max_record)
        if other_fit.is_better_than(fit):
            best, fit = replace(other, dialect=dialect), other_fit
    return best


def _hidden(samples: Sequence[bytes], end: str) -> list[bytes]:
    """The samples where only `end` ends records; empty where no other line end is below the first, maybe a title."""
    hidden = [hide_line_ends(sample, end) for sample in samples]
    below = [text.partition(end.encode())[2] for text in hidden]
    return hidden if any(sign in text for text in below for sign in HIDDEN.values()) else []


class _Fit(NamedTuple):
    """How many records have the width that most have, how many another, and that width; whether the first record
    holds no line end, as names hardly do."""

    regular: int
    odd: int
    width: int
    is_first_whole: bool

    def is_better_than(self, other: _Fit) -> bool:
        """Whether fewer records are odd and no fewer of one width, or nearly all are cut into more cells: where cells
        have many lines, most of what the other reading takes for records are pieces of them."""
        if self.regular >= other.regular and (self.odd, not self.is_first_whole) < (
            other.odd,
            not other.is_first_whole,
        ):
            return True
        return self.width > other.width and self.regular > 2 and self.odd * 20 <= self.regular

    @classmethod
    def of(cls, samples: Sequence[bytes], dialect: Dialect, max_record: int) -> _Fit:
        grammar = Grammar.of(dialect)
        records = [
            record
            for sample in samples
            for record in islice(Tokenizer(grammar, max_record).records(sample, 0, len(sample)), FIT_RECORDS)
            if record.cells
        ]
        widths = Counter(len(record.cells) for record in records)
        width, regular = widths.most_common(1)[0] if widths else (0, 0)
        is_cut = any(sign in cell for record in records[:1] for cell in record.cells for sign in HIDDEN)
        return cls(regular, widths.total() - regular, width, not is_cut)


def _guess_table(samples: Sequence[bytes], encoding: str, max_record: int, *, is_ours: bool = False) -> TableGuess:
    for quote in "" if is_ours else "\"'":
        inside = _inside_line_quotes(samples, quote.encode())
        found = _guess_table(inside, encoding, max_record) if inside else None
        if found is not None and _is_record_in_quotes(found, inside):
            dialect = replace(found.dialect, quote=quote, line_end=line_end_of(samples[0]), line_quotes=True)
            return replace(found, dialect=dialect)
    named = "" if is_ours else named_delimiter(samples[0])
    texts = [sample.decode("utf-8", "replace") for sample in samples]
    text = "".join(texts)
    unused = next((sign for sign in UNUSED if sign not in text), UNUSED[-1])
    delimiters = (
        [","] if is_ours else [named] if named else [*delimiters_in("".join(map(_first_lines, texts))), unused]
    )
    trials = [
        try_reading(samples, delimiter, quoting, max_record)
        for delimiter in delimiters
        for quoting in ([('"', "")] if is_ours else quotings_in(texts))
    ]
    best = choose(trials, text)
    if best.width <= 1 and not named and not is_ours:
        best = replace(best, delimiter=unused)
    escape, null, letters = ("", "", False) if is_ours else _of_a_dump(samples, texts, best, max_record)
    if null or (has_escapes(text, best.delimiter) and not _NEEDS_QUOTES.search(text)):
        best = _with_quotes_as_text(best, trials, null)
    best = replace(best, quote="") if letters and not null else best
    dialect = Dialect(encoding, best.delimiter, best.quote, escape, line_end_of(samples[0]))
    dialect = replace(dialect, null=null, letters=letters)
    drawn = "" if is_ours or named else find_drawing(texts[0], is_cut=_is_cut_well(best))
    if drawn:
        dialect = replace(dialect, delimiter=sign_in(drawn) or dialect.delimiter, escape="", drawn=drawn)
        best = _as_drawn(best, dialect, samples[0], max_record)
    if not is_ours and not drawn:
        dialect = _with_curly(dialect, samples[0], best.width)
    records = some_records(Tokenizer(Grammar.of(dialect, best.width), max_record), samples[0])
    header = guess_header([_texts(record) for record in records], best.width, 1 if named else 0)
    if not is_ours and not drawn:
        header = _names_cut_otherwise(header, records, samples[0], dialect, best.width)
    dialect = replace(
        dialect,
        preamble_rows=header.preamble_rows,
        header_rows=header.header_rows,
        label_rows=header.label_rows,
    )
    plausible = [best, *(trial for trial in trials if _is_plausible(trial, best, texts[0], header.preamble_rows))]
    ranked, quotes = _delimiter_choices(plausible, named), _quote_choices(trials, best.delimiter)
    if dialect.curly and all(choice.value for choice in quotes):
        quotes = (*quotes, Choice("", 0.0, "Curly quotes then stay part of the text."))
    rival = "" if named or is_ours or drawn else rival_of(best, trials, text)
    return TableGuess(dialect, ranked, quotes, header.reason, rival)


def _first_lines(text: str) -> str:
    """Of a sample what signs are looked for in: more records than are tried."""
    return text[: text.rfind("\n", 0, SIGNS_WITHIN) + 1 or None] if len(text) > SIGNS_WITHIN else text


def _is_cut_well(best: Trial) -> bool:
    """Whether a usual delimiter cuts nearly all records alike."""
    return best.delimiter in USUAL and best.width > 1 and best.steady >= STEADY


def _with_curly(dialect: Dialect, sample: bytes, width: int) -> Dialect:
    """The dialect with the columns whose cells stand in curly quotes."""
    grammar = Grammar.of(dialect)
    found = find_curly(sample.removeprefix(_MARK), grammar.delimiter, grammar.quote, width, FIT_RECORDS)
    return replace(dialect, curly=found.columns, is_curly_sure=found.is_sure)


def _as_drawn(best: Trial, dialect: Dialect, sample: bytes, max_record: int) -> Trial:
    """The trial with the width that most lines of the drawing have."""
    records = some_records(Tokenizer(Grammar.of(dialect), max_record), sample)
    widths = Counter(len(record.cells) for record in records if record.cells)
    return replace(best, delimiter=dialect.delimiter, width=widths.most_common(1)[0][0])


def _names_cut_otherwise(
    header: HeaderGuess, records: Sequence[Record], sample: bytes, dialect: Dialect, width: int
) -> HeaderGuess:
    """The header above rows that have none, where another sign cuts the record before them into so many names."""
    if header.header_rows or not 0 < header.preamble_rows <= len(records) or width < 2:
        return header
    last = records[header.preamble_rows - 1]
    names = cut_by_another_sign(sample[last.start : last.end], dialect, width)
    if names is None or any(is_data(name.decode("utf-8", "replace")) for name in names):
        return header
    return HeaderGuess(header.preamble_rows - 1, 1, "Header: it is cut by another sign than the rows below it.")


def _inside_line_quotes(samples: Sequence[bytes], quote: bytes) -> list[bytes]:
    """What quotes around whole lines hold, as samples; empty where most lines have none. A spreadsheet that saved a
    list opened in one column leaves lines without a delimiter bare."""
    if not samples[0].lstrip(_MARK + b" \r\n").startswith(quote) and samples[0].count(b"\n" + quote) < 2:
        return []
    inside, quoted, bare = [], 0, 0
    line_in_quotes = re.compile(_LINE_IN_QUOTES.replace(b"Q", quote))
    for sample in samples:
        pieces = []
        for found in line_in_quotes.finditer(sample.removeprefix(_MARK)):
            body, line = found.group(1), found.group().strip(b" \r\n")
            quoted, bare = quoted + (body is not None), bare + bool(body is None and line)
            if body is None:
                pieces.append(line[1:-1] if line.startswith(quote) and line.endswith(quote) else line)
            else:
                pieces.append(body.replace(quote * 2, quote))
        inside.append(b"\n".join(pieces) + b"\n")
    return inside if quoted >= max(2, bare) else []


def _is_record_in_quotes(found: TableGuess, inside: Sequence[bytes]) -> bool:
    """Whether what quotes around whole lines hold are records, and no cells of one column: of one width, the first
    like the others, and the delimiter is no comma of a sentence (with a space behind it)."""
    delimiter = found.dialect.delimiter
    tokenizer = Tokenizer(Grammar.of(found.dialect), len(inside[0]) + 1)
    records = [record for record in some_records(tokenizer, inside[0]) if record.cells]
    width = len(records[0].cells) if records else 0
    if width < 2 or len(records) < 2 or sum(len(record.cells) == width for record in records) < 0.95 * len(records):
        return False
    text = inside[0].decode("utf-8", "replace")
    return " " not in delimiter and 2 * text.count(f"{delimiter} ") < text.count(delimiter)


def _of_a_dump(samples: Sequence[bytes], texts: Sequence[str], best: Trial, max_record: int) -> tuple[str, str, bool]:
    """(escape, how NULL is written, whether letters after the escape stand for signs) where cells are just `\\N`, as
    databases write NULL.

    The other backslashes are escapes only where they prove it: each stands before a sign or letter that an escape of
    a dump stands before, and they are doubled within cells, or without them the rows are not of one width. Others are
    text, for Hive, Spark and Redshift write `\\N` without escaping (`C:\\New\\temp`), and so they are in a list that
    doubles its quotes.
    """
    sign = re.escape(best.delimiter)
    null = re.compile(rf"(?:(?<={sign})|(?<=[\r\n])|\A)\\N(?={sign}|[\r\n]|\Z)")
    if not any(map(null.search, texts)):
        return ("\\", "", True) if _is_escaped_by_mysql("".join(texts), best.delimiter) else (best.escape, "", False)
    rest = "".join(null.sub("", text) for text in texts)
    after = re.findall(r"\\(.|\n|\r|\Z)", rest)
    doubled = bool(best.quote) and best.quote * 2 in rest.replace(f"{best.delimiter}{best.quote * 2}", "")
    if not after or doubled or not all(found in DUMP_SIGNS + best.delimiter for found in after):
        return best.escape, "\\N", False
    is_proved = bool(_DOUBLED_BACKSLASH.search(rest)) or (
        not {best.delimiter, "\r", "\n"}.isdisjoint(after)
        and try_reading(samples, best.delimiter, (best.quote, "\\"), max_record).steady > best.steady
    )
    return ("\\" if is_proved else best.escape), "\\N", is_proved


def _is_escaped_by_mysql(text: str, delimiter: str) -> bool:
    """Whether a list is what `mysql --batch` or ClickHouse writes, in which a NULL is no `\\N`: tabs, and every
    backslash stands for a line end, a tab, NUL, a backslash or `'`; with another or in a second place prove it those
    doubled within cells of a list without quotes, and those before an apostrophe. Without them it is as likely a list
    of paths (`C:\\new`) and of users (`CORP\\tom`)."""
    after = re.findall(r"\\(.|\n|\r|\Z)", text) if delimiter == "\t" else []
    is_proved = ('"' not in text and _DOUBLED_BACKSLASH.search(text)) or _APOSTROPHE.search(text)
    return bool(is_proved) and len(after) > 1 and set(after) <= set(BATCH_SIGNS)


def _with_quotes_as_text(best: Trial, trials: Sequence[Trial], null: str) -> Trial:
    """The reading without quotes of a dump (NULL is written `null`) whose quotes stand around some words of a column
    and not around others, and around nothing that needs them: programs that quote do so with each word, or where a
    delimiter stands in it."""
    others = (trial for trial in trials if trial.delimiter == best.delimiter and not trial.quote)
    bare = next(others, None) if best.quote else None
    if bare is None or (bare.width, bare.steady) < (best.width, best.steady):
        return best
    quote = best.quote
    is_mixed = False
    for column in zip(*bare.cells[1:], strict=True):
        words = [cell for cell in column if cell.strip() and cell != null and not is_data(cell)]
        opened = [cell for cell in words if cell.startswith(quote)]
        if not all(len(cell) > 1 and cell.endswith(quote) for cell in opened):
            return best
        is_mixed = is_mixed or 0 < len(opened) < len(words)
    return bare if is_mixed else best


def _is_plausible(trial: Trial, best: Trial, text: str, preamble_rows: int) -> bool:
    """Whether it is worth offering beside the best: it cuts the rows nearly as well, and the first of them too, which
    the `:` of times and the `&` of addresses do not where a header stands there."""
    lines = re.split(r"\r\n|\r|\n", text, maxsplit=preamble_rows + 1)
    first = lines[min(preamble_rows, len(lines) - 1)]
    return trial.width > 1 and trial.score >= PLAUSIBLE * best.score and trial.delimiter in first


def _texts(record: Record) -> list[str]:
    return [cell.decode("utf-8", "replace").strip() for cell in record.cells]


def _delimiter_choices(trials: Sequence[Trial], named: str) -> tuple[Choice, ...]:
    best: dict[str, Trial] = {}
    for trial in trials:
        if trial.delimiter not in best or best[trial.delimiter].score < trial.score:
            best[trial.delimiter] = trial
    ranked = sorted(best.values(), key=lambda trial: -trial.score)
    return tuple(
        Choice(
            trial.delimiter,
            round(trial.score, 3),
            trial.sentence() + (", and the first line names it" if named else ""),
        )
        for trial in ranked
    )


def _quote_choices(trials: Sequence[Trial], delimiter: str) -> tuple[Choice, ...]:
    ranked = sorted((t for t in trials if t.delimiter == delimiter), key=lambda trial: -trial.score)
    best = {trial.quote: trial for trial in reversed(ranked)}
    choices = [
        Choice(trial.quote, round(trial.score, 3), trial.sentence())
        for trial in sorted(best.values(), key=lambda trial: -trial.score)
    ]
    return tuple(choices)
