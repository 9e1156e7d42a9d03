"""The records of a part on the tolerant road: those of sure lines as columns, the others read one by one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from importer.intake.part_table import columns_of, surplus_of
from importer.intake.sure_lines import SureLines
from importer.intake.tokenizer import Record, Tokenizer


class SureRecords(NamedTuple):
    """`places` (ascending) among all records of those that were sure lines, their cells in `columns`, and which of
    them have a quote inside a cell (`stray`, a mask)."""

    places: Any
    columns: list[Any]
    stray: Any


class Text(NamedTuple):
    """A text and how it is cut."""

    whole: bytes
    tokenizer: Tokenizer

    def records(self, start: int, stop: int) -> Iterator[Record]:
        """Records that begin in [start, stop), read one by one."""
        return self.tokenizer.records(self.whole, start, stop)

    def record(self, start: int) -> Record:
        """The record that begins at `start`."""
        return next(self.records(start, start + 1))


class Records:
    """Records in order. `starts` and `ends` (int64) are their offsets in the text; `odd`: place → record of all that
    are no sure lines. A record that is one is read where it is asked for, and gives the same cells."""

    def __init__(self, text: Text, spans: tuple[Any, Any], odd: dict[int, Record], sure: SureRecords) -> None:
        self._text = text
        self._read: dict[int, Record] = {}
        self.starts, self.ends = spans
        self.odd, self.sure = odd, sure

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, at: int) -> Record:
        record = self.odd.get(at) or self._read.get(at)
        if record is None:
            start = int(self.starts[at])
            record = self._read[at] = self._text.record(start)
        return record

    def beyond(self) -> Iterator[Record]:
        """The records behind these."""
        return self._text.records(int(self.ends[-1]), len(self._text.whole))

    def has_code(self, code: str) -> bool:
        """Whether a record has it; of sure lines none has but `stray_quote`."""
        return any(code in record.codes for record in self.odd.values())

    def blank(self) -> Any:
        """Which records are blank."""
        mask: Any = np.zeros(len(self), dtype=bool)
        mask[[at for at, record in self.odd.items() if record.blank]] = True
        return mask

    def with_joined(self, joined: Mapping[int, Record], gone: Iterable[int]) -> tuple[Records, Any]:
        """The records with some in the place of others and without those `gone`; and which places stay."""
        stays: Any = np.ones(len(self), dtype=bool)
        stays[list(gone)] = False
        places, later = np.flatnonzero(stays), np.cumsum(stays) - 1
        odd = {int(later[at]): record for at, record in {**self.odd, **joined}.items() if stays[at]}
        whole = stays.copy()
        whole[list(joined)] = False
        sure = self.sure
        is_left = whole[sure.places]
        columns = [column.filter(pa.array(is_left)) for column in sure.columns]
        sure = SureRecords(later[sure.places[is_left]], columns, sure.stray[is_left])
        ends = self.ends[places]
        for at, record in joined.items():
            ends[later[at]] = record.end
        return Records(self._text, (self.starts[places], ends), odd, sure), places

    def columns(self, kept: Any, changed: Mapping[int, Record], width: int) -> tuple[list[Any], Any]:
        """The first `width` cells of the `kept` records (a mask) as columns, and the cells past them; `changed`:
        place → a record that stands for what was read."""
        read = {**self.odd, **changed}
        odd = sorted(at for at in read if kept[at])
        cells = [read[at].cells for at in odd]
        stands = kept[self.sure.places] & ~np.isin(self.sure.places, list(changed))
        is_whole = bool(stands.all())
        columns = [column if is_whole else column.filter(pa.array(stands)) for column in self.sure.columns[:width]]
        past = pa.nulls(int(stands.sum()), pa.string())
        if not len(past):
            return columns_of(cells, width), surplus_of(cells, width)
        if not odd:
            return columns, past
        order = pa.array(np.argsort(np.concatenate((self.sure.places[stands], odd)), kind="stable"))
        both = zip([*columns, past], [*columns_of(cells, width), surplus_of(cells, width)], strict=True)
        *columns, past = (pa.concat_arrays(pieces).take(order) for pieces in both)
        return columns, past


def read_records(text: Text, start: int, stop: int, lines: SureLines | None, most_more: int) -> Records:
    """The records that begin in [start, stop), and up to `most_more` behind them, to the end of what line ends may
    have cut. `lines`: the sure ones of them."""
    places: Any = np.empty(0, np.int64)
    starts, ends, columns, stray = places, places, list[Any](), places == 1
    if lines is None:
        odd = list(text.records(start, stop))
    else:
        odd, stays = _others(text, start, stop, lines)
        columns, stray = lines.columns(stays), lines.stray[stays]
        starts, ends = np.concatenate(([start], lines.ends[:-1]))[stays], lines.ends[stays]
    end = max(int(ends[-1]) if len(ends) else start, odd[-1].end if odd else start)
    odd += _pieces(text, end, odd[-1] if odd and odd[-1].end == end else None, most_more)
    spans: Any = np.array([(record.start, record.end) for record in odd], dtype=np.int64).reshape(-1, 2)
    places = np.searchsorted(starts, spans[:, 0])
    spans = np.insert(starts, places, spans[:, 0]), np.insert(ends, places, spans[:, 1])
    places = places + np.arange(len(odd))
    is_sure: Any = np.ones(len(spans[0]), dtype=bool)
    is_sure[places] = False
    sure = SureRecords(np.flatnonzero(is_sure), columns, stray)
    return Records(text, spans, dict(zip(places.tolist(), odd, strict=True)), sure)


def _pieces(text: Text, start: int, last: Record | None, most: int) -> Iterator[Record]:
    """The records from `start` on that may be pieces of the `last` one before (None: it is whole)."""
    for record in islice(text.records(start, len(text.whole)), most):
        is_open = last is not None and (last.blank or "row_too_short" in last.codes)
        if not is_open and (len(record.cells) != 1 or "row_too_short" not in record.codes):
            return
        yield record
        last = record


def _others(text: Text, start: int, stop: int, lines: SureLines) -> tuple[list[Record], Any]:
    """The records that are no sure lines; and which lines stay sure: one over several lines takes all of them."""
    out: list[Record] = []
    stays, ends, at = lines.sure.copy(), lines.ends, start
    odd = np.flatnonzero(~stays)
    begins = np.concatenate(([start], ends[:-1]))[odd].tolist()
    for line, begin in zip(odd.tolist(), begins, strict=True):
        if begin < at:
            continue
        at, last = begin, line
        while True:
            out.append(text.record(at))
            at = out[-1].end
            last += int(np.searchsorted(ends[last:], at))
            if last == len(ends) or ends[last] == at:
                break
        stays[line : last + 1] = False
    out += text.records(max(at, int(ends[-1])), stop)
    return out, stays
