"""A plugin of pytest: every test is run again without each rule of reading that decided something in it, until some
test has noticed that the rule is off. What noticed it, by rule, is written to the file.

    PYTHONPATH=.:tests python -m pytest -p corpus.rule_off --rules-noticed OUT.json tests/unit/intake tests/corpus
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from corpus.rules import RULES, watched, without

NOTICED = pytest.StashKey[dict[str, str]]()

LONGEST_S = 5.0
"""A test that takes longer is not run again."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rules-noticed", required=True, help="a file for the test that noticed each rule")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[NOTICED] = {}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Function, nextitem: pytest.Item | None) -> bool:
    noticed = item.config.stash[NOTICED]
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    with watched() as active:
        reports = runtestprotocol(item, nextitem=nextitem)
    is_good = all(not report.failed for report in reports) and sum(r.duration for r in reports) < LONGEST_S
    for rule in RULES if is_good else ():
        if rule.name in active and rule.name not in noticed:
            item._initrequest()
            with without(rule):
                again = runtestprotocol(item, log=False, nextitem=nextitem)
            if any(report.failed for report in again):
                noticed[rule.name] = item.nodeid
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_unconfigure(config: pytest.Config) -> None:
    Path(config.getoption("--rules-noticed")).write_text(json.dumps(config.stash[NOTICED], indent=1), "utf-8")
