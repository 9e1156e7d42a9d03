"""Any file → stage: encoding, dialect, header, tolerant reading, one text Parquet."""

from importer.intake.build import build_stage
from importer.intake.dialect import Choice, Dialect, Guess
from importer.intake.export import write_clean_csv
from importer.intake.preview import Preview, preview_source
from importer.intake.problems import Audit, ReadingProblem
from importer.intake.sample import write_sample
from importer.intake.scan import guess_dialect
from importer.intake.stage import SLICE_ROWS, Stage, StageReport

__all__ = [
    "SLICE_ROWS",
    "Audit",
    "Choice",
    "Dialect",
    "Guess",
    "Preview",
    "ReadingProblem",
    "Stage",
    "StageReport",
    "build_stage",
    "guess_dialect",
    "preview_source",
    "write_clean_csv",
    "write_sample",
]
