"""The second process of an import: it checks chunks of the list and makes slices ready to be sent."""

from __future__ import annotations

import os

from importer.parallel import usable_cores
from importer.second_process import SecondProcess

WORTH_ROWS = 40_000
"""Fewer rows are sent before the process has loaded."""

WORTH_BYTES = 4_000_000
"""The same of a list that has not been read yet: about 100 bytes a row."""


class Preparer(SecondProcess):
    """Knows neither ledger nor credentials. A run without one works the same, on one core."""

    loads = ("importer.run.feed",)

    @classmethod
    def worth_it(cls, *, rows: int = 0, size_bytes: int = 0) -> bool:
        """Whether a list of so many rows or bytes is imported faster with a second process on this machine."""
        is_long = rows >= WORTH_ROWS or size_bytes >= WORTH_BYTES
        return is_long and os.name == "posix" and usable_cores() > 1
