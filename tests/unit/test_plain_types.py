"""What a file says of itself fits, or is seen when it is read; names of any length in a message are cut."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from importer.errors import ConfigError
from importer.intake.column_words import are_codes
from importer.list_warning import ListWarning
from importer.plain_types import of_its_types


@dataclass(frozen=True)
class Told:
    count: int
    share: float = 0.0
    name: str | None = None
    rows: tuple[int, ...] = ()
    pairs: tuple[tuple[str, int], ...] = ()
    words: dict[str, int] = field(default_factory=dict)
    warning: ListWarning | None = None
    any: Any = None


@pytest.mark.parametrize(
    "told",
    [
        Told(1),
        Told(1, 2, "x", (1, 2), (("a", 1),), {"a": 1}, ListWarning("c", "", "m"), object()),
        Told(1, rows=[1, 2], pairs=[["a", 1]]),  # type: ignore[arg-type]
    ],
)
def test_control_what_fits_is_given_back(told: Told) -> None:
    assert of_its_types(told) is told


@pytest.mark.parametrize(
    "told",
    [
        Told("1"),  # type: ignore[arg-type]
        Told(True),
        Told(1.0),  # type: ignore[arg-type]
        Told(2**63),
        Told(1, float("inf")),
        Told(1, "2"),  # type: ignore[arg-type]
        Told(1, name="\ud800"),
        Told(1, name=3),  # type: ignore[arg-type]
        Told(1, rows=("a",)),  # type: ignore[arg-type]
        Told(1, rows="12"),  # type: ignore[arg-type]
        Told(1, pairs=(("a", 1, 2),)),  # type: ignore[arg-type]
        Told(1, words={"a": "b"}),  # type: ignore[dict-item]
        Told(1, warning=ListWarning("c", "", "m", count="3")),  # type: ignore[arg-type]
    ],
)
def test_what_does_not_fit_is_seen_at_any_depth(told: Told) -> None:
    with pytest.raises(TypeError, match="is of another type"):
        of_its_types(told)


def test_a_name_of_any_length_leaves_a_message_short_and_its_advice_whole() -> None:
    message = str(ConfigError(f'There is no rule "{"x" * 5000}". Known: {"y" * 9000}, required. Name one of them.'))
    assert len(message) < 400
    assert message.endswith(", required. Name one of them.")
    assert str(ConfigError("Names stay: " + "ab " * 500)) == "Names stay: " + "ab " * 500


def test_cells_of_100_000_letters_are_no_codes_and_that_is_said_at_once() -> None:
    begun = time.process_time()
    assert not are_codes(["X" * 100_000, "Y" * 100_000, "Z" * 100_000])
    assert time.process_time() - begun < 1
    assert are_codes(["A", "B", "C"])
