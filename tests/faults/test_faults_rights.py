"""README's list of rights is what the code asks for, and an import runs with its own part of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name
from run_kit import REPOSITORY, planned_run, snapshot
from strict_endpoint import Faults, running_endpoint

from importer.plan import Mode
from importer.run import RunState, Snapshot, execute_run
from importer.settings import Settings

ROWS = 300
RIGHT_OF = {"BatchExecuteStatement": "PartiQLInsert"}
"""Operations whose right has another name (Developer Guide, "IAM security policies with PartiQL for DynamoDB")."""

OPERATIONS = ("DescribeTable", "BatchWriteItem", "BatchExecuteStatement", "BatchGetItem", "GetItem", "Scan")
WHICH = {Mode.OVERWRITE: ("each import", "overwrites"), Mode.INSERT: ("each import", "inserts only")}


def told_rights() -> dict[str, list[str]]:
    """README's table: what a right is needed for → the rights."""
    lines = [line.strip("| ").split(" | ") for line in (REPOSITORY / "README.md").read_text("utf-8").splitlines()]
    return {line[1]: re.findall(r"`dynamodb:(\w+)`", line[0]) for line in lines if line[0].startswith("`dynamodb:")}


def asked_of_dynamodb() -> set[str]:
    """Every operation that the code names: a client's method, a paginator of one, or the target of a request."""
    operations = botocore.session.get_session().get_service_model("dynamodb").operation_names
    by_method = {xform_name(name): name for name in operations}
    found = set()
    for path in sorted([*REPOSITORY.glob("importer/**/*.py"), *REPOSITORY.glob("pages/**/*.py")]):
        for name in called_in(path):
            found |= {by_method.get(name, name.removeprefix("DynamoDB_20120810."))} & set(operations)
    return found


def called_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr
            given = node.args[0] if node.func.attr == "get_paginator" else None
            if isinstance(given, ast.Constant):
                yield str(given.value)
        elif isinstance(node, ast.Constant) and str(node.value).startswith("DynamoDB_20120810."):
            yield str(node.value)


def test_readme_tells_exactly_the_rights_that_the_code_needs() -> None:
    told = [right for rights in told_rights().values() for right in rights]
    assert sorted(told) == sorted(RIGHT_OF.get(name, name) for name in asked_of_dynamodb())


def rights_of(mode: Mode) -> list[str]:
    """What README says an import of this mode needs."""
    return [
        right
        for words, rights in told_rights().items()
        if any(needed in words for needed in WHICH[mode])
        for right in rights
    ]


def imported(tmp_path: Path, mode: Mode, rights: list[str]) -> Snapshot:
    """An import, to its end or its pause, by credentials that have only these rights; some replies get lost."""
    denied = tuple(name for name in OPERATIONS if RIGHT_OF.get(name, name) not in rights)
    settings = Settings(tmp_path / "home")
    with running_endpoint(Faults(seed=2, lost_reply=0.3, denied=denied)) as endpoint:
        folder = planned_run(settings, endpoint.url, ROWS, mode=mode)
        execute_run(settings, folder.run_id)
    return snapshot(folder)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")


@pytest.mark.parametrize("mode", Mode)
def test_an_import_with_the_rights_of_its_mode_alone_finishes_though_replies_get_lost(
    tmp_path: Path, mode: Mode
) -> None:
    end = imported(tmp_path, mode, rights_of(mode))
    assert (end.state, end.buckets.written) == (RunState.FINISHED, ROWS)


@pytest.mark.parametrize(
    ("mode", "without", "told"),
    [
        (Mode.OVERWRITE, "BatchWriteItem", "may not write to the table"),
        (Mode.INSERT, "PartiQLInsert", "may not write to the table"),
        (Mode.INSERT, "BatchGetItem", "may not read from the table: dynamodb:BatchGetItem is missing"),
    ],
)
def test_control_without_one_of_its_rights_an_import_pauses_and_says_which_kind_is_missing(
    tmp_path: Path, mode: Mode, without: str, told: str
) -> None:
    end = imported(tmp_path, mode, [right for right in rights_of(mode) if right != without])
    assert end.state is RunState.PAUSED
    assert told in end.reason
    assert end.buckets.failed == 0
    assert end.buckets.pending > 0
