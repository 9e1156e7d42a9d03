"""Delimiter, quote, escape and header of a list, from samples of its text; each with its reason and runners-up.

Every candidate is tried by reading the samples with the tolerant tokenizer. A right one gives records of one width
and cells that look like something (numbers, dates, e-mail addresses, words without separators left in them).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from importer.intake.cells import is_data, shape_of
from importer.intake.dialect import Choice, Dialect
from importer.intake.tokenizer import Grammar, Record, Tokenizer

DELIMITERS = (",", ";", "\t", "|", "||", "::", ":", "^", "~", "#", "&", "\x1f", "\x1e", "\x01", "¦", "§", " ")
"""In the order of how often exports use them; the order decides between equals."""

QUOTES = ('"', "'", "")

SAMPLE_RECORDS = 200
"""Records looked at in each sample."""

ONE_COLUMN_SCORE = 0.45
"""What a reading as one column gets when all is well: below any regular table, above an irregular one."""

RARE = {" ": 0.6, ":": 0.8, "#": 0.9, "&": 0.9, "^": 0.95, "~": 0.95}
"""Weights of signs that words and addresses hold anyway."""

_SEP_LINE = re.compile(r'"?sep=(.[^\r\n"]?)"?', re.IGNORECASE)

_WORDS = """
name email mail phone tel mobile address street city zip postcode country company date id first last surname
firstname lastname notes comment score state region title status type url website gender birthday age source
vorname nachname telefon strasse ort plz land firma datum nom prenom ville pays correo nombre apellido
"""

HEADER_WORDS = frozenset(_WORDS.split())


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


def guess_table(samples: Sequence[bytes], encoding: str, max_record: int) -> TableGuess:
    """The dialect of samples of one list (UTF-8, whole lines; the first is its beginning)."""
    named = _sep_line(samples[0])
    texts = [sample.decode("utf-8", "replace") for sample in samples]
    line_end = _line_end(samples[0])
    delimiters = [named] if named else _present("".join(texts))
    trials = [
        _try(samples, delimiter, quote, escape, max_record)
        for delimiter in delimiters or [","]
        for quote, escape in _quotings(texts)
    ]
    best = max(trials, key=lambda trial: trial.score)
    if best.width <= 1 and not named:
        best = _one_column(samples, trials, max_record)
    dialect = Dialect(encoding, best.delimiter, best.quote, best.escape, line_end)
    preamble, header, reason = _find_header(samples[0], dialect, best.width, max_record, bool(named))
    dialect = Dialect(encoding, best.delimiter, best.quote, best.escape, line_end, preamble, header)
    return TableGuess(dialect, _delimiter_choices(trials, named), _quote_choices(trials, best.delimiter), reason)


def _present(text: str) -> list[str]:
    """Candidates that occur; of a sign that occurs only doubled, the doubled one."""
    found = [sign for sign in DELIMITERS if sign in text]
    doubled = {sign[0] for sign in found if len(sign) == 2 and text.count(sign[0]) == 2 * text.count(sign)}
    return [sign for sign in found if sign not in doubled]


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
    if any('\\"' in text for text in texts):
        found.insert(0, ('"', "\\"))
    return found


def _try(samples: Sequence[bytes], delimiter: str, quote: str, escape: str, max_record: int) -> _Trial:
    tokenizer = Tokenizer(Grammar.of(Dialect(delimiter=delimiter, quote=quote, escape=escape)), max_record)
    records = [record for sample in samples for record in _some_records(tokenizer, sample) if record.cells]
    if not records:
        return _Trial(delimiter, quote, escape, 0.0, 1, 0.0)
    widths = Counter(len(record.cells) for record in records)
    width, _ = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[1]))
    if widths[width] * 2 < len(records):
        width, _ = widths.most_common(1)[0]
    fitting = [record for record in records if len(record.cells) == width]
    steady = len(fitting) / len(records)
    clean = sum(not record.codes for record in records) / len(records)
    structure = ONE_COLUMN_SCORE if width == 1 else (1.0 - 0.25 / width) * RARE.get(delimiter, 1.0)
    sense = _sense(fitting)
    score = structure * (0.25 + 0.75 * steady**2) * (0.4 + 0.6 * sense) * (0.7 + 0.3 * clean)
    return _Trial(delimiter, quote, escape, score, width, steady)


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
            total += 0.0 if text[:1] in "\"'" and text[:1] else worth.get(shape_of(text), 1.0)
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


def _find_header(
    sample: bytes, dialect: Dialect, width: int, max_record: int, has_sep_line: bool
) -> tuple[int, int, str]:
    """(preamble_rows, header_rows, reason)."""
    records = _some_records(Tokenizer(Grammar.of(dialect), max_record), sample)
    skip = 1 if has_sep_line else 0
    preamble = _preamble_rows(records, width, skip)
    rest = [record for record in records[preamble:] if record.cells]
    if not rest:
        return 0, 1, "The list has one row only; it is taken for the header."
    header, reason = _header_rows(_texts(rest[0]), [_texts(record) for record in rest[1:101]])
    return preamble, header, reason


def _texts(record: Record) -> list[str]:
    return [cell.decode("utf-8", "replace").strip() for cell in record.cells]


def _preamble_rows(records: Sequence[Record], width: int, skip: int) -> int:
    """Records before the first that is as wide as the list; a title of one filled cell does not count as wide."""
    for number, record in enumerate(records[:50]):
        if number < skip or record.blank:
            continue
        filled = sum(bool(cell.strip()) for cell in record.cells)
        wide = len(record.cells) >= max(2, width - 1) and filled * 2 > min(len(record.cells), width)
        if width == 1 or wide or len(record.cells) == width == 2:
            return number
    return skip


def _header_rows(first: Sequence[str], following: Sequence[Sequence[str]]) -> tuple[int, str]:
    if reason := _data_reason(first):
        return 0, reason
    if not following:
        return 1, "Header: the list has one row only. Set it to none if it is data."
    if not any(map(is_data, first)) and any(is_data(cell) for row in following for cell in row):
        return (
            1,
            "Header: the first row holds only words; below it are numbers, dates or e-mail addresses.",
        )
    words = {word for cell in first for word in re.split(r"[\W_]+", cell.casefold()) if word}
    if words & HEADER_WORDS:
        return 1, "Header: the first row holds names that columns often have."
    repeated = sum(cell in {row[at] for row in following if at < len(row)} for at, cell in enumerate(first) if cell)
    if repeated:
        return 0, "No header: cells of the first row come again below it."
    return 1, "Header: the first row looks no different from names of columns. Set it to none if it is data."


def _data_reason(first: Sequence[str]) -> str:
    """Why the first row is data; empty when it may be a header."""
    shapes = [shape_of(cell) for cell in first if cell]
    if "e-mail" in shapes:
        return "No header: the first row holds an e-mail address."
    if 2 * sum(map(is_data, first)) >= max(1, len(shapes)):
        return "No header: the first row holds numbers or dates."
    return ""


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
            f"{trial.width} columns in {trial.steady:.0%} of the sampled rows"
            + (", and the first line names it" if named else ""),
        )
        for trial in ranked
    )


def _quote_choices(trials: Sequence[_Trial], delimiter: str) -> tuple[Choice, ...]:
    ranked = sorted((t for t in trials if t.delimiter == delimiter), key=lambda trial: -trial.score)
    best = {trial.quote: trial for trial in reversed(ranked)}
    choices = [
        Choice(trial.quote, round(trial.score, 3), f"{trial.width} columns in {trial.steady:.0%} of the sampled rows")
        for trial in sorted(best.values(), key=lambda trial: -trial.score)
    ]
    return tuple(choices)
