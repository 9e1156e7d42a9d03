"""Typed columns → put requests as bytes, column by column: no Python per cell, little per row."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.check import TypedColumn, entries, entry_pieces, is_whole, item_sizes, write_units
from importer.errors import FatalError

_HEAD = '{"PutRequest":{"Item":{'
_TAIL = "}}},"


class PutRange(Sequence[bytes]):
    """Put requests that lie one after another in one buffer, a comma after each. `joined` costs one slice."""

    __slots__ = ("_data", "_ends", "_first", "_last")

    def __init__(self, data: memoryview, ends: Sequence[int], first: int, last: int) -> None:
        """`ends[i]:ends[i + 1]` are the bytes of put `i` with its comma; the range is `first:last`."""
        self._data, self._ends, self._first, self._last = data, ends, first, last

    def __reduce__(self) -> tuple[Any, ...]:
        """For another process: the bytes and numbers of the range alone, as buffers that are not copied again."""
        ends: np.ndarray = np.array(self._ends[self._first : self._last + 1], dtype=np.int64)
        data = self._data[int(ends[0]) : int(ends[-1])]
        return _range_of, (pickle.PickleBuffer(data), ends - ends[0])

    def __len__(self) -> int:
        return self._last - self._first

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> PutRange: ...
    def __getitem__(self, index: int | slice) -> bytes | PutRange:
        if isinstance(index, slice):
            first, last, step = index.indices(len(self))
            if step != 1:
                raise ValueError("Puts are cut only into runs of neighbours.")
            return PutRange(self._data, self._ends, self._first + first, self._first + max(first, last))
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        at = self._first + index % len(self)
        return bytes(self._data[self._ends[at] : self._ends[at + 1] - 1])

    @property
    def joined(self) -> bytes:
        """All puts of the range with commas between them."""
        return bytes(self.view)

    @property
    def view(self) -> memoryview:
        """The same, not copied."""
        first = self._ends[self._first]
        return self._data[first : max(first, self._ends[self._last] - 1)]

    @property
    def ends(self) -> Sequence[int]:
        """The byte place of each put of the whole buffer, one more than there are puts."""
        return self._ends


def _range_of(data: Any, ends: np.ndarray) -> PutRange:
    """A range that came from another process."""
    return PutRange(memoryview(data), ends.tolist(), 0, len(ends) - 1)


@dataclass(frozen=True)
class Puts:
    """One put request for each row: its JSON text, its item size by AWS's rules in bytes, its write units.

    `size_bytes` and `wcu` are int64 arrays, as long as `bodies`.
    """

    bodies: PutRange
    size_bytes: np.ndarray
    wcu: np.ndarray

    def __len__(self) -> int:
        return len(self.bodies)


def build_puts(columns: Sequence[TypedColumn], *, key: Sequence[str] = ()) -> Puts:
    """The put requests of all rows, in order. An absent cell is left out; a null cell is `{"NULL":true}`.

    With `key` (attribute names) two rows with the same key raise FatalError: the check's winner rule settles
    those, and a batch that holds one key twice would be refused whole.
    """
    if not columns:
        raise FatalError(
            "No column is mapped to an attribute, so there is nothing to write. Map one on the Columns page, or in "
            "the schema."
        )
    _refuse_repeated_keys([_arrow(column.text) for name in key for column in columns if column.attribute == name])
    ordered = sorted(columns, key=lambda column: not bool(np.all(column.present)))
    pieces = [piece for column in ordered for piece in _pieces(column)]
    if not bool(np.all(ordered[0].present)):
        joined = _join(pieces)
        pieces = [pc.utf8_slice_codeunits(joined, 1)]
    else:
        pieces[0] = _literal(pieces[0].as_py()[1:])
    whole = _join([_literal(_HEAD), *pieces, _literal(_TAIL)])
    sizes = item_sizes(columns, len(whole))
    return Puts(_put_range(whole), sizes, write_units(sizes))


def _refuse_repeated_keys(parts: list[Any]) -> None:
    if not parts:
        return
    whole = parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, _literal("\x00"))
    repeated = len(whole) - pc.count_distinct(whole).as_py()
    if repeated:
        raise FatalError(f"{repeated} of {len(whole)} rows repeat a key. Run the check again: it picks the winners.")


def _arrow(text: Any) -> Any:
    """The column's text as one Arrow array; pandas' own `str` columns hold it already."""
    array = pa.array(text, type=pa.large_string())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _literal(text: str) -> Any:
    return pa.scalar(text, pa.large_string())


def _join(pieces: list[Any]) -> Any:
    return pc.binary_join_element_wise(*pieces, _literal(""))


def _pieces(column: TypedColumn) -> list[Any]:
    """What to join for `,"name":{"S":"value"}`: prefix, values, suffix; or whole texts where cells are missing.

    A column that is complete gives three pieces (the first a scalar), so that only one join copies it.
    """
    if is_whole(column):
        pieces = entry_pieces(column)
        return pieces if len(pieces) > 1 else _led_by_comma(pa.repeat(pieces[0], len(column.present)))
    whole = entries(column)
    return _led_by_comma(whole) if bool(np.all(column.present)) else [_literal(""), whole]


def _led_by_comma(whole: Any) -> list[Any]:
    """The comma as a scalar of its own, so that the first column can lose it."""
    return [_literal(","), pc.utf8_slice_codeunits(whole, 1)]


def _put_range(whole: Any) -> PutRange:
    """The joined puts without copying them out of Arrow."""
    ends = np.frombuffer(whole.buffers()[1], dtype=np.int64)[whole.offset : whole.offset + len(whole) + 1]
    return PutRange(memoryview(whole.buffers()[2]), ends.tolist(), 0, len(whole))
