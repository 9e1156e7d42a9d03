"""Every way in, down to the content of the table."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest
from main_job.kit import MainJob, assert_items
from main_job.made_files import write_xlsx, write_zip, write_zst

LIST = b"email,name\nann@example.com,Ann\nbob@example.com,Bob\n"
ROWS = [line.split(",") for line in LIST.decode().splitlines()]
ITEMS = [
    {"email": {"S": "ann@example.com"}, "name": {"S": "Ann"}},
    {"email": {"S": "bob@example.com"}, "name": {"S": "Bob"}},
]

CONTAINERS: dict[str, Callable[[Path], object]] = {
    "list.csv": lambda path: path.write_bytes(LIST),
    "list.tsv": lambda path: path.write_bytes(LIST.replace(b",", b"\t")),
    "list.csv.gz": lambda path: path.write_bytes(gzip.compress(LIST)),
    "list.csv.bz2": lambda path: path.write_bytes(bz2.compress(LIST)),
    "list.csv.xz": lambda path: path.write_bytes(lzma.compress(LIST)),
    "list.csv.zst": lambda path: write_zst(path, LIST),
    "list.zip": lambda path: write_zip(path, {"list.csv": LIST}),
    "list.xlsx": lambda path: write_xlsx(path, {"Contacts": ROWS}),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_list_arrives_in_the_table_whatever_it_is_packed_in(name: str, main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / name
    CONTAINERS[name](file)
    outcome = main_job.import_list(file)
    assert outcome.code == 0, outcome.told
    assert_items(outcome, ITEMS)
    assert outcome.summary is not None
    assert (outcome.summary["state"], outcome.summary["written"]) == ("finished", 2)
