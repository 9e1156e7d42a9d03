"""Questions in SQL: they read the list and nothing else, end in time, and are refused in words."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from importer.clean import Condition, DropRows, Recipe, Trim
from importer.duckdb_engine import settings_of
from importer.errors import RunCancelled
from importer.intake import Stage
from importer.store import (
    Answer,
    CauseFacts,
    QueryRefused,
    answer_csv,
    ask,
    cleaned_list,
    failures_table,
    list_table,
    profile_table,
)
from importer.store import ask_child as child

TABLES = ("list", "failures", "profile")

QUESTIONS = [
    "select * from list",
    "from list",
    "with t as (select city from list) select count(*) from t",
    "with recursive t as (select 1 n union all select n + 1 from t where n < 5) select * from t",
    "describe list",
    "summarize list",
    "select l.row, f.code from list l left join failures f using (row) -- a comment",
    "select /* a comment; with a semicolon */ city, count(*) from list group by all order by all;",
    "select * from LIST where city similar to '.*' limit 3",
    "select unnest(string_split(email, '@')) from list",
    "select i from range(10) t(i), generate_series(1, 3) s(j)",
    "values (1), (2)",
    "select row, row_number() over (partition by city order by row) from list qualify true",
    "select 'copy (select 1) to ''x''' as text",
]

HOSTILE = {
    "select * from read_csv('/etc/passwd')": "function",
    "select * from read_csv_auto('/etc/passwd')": "function",
    "select * from read_text('/etc/passwd')": "function",
    "select * from read_blob('/etc/*')": "function",
    "select * from read_json('/etc/passwd')": "function",
    "select * from read_parquet('/tmp/x.parquet')": "function",
    "select * from parquet_metadata('/tmp/x.parquet')": "function",
    "select * from sniff_csv('/etc/passwd')": "function",
    "select * from glob('/etc/*')": "function",
    "select * from '/etc/passwd'": "table",
    "select * from 'https://example.com/x.csv'": "table",
    'select * from "s3://bucket/x.parquet"': "table",
    "select (select count(*) from '/etc/passwd') from list": "table",
    "with t as (select * from '/etc/passwd') select * from t": "table",
    "copy (select * from list) to '/tmp/stolen.csv'": "no question",
    "copy list from '/etc/passwd'": "no question",
    "export database '/tmp/stolen'": "no question",
    "import database '/tmp/x'": "no question",
    "install httpfs": "no question",
    "load httpfs": "no question",
    "attach '/tmp/x.db' as x": "no question",
    "detach memory": "no question",
    "use memory": "no question",
    "set memory_limit = '100GB'": "no question",
    "set enable_external_access = true": "no question",
    "reset lock_configuration": "no question",
    "pragma enable_profiling": "no question",
    "pragma database_list": "no question",
    "call pragma_version()": "no question",
    "select * from pragma_database_list()": "function",
    "select * from duckdb_settings()": "function",
    "select * from duckdb_secrets()": "function",
    "select getenv('HOME')": "function",
    "select list_transform([1], lambda x: getenv('HOME'))": "function",
    "select current_setting('temp_directory')": "function",
    "select * from query('select 1')": "function",
    "select * from query_table('list')": "function",
    "select * from json_execute_serialized_sql('{}')": "function",
    "select * from information_schema.tables": "table",
    "select * from pg_catalog.pg_settings": "table",
    "select * from sqlite_master": "table",
    "select * from system.main.duckdb_tables": "table",
    "create table x as select 1": "no question",
    "create or replace view list as select 1": "no question",
    "create secret s (type s3, key_id 'a')": "no question",
    "create macro list() as 1": "no question",
    "drop view list": "no question",
    "insert into list values (1)": "no question",
    "delete from list": "no question",
    "update list set city = 'x'": "no question",
    "prepare p as select 1": "no question",
    "explain analyze select 1": "no question",
    "begin": "no question",
    "checkpoint": "no question",
    "vacuum": "no question",
    "set variable x = 1": "no question",
    "show tables": "show",
    "select 1; drop view list": "no question",
    "select 1; select 2": "several",
    "select 1 /* */; -- \n select 2": "several",
    "": "empty",
    "-- nothing but a comment": "empty",
    "frm list": "syntax",
    "select 'unclosed from list": "syntax",
}
"""A statement → the kind of its refusal."""


@pytest.fixture(scope="module")
def plain_engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@pytest.fixture
def asked(stage_of: Callable[..., Stage], store: Path) -> Callable[..., Answer]:
    """The answer to a question about the list without its rows of Rome, its cities trimmed."""
    stage = stage_of()
    recipe = Recipe((Trim(("city",)), DropRows(Condition("city", "equals", "Rome"))))
    checked, not_ready = store / "failures.parquet", store / "outcomes.parquet"
    with duckdb.connect() as connection:
        failing = "select unnest([3, 4])::bigint as row, 'note' as \"column\", 'blank' as code"
        connection.execute(f"copy ({failing}) to '{checked}' (format parquet)")
        connection.execute(f"copy (select 3::bigint as row) to '{not_ready}' (format parquet)")

    def ask_it(sql: str, **options: Any) -> Answer:
        cleaned = cleaned_list(stage, recipe, store)
        tables = {
            "list": lambda: list_table(cleaned),
            "failures": lambda: failures_table(
                checked, not_ready, [CauseFacts("blank", "note", "must be filled.", True)]
            ),
            "profile": lambda: profile_table(cleaned),
        }
        return ask(sql, tables, store, **options)

    return ask_it


@pytest.mark.parametrize("sql", QUESTIONS)
def test_a_question_passes(sql: str, plain_engine: duckdb.DuckDBPyConnection) -> None:
    child.judge(child.parse(plain_engine, sql), TABLES)


@pytest.mark.parametrize(("sql", "kind"), HOSTILE.items())
def test_what_is_no_question_about_the_list_is_refused(
    sql: str, kind: str, plain_engine: duckdb.DuckDBPyConnection
) -> None:
    with pytest.raises(child.Refused) as refused:
        child.judge(child.parse(plain_engine, sql), TABLES)
    assert refused.value.kind == kind


REACHING = [sql for sql in HOSTILE if any(word in sql for word in ("/etc", "/tmp", "https:", "s3:", "httpfs"))] + [
    "set memory_limit = '100GB'",
    "set enable_external_access = true",
    "reset lock_configuration",
    "create secret s (type s3, key_id 'a')",
    "select getenv('HOME')",
]


@pytest.mark.parametrize("sql", REACHING)
def test_the_engine_alone_refuses_what_reaches_out(sql: str, tmp_path: Path) -> None:
    with duckdb.connect(config=settings_of(tmp_path / "spill")) as connection:
        connection.execute("create view list as select 1 as row")
        child.lock(connection, [])
        with pytest.raises(duckdb.Error):
            connection.execute(sql).fetchall()


def test_control_without_the_lock_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("a\n1\n")
    with duckdb.connect(config=settings_of(tmp_path / "spill")) as connection:
        assert connection.execute(f"select * from read_csv('{file}')").fetchall() == [(1,)]


def test_the_list_is_asked_as_its_steps_make_it(asked: Callable[..., Answer]) -> None:
    answer = asked("select city, count(*) as n from list group by city order by city")
    assert (answer.columns, answer.kinds) == (("city", "n"), ("text", "number"))
    assert answer.rows == (("Oslo", 2), ("Paris", 1))
    assert not answer.is_cut


def test_failures_say_why(asked: Callable[..., Answer]) -> None:
    answer = asked("select f.*, email from failures f join list using (row) where holds_back")
    assert answer.rows == ((3, "note", "blank", "must be filled.", True, "bob@example.com"),)
    assert asked("select row from failures where not holds_back").rows == ((4,),), "a row that is ready all the same"


def test_the_profile_counts_what_steps_left(asked: Callable[..., Answer]) -> None:
    answer = asked("select * from profile where column_name in ('city', 'note')")
    assert answer.columns[:6] == ("column_name", "filled", "empty", "distinct_values", "shortest", "longest")
    assert answer.rows[0] == ("city", 3, 0, 2, 4, 5, "Oslo", 2)
    assert answer.rows[1][:6] == ("note", 2, 1, 2, 5, 5)


def test_numbers_stay_numbers_and_the_rest_is_text(asked: Callable[..., Answer]) -> None:
    answer = asked("select 1.5::decimal(4,2) a, 2 b, null c, true d, date '2024-02-29' e, [1, 2] f, 'nan'::double g")
    assert answer.rows == ((1.5, 2, None, True, "2024-02-29", "[1, 2]", "nan"),)
    assert answer.kinds == ("number", "number", "text", "yes or no", "time", "text", "number")


def test_an_answer_is_cut_where_it_is_too_long(asked: Callable[..., Answer]) -> None:
    answer = asked("select i from range(5000) t(i)", most_rows=2_000)
    assert (len(answer.rows), answer.is_cut) == (2_000, True)
    assert not asked("select i from range(2000) t(i)", most_rows=2_000).is_cut  # control


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select emial from list", ('There is no column "emial"', "list has row, email, city, note.")),
        ("select * from lst", ("There is no table lst", "list, failures or profile")),
        ("select foo(city) from list", ("There is no function foo", "Did you mean")),
        ("select city, count(*) from list", ("GROUP BY",)),
        ("frm list", ('The SQL cannot be read at "frm"',)),
        ("select city::int from list", ("try_cast",)),
        ("select regexp_matches(city, '[') from list", ("patterns",)),
        ("select ?", ("arguments",)),
        ("copy list to '/tmp/x'", ("begin with select",)),
    ],
)
def test_what_is_wrong_is_said_in_words(sql: str, words: tuple[str, ...], asked: Callable[..., Answer]) -> None:
    with pytest.raises(QueryRefused) as refused:
        asked(sql)
    for word in words:
        assert word in str(refused.value)
    for never in ("Error", "LINE 1", "Traceback", "Oslo", "duckdb"):
        assert never not in str(refused.value)


BOMBS = [
    "select count(*) from range(1000000000) a, range(1000000000) b",
    "select * from range(1000000000000) order by 1 desc",
    "with recursive t as (select 1 n union all select n + 1 from t) select count(*) from t",
    "with recursive t as (select 'x' n union all select n || n from t) select max(length(n)) from t",
    "select list(i) from generate_series(1, 10000000000) t(i)",
    "select repeat('x', 10000000000)",
    "select length(repeat('x', 4000000000)) + length(repeat('y', 4000000000))",
    "select bitstring('1', 4000000000)",
    "select levenshtein(repeat('ab', 1000000), repeat('ba', 1000000))",
    "select count(*) from range(1000000000) t(i) where regexp_matches(repeat('a', 10000) || i, '((a*)*)*b')",
    "select " + "(" * 50_000 + "1" + ")" * 50_000,
    "select array_agg(a order by random()) from range(10000000000) t(a)",
]


@pytest.mark.parametrize("sql", BOMBS, ids=lambda sql: sql[:50])
def test_a_bomb_ends_in_time(sql: str, asked: Callable[..., Answer]) -> None:
    start_s = time.monotonic()
    with pytest.raises(QueryRefused) as refused:
        asked(sql, most_s=2.0)
    assert time.monotonic() - start_s < 15
    assert "Error" not in str(refused.value)


def test_control_a_question_that_takes_little_is_answered_in_that_time(asked: Callable[..., Answer]) -> None:
    assert asked("select count(*) from range(1000000) t(i)", most_s=5.0).rows == ((1_000_000,),)


def test_a_cancel_ends_the_process_at_once(asked: Callable[..., Answer]) -> None:
    is_cancelled = threading.Event()
    threading.Timer(1.0, is_cancelled.set).start()
    start_s = time.monotonic()
    with pytest.raises(RunCancelled):
        asked(BOMBS[0], cancelled=is_cancelled.is_set)
    assert time.monotonic() - start_s < 5


def test_a_question_leaves_no_file_and_no_process(asked: Callable[..., Answer], store: Path) -> None:
    asked("select * from list")
    with pytest.raises(QueryRefused):
        asked(BOMBS[1], most_s=1.0)
    assert [path.name for path in store.iterdir() if path.name.startswith(".")] == []
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    assert all(b"ask_child" not in Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children)


def test_an_account_s_keys_are_no_part_of_the_process(
    asked: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "planted")
    seen: list[dict[str, str]] = []
    monkeypatch.setattr(subprocess, "Popen", _noting(seen))
    asked("select 1")
    assert seen and all("AWS_SECRET_ACCESS_KEY" not in environment for environment in seen)


def _noting(seen: list[dict[str, str]]) -> type:
    class Noting(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *words: Any, **options: Any) -> None:
            seen.append(options["env"])
            super().__init__(*words, **options)

    return Noting


def test_an_answer_as_csv_is_harmless_where_it_is_asked_for() -> None:
    answer = Answer(("=a", "n"), ("text", "number"), (("=1+1", -1), ('a"b', None), ("é,", True)), False, 0.1)
    assert "".join(answer_csv(answer)) == '=a,n\r\n=1+1,-1\r\n"a""b",\r\n"é,",true\r\n'
    assert "".join(answer_csv(answer, lambda text: "'" + text)).startswith("'=a,'n\r\n'=1+1,-1\r\n")


def test_names_of_columns_are_asked_for_as_they_are(stage_of: Callable[..., Stage], store: Path) -> None:
    stage = stage_of(b'"a""; drop view list; --",Email,EMAIL,row\n1,2,3,4\n5,6,7,8\n')
    cleaned = cleaned_list(stage, Recipe(), store)
    table = list_table(cleaned)
    assert table.columns == ("row", 'a"; drop view list; --', "Email", "EMAIL (2)", "row (2)")
    answer = ask("select * from list", {"list": lambda: table, "failures": lambda: table}, store)
    assert answer.columns == table.columns
    assert answer.rows == ((2, "1", "2", "3", "4"), (3, "5", "6", "7", "8"))
    profile = ask("select column_name from profile", {"profile": lambda: profile_table(cleaned)}, store)
    assert [row[0] for row in profile.rows] == list(table.columns[1:])
