"""The reject file comes back: what a person fixed in it becomes steps, or a round of rows merged into its run."""

from importer.fix.arrival import arrived
from importer.fix.before import FixedBefore, fixed_before, write_rows_to_fix
from importer.fix.cells import Came, Returned, is_rewritten, returned
from importer.fix.fixed_file import FixedFile, read_fixed
from importer.fix.merge import merge_fixed
from importer.fix.told import FixOutcome

__all__ = [
    "Came",
    "FixOutcome",
    "FixedBefore",
    "FixedFile",
    "Returned",
    "arrived",
    "fixed_before",
    "is_rewritten",
    "merge_fixed",
    "read_fixed",
    "returned",
    "write_rows_to_fix",
]
