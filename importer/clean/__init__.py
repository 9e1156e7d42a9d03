"""Clean: the recipe that turns the list as it came into the list as it should be, and the history of its making."""

from __future__ import annotations

from importer.clean.above import FillFromAbove
from importer.clean.blanking import ClearNoDates, ClearWords, is_some_day
from importer.clean.cells import FillBlanks, SetCells, SetColumn
from importer.clean.changes import DROPPED, Change, count_changes, count_each
from importer.clean.clusters import MAX_DISTINCT, METHODS, Cluster, count_values, find_clusters, names_among
from importer.clean.condition import Condition, ConditionTest
from importer.clean.dates import LATEST_YEAR, ORDERS, EpochSeconds, ParseDates, iso_day
from importer.clean.decimals import GROUPS, MARKS, PadZeros, ParseNumbers
from importer.clean.decisions import VERDICTS, Decide, DecideRows, Decision
from importer.clean.emails import NormaliseEmails
from importer.clean.failing import SetFailing, judge_with
from importer.clean.filling import FillFromColumn
from importer.clean.finding import Found, find_everywhere, find_in_rows
from importer.clean.fitting import ChunkSource, Portable, fit, fit_operation, portable
from importer.clean.growth import refuse_columns
from importer.clean.history import History
from importer.clean.invisible import RemoveInvisible
from importer.clean.join import JoinColumns
from importer.clean.keyed import SetCellsByKey
from importer.clean.letters import ChangeCase
from importer.clean.lineage import Lineage, Part, lineage_of, part_for, take_cleaned
from importer.clean.lists import ParseList
from importer.clean.mapping import MapValues
from importer.clean.mojibake import RepairMojibake
from importer.clean.moves import MapColumn, Move, RemoveStep
from importer.clean.naming import AddColumn, DropColumns, RenameColumn
from importer.clean.offers import ClusterColumns, PersonGuess, cluster_columns, guess_person_columns
from importer.clean.operation import Operation
from importer.clean.parse import CellParser
from importer.clean.patterns import too_big
from importer.clean.people import (
    FieldChoice,
    PersonCluster,
    Survivor,
    find_people,
    merge_people,
    propose_survivor,
)
from importer.clean.people_keys import PersonColumns
from importer.clean.phones import FormatPhones, calling_codes, country_shape, known_regions
from importer.clean.problems import RecipeProblem, near_column
from importer.clean.recipe import Cleaned, Recipe
from importer.clean.registry import OPERATIONS, operation_from_dict
from importer.clean.replace import Replace
from importer.clean.rows import DropRows, KeepRows
from importer.clean.set_aside import PEOPLE, SetAside, load_set_aside, person_mark, save_set_aside, value_mark
from importer.clean.spaces import OneWriting, Trim, alike_writing, one_writing
from importer.clean.split import SplitColumn
from importer.clean.storage import load_history, save_history
from importer.clean.yes_no import NO_WORDS, YES_WORDS, ParseYesNo

__all__ = [
    "DROPPED",
    "GROUPS",
    "LATEST_YEAR",
    "MARKS",
    "MAX_DISTINCT",
    "METHODS",
    "NO_WORDS",
    "OPERATIONS",
    "ORDERS",
    "PEOPLE",
    "VERDICTS",
    "YES_WORDS",
    "AddColumn",
    "CellParser",
    "Change",
    "ChangeCase",
    "ChunkSource",
    "Cleaned",
    "ClearNoDates",
    "ClearWords",
    "Cluster",
    "ClusterColumns",
    "Condition",
    "ConditionTest",
    "Decide",
    "DecideRows",
    "Decision",
    "DropColumns",
    "DropRows",
    "EpochSeconds",
    "FieldChoice",
    "FillBlanks",
    "FillFromAbove",
    "FillFromColumn",
    "FormatPhones",
    "Found",
    "History",
    "JoinColumns",
    "KeepRows",
    "Lineage",
    "MapColumn",
    "MapValues",
    "Move",
    "NormaliseEmails",
    "OneWriting",
    "Operation",
    "PadZeros",
    "ParseDates",
    "ParseList",
    "ParseNumbers",
    "ParseYesNo",
    "Part",
    "PersonCluster",
    "PersonColumns",
    "PersonGuess",
    "Portable",
    "Recipe",
    "RecipeProblem",
    "RemoveInvisible",
    "RemoveStep",
    "RenameColumn",
    "RepairMojibake",
    "Replace",
    "SetAside",
    "SetCells",
    "SetCellsByKey",
    "SetColumn",
    "SetFailing",
    "SplitColumn",
    "Survivor",
    "Trim",
    "alike_writing",
    "calling_codes",
    "cluster_columns",
    "count_changes",
    "count_each",
    "count_values",
    "country_shape",
    "find_clusters",
    "find_everywhere",
    "find_in_rows",
    "find_people",
    "fit",
    "fit_operation",
    "guess_person_columns",
    "is_some_day",
    "iso_day",
    "judge_with",
    "known_regions",
    "lineage_of",
    "load_history",
    "load_set_aside",
    "merge_people",
    "names_among",
    "near_column",
    "one_writing",
    "operation_from_dict",
    "part_for",
    "person_mark",
    "portable",
    "propose_survivor",
    "refuse_columns",
    "save_history",
    "save_set_aside",
    "take_cleaned",
    "too_big",
    "value_mark",
]
