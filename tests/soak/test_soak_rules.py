"""Each rule of reading switched off: whatever of a thousand readings changes is noticed by some test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import chain, islice
from pathlib import Path

import pytest
from corpus.case import Case
from corpus.readings import corpus_lists, read_whole, read_without_each
from corpus.rules import RULES, without

pytestmark = pytest.mark.soak

SEEDS = (7, 4711, 4712, 4713)
READINGS = 1000
ROOT = Path(__file__).resolve().parents[2]
SUITES = ("tests/unit/intake", "tests/corpus", "tests/main_job")


def thousand_lists() -> list[Case]:
    return list(islice(chain.from_iterable(map(corpus_lists, SEEDS)), READINGS))


def noticed_by_the_suites(out: Path) -> dict[str, str]:
    """The first test that fails without a rule, by the rule."""
    command = [sys.executable, "-m", "pytest", "-q", "-m", "not soak", "-p", "corpus.rule_off"]
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    subprocess.run(
        [*command, "--rules-noticed", str(out), *SUITES], cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, check=True
    )
    noticed: dict[str, str] = json.loads(out.read_text("utf-8"))
    return noticed


def test_what_changes_one_of_a_thousand_readings_is_noticed_by_some_test(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    changing: set[str] = set()
    for case in thousand_lists():
        path.write_bytes(case.content)
        _, others = read_without_each(path, changing)
        changing |= others.keys()
    noticed = noticed_by_the_suites(tmp_path / "noticed.json")
    print(f"{len(changing)} of {len(RULES)} rules change a reading; {len(noticed)} are noticed by a test")
    assert changing - noticed.keys() == set()


def test_without_a_rule_that_decided_nothing_a_reading_is_the_same(tmp_path: Path) -> None:
    """The control: what the thousand readings pass over."""
    path = tmp_path / "list.csv"
    for case in thousand_lists()[::100]:
        path.write_bytes(case.content)
        whole, others = read_without_each(path)
        for rule in RULES:
            if rule.name not in others and not rule.asks:
                with without(rule):
                    assert read_whole(path) == whole, (case.name, rule.name)
