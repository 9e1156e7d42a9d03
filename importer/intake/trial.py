"""One way to read the samples of a list, tried with the tolerant tokenizer, and what speaks for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import or_

from importer.intake.candidates import USUAL
from importer.intake.cells import is_data, shape_of
from importer.intake.dialect import Dialect
from importer.intake.grammar import Grammar
from importer.intake.tokenizer import Record, Tokenizer

SAMPLE_RECORDS = 200
"""Records looked at in each sample."""

FEWEST_INSIDE = 3
"""Records, and cells of each, that are a table though most lines around them have one cell."""

SENSE_RECORDS = 100
SENSE_COLUMNS = 60
"""Of the records that fit, spread over all, cells are looked at: these bound the time for lists of many columns."""

ONE_COLUMN_SCORE = 0.45
"""What a reading as one column gets when all is well: below any regular table, above an irregular one."""

WEIGHTS = {" ": 0.6, ":": 0.8, "#": 0.9, "&": 0.9, "^": 0.95, "~": 0.95}
"""Of signs that words and addresses hold anyway; 1 for others."""

_QUOTE_CODES = frozenset({"unclosed_quote", "stray_quote"})

_OPENS = re.compile(r" *[\"']")
_WRAPPED = re.compile(rb" *([\"'])(?:.*[^ ])?\1 *$", re.DOTALL)
_EDGED = re.compile(r"^[ ,;|^~#:]|[,;|^~#] *$")
"""Cells that begin with a quote, or keep a piece of a separator at an edge, tell of a wrong reading."""


@dataclass(frozen=True)
class Trial:
    """What came of it.

    `steady`: the share of records with the width that most have; `alike`: with that of the record before or after, so
    that a file of sections of different shapes is told from a ragged one. `quoted` and `stray`: records with quotes
    that are all in their place, and with others. `wrapped` and `opened`: cells that keep quotes around them, or begin
    with `"`. `cells`: some of the records that fit, as text. `first_width`: cells of the very first record.
    """

    delimiter: str
    quote: str
    escape: str
    score: float = 0.0
    width: int = 1
    steady: float = 0.0
    alike: float = 0.0
    records: int = 0
    quoted: int = 0
    stray: int = 0
    wrapped: int = 0
    opened: int = 0
    first_width: int = 1
    cells: Sequence[Sequence[str]] = field(default=(), repr=False)

    def sentence(self) -> str:
        """What speaks for it, in plain words."""
        columns = "1 column" if self.width == 1 else f"{self.width:,} columns"
        return f"{columns} in {100 * self.steady:.0f} % of the sampled rows"


def try_reading(samples: Sequence[bytes], delimiter: str, quoting: tuple[str, str], max_record: int) -> Trial:
    """The samples read with a delimiter, a quote and an escape. Lines of comments count for nothing, unless hardly
    another is there."""
    quote, escape = quoting
    tokenizer = Tokenizer(Grammar.of(Dialect(delimiter=delimiter, quote=quote, escape=escape)), max_record)
    every = [(s, r) for s in samples for r in some_records(tokenizer, s) if r.cells]
    bare = [(s, r) for s, r in every if not r.cells[0].lstrip(b" ").startswith(b"#")] if delimiter != "#" else every
    pairs = _without_edges(bare if len(bare) > 1 else every)
    if not pairs:
        return Trial(delimiter, quote, escape)
    records = [record for _, record in pairs]
    widths = Counter(len(record.cells) for record in records)
    width, _ = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[1]))
    if widths[width] * 2 < len(records):
        width, _ = widths.most_common(1)[0]
    steady = widths[width] / len(records)
    cells = _some_cells([record for record in records if len(record.cells) == width])
    clean = sum(not record.codes for record in records) / len(records)
    structure = ONE_COLUMN_SCORE if width == 1 else (1.0 - 0.25 / width) * _weight(delimiter, width, steady)
    sign = quote.encode()
    with_quotes = [record for sample, record in pairs if sign and sample.find(sign, record.start, record.end) >= 0]
    stray = sum(not _QUOTE_CODES.isdisjoint(record.codes) for record in with_quotes)
    return Trial(
        delimiter,
        quote,
        escape,
        structure * (0.25 + 0.75 * steady**2) * (0.4 + 0.6 * _sense(cells)) * (0.7 + 0.3 * clean),
        width,
        steady,
        _alike([len(record.cells) for record in records]),
        len(records),
        len(with_quotes) - stray,
        stray,
        sum(bool(_WRAPPED.match(cell)) for record in records for cell in record.cells),
        sum(cell.lstrip(b" ").startswith(b'"') for record in records for cell in record.cells),
        len(records[0].cells),
        cells,
    )


def _without_edges(pairs: list[tuple[bytes, Record]]) -> list[tuple[bytes, Record]]:
    """The records without lines of one cell above and below them, where those are most: a title and remarks around a
    few contacts. These are of one width, and hold data, which sentences with as many commas do not."""
    cut = [at for at, (_, record) in enumerate(pairs) if len(record.cells) > 1]
    inside = pairs[cut[0] : cut[-1] + 1] if cut else []
    widths = {len(record.cells) for _, record in inside}
    is_table = len(inside) >= FEWEST_INSIDE and len(widths) == 1 and max(widths) >= FEWEST_INSIDE
    if not is_table or 2 * len(inside) > len(pairs) or _are_cut_alike(pairs[: cut[0]] + pairs[cut[-1] + 1 :]):
        return pairs
    rows = [[is_data(cell.decode("utf-8", "replace")) for cell in record.cells] for _, record in inside[1:]]
    return inside if all(map(any, rows)) else pairs


def _are_cut_alike(pairs: list[tuple[bytes, Record]]) -> bool:
    """Whether a usual delimiter stands as often in each of several lines that follow each other."""
    lines = [sample[record.start : record.end] for sample, record in pairs]
    for sign in USUAL:
        counts = [line.count(sign.encode()) for line in lines]
        if any(one == other == third > 0 for one, other, third in zip(counts, counts[1:], counts[2:], strict=False)):
            return True
    return False


def _alike(widths: Sequence[int]) -> float:
    """The share of records that are cut, and into as many cells as a neighbour."""
    same = [one == other > 1 for one, other in pairwise(widths)]
    return sum(map(or_, [*same, False], [False, *same])) / len(widths)


def some_records(tokenizer: Tokenizer, sample: bytes) -> list[Record]:
    """The first SAMPLE_RECORDS records."""
    records = []
    for record in tokenizer.records(sample, 0, len(sample)):
        records.append(record)
        if len(records) >= SAMPLE_RECORDS:
            break
    return records


def _weight(delimiter: str, width: int, steady: float) -> float:
    """The weight of a sign; one that words hold anyway but that cuts every record alike is trusted nearly as any."""
    weight = WEIGHTS.get(delimiter, 1.0)
    return max(weight, 0.9) if width >= 4 and steady > 0.97 else weight


def _some_cells(records: Sequence[Record]) -> list[list[str]]:
    """Cells as text, of records and columns spread over all."""
    rows = records[:: max(1, len(records) // SENSE_RECORDS)]
    step = max(1, len(rows[0].cells) // SENSE_COLUMNS) if rows else 1
    return [[cell.decode("utf-8", "replace") for cell in record.cells[::step]] for record in rows]


def _sense(rows: Sequence[Sequence[str]]) -> float:
    """The share of cells that look like something; text with separators left in it counts little, quotes nothing."""
    worth = {"text": 0.9, "empty": 0.8, "mixed": 0.4}
    total, count = 0.0, 0
    for row in rows:
        for cell in row:
            edged = 0.5 if _EDGED.search(cell) else 1.0
            total += 0.0 if _OPENS.match(cell) else worth.get(shape_of(cell), 1.0) * edged
            count += 1
    return total / count if count else 0.0
