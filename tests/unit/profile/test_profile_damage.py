"""Damage is looked for only in cells that can have it by their ends; nothing is missed by that."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.profile import NULL_WORDS, PATTERNS, SPACES, damage_masks

PARTS = (
    *(
        "4.9E+11",
        "-1,2E+05",
        "5-May",
        "Sep 3",
        "12-december",
        "#N/A",
        "###",
        "0/0/00",
        "0000-00-00 00:00:00",
        "1/0/1900",
    ),
    *("p:+4930123456", "z:01234", "tel: 030 123456", "MAILTO:a@b", '="012"', "'+4930123", "n/a", "K.A.", "NULL", "–"),
    *("KÃ¶ln", "â€™", "\ufffd", "a\u200bb", "\x7f", "\x00", " ", "\u00a0", "x", "", "é", "E+", ":", "0", "\t"),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PARTS), max_size=3).map("".join), max_size=8))
def test_what_is_found_is_what_every_pattern_finds_in_every_cell(texts: list[str]) -> None:
    cells = pa.array(["left out", *texts, "left out"], pa.large_string()).slice(1, len(texts))
    found = damage_masks(cells)
    bare = pc.utf8_trim(cells, characters=SPACES)
    for code, pattern in PATTERNS.items():
        wanted = np.asarray(pc.match_substring_regex(bare, pattern), dtype=bool)
        assert found.get(code, np.zeros(len(texts), dtype=bool)).tolist() == wanted.tolist(), code
    padded = [bool(text.strip(SPACES)) and text != text.strip(SPACES) for text in texts]
    assert found.get("padded", np.zeros(len(texts), dtype=bool)).tolist() == padded
    words = [text.strip(SPACES).lower() in NULL_WORDS and not text.strip(SPACES).startswith("#") for text in texts]
    assert found.get("null_word", np.zeros(len(texts), dtype=bool)).tolist() == words


@pytest.mark.parametrize(("name", "found"), [("Country", []), ("note", [True, False]), ("US State", [])])
def test_na_is_namibia_in_a_column_of_countries(name: str, found: list[bool]) -> None:
    masks = damage_masks(pa.array(["NA", "DE"], pa.large_string()), name)
    assert masks.get("null_word", np.array([], dtype=bool)).tolist() == found
    assert damage_masks(pa.array(["n/a", "DE"], pa.large_string()), name)["null_word"].tolist() == [True, False]


def test_no_cells_have_no_damage() -> None:
    assert damage_masks(pa.array([], pa.large_string())) == {}
    assert damage_masks(pa.array(["", ""], pa.large_string())) == {}
