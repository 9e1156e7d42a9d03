"""What a run will do, before it does it."""

from importer.plan.bad_limit import BadLimit
from importer.plan.estimate import batches_of, estimated_seconds, estimated_usd
from importer.plan.guards import Guard, check_guards
from importer.plan.making import make_plan
from importer.plan.model import Mode, Pace, Plan, differences
from importer.plan.statement import insert_statement

__all__ = [
    "BadLimit",
    "Guard",
    "Mode",
    "Pace",
    "Plan",
    "batches_of",
    "check_guards",
    "differences",
    "estimated_seconds",
    "estimated_usd",
    "insert_statement",
    "make_plan",
]
