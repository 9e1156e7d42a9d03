"""`POST /contacts/batch`: the function that serves it, how it is deployed, and how the app writes through it."""

from importer.endpoint.deployment.command import Deployed, Order, deploy, key_file, remove
from importer.endpoint.deployment.steps import Outcome, StepReport
from importer.endpoint.package import Package, build_package

__all__ = [
    "Deployed",
    "Order",
    "Outcome",
    "Package",
    "StepReport",
    "build_package",
    "deploy",
    "key_file",
    "remove",
]
