"""The sum that proves a run: every row of the file in one bucket, or how many are missing."""

from __future__ import annotations

from dataclasses import dataclass

from importer.run import Buckets

WORDS = (
    ("written", "written"),
    ("unchanged", "unchanged"),
    ("skipped", "left out"),
    ("duplicate", "duplicate"),
    ("rejected", "rejected"),
    ("failed", "failed"),
    ("pending", "pending"),
)
"""Bucket → the word for it, in the order in which they are told; the pages and the command line say the same."""


@dataclass(frozen=True)
class Totals:
    """`missing` is rows of the file without a bucket: 0 in a run that adds up (negative: counted twice)."""

    buckets: Buckets
    source_rows: int

    @property
    def missing(self) -> int:
        """Rows of the file that no bucket has."""
        return self.source_rows - self.buckets.total

    @property
    def adds_up(self) -> bool:
        """True when every row of the file is in exactly one bucket."""
        return self.missing == 0

    @property
    def parts(self) -> str:
        """`1,812 written, 143 rejected, 45 duplicate`, empty buckets left out."""
        return ", ".join(self._parts())

    def _parts(self) -> list[str]:
        counts = self.buckets.to_dict()
        return [f"{counts[name]:,} {word}" for name, word in WORDS if counts[name]] or ["0 written"]

    @property
    def sentence(self) -> str:
        """`1,812 written + 143 rejected + 45 duplicate = 2,000 rows of the file.`, empty buckets left out."""
        parts = self._parts()
        total = f"{self.source_rows:,} {'row' if self.source_rows == 1 else 'rows'} of the file"
        if self.adds_up:
            return f"{' + '.join(parts)} = {total}."
        told = f"{self.missing:,} missing" if self.missing > 0 else f"{-self.missing:,} too many"
        return f"{' + '.join(parts)} = {self.buckets.total:,}, but there are {total}: {told}."
