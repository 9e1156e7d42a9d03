"""After a run: totals that add up, files of the rows that were not written, a receipt."""

from importer.prove.formulas import neutralised
from importer.prove.proof import write_proof
from importer.prove.receipt import told_round, totals, write_receipt
from importer.prove.record import LEADING, RecordWriter
from importer.prove.rejects import (
    ReasonCount,
    Reasoned,
    in_chunks,
    reason_counts,
    reasoned_rows,
    reject_header,
    write_duplicate_file,
    write_exact,
    write_for_spreadsheets,
    write_reject_file,
    write_rows_file,
    write_spreadsheet_rejects,
)
from importer.prove.sums import WORDS, Totals

__all__ = [
    "LEADING",
    "WORDS",
    "ReasonCount",
    "Reasoned",
    "RecordWriter",
    "Totals",
    "in_chunks",
    "neutralised",
    "reason_counts",
    "reasoned_rows",
    "reject_header",
    "told_round",
    "totals",
    "write_duplicate_file",
    "write_exact",
    "write_for_spreadsheets",
    "write_proof",
    "write_receipt",
    "write_reject_file",
    "write_rows_file",
    "write_spreadsheet_rejects",
]
