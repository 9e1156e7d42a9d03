"""Delimiter, quote, escape and header of a list, from samples of its text; each with its reason and runners-up.

Every candidate is tried by reading the samples with the tolerant tokenizer. A right one gives records of one width
and cells that look like something (numbers, dates, e-mail addresses, words without separators left in them).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from importer.intake.cells import shape_of
from importer.intake.dialect import Choice, Dialect
from importer.intake.grammar import Grammar
from importer.intake.guess_header import guess_header
from importer.intake.tokenizer import Record, Tokenizer

DELIMITERS = (",", ";", "\t", "|", "||", "::", ":", "^", "~", "#", "&", "\x1f", "\x1e", "\x01", "¦", "§", " ")
"""In the order of how often exports use them; the order decides between equals."""

QUOTES = ('"', "'", "")

SAMPLE_RECORDS = 200
"""Records looked at in each sample."""

ONE_COLUMN_SCORE = 0.45
"""What a reading as one column gets when all is well: below any regular table, above an irregular one."""

RARE = {" ": 0.6, ":": 0.8, "#": 0.9, "&": 0.9, "^": 0.95, "~": 0.95}
"""Weights of signs that words and addresses hold anyway."""

_OPENS = re.compile(r" *[\"']")
_WRAPPED = re.compile(rb" *([\"'])(?:.*[^ ])?\1 *$", re.DOTALL)
_EDGED = re.compile(r"^[ ,;|^~#:]|[,;|^~#] *$")
"""Cells that begin with a quote, or keep a piece of a separator at an edge, tell of a wrong dialect."""

RUNS_TRIED = 4

_RUN = re.compile(
    r"""(?<=[\w"')])([^\w\s\0"'.@/\\+()-][^\w\r\n\0"'.@/\\+()-]{1,3}|[ \t][^\w\r\n\0"'.@/\\+()-]{1,2})(?=[\w"'(+])"""
)
"""Two to four signs that are no part of words, numbers, addresses."""

DUMP_SIGNS = "\\\"'\r\n0bfnrtvZN"
"""What stands after an escape in a dump of MySQL or PostgreSQL."""

_MARK = b"\xef\xbb\xbf"

_LINE_IN_QUOTES = rb" *Q((?:[^Q]|QQ)*+)Q[ ,;\t|]*+(?:\r\n|[\r\n]|\Z)|[^\r\n]++(?:\r\n|[\r\n]|\Z)|\r\n|[\r\n]"
"""A line that quotes (Q) stand around as a whole (what they hold is the group), or another."""

_SEP_LINE = re.compile(r'"?sep=([^\r\n"\0\'][^\r\n"\0\']?)"?', re.IGNORECASE)


@dataclass(frozen=True)
class TableGuess:
    """Everything of a dialect but its encoding."""

    dialect: Dialect
    delimiters: tuple[Choice, ...]
    quotes: tuple[Choice, ...]
    header_reason: str


@dataclass(frozen=True)
class _Trial:
    delimiter: str
    quote: str
    escape: str
    score: float
    width: int
    steady: float
    wrapped: int
    opened: int

    def sentence(self) -> str:
        """What speaks for it, in plain words."""
        columns = "1 column" if self.width == 1 else f"{self.width} columns"
        return f"{columns} in {100 * self.steady:.0f} % of the sampled rows"


PLAUSIBLE = 0.6
"""A runner-up scores this much of the best. Of lists with one right delimiter, the spaces in names and addresses
reach half of it; commas where semicolons cut every row too reach 0.8."""

QUOTES_MATTER = 0.75
"""A reading with quotes is taken when it scores this much of one without them that leaves cells in their quotes."""


OPENING_MATTERS = 0.83
"""The same for a reading with `"` of one that leaves a `"` at the beginning of cells: a quote that never closes costs
a list of one row 15 %, one of three rows 8 %; a list in which `"` never closes a cell loses 20 % and more."""


def _quoted_after_all(best: _Trial, trials: Sequence[_Trial]) -> _Trial:
    """A few damaged quotes must not make all others literal: where cells stand in quotes, quotes are quotes; and a
    cell that begins with `"` tells of quoting, so that the quote is listed when it never closes."""
    if not best.quote and best.opened and not best.wrapped:
        doubled = [trial for trial in trials if trial.quote == '"' and trial.delimiter == best.delimiter]
        other = max(doubled, key=lambda trial: trial.score, default=best)
        return other if other.score >= OPENING_MATTERS * best.score else best
    if best.quote or not best.wrapped:
        return best
    others = [trial for trial in trials if trial.quote and trial.delimiter == best.delimiter]
    other = max(others, key=lambda trial: (best.wrapped - trial.wrapped, trial.score), default=best)
    is_better = other.wrapped < best.wrapped and other.score >= QUOTES_MATTER * best.score
    return other if is_better else best


def guess_table(samples: Sequence[bytes], encoding: str, max_record: int, *, is_ours: bool = False) -> TableGuess:
    """The dialect of samples of one list (UTF-8, whole lines; the first is its beginning). `is_ours`: we wrote it, as
    RFC 4180 says, and only its header is to be found."""
    for quote in () if is_ours else QUOTES[:2]:
        inside = _inside_line_quotes(samples, quote.encode())
        found = guess_table(inside, encoding, max_record) if inside else None
        if found is not None and _is_record_in_quotes(found, inside):
            dialect = replace(found.dialect, quote=quote, line_end=_line_end(samples[0]), line_quotes=True)
            return replace(found, dialect=dialect)
    named = "" if is_ours else _sep_line(samples[0])
    texts = [sample.decode("utf-8", "replace") for sample in samples]
    line_end = _line_end(samples[0])
    delimiters = [","] if is_ours else [named] if named else _present("".join(texts))
    trials = [
        _try(samples, delimiter, quote, escape, max_record)
        for delimiter in delimiters or [","]
        for quote, escape in ([('"', "")] if is_ours else _quotings(texts))
    ]
    best = max(trials, key=lambda trial: trial.score)
    best = _quoted_after_all(best, trials)
    if best.width <= 1 and not named and not is_ours:
        best = _one_column(samples, trials, max_record)
    escape, null = ("", "") if is_ours else _of_a_dump(texts, best)
    dialect = Dialect(encoding, best.delimiter, best.quote, escape, line_end, null=null)
    records = _some_records(Tokenizer(Grammar.of(dialect, best.width), max_record), samples[0])
    header = guess_header([_texts(record) for record in records], best.width, 1 if named else 0)
    dialect = replace(
        dialect,
        preamble_rows=header.preamble_rows,
        header_rows=header.header_rows,
        label_rows=header.label_rows,
    )
    plausible = [best, *(trial for trial in trials if _is_plausible(trial, best, texts[0], header.preamble_rows))]
    ranked, quotes = _delimiter_choices(plausible, named), _quote_choices(trials, best.delimiter)
    return TableGuess(dialect, ranked, quotes, header.reason)


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
    records = [record for record in _some_records(tokenizer, inside[0]) if record.cells]
    width = len(records[0].cells) if records else 0
    if width < 2 or len(records) < 2 or sum(len(record.cells) == width for record in records) < 0.95 * len(records):
        return False
    text = inside[0].decode("utf-8", "replace")
    return " " not in delimiter and 2 * text.count(f"{delimiter} ") < text.count(delimiter)


def _of_a_dump(texts: Sequence[str], best: _Trial) -> tuple[str, str]:
    """(escape, how NULL is written) where cells are just `\\N`, as databases write NULL.

    The other backslashes then are escapes when each stands before a sign or letter that an escape of a dump stands
    before; in a list that doubles its quotes they are text.
    """
    sign = re.escape(best.delimiter)
    null = re.compile(rf"(?:(?<={sign})|(?<=[\r\n])|\A)\\N(?={sign}|[\r\n]|\Z)")
    if not any(map(null.search, texts)):
        return best.escape, ""
    rest = "".join(null.sub("", text) for text in texts)
    after = re.findall(r"\\(.|\n|\r|\Z)", rest)
    doubled = bool(best.quote) and best.quote * 2 in rest.replace(f"{best.delimiter}{best.quote * 2}", "")
    is_escape = bool(after) and not doubled and all(found in DUMP_SIGNS + best.delimiter for found in after)
    return ("\\" if is_escape else best.escape), "\\N"


def _is_plausible(trial: _Trial, best: _Trial, text: str, preamble_rows: int) -> bool:
    """Whether it is worth offering beside the best: it cuts the rows nearly as well, and the first of them too, which
    the `:` of times and the `&` of addresses do not where a header stands there."""
    lines = re.split(r"\r\n|\r|\n", text, maxsplit=preamble_rows + 1)
    first = lines[min(preamble_rows, len(lines) - 1)]
    return trial.width > 1 and trial.score >= PLAUSIBLE * best.score and trial.delimiter in first


def _present(text: str) -> list[str]:
    """Candidates that occur; of a sign that occurs only doubled, the doubled one."""
    found = [sign for sign in DELIMITERS if sign in text]
    found += [sign for sign in _runs(text) if sign not in found]
    doubled = {sign[0] for sign in found if len(sign) == 2 and text.count(sign[0]) == 2 * text.count(sign)}
    return [sign for sign in found if sign not in doubled]


def _runs(text: str) -> list[str]:
    """Delimiters of several signs: runs that come about once a line or more, between words or quotes."""
    counts = Counter(_RUN.findall(text))
    lines = text.count("\n") or text.count("\r") or 1
    return [sign for sign, count in counts.most_common(RUNS_TRIED) if count >= 0.8 * lines]


def _one_column(samples: Sequence[bytes], trials: Sequence[_Trial], max_record: int) -> _Trial:
    """A list of one column, read with a delimiter that does not occur in it where there is such a one."""
    text = b"".join(samples).decode("utf-8", "replace")
    delimiter = next((sign for sign in DELIMITERS if sign not in text), "\x1f")
    best = max(trials, key=lambda trial: trial.score)
    return _try(samples, delimiter, best.quote, best.escape, max_record)


def _quotings(texts: Sequence[str]) -> list[tuple[str, str]]:
    found = [(quote, "") for quote in QUOTES if not quote or any(quote in text for text in texts)]
    if found == [("", "")]:
        return [('"', "")]
    for quote in QUOTES[:2]:
        if any(f"\\{quote}" in text for text in texts):
            found.insert(0, (quote, "\\"))
    return found


def _try(samples: Sequence[bytes], delimiter: str, quote: str, escape: str, max_record: int) -> _Trial:
    tokenizer = Tokenizer(Grammar.of(Dialect(delimiter=delimiter, quote=quote, escape=escape)), max_record)
    records = [record for sample in samples for record in _some_records(tokenizer, sample) if record.cells]
    if not records:
        return _Trial(delimiter, quote, escape, 0.0, 1, 0.0, 0, 0)
    widths = Counter(len(record.cells) for record in records)
    width, _ = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[1]))
    if widths[width] * 2 < len(records):
        width, _ = widths.most_common(1)[0]
    fitting = [record for record in records if len(record.cells) == width]
    steady = len(fitting) / len(records)
    clean = sum(not record.codes for record in records) / len(records)
    structure = ONE_COLUMN_SCORE if width == 1 else (1.0 - 0.25 / width) * _rarity(delimiter, width, steady)
    sense = _sense(fitting)
    score = structure * (0.25 + 0.75 * steady**2) * (0.4 + 0.6 * sense) * (0.7 + 0.3 * clean)
    wrapped = sum(bool(_WRAPPED.match(cell)) for record in records for cell in record.cells)
    opened = sum(cell.lstrip(b" ").startswith(b'"') for record in records for cell in record.cells)
    return _Trial(delimiter, quote, escape, score, width, steady, wrapped, opened)


