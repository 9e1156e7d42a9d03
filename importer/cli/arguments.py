"""The commands and their options; nothing here does anything."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from importer import __version__
from importer.cli.endpoint import add_batch_endpoint, add_endpoint
from importer.cli.key_words import add_schema_options, parse_key
from importer.errors import ConfigError
from importer.plan import BadLimit, Mode

REPAIR_KINDS = ("join", "drop_empty", "insert", "other_delimiter", "join_rows", "mojibake")
"""As the intake has them, which is not loaded to parse arguments."""

DESCRIPTION = "Gets a list of contacts into a DynamoDB table, and shows that the numbers add up."

EPILOG = (
    "Exit codes: 0 all good, 1 failed, 2 wrong usage, 3 finished with rows not written, 130 cancelled (resumable). "
    "Data lives in IMPORTER_HOME (default var/)."
)


class OneLineParser(argparse.ArgumentParser):
    """Wrong usage in one line instead of a screen of options; with `--json` it is said on stdout too."""

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does it."""
        words = sys.argv[1:] if args is None else list(args)
        OneLineParser.as_json = "--json" in words
        return super().parse_args(args, namespace)

    as_json = False

    def error(self, message: str) -> NoReturn:
        """Ends the process with 2."""
        if OneLineParser.as_json:
            print(json.dumps({"error": message}, ensure_ascii=False))
        self.exit(2, f"{self.prog}: error: {message}\n{self.prog} --help says what there is.\n")


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; `command` names the command chosen."""
    parser: argparse.ArgumentParser = OneLineParser(prog="python -m importer", description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_read(commands)
    _add_check(commands)
    _add_query(commands)
    _add_run(commands)
    _add_run_commands(commands)
    _add_saved(commands)
    _add_engine(commands)
    _add_sample(commands)
    add_endpoint(commands)
    for command in commands.choices.values():
        command.add_argument("--json", action="store_true", help="answer one JSON object; progress goes to stderr")
    return parser


def _add_read(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    told = "read any list and write it as UTF-8, comma, RFC 4180; problems go to stderr"
    read = commands.add_parser("read", help=told, description=told)
    _add_source(read)
    where = read.add_mutually_exclusive_group()
    where.add_argument("--out", type=Path, metavar="CLEAN.csv", help="where to write one list (default: stdout)")
    where.add_argument("--out-dir", type=Path, metavar="DIR", help="where to write each list as DIR/NAME.csv")


def _add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    told = "check a list and name its failure cases; nothing is written to any table"
    check = commands.add_parser("check", help=told, description=told)
    _add_source(check)
    _add_rules(check)
    check.add_argument("--table", metavar="T", help="check as for this table: its key, indexes, names and types")
    check.add_argument("--endpoint-url", metavar="U", help="a DynamoDB endpoint of your own")


def _add_query(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    told = "answer a question in SQL about the cleaned list; nothing is changed"
    more = (
        "The tables are list (row, and the columns as text), failures (row, column_name, code, message, holds_back) "
        "and profile (a row for each column). A question that names failures has the list checked first."
    )
    query = commands.add_parser("query", help=told, description=f"{told}. {more}")
    _add_source(query)
    query.add_argument("sql", metavar="SQL", help='for example "select city, count(*) from list group by city"')
    query.add_argument("--out", type=Path, metavar="FILE.csv", help="where to write the answer (default: stdout)")
    query.add_argument("--for-spreadsheets", action="store_true", help="with formulas made harmless")
    _add_rules(query)


def _add_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    told = "import a list into a table"
    run = commands.add_parser("run", help=told, description=told)
    _add_source(run)
    where = run.add_mutually_exclusive_group(required=True)
    where.add_argument("--table", metavar="T")
    add_batch_endpoint(run, where, parse_key)
    run.add_argument("--endpoint-url", metavar="U", help="a DynamoDB endpoint of your own")
    _add_rules(run)
    run.add_argument("--mode", choices=[mode.value for mode in Mode], default=Mode.OVERWRITE.value)
    run.add_argument("--rate-wcu", type=_positive, metavar="N", help="at most N write units a second")
    run.add_argument("--rate-rows", type=_positive, metavar="N", help="at most N rows a second")
    run.add_argument("--workers", type=_workers, metavar="N|auto", help="requests at a time (auto: what helps)")
    run.add_argument("--max-bad", type=_bad_limit, metavar="N|N%", help="stop when more rows than this are bad")
    run.add_argument("--yes", action="store_true", help="import although the list may have been read wrongly")
    run.add_argument("--create-table", type=parse_key, metavar="KEY", help="make the table if it is missing")


def _add_run_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    resume = commands.add_parser("resume", help="go on with a run that was stopped")
    resume.add_argument("run_id", metavar="RUN")
    resume.add_argument("--if-queued", action="store_true", help=argparse.SUPPRESS)
    cancel = commands.add_parser("cancel", help="stop a run; it can be resumed")
    cancel.add_argument("run_id", metavar="RUN")
    commands.add_parser("runs", help="list all runs, newest first")
    show = commands.add_parser("show", help="show one run")
    show.add_argument("run_id", metavar="RUN")
    _add_rejects(commands)


def _add_rejects(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    told = "the rows of a run that were not written, with their reasons, to be fixed and sent back"
    rejects = commands.add_parser("rejects", help=told, description=told)
    rejects.add_argument("run_id", metavar="RUN")
    rejects.add_argument("--for-spreadsheets", action="store_true", help="UTF-8, comma, formulas made harmless")
    rejects.add_argument("--out", type=Path, metavar="FILE", help="where to write them (default: stdout)")
    told = "merge a fixed reject file into its run and send the rows that pass"
    fix = commands.add_parser("fix", help=told, description=told)
    fix.add_argument("run_id", metavar="RUN")
    fix.add_argument("file", type=Path, metavar="FILE")


def _add_saved(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    told = "saved kinds of list: what `--saved NAME` opens a list as"
    saved = commands.add_parser("saved", help=told, description=told)
    saved.add_argument("action", nargs="?", choices=["list", "save", "delete"], default="list")
    saved.add_argument("words", nargs="*", metavar="RUN NAME", help="save RUN NAME, or delete NAME")
    saved.add_argument("--replace", action="store_true", help="save over the one of that name")


def _add_engine(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    engine = commands.add_parser("engine", help="the embedded engine")
    engine.add_argument("action", choices=["start", "stop", "status"])


def _add_sample(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sample = commands.add_parser("sample", help="write a deliberately messy list of about 2,000 contacts")
    sample.add_argument("--out", type=Path, default=Path("sample-contacts.csv"), metavar="FILE")


def _add_rules(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--schema", type=Path, metavar="S.yaml", help="types and rules (default: found in the list)")
    parser.add_argument("--recipe", type=Path, metavar="R.json", help="cleaning steps to apply first")
    parser.add_argument("--saved", metavar="NAME", help="schema and recipe of a saved list (see `saved`)")
    add_schema_options(parser)


def _add_source(parser: argparse.ArgumentParser) -> None:
    """Where a list lies and how it is to be read, the same for every command that reads one."""
    parser.add_argument(
        "places", nargs="+", metavar="FILE", help="a path, s3://bucket/key, s3://bucket/prefix/, or - for stdin"
    )
    parser.add_argument(
        "--member", default="", metavar="NAME", help="a file of an archive or a sheet of a workbook; all: all as one"
    )
    parser.add_argument("--encoding", default="", metavar="NAME", help="overrule the encoding that was found")
    parser.add_argument("--delimiter", default="", metavar="SIGN", help="overrule the delimiter; \\t means tab")
    header = parser.add_mutually_exclusive_group()
    header.add_argument(
        "--header-row",
        type=_header_rows,
        metavar="N[-M]",
        help="the row that names the columns, from 1; or the first and the last of several whose words are joined",
    )
    header.add_argument("--no-header", action="store_true", help="the first row is a contact already")
    parser.add_argument(
        "--repair",
        action="append",
        default=[],
        choices=REPAIR_KINDS,
        help="repair all records for which this is suggested",
    )


def _header_rows(text: str) -> tuple[int, int | None]:
    """The first row of the header, and the last where it was named."""
    first, dash, last = text.partition("-")
    if not all(part.isdecimal() and int(part) >= 1 for part in ([first, last] if dash else [first])):
        raise argparse.ArgumentTypeError("it must be a row's number, 1 or more, or two as in 1-2")
    return int(first), int(last) if dash else None


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError("it must be a number above 0")
    return number


def _workers(text: str) -> int | None:
    if text == "auto":
        return None
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError("it must be auto, or 1 to 64")
    return int(text)


def _bad_limit(text: str) -> str:
    try:
        BadLimit.parse(text)
    except ConfigError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text
