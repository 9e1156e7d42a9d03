"""Any file → stage: encoding, dialect, header, tolerant reading, one text Parquet."""

from importer.intake.apart import OTHER_TABLES
from importer.intake.build import build_stage
from importer.intake.column_words import names_in_series
from importer.intake.containers import Unpacked, bundle_files, container_kind, unpack_source
from importer.intake.dialect import Choice, Dialect, Guess
from importer.intake.effort import UnpackLimits
from importer.intake.encodings import ENCODING_WORDS, encoding_words
from importer.intake.export import write_clean_csv
from importer.intake.fetch import choose_objects, fetch_s3, list_s3, s3_parts
from importer.intake.few_records import FewRecord, read_few
from importer.intake.few_rows import write_few_rows
from importer.intake.grammar import MOST_COLUMNS
from importer.intake.header import name_columns
from importer.intake.lists import find_table_above
from importer.intake.members import ALL, Member, MemberNotChosen, list_members, resolve_members, sheet_rows
from importer.intake.plain_notes import DeclaredColumn
from importer.intake.preview import Preview, preview_source
from importer.intake.problems import BLOCKING, SET_ASIDE, Audit, ReadingProblem, told_together
from importer.intake.repair import REPAIR_KINDS, Repair, Repairs
from importer.intake.sample import write_sample
from importer.intake.scan import EncodingExamples, close_encodings, guess_dialect, rival_delimiter
from importer.intake.source import STDIN, SourceSpec, find_dialect, has_cells_of_its_own, is_exact, join_dialects
from importer.intake.stage import SLICE_ROWS, Stage, StageMember, StageReport
from importer.intake.typed_rows import is_whole_value

__all__ = [
    "ALL",
    "BLOCKING",
    "ENCODING_WORDS",
    "MOST_COLUMNS",
    "OTHER_TABLES",
    "REPAIR_KINDS",
    "SET_ASIDE",
    "SLICE_ROWS",
    "STDIN",
    "Audit",
    "Choice",
    "DeclaredColumn",
    "Dialect",
    "EncodingExamples",
    "FewRecord",
    "Guess",
    "Member",
    "MemberNotChosen",
    "Preview",
    "ReadingProblem",
    "Repair",
    "Repairs",
    "SourceSpec",
    "Stage",
    "StageMember",
    "StageReport",
    "UnpackLimits",
    "Unpacked",
    "build_stage",
    "bundle_files",
    "choose_objects",
    "close_encodings",
    "container_kind",
    "encoding_words",
    "fetch_s3",
    "find_dialect",
    "find_table_above",
    "guess_dialect",
    "has_cells_of_its_own",
    "is_exact",
    "is_whole_value",
    "join_dialects",
    "list_members",
    "list_s3",
    "name_columns",
    "names_in_series",
    "preview_source",
    "read_few",
    "resolve_members",
    "rival_delimiter",
    "s3_parts",
    "sheet_rows",
    "told_together",
    "unpack_source",
    "write_clean_csv",
    "write_few_rows",
    "write_sample",
]
