"""The heavy imports, made once before the first page is asked for."""

from __future__ import annotations

import importlib

HEAVY = (
    "pandas",
    "pyarrow.parquet",
    "duckdb",
    "plotly.graph_objects",
    "boto3",
    "importer.prove",
    "importer.run",
    "importer.check",
    "importer.profile",
)


def import_heavy() -> None:
    """So that the first page is quick, and nothing of them is looked at by the garbage collector again."""
    for name in HEAVY:
        importlib.import_module(name)
