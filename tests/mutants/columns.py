"""Parquet of other types, names and rows, or with its footer damaged."""

from __future__ import annotations

import io
import random
import struct
from datetime import time, timedelta
from decimal import Decimal

import pyarrow as pa
from pyarrow import parquet

from mutants.by_bytes import mutant


def _columns_to_add() -> dict[str, pa.Array]:
    """Columns of every kind that Parquet has, with what is odd in each."""
    return {
        "decimal": pa.array([Decimal("1.50"), Decimal(-(10**30)), None], pa.decimal128(38, 2)),
        "decimal256": pa.array([Decimal(10) ** 60, None, Decimal(0)], pa.decimal256(76, 5)),
        "float": pa.array([float("nan"), float("inf"), -0.0]),
        "half": pa.array([1.5, None, -2.0], pa.float32()).cast(pa.float16()),
        "big": pa.array([2**64 - 1, 0, None], pa.uint64()),
        "ns": pa.array([2**62, 0, None], pa.timestamp("ns")),
        "far": pa.array([2**62, -(2**62), None], pa.timestamp("us", "UTC")),
        "zone": pa.array([0, 1, None], pa.timestamp("ms", "Nowhere/City")),
        "date": pa.array([2**30, -(2**30), 0], pa.date32()),
        "time": pa.array([time(23, 59, 59, 999), None, time(0)]),
        "binary": pa.array([b"\xff\xfe", b"", None]),
        "fixed": pa.array([b"ab", b"\0\0", None], pa.binary(2)),
        "large": pa.array(["x" * 100_000, "", None], pa.large_string()),
        "null": pa.nulls(3),
        "list": pa.array([[1, None], [], None]),
        "deep": pa.array([[[[["a"]]]], [], None]),
        "struct": pa.array([{"a": {"b": [1]}}, None, {"a": None}]),
        "map": pa.array([[("a", 1), ("a", 2)], [], None], pa.map_(pa.string(), pa.int32())),
        "words": pa.array(["a", None, "b"]).dictionary_encode(),
        "bool": pa.array([True, None, False]),
        "duration": pa.array([timedelta(days=10**5), None, timedelta(0)], pa.duration("s")),
        "": pa.array(["no name", None, ""]),
        "email": pa.array([f"p{at}@example.com" for at in range(3)]),
        "not text": pa.array([b"\xff\xfe", b"a", b"\x80"]).view(pa.string()),
    }


def parquet_mutant(chance: random.Random, data: bytes) -> bytes:
    """Parquet of other types, names and rows; or with its footer, its length or a page damaged."""
    choice = chance.random()
    if choice < 0.35:
        return mutant(chance, data)
    if choice < 0.55:
        (footer,) = struct.unpack("<I", data[-8:-4])
        at = len(data) - 8 - chance.randrange(max(1, min(footer + 8, len(data) - 8)))
        return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
    if choice < 0.6:
        size = chance.choice((0, 1, len(data), 2**31, 2**32 - 1, 8))
        return data[:-8] + struct.pack("<I", size) + data[-4:]
    out = io.BytesIO()
    table = _other_table(chance, parquet.read_table(io.BytesIO(data)))
    how = {
        "compression": chance.choice(("none", "snappy", "zstd", "gzip", "brotli", "lz4")),
        "row_group_size": chance.choice((1, 7, 10**6)),
    }
    version = chance.choice(("1.0", "2.6"))
    loose = {"coerce_timestamps": "us", "allow_truncated_timestamps": True} if version == "1.0" else {}
    parquet.write_table(table, out, use_dictionary=chance.random() < 0.5, version=version, **how, **loose)
    return out.getvalue() if chance.random() < 0.9 else mutant(chance, out.getvalue())


def _other_table(chance: random.Random, table: pa.Table) -> pa.Table:
    """A table with a column gone, twice there, empty, of another type, renamed; or rows gone or repeated."""
    at = chance.randrange(table.num_columns)
    name, column = table.field(at).name, table.column(at)
    more = _columns_to_add()
    others = [
        table.drop_columns([name]),
        table.slice(0, 0),
        table.slice(1),
        pa.concat_tables([table, table]),
        table.append_column(name, column),
    ]
    others += [
        table.rename_columns(
            [
                chance.choice(("", "x", "EMAIL", "é" * 3000, "row", "\0")) if place == at else old
                for place, old in enumerate(table.column_names)
            ]
        )
    ]
    others += [table.set_column(at, name, pa.nulls(len(table))), table.select(list(range(table.num_columns))[::-1])]
    others += [table.replace_schema_metadata({"pandas": "{", "ARROW:schema": "x"})]
    wide = list(more.items()) if chance.random() < 0.3 else chance.sample(list(more.items()), 3)
    others += [pa.table([values for _, values in wide], names=[word for word, _ in wide])] * 3
    replaced = chance.choice([*more.values()])
    taken = (
        replaced.take(pa.array([place % 3 for place in range(len(table))], pa.int32()))
        if not pa.types.is_dictionary(replaced.type)
        else replaced.dictionary_decode().take(pa.array([place % 3 for place in range(len(table))], pa.int32()))
    )
    others += [table.set_column(at, name, taken)] * 3
    return chance.choice(others)
