"""After a run: totals that add up, files of the rows that were not written, a receipt."""

from importer.prove.formulas import neutralised
from importer.prove.proof import write_proof
from importer.prove.receipt import totals, write_receipt
from importer.prove.rejects import (
    reasoned_rows,
    write_duplicate_file,
    write_reject_file,
    write_rows_file,
    write_spreadsheet_rejects,
)
from importer.prove.sums import WORDS, Totals

__all__ = [
    "WORDS",
    "Totals",
    "neutralised",
    "reasoned_rows",
    "totals",
    "write_duplicate_file",
    "write_proof",
    "write_receipt",
    "write_reject_file",
    "write_rows_file",
    "write_spreadsheet_rejects",
]
