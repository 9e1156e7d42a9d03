"""No list keeps the server's other threads from their turn, so that a click beside it is answered at once.

What is measured is CPU of this process between two turns: what else the machine does makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from security.hostile_files import HOSTILE
from turn_kit import watched_turns

from importer.errors import ImporterError
from importer.run import (
    RunFolder,
    adopt_source,
    check_run,
    create_run,
    key_column,
    prepare_profile,
    prepare_schema,
    prepare_stage,
)
from importer.settings import Settings
from importer.table import KeyPart, TableKey

MOST_S = 0.25
"""Half of what a click may take longer. The longest of 31 lists was 0.13 s; most hostile ones are refused at once."""

KEY = TableKey(KeyPart("email", "S"))


def contacts(path: Path, rows: int, columns: int = 4) -> None:
    """A plain list."""
    more = ",".join(f"c{at}" for at in range(columns - 2))
    with path.open("w", encoding="utf-8") as out:
        out.write(f"email,name,{more}\n")
        for row in range(rows):
            out.write(f"p{row}@example.com,Ann {row}{f',Oslo {row % 97}' * (columns - 2)}\n")


def open_quotes(path: Path) -> None:
    """Each line opens a quote."""
    path.write_text("email,name\n" + "".join(f'p{row}@example.com,"Ann {row}\n' for row in range(5_000)), "utf-8")


SMALL: dict[str, Callable[[Path], object]] = {
    "plain.csv": lambda path: contacts(path, 20_000),
    "wide.csv": lambda path: contacts(path, 20, 500),
    "open-quotes.csv": open_quotes,
    "names.json": HOSTILE["names.json"],
}


def phases(run: RunFolder) -> Iterator[tuple[str, Callable[[], object]]]:
    """What pages do with a list, one after the other, under the pages' names."""
    yield "read", lambda: prepare_stage(run)
    yield "schema", lambda: prepare_schema(run, KEY)
    yield "columns", lambda: prepare_profile(run, key_column(run))
    yield "check", lambda: check_run(run, KEY, remembers=True)


def longest_waits(home: Path, path: Path) -> dict[str, float]:
    """The longest wait for a turn in each phase, in seconds; phases end where the list is refused."""
    run = create_run(Settings(home), source_name=path.name, who="tester", now=datetime.now(UTC))
    adopt_source(run, path)
    waits = {}
    for name, work in phases(run):
        with watched_turns() as turns:
            try:
                work()
            except ImporterError:
                break
            finally:
                waits[name] = turns.longest_s
    return waits


TRIES = 3
"""A call that gives no turn gives none each time; that this thread was not on a core while Arrow's were is chance."""


@pytest.mark.parametrize("name", SMALL)
def test_beside_a_list_every_thread_has_its_turn_in_a_quarter_of_a_second(tmp_path: Path, name: str) -> None:
    SMALL[name](tmp_path / name)
    tries = (longest_waits(tmp_path / f"home-{at}", tmp_path / name) for at in range(TRIES))
    seen = []
    for waits in tries:
        seen.append(waits)
        if max(waits.values()) <= MOST_S:
            return
    raise AssertionError(seen)


def test_control_a_call_that_gives_no_turn_is_seen() -> None:
    with watched_turns() as turns:
        sum(range(40_000_000))
    assert turns.longest_s > MOST_S


@pytest.mark.soak
@pytest.mark.parametrize("name", [*HOSTILE, "million.csv"])
def test_beside_every_hostile_list_and_a_million_rows_every_thread_has_its_turn(tmp_path: Path, name: str) -> None:
    make = HOSTILE.get(name, lambda path: contacts(path, 1_000_000, 12))
    make(tmp_path / name)
    waits = longest_waits(tmp_path / "home", tmp_path / name)
    print(f"{name}: " + ", ".join(f"{phase} {wait:.3f} s" for phase, wait in waits.items()))
    assert max(waits.values()) <= MOST_S, waits
