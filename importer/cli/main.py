"""From arguments to an exit code; whatever happens, one line on stderr and no traceback."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from importer.cli.arguments import build_parser
from importer.cli.screen import tell
from importer.cli.usage import DoubtsFound, UsageError
from importer.errors import ImporterError, RunCancelled
from importer.logs import describe_error, let_go_of_terminal, start_logging
from importer.settings import Settings, load_settings

if TYPE_CHECKING:
    from importer.run import Preparer

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_CANCELLED = 130

SENDING = ("run", "resume", "fix")
"""Commands that say themselves what became of a run, from the moment on when something may have been sent."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code (DESIGN: 0, 1, 2, 3 or 130). Wrong options end the process with 2."""
    options = build_parser().parse_args(arguments)
    try:
        with _signals_interrupt():
            return _command(options, load_settings(os.environ))
    except (KeyboardInterrupt, RunCancelled):
        tell("Cancelled; nothing was sent to a table." if options.command in SENDING else "Cancelled.")
        return EXIT_CANCELLED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except ImporterError as error:
        return _refuse(options, error)
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        tell(f"error: unexpected {describe_error(error)} at {os.path.basename(at.filename)}:{at.lineno}")  # noqa: PTH119
        return EXIT_FAILED


@contextmanager
def _signals_interrupt() -> Iterator[None]:
    """SIGTERM and a closed terminal end a command as Ctrl-C does: what it began is cleared away, and it says so."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            let_go_of_terminal()
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _refuse(options: argparse.Namespace, error: ImporterError) -> int:
    """One line on stderr; with `--json` the object on stdout says the same, for whoever reads that alone."""
    tell(f"error: {error}")
    if getattr(options, "json", False):
        print(json.dumps({"error": str(error)} | _doubt_facts(error), ensure_ascii=False))
    return EXIT_USAGE if isinstance(error, UsageError) else EXIT_FAILED


def _doubt_facts(error: ImporterError) -> dict[str, object]:
    """Code and column of each doubt, and all other warnings, where doubts are why the list was refused."""
    if not isinstance(error, DoubtsFound):
        return {}
    return {
        "warnings": [warning.to_dict() for warning in error.warnings],
        "doubts": [warning.to_dict() for warning in error.warnings if warning.is_doubt],
    }


def _command(options: argparse.Namespace, settings: Settings) -> int:
    """Import only what the command needs: `engine status` should not wait for pandas."""
    if options.command == "engine":
        from importer.cli.engine import engine_command

        return engine_command(options, settings)
    if options.command == "endpoint":
        from importer.cli.endpoint import endpoint_command

        return endpoint_command(options, settings)
    if options.command in {"read", "sample"}:
        from importer.cli import reading

        return (
            reading.read_command(options, settings) if options.command == "read" else reading.sample_command(options)
        )
    if options.command in {"check", "query", "saved"}:
        from importer.cli import asking, checking, saved

        commands = {"check": checking.check_command, "query": asking.query_command, "saved": saved.saved_command}
        return commands[options.command](options, settings)
    if options.command in {"run", "resume"}:
        return _import(options, settings)
    return _of_runs(options, settings)


def _of_runs(options: argparse.Namespace, settings: Settings) -> int:
    """Commands on runs that are there already; only `rejects` and `fix` read their lists."""
    if options.command in {"rejects", "fix"}:
        from importer.cli import fixing

        start_logging(sys.stderr, _log_level())
        return (fixing.fix_command if options.command == "fix" else fixing.rejects_command)(options, settings)
    from importer.cli import runs

    command = {"runs": runs.runs_command, "show": runs.show_command, "cancel": runs.cancel_command}[options.command]
    return command(options, settings)


def _import(options: argparse.Namespace, settings: Settings) -> int:
    """`run` and `resume`. A long list's second process loads while this one does."""
    start_logging(sys.stderr, _log_level())
    with _preparer(options, settings) as preparer:
        from importer.cli import importing

        command = importing.run_command if options.command == "run" else importing.resume_command
        return command(options, settings, preparer)


@contextmanager
def _preparer(options: argparse.Namespace, settings: Settings) -> Iterator[Preparer | None]:
    """The process that prepares slices, for a list that is long enough."""
    from importer.run import Preparer, open_run

    is_new = options.command == "run"
    sources = map(Path, options.places) if is_new else [open_run(settings, options.run_id).source]
    size_bytes = sum(source.stat().st_size for source in sources if source.is_file())
    if not Preparer.worth_it(size_bytes=size_bytes):
        yield None
        return
    with Preparer() as started:
        yield started


def _log_level() -> int:
    """A detached runner logs to its file; in front of a person the bar says enough."""
    import logging

    return logging.ERROR if sys.stderr.isatty() else logging.INFO
