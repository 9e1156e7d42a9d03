"""What the fix cards and the grid work on, together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from importer.check import CheckResult
from importer.clean import Lineage, Recipe, lineage_of
from importer.intake import Stage
from importer.list_warning import ListWarning
from importer.run import RunFolder


@dataclass(frozen=True)
class Cleaning:
    """The list on screen as the last check saw it: `recipe` is the one `result` was made with, `told` the
    warnings about it."""

    folder: RunFolder
    stage: Stage
    result: CheckResult
    recipe: Recipe
    told: tuple[ListWarning, ...] = ()

    @cached_property
    def lineage(self) -> Lineage:
        """What each column hangs on."""
        return lineage_of(self.recipe, self.stage.columns)