def _rarity(delimiter: str, width: int, steady: float) -> float:
    """The weight of a sign; one that words hold anyway but that cuts every record alike is trusted nearly as any."""
    weight = RARE.get(delimiter, 1.0)
    return max(weight, 0.9) if width >= 4 and steady > 0.97 else weight


def _some_records(tokenizer: Tokenizer, sample: bytes) -> list[Record]:
    records = []
    for record in tokenizer.records(sample, 0, len(sample)):
        records.append(record)
        if len(records) >= SAMPLE_RECORDS:
            break
    return records


def _sense(records: Sequence[Record]) -> float:
    """The share of cells that look like something; text with separators left in it counts little, quotes nothing."""
    worth = {"text": 0.9, "empty": 0.8, "mixed": 0.4}
    total = 0.0
    count = 0
    for record in records:
        for cell in record.cells:
            text = cell.decode("utf-8", "replace")
            total += (
                0.0 if _OPENS.match(text) else worth.get(shape_of(text), 1.0) * (0.5 if _EDGED.search(text) else 1.0)
            )
            count += 1
    return total / count if count else 0.0


def _sep_line(sample: bytes) -> str:
    """The delimiter that a first line `sep=;` names, as Excel writes it; empty when there is none."""
    first = re.split(r"[\r\n]", sample[:64].decode("utf-8", "replace"), maxsplit=1)[0]
    found = _SEP_LINE.fullmatch(first)
    return found.group(1) if found else ""


def _line_end(sample: bytes) -> str:
    windows = sample.count(b"\r\n")
    counts = {"\r\n": windows, "\n": sample.count(b"\n") - windows, "\r": sample.count(b"\r") - windows}
    best = max(counts, key=lambda end: counts[end])
    return best if counts[best] else "\n"


def _texts(record: Record) -> list[str]:
    return [cell.decode("utf-8", "replace").strip() for cell in record.cells]


def _delimiter_choices(trials: Sequence[_Trial], named: str) -> tuple[Choice, ...]:
    best: dict[str, _Trial] = {}
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


def _quote_choices(trials: Sequence[_Trial], delimiter: str) -> tuple[Choice, ...]:
    ranked = sorted((t for t in trials if t.delimiter == delimiter), key=lambda trial: -trial.score)
    best = {trial.quote: trial for trial in reversed(ranked)}
    choices = [
        Choice(trial.quote, round(trial.score, 3), trial.sentence())
        for trial in sorted(best.values(), key=lambda trial: -trial.score)
    ]
    return tuple(choices)
