"""A column of cells as Arrow text and back; what counts as blank. Pure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.profile import SPACES


def arrow_text(cells: pd.Series) -> pa.Array:
    """The cells as one `large_string` array; shares memory where it can."""
    array = pa.array(cells, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array if array.type == pa.large_string() else array.cast(pa.large_string())


def as_mask(answers: pa.Array) -> np.ndarray:
    """An Arrow boolean array as a writable NumPy one."""
    mask: np.ndarray = answers.to_numpy(zero_copy_only=False).astype(bool)
    return mask


def text_series(texts: object, like: pd.Series) -> pd.Series:
    """Texts (an array, or Arrow's) as a `str` series with the index and name of `like`."""
    return pd.Series(texts, index=like.index, dtype="str", name=like.name)


def trimmed(cells: pd.Series) -> pd.Series:
    """The cells without the spaces at their ends that the operation Trim takes off too."""
    return text_series(pc.utf8_trim(arrow_text(cells), characters=SPACES), cells)


def filled(cells: pd.Series) -> np.ndarray:
    """True where a cell is not the empty text."""
    return as_mask(pc.not_equal(arrow_text(cells), ""))


def readable(cells: pd.Series) -> np.ndarray:
    """True where a cell holds more than spaces."""
    return as_mask(pc.not_equal(pc.utf8_trim(arrow_text(cells), characters=SPACES), ""))


def ask_unique(cells: pd.Series, test: Callable[[str], bool]) -> np.ndarray:
    """True where `test` holds, asked once for each distinct text of `cells`."""
    codes, texts = pd.factorize(cells)
    answers: np.ndarray = np.fromiter((test(text) for text in texts), dtype=bool, count=len(texts))
    return answers[codes] if len(texts) else np.zeros(len(cells), dtype=bool)
