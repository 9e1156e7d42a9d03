"""The page of what was tried from outside names tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "docs" / "guide" / "security-checks.md"
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def missing(text: str) -> list[str]:
    """Tests that a page names and that are not there."""
    return [
        f"{file}::{name}"
        for file, name in NAMED.findall(text)
        if not re.search(rf"^(?:async )?def {name}\(", (REPOSITORY / "tests" / file).read_text("utf-8"), re.MULTILINE)
    ]


def test_every_line_is_open_or_names_a_test_that_there_is() -> None:
    text = PAGE.read_text("utf-8")
    assert missing(text) == []
    lines = [line for line in text.splitlines() if re.search(r"\| (held|mended) \|", line)]
    assert len(lines) > 40
    assert [line for line in lines if not NAMED.search(line) and "decisions/" not in line] == []


def test_control_a_test_that_is_gone_is_noticed() -> None:
    assert missing("`unit/test_docs_security.py::test_gone`") == ["unit/test_docs_security.py::test_gone"]
