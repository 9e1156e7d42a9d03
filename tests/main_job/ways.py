"""One small list in every container that it may come in, and what a table must hold afterwards."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
from main_job.made_files import write_ods, write_xls, write_xlsb, write_xlsx, write_zip, write_zst
from pyarrow import parquet

LIST = b"email,name\nann@example.com,Ann\nbob@example.com,Bob\n"
ROWS = [line.split(",") for line in LIST.decode().splitlines()]
PEOPLE = [dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]]
ITEMS = [{name: {"S": text} for name, text in person.items()} for person in PEOPLE]

JSON_LINES = "\n".join(map(json.dumps, PEOPLE)).encode()
EXPORT_LINES = "\n".join(json.dumps({"Item": item}) for item in ITEMS).encode()

WAYS: dict[str, Callable[[Path], object]] = {
    "list.csv": lambda path: path.write_bytes(LIST),
    "list.tsv": lambda path: path.write_bytes(LIST.replace(b",", b"\t")),
    "list.csv.gz": lambda path: path.write_bytes(gzip.compress(LIST)),
    "list.csv.bz2": lambda path: path.write_bytes(bz2.compress(LIST)),
    "list.csv.xz": lambda path: path.write_bytes(lzma.compress(LIST)),
    "list.csv.zst": lambda path: write_zst(path, LIST),
    "list.zip": lambda path: write_zip(path, {"list.csv": LIST}),
    "list.xlsx": lambda path: write_xlsx(path, {"Contacts": ROWS}),
    "list.xls": lambda path: write_xls(path, {"Contacts": ROWS}),
    "list.xlsb": lambda path: write_xlsb(path, ROWS),
    "list.ods": lambda path: write_ods(path, {"Contacts": ROWS}),
    "list.jsonl": lambda path: path.write_bytes(JSON_LINES),
    "list.json": lambda path: path.write_text(json.dumps(PEOPLE, indent=2)),
    "export.json": lambda path: path.write_bytes(EXPORT_LINES),
    "export.json.gz": lambda path: path.write_bytes(gzip.compress(EXPORT_LINES)),
    "scan.json": lambda path: path.write_text(json.dumps({"Items": ITEMS, "Count": 2, "ScannedCount": 2}, indent=4)),
    "list.parquet": lambda path: parquet.write_table(pa.Table.from_pylist(PEOPLE), path),
}
"""Name of the file → what writes it."""
