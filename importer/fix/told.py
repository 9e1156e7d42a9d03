"""What came of a fixed file, in numbers and in words."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

SHOWN_ROWS = 20
"""Row numbers named in one sentence; the rest are counted."""

REFUSED_WORDS = {
    "unknown": ("is not in the list", "are not in the list"),
    "twice": ("is in the file twice with different cells", "are in the file twice with different cells"),
    "written": ("is in the table already", "are in the table already"),
    "pending": ("waits to be sent already", "wait to be sent already"),
    "skipped": ("was left out", "were left out"),
    "unchanged": ("is in the table already", "are in the table already"),
    "duplicate": ("lost to another row with the same key", "lost to other rows with the same key"),
    "ready": ("is ready already", "are ready already"),
}
"""Why a row of the file was not touched → the words for one row and for several."""


@dataclass(frozen=True)
class FixOutcome:
    """What came of a fixed file. Rows: `changed` were taken, `unchanged` came back as they went, `refused` (why →
    row numbers) were left alone. Of the changed ones `passed` are ready to be sent, `rejected`, `duplicate` and
    `skipped` are not. `round` 0: nothing was merged into a run."""

    changed: int = 0
    unchanged: int = 0
    refused: dict[str, tuple[int, ...]] = field(default_factory=dict)
    passed: int = 0
    rejected: int = 0
    duplicate: int = 0
    skipped: int = 0
    rewritten: int = 0
    no_row: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    lost_columns: tuple[str, ...] = ()
    still_ragged: tuple[int, ...] = ()
    round: int = 0

    @property
    def sentence(self) -> str:
        """`38 rows changed, 2 unchanged, 1 row number not known.`"""
        parts = [f"{_count(self.changed, 'row')} changed", f"{self.unchanged:,} unchanged"]
        unknown = len(self.refused.get("unknown", ()))
        others = sum(map(len, self.refused.values())) - unknown
        if others:
            parts.append(f"{others:,} left alone")
        if unknown:
            parts.append(f"{_count(unknown, 'row number')} not known")
        return f"{', '.join(parts)}."

    @property
    def result(self) -> str:
        """`30 rows can be sent, 7 still rejected, 1 duplicate.`; empty when nothing was merged into a run."""
        if not self.round:
            return ""
        counts = (("still rejected", self.rejected), ("duplicate", self.duplicate), ("left out", self.skipped))
        parts = [f"{_count(self.passed, 'row')} can be sent"]
        return f"{', '.join(parts + [f'{count:,} {word}' for word, count in counts if count])}."

    @property
    def notes(self) -> tuple[str, ...]:
        """What else there is to say, a sentence each: row numbers, column names, never a cell."""
        return tuple(self._refused_notes() + self._file_notes())

    def _refused_notes(self) -> list[str]:
        said = [(rows, REFUSED_WORDS[why][len(rows) > 1]) for why, rows in self.refused.items()]
        return [f"{_rows(rows)} {words}; left alone." for rows, words in said]

    def _file_notes(self) -> list[str]:
        told = []
        if self.no_row:
            told.append(
                f"{_count(len(self.no_row), 'line')} of the file without a row number in _row: "
                f"{_numbers(self.no_row)}. Nothing was taken from there."
            )
        if self.missing:
            told.append(f"Not in the file, so left as they are: {_names(self.missing)}.")
        if self.added:
            told.append(f"Not columns of the list, so passed over: {_names(self.added)}.")
        if self.lost_columns:
            told.append(
                f"A step drops or splits {_names(self.lost_columns)}: what changed there was not taken. "
                "Undo that step and send the file again."
            )
        if self.rewritten:
            told.append(
                f"{_count(self.rewritten, 'cell')} came back as a spreadsheet rewrites them (zeros in front, plus "
                "signs, long numbers, dates, letters); the list's own text was kept."
            )
        if self.still_ragged:
            told.append(
                f"{_rows(self.still_ragged)} came with too many or too few cells and stays held back until you "
                "accept it under Row by row."
            )
        return told

    def to_dict(self) -> dict[str, object]:
        """Plain JSON types, the sentences included."""
        return asdict(self) | {"sentence": self.sentence, "result": self.result, "notes": list(self.notes)}


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _rows(rows: tuple[int, ...]) -> str:
    return f"{'Row' if len(rows) == 1 else 'Rows'} {_numbers(rows)}"


def _numbers(rows: tuple[int, ...]) -> str:
    shown = ", ".join(f"{row:,}" for row in rows[:SHOWN_ROWS])
    return shown if len(rows) <= SHOWN_ROWS else f"{shown} and {len(rows) - SHOWN_ROWS:,} more"


def _names(names: tuple[str, ...]) -> str:
    shown = ", ".join(f'"{name}"' for name in names[:SHOWN_ROWS])
    return shown if len(names) <= SHOWN_ROWS else f"{shown} and {len(names) - SHOWN_ROWS:,} more"
