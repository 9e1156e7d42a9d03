"""A step: what is there, what is wanted, what was done about the difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from importer.endpoint.deployment.control import Control
from importer.endpoint.deployment.wanted import Wanted


class Outcome(Enum):
    """What became of a step, as the command says it."""

    DONE = "done"
    ALREADY = "already so"
    CHANGED = "changed"
    REMOVED = "removed"
    LEFT = "left as it is"


@dataclass(frozen=True)
class StepReport:
    """One line of the answer. In a dry run the outcome is what would have come about."""

    step: str
    outcome: Outcome
    detail: str = ""


@dataclass
class Site:
    """Where the steps work. `api_id` is "" until there is an API (in a dry run it may stay so)."""

    control: Control
    wanted: Wanted
    dry_run: bool
    tell: Callable[[StepReport], None]
    api_id: str = ""
    own_api: bool = True
    resources: dict[str, str] = field(default_factory=dict)
    api_changed: bool = False
    reports: list[StepReport] = field(default_factory=list)

    def settle(self, step: str, now: Any | None, wanted: Any, act: Callable[[], object], detail: str = "") -> Outcome:
        """Act when `now` (None = not there) is not what is wanted; what was done, reported."""
        if now == wanted:
            return self.report(step, Outcome.ALREADY, detail)
        if not self.dry_run:
            act()
        return self.report(step, Outcome.DONE if now is None else Outcome.CHANGED, detail)

    def settle_api(
        self, step: str, now: Any | None, wanted: Any, act: Callable[[], object], detail: str = ""
    ) -> None:
        """The same for a part of the API, which counts only once it is deployed."""
        if self.settle(step, now, wanted, act, detail) is not Outcome.ALREADY:
            self.api_changed = True

    def drop(self, step: str, there: bool, act: Callable[[], object], detail: str = "") -> None:
        """Take away what is there."""
        if there and not self.dry_run:
            act()
        self.report(step, Outcome.REMOVED if there else Outcome.ALREADY, detail)

    def report(self, step: str, outcome: Outcome, detail: str = "") -> Outcome:
        """Tell one line, and keep it."""
        line = StepReport(step, outcome, detail)
        self.reports.append(line)
        self.tell(line)
        return outcome
