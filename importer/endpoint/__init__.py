"""`POST /contacts/batch`: the function that serves it, how it is deployed, and how the app writes through it."""

from importer.endpoint.deployment.command import Deployed, Order, deploy, remove
from importer.endpoint.deployment.steps import Outcome, StepReport
from importer.endpoint.destination import (
    BATCH_TABLE,
    BatchBody,
    EndpointDestination,
    batch_connection,
    batch_description,
    endpoint_guards,
)
from importer.endpoint.keys import KEY_VARIABLE, key_file, load_key, save_key
from importer.endpoint.package import Package, build_package

__all__ = [
    "BATCH_TABLE",
    "KEY_VARIABLE",
    "BatchBody",
    "Deployed",
    "EndpointDestination",
    "Order",
    "Outcome",
    "Package",
    "StepReport",
    "batch_connection",
    "batch_description",
    "build_package",
    "deploy",
    "endpoint_guards",
    "key_file",
    "load_key",
    "remove",
    "save_key",
]
