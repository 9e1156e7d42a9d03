"""Numbers and days that can be read in two ways: which reading the cells themselves bear out. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from importer.clean import Operation, ParseDates, ParseNumbers, Replace

THOUSANDS = (r"^([+-]?[0-9]{1,3}),([0-9]{3})(?:,([0-9]{3}))?(\.[0-9]+)?$", r"\1\2\3\4")
DECIMAL_COMMA = (r"^([+-]?[0-9]+),([0-9]{1,2})$", r"\1.\2")
"""Pattern and replacement: a comma before three digits, and before one or two."""


DECIMAL_BESIDE = {".": ",", ",": ".", "'": ".", " ": ","}
"""The decimal mark that goes with a mark of thousands."""


def number_step(column: str, mark: str, *, thousands: bool) -> ParseNumbers:
    """The step for what a person said of numbers with three digits after `mark`: it is one of thousands, or a decimal
    one. Raises ConfigError for a decimal mark that is neither a point nor a comma."""
    return ParseNumbers(column, DECIMAL_BESIDE[mark], mark) if thousands else ParseNumbers(column, mark, "")


class Readings:
    """Candidates and the cells each mends (`mended`, one mask a candidate). Settling takes cells away from candidates
    that would read them in a way that nothing bears out."""

    def __init__(self, candidates: Sequence[Operation], mended: list[np.ndarray], before: pd.DataFrame) -> None:
        self._candidates = candidates
        self._mended = mended
        self._before = before

    def settle_numbers(self) -> None:
        """No way of writing numbers that another reads otherwise, unless a cell with both signs bears it out."""
        styles = [at for at, one in enumerate(self._candidates) if isinstance(one, ParseNumbers)]
        sure = [at for at in styles if self._has_both_signs(at)]
        texts = {at: self._texts(at) for at in styles}
        doubtful = [
            at
            for at in styles
            if at not in sure and any(self._reads_otherwise(at, other, texts) for other in styles if other != at)
        ]
        for at in doubtful:
            self._mended[at] &= False
        if len(sure) > 1:
            for at in sure:
                self._mended[at] &= False
        self._settle_commas()

    def _settle_commas(self) -> None:
        """Where decimal commas are about, a comma before three digits may be one too."""
        places = {one.find: at for at, one in enumerate(self._candidates) if isinstance(one, Replace)}
        comma, thousands = places.get(DECIMAL_COMMA[0]), places.get(THOUSANDS[0])
        if comma is not None and thousands is not None and self._mended[comma].any():
            self._mended[thousands] &= False

    def settle_dates(self) -> Operation | None:
        """Day first or month first, by the cells that can only be one of them; neither where both occur.

        Comes back: month first, where nothing tells and day first stands in for both.
        """
        orders = {one.order: at for at, one in enumerate(self._candidates) if isinstance(one, ParseDates)}
        if not orders:
            return None
        day, month = self._mended[orders["dmy"]], self._mended[orders["mdy"]]
        day_only, month_only = bool((day & ~month).any()), bool((month & ~day).any())
        texts = {orders[order]: self._texts(orders[order]) for order in ("dmy", "mdy")}
        differ = self._reads_otherwise(orders["dmy"], orders["mdy"], texts)
        if day_only and month_only:
            day &= False
            month &= False
        elif day_only:
            month &= False
        elif month_only:
            day &= False
        elif differ:
            return self._candidates[orders["mdy"]]
        return None

    def _has_both_signs(self, at: int) -> bool:
        """Whether a cell it mends has thousands and decimals, as in 1.234,50."""
        style = self._candidates[at]
        if not isinstance(style, ParseNumbers) or not style.thousands:
            return False
        cells = self._before.iloc[:, 0][self._mended[at]]
        both = cells.str.contains(style.decimal, regex=False) & cells.str.contains(style.thousands, regex=False)
        return bool(both.any())

    def _texts(self, at: int) -> np.ndarray:
        return self._candidates[at].apply(self._before).iloc[:, 0].to_numpy(dtype=object)

    def _reads_otherwise(self, at: int, other: int, texts: dict[int, np.ndarray]) -> bool:
        both = self._mended[at] & self._mended[other]
        return bool((texts[at][both] != texts[other][both]).any())
