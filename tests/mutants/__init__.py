"""Mutants: a good file or message that is damaged, as bytes or in what it says. Each comes from its number, so that
one that failed can be made again."""

from mutants.books import xml_mutant, zip_mutant, zip_of
from mutants.by_bytes import MANY, chances, mutant
from mutants.columns import parquet_mutant
from mutants.files import put_another_kind, sqlite_mutant
from mutants.lists import list_mutant
from mutants.trees import json_mutant, tree_mutant, yaml_mutant
from mutants.warm_reader import WarmReaders

__all__ = [
    "MANY",
    "WarmReaders",
    "chances",
    "json_mutant",
    "list_mutant",
    "mutant",
    "parquet_mutant",
    "put_another_kind",
    "sqlite_mutant",
    "tree_mutant",
    "xml_mutant",
    "yaml_mutant",
    "zip_mutant",
    "zip_of",
]
