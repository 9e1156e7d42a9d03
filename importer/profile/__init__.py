"""Profile: what is in each column of a list, counted once in bounded memory."""

from __future__ import annotations

from importer.profile.cells import TrimmedCells, column_text, is_blank
from importer.profile.column_census import CELLS_AT_A_TIME, profile_columns
from importer.profile.compare import KeyOverlap, compare_profiles, percent_text
from importer.profile.damage import NULL_WORDS, PATTERNS, TITLES, damage_masks, damage_of_columns
from importer.profile.key_sketch import KeySketch, sketch_keys
from importer.profile.list_census import profile_stage
from importer.profile.model import ColumnProfile, Damage, ListProfile, NumberCells, ShapeCount
from importer.profile.odd_cells import Oddity
from importer.profile.odd_rows import MOST_ODD, ODD_ROW, OddCells, RowShapes
from importer.profile.shapes import DAY_FIRST, MONTH_FIRST, SHAPES, classify_shapes, is_date
from importer.profile.space_signs import SPACES, WHITE_SPACE
from importer.profile.storage import load_profile, profile_from_dict, profile_to_dict, save_profile

__all__ = [
    "CELLS_AT_A_TIME",
    "DAY_FIRST",
    "MONTH_FIRST",
    "MOST_ODD",
    "NULL_WORDS",
    "ODD_ROW",
    "PATTERNS",
    "SHAPES",
    "SPACES",
    "TITLES",
    "WHITE_SPACE",
    "ColumnProfile",
    "Damage",
    "KeyOverlap",
    "KeySketch",
    "ListProfile",
    "NumberCells",
    "OddCells",
    "Oddity",
    "RowShapes",
    "ShapeCount",
    "TrimmedCells",
    "classify_shapes",
    "column_text",
    "compare_profiles",
    "damage_masks",
    "damage_of_columns",
    "is_blank",
    "is_date",
    "load_profile",
    "percent_text",
    "profile_columns",
    "profile_from_dict",
    "profile_stage",
    "profile_to_dict",
    "save_profile",
    "sketch_keys",
]
