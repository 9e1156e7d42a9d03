"""Any file → stage: encoding, dialect, header, tolerant reading, one text Parquet."""

from importer.intake.build import build_stage
from importer.intake.containers import Unpacked, UnpackLimits, container_kind, list_members, unpack_source
from importer.intake.dialect import Choice, Dialect, Guess
from importer.intake.export import write_clean_csv
from importer.intake.fetch import fetch_s3, s3_parts
from importer.intake.few_records import FewRecord, read_few
from importer.intake.few_rows import write_few_rows
from importer.intake.header import name_columns
from importer.intake.preview import Preview, preview_source
from importer.intake.problems import BLOCKING, Audit, ReadingProblem
from importer.intake.repair import REPAIR_KINDS, Repair, Repairs
from importer.intake.sample import write_sample
from importer.intake.scan import guess_dialect
from importer.intake.stage import SLICE_ROWS, Stage, StageReport

__all__ = [
    "BLOCKING",
    "REPAIR_KINDS",
    "SLICE_ROWS",
    "Audit",
    "Choice",
    "Dialect",
    "FewRecord",
    "Guess",
    "Preview",
    "ReadingProblem",
    "Repair",
    "Repairs",
    "Stage",
    "StageReport",
    "UnpackLimits",
    "Unpacked",
    "build_stage",
    "container_kind",
    "fetch_s3",
    "guess_dialect",
    "list_members",
    "name_columns",
    "preview_source",
    "read_few",
    "s3_parts",
    "unpack_source",
    "write_clean_csv",
    "write_few_rows",
    "write_sample",
]
