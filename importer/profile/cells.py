"""A column of a chunk as text, and what counts as blank in it."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

WHITE_SPACE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""What Python's `str.isspace` says yes to: Unicode's White_Space and the four separators U+001C to U+001F."""

SPACES = WHITE_SPACE + "\u180e\u200b\u200c\u200d\u2060\ufeff"
"""What counts as a space at the ends of a cell: also the signs of no width that spreadsheets and web pages leave
behind (Mongolian separator, zero-width space, non-joiner, joiner, word joiner, byte order mark)."""


def column_text(frame: pd.DataFrame, column: str) -> pa.Array:
    """The cells of `column` as one contiguous `large_string` array, in row order; shares memory where it can."""
    return as_text(frame[column])


def as_text(series: pd.Series) -> pa.Array:
    """A `str` series as one contiguous `large_string` array."""
    array = pa.array(series, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array if array.type == pa.large_string() else array.cast(pa.large_string())


def trim(cells: pa.Array) -> pa.Array:
    """The cells without the spaces at their ends."""
    return pc.utf8_trim(cells, characters=SPACES)


def is_blank(cells: pa.Array) -> pa.Array:
    """Where a cell is empty or holds nothing but spaces."""
    return pc.equal(trim(cells), "")
