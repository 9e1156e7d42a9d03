"""Files of a folder of ours: a database whose pages or cells changed, something else in the place of a file."""

from __future__ import annotations

import os
import random
import sqlite3
from pathlib import Path
from typing import Any


def sqlite_mutant(chance: random.Random, path: Path) -> None:
    """A database, in its place, that is damaged in one of its pages, or says something else in one of its cells."""
    if chance.random() < 0.4:
        data = bytearray(path.read_bytes())
        page = chance.randrange(max(1, len(data) // 4096)) * 4096
        match chance.randrange(4):
            case 0:
                data[page : page + 4096] = bytes(4096)
            case 1:
                at = page + chance.randrange(0, 100)
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 2:
                data = data[: chance.choice((0, 15, 16, 100, 4096, len(data) - 4096, len(data) - 1))]
            case _:
                other = chance.randrange(max(1, len(data) // 4096)) * 4096
                data[page : page + 4096] = data[other : other + 4096]
        path.write_bytes(data)
        return
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        table = chance.choice(tables)
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        column = chance.choice(columns)
        odd = chance.choice(
            (None, "", "x", -1, 0, 2**62, 1.5, b"\xff", "9" * 5000, "{}", "nan", float("inf"), "[[0, 1]]")
        )
        orders: list[tuple[str, tuple[Any, ...]]] = [
            *[(f'UPDATE {table} SET "{column}" = ?', (odd,))] * 6,
            (f"DELETE FROM {table}", ()),
            (f"DROP TABLE {table}", ()),
            (f'ALTER TABLE {table} RENAME COLUMN "{column}" TO other', ()),
            ("PRAGMA user_version = 99", ()),
            (f"INSERT INTO {table} SELECT * FROM {table}", ()),
        ]
        try:
            connection.execute(*chance.choice(orders))
            connection.commit()
        except sqlite3.Error:
            connection.rollback()
    finally:
        connection.close()


def put_another_kind(chance: random.Random, path: Path) -> None:
    """Something in the place of a file that is none, or no longer this one: a folder, a link, a pipe, nothing."""
    data = path.read_bytes()
    path.unlink()
    match chance.randrange(8):
        case 0:
            path.mkdir()
        case 1:
            path.symlink_to(path.with_name("nowhere"))
        case 2:
            path.symlink_to(path.name)
        case 3:
            path.symlink_to("/proc/self/environ")
        case 4:
            os.mkfifo(path)
        case 5:
            path.write_bytes(b"")
        case 6:
            path.write_bytes(data + data)
        case _:
            pass
