"""The guide names tests that exist, codes that the endpoint answers, and options that the command has."""

from __future__ import annotations

import re
from pathlib import Path

from importer.cli.arguments import build_parser

REPOSITORY = Path(__file__).resolve().parents[3]
GUIDE = (REPOSITORY / "docs" / "guide" / "endpoint.md").read_text("utf-8")
TESTS = "\n".join(path.read_text("utf-8") for path in (REPOSITORY / "tests").rglob("*endpoint*.py"))
CODE = "\n".join(
    path.read_text("utf-8")
    for folder in ("endpoint", "check")
    for path in (REPOSITORY / "importer" / folder).rglob("*.py")
)


def test_every_test_it_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", GUIDE))
    assert len(named) > 15
    assert [name for name in sorted(named) if f"def {name}(" not in TESTS] == []


def test_every_code_it_names_is_answered() -> None:
    table = GUIDE.partition("| Status | Code |")[2].partition("\n\n")[0]
    named = {code for code in re.findall(r"`([a-z_]+)`", table) if code not in ("errors", "status", "contacts")}
    assert len(named) > 15
    assert [code for code in sorted(named) if f'"{code}"' not in CODE] == []


def test_every_option_it_names_exists() -> None:
    commands = next(action for action in build_parser()._actions if action.dest == "command").choices
    assert isinstance(commands, dict)
    actions = [action for name in ("endpoint", "run") for action in commands[name]._actions]
    known = {option for action in actions for option in action.option_strings}
    named = set(re.findall(r"(?<![\w-])(--[a-z][a-z-]+)", GUIDE))
    assert sorted(named - known - {"--rows"}) == []
