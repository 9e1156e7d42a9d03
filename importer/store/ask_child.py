"""A process of its own that answers one question in SQL, and is lost instead of this one.

What a person types may ask for more than any machine has, and not every function of the engine hears that it is to
stop. So it is asked here, where the system bounds memory, time and files, and where an end is a signal. It loads
nothing of the importer: run as `python -I ask_child.py`. One line of JSON on stdin is the question, the tables that
it names are the answer; the next line says where those lie; then come the columns, the rows, and a last line.

A question may name the tables, call functions and do nothing else. That is held twice: by what the parsed question
holds (`judge`), and by an engine that has no files but those named, no network, no extension, and a locked
configuration.
"""

from __future__ import annotations

import json
import math
import os
import sys
import threading
from collections.abc import Iterator
from typing import Any

DATA_MB = 1_536
"""Of memory that the process may have in all: the engine's own limit (512 MB) does not count what a single function
builds (measured: `repeat('x', 1000000000)` takes 1 GB beside it)."""

TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest"})
"""Tables that a function makes of its arguments alone. All others read files, settings or what is not the list's."""

CLOSED_FUNCTIONS = frozenset(
    {
        "getenv",
        "current_setting",
        "getvariable",
        "write_log",
        "sleep_ms",
        "nextval",
        "currval",
        "setseed",
        "query",
        "query_table",
        "version",
        "json_execute_serialized_sql",
        "json_serialize_sql",
        "json_deserialize_sql",
        "json_serialize_plan",
        "current_query",
        "current_database",
        "current_schema",
        "current_schemas",
        "current_user",
        "session_user",
        "user",
        "current_role",
        "current_catalog",
        "in_search_path",
        "txid_current",
        "add_parquet_key",
    }
)
"""They tell of the machine or change something, and have nothing to do with the list's cells."""

NUMBER_TYPES = frozenset(
    {
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "HUGEINT",
        "UTINYINT",
        "USMALLINT",
        "UINTEGER",
        "UBIGINT",
        "UHUGEINT",
        "FLOAT",
        "DOUBLE",
        "DECIMAL",
    }
)

CLOSED_BEGINNINGS = ("pg_", "duckdb_", "pragma_", "read_", "parquet_", "sqlite_", "postgres_", "mysql_", "has_")


class Refused(Exception):
    """The question cannot be asked. `kind` and `detail` are for whoever puts it into words."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(kind)
        self.kind = kind
        self.detail = detail


def limit_self(seconds: int, file_mb: int) -> None:
    """Bound what this process may take, where the system can."""
    try:
        import resource
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_DATA, DATA_MB * 1024 * 1024),
        (resource.RLIMIT_CPU, seconds * 4),
        (resource.RLIMIT_FSIZE, file_mb * 1024 * 1024),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hardest = resource.getrlimit(what)
        bound = most if hardest == resource.RLIM_INFINITY else min(most, hardest)
        resource.setrlimit(what, (bound, bound))
    os.nice(5)


def judge(parsed: dict[str, Any], tables: tuple[str, ...]) -> list[str]:
    """Which of `tables` a question names, in their order; `parsed` is what `json_serialize_sql` made of it.

    Raises Refused for everything that is no single question about these tables.
    """
    if parsed["error"]:
        is_syntax = parsed.get("error_type") in {"parser", "syntax"}
        raise Refused("syntax" if is_syntax else "no question", str(parsed.get("error_message", "")))
    if len(parsed["statements"]) != 1:
        raise Refused("several" if parsed["statements"] else "empty")
    nodes = list(_nodes(parsed["statements"][0]))
    known = {*tables, *(entry["key"].lower() for node in nodes for entry in _ctes(node))}
    named = {name for node in nodes for name in _table_of(node, known)}
    for node in nodes:
        _refuse_function(node)
    return [name for name in tables if name in named]


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    left = [tree]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            yield node
            left += node.values()
        elif isinstance(node, list):
            left += node


def _ctes(node: dict[str, Any]) -> list[dict[str, Any]]:
    ctes = node.get("cte_map")
    return ctes.get("map", []) if isinstance(ctes, dict) else []


def _table_of(node: dict[str, Any], known: set[str]) -> Iterator[str]:
    if node.get("type") == "BASE_TABLE":
        path = node["qualified_name"]["path"]
        if len(path) != 1 or path[0].lower() not in known:
            raise Refused("table", ".".join(path))
        yield path[0].lower()
    if node.get("type") == "SHOW_REF" and node.get("query") is None:
        raise Refused("show")


def _refuse_function(node: dict[str, Any]) -> None:
    if node.get("type") == "TABLE_FUNCTION":
        name = str(node["function"]["function_name"]).lower()
        if name not in TABLE_FUNCTIONS:
            raise Refused("function", name)
    name = str(node.get("function_name", "")).lower()
    if name in CLOSED_FUNCTIONS or name.startswith(CLOSED_BEGINNINGS):
        raise Refused("function", name)


def parse(connection: Any, sql: str) -> dict[str, Any]:
    """The question as a tree of plain JSON types."""
    text = connection.execute("select json_serialize_sql(?::varchar)", [sql]).fetchone()[0]
    tree: dict[str, Any] = json.loads(text)
    return tree


def lock(connection: Any, files: list[str]) -> None:
    """From here on: no file but `files`, no network, no extension, no other setting."""
    connection.execute("set allowed_paths = ?", [files])
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def plain(value: object) -> Any:
    """A cell of an answer as JSON has it: numbers and booleans as they are, everything else as text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, list | dict | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def kind_of(type_name: str) -> str:
    """`number`, `time`, `yes or no` or `text`: how a picture takes a column of this type of the engine's."""
    name = type_name.upper().partition("(")[0]
    if name in NUMBER_TYPES:
        return "number"
    if name == "DATE" or (name.startswith("TIMESTAMP") and not name.endswith("]")):
        return "time"
    return "yes or no" if name == "BOOLEAN" else "text"


