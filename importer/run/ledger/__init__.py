"""The ledger of a run: its file, what is written to it, and what is read from it."""

from importer.run.ledger.fixes import FIXABLE, FixRound, Merge
from importer.run.ledger.ledger import IN_TABLE, Ledger

__all__ = ["FIXABLE", "IN_TABLE", "FixRound", "Ledger", "Merge"]
