"""Schema, rules, two-step check, conversion to DynamoDB values, DynamoDB's limits, duplicate keys.

What loads pandera is loaded when it is first asked for: the import of a clean list does not need it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from importer.check.attribute_json import entries, entry_pieces, is_whole
from importer.check.attribute_match import (
    AttributeMatch,
    KnownAttribute,
    TypeConflict,
    known_attributes,
    match_attributes,
    take_matches,
    type_conflicts,
    with_type,
)
from importer.check.cell_judge import cells_pass, fix_of_cause
from importer.check.chunk_check import ChunkChecker, message_of_failure
from importer.check.codes import UNSETTLED
from importer.check.column_view import (
    first_names,
    kept_schema,
    number_columns,
    parsed_numbers,
    shown_schema,
    untouched_columns,
    with_new_columns,
    with_step_types,
)
from importer.check.contact_rules import CountryCode, Email, Phone
from importer.check.convert import convert_chunk
from importer.check.date_rule import Date
from importer.check.good_cells import Agreed, StepEffect, step_effects, step_mark
from importer.check.identifiers import is_identifier_name
from importer.check.infer import (
    NO_CHOICES,
    SchemaChoices,
    index_names,
    infer_schema,
    is_ambiguous,
    renamed_new,
    retyped,
    typed_cells_of,
)
from importer.check.key_choice import KeyColumnMissing, find_key, with_key
from importer.check.key_text import key_texts
from importer.check.known_patterns import STEP_NAMES, words_for
from importer.check.limits import item_sizes, write_units
from importer.check.names import NameStyle, attribute_name, folded
from importer.check.notices import are_dates
from importer.check.odd_rows import ODD_ROW_CODE, OddRow
from importer.check.readings import number_step
from importer.check.report import REPEATS_KEY, Cause, CheckReport, FailureCase, RowOutcome
from importer.check.rule_count import RuleCount, count_failing, counts_in, rules_of
from importer.check.rule_registry import RULES, make_rule
from importer.check.rules import Allowed, Length, Pattern, Range, Required, Rule, Unique
from importer.check.schema import (
    BINARY_TYPES,
    BinaryForm,
    BlankMeans,
    ColumnSpec,
    DynamoType,
    Schema,
    TypedCells,
    TypeFrom,
    Winner,
    typed_as,
)
from importer.check.spec_yaml import dump_schema, load_schema
from importer.check.stage_check import check_stage, kept_report
from importer.check.stored import CheckResult
from importer.check.typed import TypedColumn

if TYPE_CHECKING:
    from importer.check.by_pandera_model import to_pandera_model
    from importer.check.by_pandera_yaml import from_pandera_yaml, to_pandera_yaml

__all__ = [
    "BINARY_TYPES",
    "NO_CHOICES",
    "ODD_ROW_CODE",
    "REPEATS_KEY",
    "RULES",
    "STEP_NAMES",
    "UNSETTLED",
    "Agreed",
    "Allowed",
    "AttributeMatch",
    "BinaryForm",
    "BlankMeans",
    "Cause",
    "CheckReport",
    "CheckResult",
    "ChunkChecker",
    "ColumnSpec",
    "CountryCode",
    "Date",
    "DynamoType",
    "Email",
    "FailureCase",
    "KeyColumnMissing",
    "KnownAttribute",
    "Length",
    "NameStyle",
    "OddRow",
    "Pattern",
    "Phone",
    "Range",
    "Required",
    "RowOutcome",
    "Rule",
    "RuleCount",
    "Schema",
    "SchemaChoices",
    "StepEffect",
    "TypeConflict",
    "TypeFrom",
    "TypedCells",
    "TypedColumn",
    "Unique",
    "Winner",
    "are_dates",
    "attribute_name",
    "cells_pass",
    "check_stage",
    "convert_chunk",
    "count_failing",
    "counts_in",
    "dump_schema",
    "entries",
    "entry_pieces",
    "find_key",
    "first_names",
    "fix_of_cause",
    "folded",
    "from_pandera_yaml",
    "index_names",
    "infer_schema",
    "is_ambiguous",
    "is_identifier_name",
    "is_whole",
    "item_sizes",
    "kept_report",
    "kept_schema",
    "key_texts",
    "known_attributes",
    "load_schema",
    "make_rule",
    "match_attributes",
    "message_of_failure",
    "number_columns",
    "number_step",
    "parsed_numbers",
    "renamed_new",
    "retyped",
    "rules_of",
    "shown_schema",
    "step_effects",
    "step_mark",
    "take_matches",
    "to_pandera_model",
    "to_pandera_yaml",
    "type_conflicts",
    "typed_as",
    "typed_cells_of",
    "untouched_columns",
    "with_key",
    "with_new_columns",
    "with_step_types",
    "with_type",
    "words_for",
    "write_units",
]

_LOADED_LATER = {
    "from_pandera_yaml": "by_pandera_yaml",
    "to_pandera_model": "by_pandera_model",
    "to_pandera_yaml": "by_pandera_yaml",
}


def __getattr__(name: str) -> Any:
    """What is loaded on first use (PEP 562)."""
    if name not in _LOADED_LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LOADED_LATER[name]}"), name)
