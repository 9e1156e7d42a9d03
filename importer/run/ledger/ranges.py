"""A set of positions kept as ranges: what a slice has settled, in a few numbers however many rows it has."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence


class PositionSet:
    """Whole numbers ≥ 0 as disjoint, ascending, never touching half-open ranges."""

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        self._starts: list[int] = []
        self._stops: list[int] = []
        for start, stop in ranges:
            self.add_range(start, stop)

    @classmethod
    def from_text(cls, text: str) -> PositionSet:
        """The reverse of `to_text`: `0-25,50-75` (stops are exclusive), empty for none."""
        parts = (part.split("-") for part in text.split(",") if part)
        return cls((int(start), int(stop)) for start, stop in parts)

    def to_text(self) -> str:
        """`0-25,50-75`, stops exclusive."""
        return ",".join(f"{start}-{stop}" for start, stop in self.ranges())

    def ranges(self) -> Iterator[tuple[int, int]]:
        """The ranges, ascending, stops exclusive."""
        return zip(self._starts, self._stops, strict=True)

    def __len__(self) -> int:
        """The number of positions, not of ranges."""
        return sum(self._stops) - sum(self._starts)

    def __contains__(self, position: int) -> bool:
        at = bisect_right(self._starts, position) - 1
        return at >= 0 and position < self._stops[at]

    def add(self, positions: Sequence[int]) -> int:
        """Take in `positions`; the number of those that were new. One step when they are consecutive."""
        if not positions:
            return 0
        first, last = positions[0], positions[-1]
        neighbours = range(first, last + 1)
        if positions == neighbours or tuple(positions) == tuple(neighbours):
            return self.add_range(first, last + 1)
        return sum(self.add_range(position, position + 1) for position in positions)

    def add_range(self, start: int, stop: int) -> int:
        """Take in start … stop - 1; the number of those that were new."""
        if stop <= start:
            return 0
        low = bisect_left(self._stops, start)
        high = bisect_right(self._starts, stop)
        known = 0
        new_start, new_stop = start, stop
        for at in range(low, high):
            known += max(0, min(stop, self._stops[at]) - max(start, self._starts[at]))
            new_start = min(new_start, self._starts[at])
            new_stop = max(new_stop, self._stops[at])
        self._starts[low:high] = [new_start]
        self._stops[low:high] = [new_stop]
        return stop - start - known

    def missing(self, size: int) -> Iterator[tuple[int, int]]:
        """The ranges of 0 … size - 1 that are not in the set, ascending."""
        at = 0
        for start, stop in self.ranges():
            if start >= size:
                break
            if start > at:
                yield at, start
            at = stop
        if at < size:
            yield at, size
