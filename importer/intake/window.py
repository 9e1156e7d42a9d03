"""The text that is not read yet, over one or more blocks, with the way back to the source's bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from importer.intake.feed import Block, Gap
from importer.intake.problems import ReadingProblem


@dataclass
class Window:
    """Text that is not read yet: what is left of one or more blocks."""

    blocks: Iterator[Block | Gap]
    text: bytes = b""
    at: int = 0
    gap: Gap | None = None
    at_end: bool = False
    held: deque[tuple[int, Block]] = field(default_factory=deque)

    def fill(self, size: int, spare: int = 0) -> None:
        """Hold at least `size` unread bytes, unless the text ends (at a gap or for good) before; where it has to be
        put together anew, `spare` bytes more, so that this is seldom."""
        pieces, unread = list[memoryview](), len(self.text) - self.at
        wanted = size + spare if unread < size else 0
        while unread < wanted and not self.at_end:
            item = next(self.blocks, None)
            if item is None or isinstance(item, Gap):
                self.gap, self.at_end = item, True
                break
            if not pieces:
                pieces = [memoryview(self.text)[self.at :]]
                held = ((start - self.at, block) for start, block in self.held)
                self.held, self.at = deque(one for one in held if one[0] + len(one[1].text) > 0), 0
            self.held.append((unread, item))
            pieces.append(memoryview(item.text))
            unread += len(item.text)
        if pieces:
            self.text = self.held[0][1].text if len(self.held) == 1 else b"".join(pieces)

    def block_here(self) -> Block | None:
        """The block that begins where the unread text does, if one does."""
        return next((block for start, block in self.held if start == self.at), None)

    @property
    def block_end(self) -> int:
        """Where the block ends in which the unread text begins."""
        ends = (start + len(block.text) for start, block in self.held)
        return next((end for end in ends if end > self.at), len(self.text))

    def pass_gap(self) -> Gap | None:
        """The gap that ended the text, if one did; reading may go on after it."""
        gap, self.gap = self.gap, None
        self.at_end = gap is None
        return gap

    def to_source(self, ends: Any) -> Any:
        """Source offsets of ascending offsets in `text`, each after a line end or at the end."""
        ends = np.asarray(ends, dtype=np.int64)
        out: Any = np.empty(len(ends), dtype=np.int64)
        first = 0
        for start, block in self.held:
            last = int(np.searchsorted(ends, start + len(block.text), side="right"))
            out[first:last] = block.to_source(ends[first:last] - start)
            first = max(first, last)
        return out

    def take_problems(self, byte_end: int) -> list[ReadingProblem]:
        """Problems of decoding that begin before `byte_end`, each handed out once."""
        return [found for _, block in self.held for found in block.decoded.problems if found.byte_start < byte_end]
