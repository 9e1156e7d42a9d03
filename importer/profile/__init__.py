"""Profile: what is in each column of a list, counted once in bounded memory."""

from __future__ import annotations

from importer.profile.cells import column_text, is_blank
from importer.profile.compare import KeyOverlap, compare_profiles
from importer.profile.key_sketch import KeySketch, sketch_keys
from importer.profile.list_census import ListCensus, profile_stage
from importer.profile.model import ColumnProfile, Damage, ListProfile, ShapeCount
from importer.profile.shapes import SHAPES, classify_shapes
from importer.profile.space_signs import SPACES, WHITE_SPACE
from importer.profile.storage import load_profile, profile_from_dict, profile_to_dict, save_profile

__all__ = [
    "SHAPES",
    "SPACES",
    "WHITE_SPACE",
    "ColumnProfile",
    "Damage",
    "KeyOverlap",
    "KeySketch",
    "ListCensus",
    "ListProfile",
    "ShapeCount",
    "classify_shapes",
    "column_text",
    "compare_profiles",
    "is_blank",
    "load_profile",
    "profile_from_dict",
    "profile_stage",
    "profile_to_dict",
    "save_profile",
    "sketch_keys",
]
