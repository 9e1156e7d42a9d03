"""Schema, rules, two-step check, conversion to DynamoDB values, DynamoDB's limits, duplicate keys."""

from importer.check.by_pandera_yaml import from_pandera_yaml, to_pandera_yaml
from importer.check.column_view import first_names, kept_schema, shown_schema, with_new_columns
from importer.check.contact_rules import CountryCode, Email, Phone
from importer.check.convert import convert_chunk
from importer.check.infer import attribute_name, infer_schema
from importer.check.item_limits import MAX_ITEM_BYTES
from importer.check.key_text import key_texts
from importer.check.known_patterns import words_for
from importer.check.limits import item_sizes
from importer.check.report import Cause, CheckReport, FailureCase, RowOutcome
from importer.check.rule_registry import RULES, make_rule
from importer.check.rules import Allowed, Length, Pattern, Range, Required, Rule, Unique
from importer.check.schema import BlankMeans, ColumnSpec, DynamoType, Schema, Winner
from importer.check.spec_yaml import dump_schema, load_schema
from importer.check.stage_check import check_stage
from importer.check.stored import CheckResult
from importer.check.typed import TypedColumn

__all__ = [
    "MAX_ITEM_BYTES",
    "RULES",
    "Allowed",
    "BlankMeans",
    "Cause",
    "CheckReport",
    "CheckResult",
    "ColumnSpec",
    "CountryCode",
    "DynamoType",
    "Email",
    "FailureCase",
    "Length",
    "Pattern",
    "Phone",
    "Range",
    "Required",
    "RowOutcome",
    "Rule",
    "Schema",
    "TypedColumn",
    "Unique",
    "Winner",
    "attribute_name",
    "check_stage",
    "convert_chunk",
    "dump_schema",
    "first_names",
    "from_pandera_yaml",
    "infer_schema",
    "item_sizes",
    "kept_schema",
    "key_texts",
    "load_schema",
    "make_rule",
    "shown_schema",
    "to_pandera_yaml",
    "with_new_columns",
    "words_for",
]
