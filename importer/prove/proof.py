"""Everything that a person takes away after a run, in one call."""

from __future__ import annotations

from importer.prove.receipt import totals, write_receipt
from importer.prove.rejects import write_duplicate_file, write_reject_file, write_spreadsheet_rejects
from importer.prove.sums import Totals
from importer.run import RunFolder


def write_proof(folder: RunFolder) -> Totals:
    """Reject file, its variant for spreadsheets, duplicates and receipt, all anew; the totals."""
    write_reject_file(folder)
    write_spreadsheet_rejects(folder)
    write_duplicate_file(folder)
    write_receipt(folder)
    return totals(folder)
