"""What unpacking a source may take: bytes and time, in proportion to its size.

A list that is packed or a workbook costs about as much as it is large; one that was made to take a machine down costs
as much as somebody likes. Plain lists are not bounded: they cost what their size needs.
"""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from importer.errors import RunCancelled, SourceError
from importer.intake.feed import open_source

PLAIN_MARK = "-plain-"
"""Between the name of a source and what tells its plain lists apart, which lie beside it."""


@dataclass(frozen=True)
class UnpackLimits:
    """Unpacked bytes at most, and how many times the packed size they may be once past `free_bytes`. Seconds of the
    processor at most: `free_s`, and so many for each megabyte of the source.

    A workbook of 1 GB unpacks to some 10 GB of XML, which takes 100 to 250 s; where no row is written in the usual
    way each is parsed alone, which takes up to 2 s a megabyte."""

    size_bytes: int = 32 * 1024**3
    ratio: int = 200
    free_bytes: int = 32 * 1024 * 1024
    free_s: float = 6.0
    megabyte_s: float = 3.0


DEFAULT_LIMITS = UnpackLimits()


class Effort:
    """Counts what one source costs, with all that lies in it, and refuses too much. `clock`: seconds of the processor
    that this thread took, so that a busy machine refuses no list."""

    def __init__(
        self, source: Path, limits: UnpackLimits = DEFAULT_LIMITS, *, clock: Callable[[], float] = time.thread_time
    ) -> None:
        self.name = source.name
        self._limits = limits
        self._clock = clock
        self._began = clock()
        self._elsewhere_s = 0.0
        self.size_bytes = source.stat().st_size
        self.allowed_s = limits.free_s + limits.megabyte_s * self.size_bytes / 1_000_000
        self._made: list[Path] = []

    @property
    def left_s(self) -> float:
        """Seconds of the processor that may still be taken; below 0 when there are none."""
        return self.allowed_s - self._elsewhere_s - (self._clock() - self._began)

    def spent_elsewhere(self, seconds: float) -> None:
        """Another process took so long for it."""
        self._elsewhere_s += seconds

    def check_time(self) -> None:
        """Raises SourceError when there is no time left."""
        if self.left_s < 0:
            raise self.too_long()

    def too_long(self) -> SourceError:
        """The refusal."""
        return SourceError(
            f'The file "{self.name}" takes more than {self.allowed_s:,.0f} s to unpack for its {self.size_bytes:,} '
            "bytes: no list does. Save the list alone as CSV UTF-8, without empty rows below it, then import that."
        )

    def made(self, path: Path) -> None:
        """A file was made on the way; it goes if the whole fails."""
        self._made.append(path)

    def take_back(self) -> None:
        """Remove what was made on the way."""
        for path in self._made:
            path.unlink(missing_ok=True)


_NOW: ContextVar[Effort | None] = ContextVar("effort", default=None)

_REFUSED: OrderedDict[tuple[object, ...], str] = OrderedDict()
"""Why what was asked of a file was refused, as long as the file is the same."""

MOST_REFUSED = 256

WORTH_KEEPING_S = 0.5
"""A refusal that took so long is kept: a page asks again at each click."""


@contextmanager
def effort_for(source: Path, limits: UnpackLimits = DEFAULT_LIMITS, *, asked: str = "") -> Iterator[Effort]:
    """The effort that counts now: that of the source in which this one lies, else its own. When a source is refused,
    nothing that was made of it stays. `asked`: what for; what was refused at length is refused again at once."""
    outer = _NOW.get()
    if outer is not None:
        yield outer
        return
    with open_source(source) as stream:
        stamp = os.fstat(stream.fileno())
    key = (source, stamp.st_size, stamp.st_mtime_ns, stamp.st_ino, asked)
    if asked and key in _REFUSED:
        raise SourceError(_REFUSED[key])
    effort = Effort(source, limits)
    token = _NOW.set(effort)
    try:
        yield effort
    except BaseException as error:
        effort.take_back()
        if asked and type(error) is SourceError and effort.allowed_s - effort.left_s > WORTH_KEEPING_S:
            _REFUSED[key] = str(error)
            while len(_REFUSED) > MOST_REFUSED:
                _REFUSED.popitem(last=False)
        raise
    finally:
        _NOW.reset(token)


class Gauge:
    """Counts the bytes that one layer of a source unpacks to, and looks at the time."""

    def __init__(
        self,
        source: Path,
        limits: UnpackLimits,
        effort: Effort,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._name = source.name
        self._packed = max(1, source.stat().st_size)
        self._limits = limits
        self._effort = effort
        self._cancelled = cancelled
        self._size = 0

    def count(self, size: int) -> None:
        """So many bytes more. Raises SourceError: too many, or too long. RunCancelled."""
        self._size += size
        if self._cancelled is not None and self._cancelled():
            raise RunCancelled("Unpacking was cancelled; nothing was kept.")
        allowed = min(max(self._limits.free_bytes, self._packed * self._limits.ratio), self._limits.size_bytes)
        if self._size > allowed:
            raise SourceError(
                f'The file "{self._name}" unpacks to more than {allowed:,} bytes, '
                f"over {self._size // self._packed:,} times its size: no list does. Save the list alone as CSV "
                "UTF-8, then import that."
            )
        self._effort.check_time()
