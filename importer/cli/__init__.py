"""The same job without a page."""

from importer.cli.main import main

__all__ = ["main"]
