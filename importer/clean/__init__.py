"""Clean: the recipe that turns the list as it came into the list as it should be, and the history of its making."""

from __future__ import annotations

from importer.clean.cells import FillBlanks, SetCells, SetColumn
from importer.clean.changes import Change, count_changes
from importer.clean.condition import Condition, ConditionTest
from importer.clean.decisions import VERDICTS, Decide, DecideRows, Decision
from importer.clean.history import History
from importer.clean.letters import ChangeCase
from importer.clean.operation import Operation
from importer.clean.recipe import Cleaned, Recipe, near_column
from importer.clean.registry import OPERATIONS, operation_from_dict
from importer.clean.replace import Replace
from importer.clean.rows import DropRows
from importer.clean.spaces import Trim
from importer.clean.storage import load_history, save_history

__all__ = [
    "OPERATIONS",
    "VERDICTS",
    "Change",
    "ChangeCase",
    "Cleaned",
    "Condition",
    "ConditionTest",
    "Decide",
    "DecideRows",
    "Decision",
    "DropRows",
    "FillBlanks",
    "History",
    "Operation",
    "Recipe",
    "Replace",
    "SetCells",
    "SetColumn",
    "Trim",
    "count_changes",
    "load_history",
    "near_column",
    "operation_from_dict",
    "save_history",
]
