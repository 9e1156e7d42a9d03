"""Lists as programs and people leave them are read exactly."""

from __future__ import annotations

import pytest
from corpus.case import run_corpus
from corpus.odd_exports import ODD_EXPORTS, odd_exports

SEED = 7


@pytest.mark.parametrize("kind", ODD_EXPORTS)
def test_every_kind_of_odd_export_is_read_exactly(kind: str) -> None:
    scores = run_corpus([case for case in odd_exports(SEED) if case.name.startswith(f"{kind}_")])
    assert (scores.raised, scores.exact) == (0, 1.0), scores.worst
