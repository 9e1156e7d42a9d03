"""Small files read whole, record by record, without the guesses that a list gets: no footer, no second table."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from importer.errors import SourceError
from importer.intake.apart import texts
from importer.intake.dialect import Dialect
from importer.intake.feed import MAX_RECORD_BYTES, Block, Feed, open_source
from importer.intake.grammar import Grammar
from importer.intake.members import plain_source
from importer.intake.tokenizer import Tokenizer

MOST_BYTES = 256 * 1024 * 1024
"""A larger file is refused: it would be held in memory several times over."""


class FewRecord(NamedTuple):
    """One record: its 1-based number in the file (blank ones count), its cells, its reading problems by code."""

    number: int
    cells: list[str]
    codes: tuple[str, ...]


def read_few(source: Path, dialect: Dialect, width: int = 0) -> list[FewRecord]:
    """Every record that is not blank. `width` is the number of cells a record should have (0: not known).

    Raises SourceError: gone, larger than MOST_BYTES, or with a line of more than MAX_RECORD_BYTES.
    """
    plain = plain_source(source, dialect.member)
    if plain.stat().st_size > MOST_BYTES:
        raise SourceError(
            f"The file has {plain.stat().st_size:,} bytes; at most {MOST_BYTES:,} are read at a time. "
            "Send the rows in several files."
        )
    with open_source(plain) as stream:
        blocks = list(Feed(stream, dialect.encoding, record_end=dialect.record_end))
    if not all(isinstance(block, Block) for block in blocks):
        raise SourceError(f"The file has a line of more than {MAX_RECORD_BYTES:,} bytes. Leave that row out.")
    text = b"".join(block.text for block in blocks if isinstance(block, Block))
    records = Tokenizer(Grammar.of(dialect, width), MAX_RECORD_BYTES).records(text, 0, len(text))
    return [
        FewRecord(number, texts(record), record.codes)
        for number, record in enumerate(records, 1)
        if record.cells and not record.blank
    ]