def say(value: Any) -> int:
    """A line of the answer; its characters."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.write(text + "\n")
    return len(text)


def answer(connection: Any, sql: str, most_rows: int, most_characters: int) -> None:
    """Ask, and say columns, rows and a last line with whether there are more."""
    result = connection.execute(sql)
    columns = [[str(column[0]), kind_of(str(column[1]))] for column in result.description]
    say({"columns": columns})
    numbers = [at for at, (_, kind) in enumerate(columns) if kind == "number"]
    rows = characters = 0
    is_cut = False
    while not is_cut and (some := result.fetchmany(1_000)):
        for row in some:
            if rows == most_rows or characters > most_characters:
                is_cut = True
                break
            cells = [plain(cell) for cell in row]
            for at in numbers:
                cells[at] = _number(cells[at])
            characters += say(cells)
            rows += 1
    say({"end": True, "is_cut": is_cut})


def _number(cell: Any) -> Any:
    """What came as a decimal number is one; NaN and infinity stay words."""
    if not isinstance(cell, str):
        return cell
    try:
        number = float(cell)
    except ValueError:
        return cell
    return number if math.isfinite(number) else cell


def end_with_parent() -> None:
    """Whoever asked is gone when stdin ends: nobody waits for the answer."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def read_line() -> dict[str, Any]:
    """The next line of stdin, unbuffered, so that what follows stays there."""
    pieces = bytearray()
    while not pieces.endswith(b"\n"):
        piece = os.read(0, 65_536)
        if not piece:
            os._exit(1)
        pieces += piece
    line: dict[str, Any] = json.loads(pieces)
    return line


def main() -> None:
    """One question, one answer."""
    asked = read_line()
    limit_self(asked["seconds"], asked["spill_mb"])
    import duckdb

    try:
        connection = duckdb.connect(":memory:", config=asked["config"])
        say({"tables": judge(parse(connection, asked["sql"]), tuple(asked["tables"]))})
        sys.stdout.flush()
        places = read_line()
        end_with_parent()
        for view in places["views"]:
            connection.execute(view)
        lock(connection, places["files"])
        answer(connection, asked["sql"], asked["most_rows"], asked["most_characters"])
    except Refused as refused:
        say({"refused": refused.kind, "detail": refused.detail})
    except duckdb.Error as error:
        say({"refused": type(error).__name__, "detail": str(error).partition(": ")[2]})
    except (MemoryError, RecursionError):
        say({"refused": "OutOfMemoryException", "detail": ""})
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
