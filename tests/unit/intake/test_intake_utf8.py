"""UTF-8 is what Python's decoder says it is: no overlong forms, no surrogates, nothing past the last code point."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.intake.encodings import decode_block, find_codec

UTF8 = find_codec("utf-8")
EDGES = (0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1)
EDGES += (0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFC, 0xFE, 0xFF)


def python_takes(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def is_taken(raw: bytes) -> bool:
    """Whether a block is text as it is: nothing was repaired but signs that no list has."""
    return not [found for found in decode_block(raw, UTF8, 0).problems if "not UTF-8" in found.message]


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("\x93Muster\x94 \x96 \x80 5", "“Muster” – € 5"),
        ("wait\x85\x94", "wait…”"),
        ("Ann\x92s \x81", "Ann’s \x81"),
        ("Ã\x89lodie, Annâ\x80\x99s", "Ã\x89lodie, Annâ\x80\x99s"),
    ],
)
def test_signs_of_latin_1_that_no_list_has_are_those_of_cp1252(text: str, mended: str) -> None:
    for encoding in ("utf-8", "utf-16-le"):
        decoded = decode_block(f"a,b\n{text}\n".encode(encoding), find_codec(encoding), 0)
        assert decoded.text.decode() == f"a,b\n{mended}\n"
        assert [found.code for found in decoded.problems] == (["repaired_bytes"] if mended != text else [])


def test_every_pair_and_triple_of_edge_bytes_is_judged_as_by_python() -> None:
    texts = [bytes(some) for count in (1, 2, 3) for some in itertools.product(EDGES, repeat=count)]
    assert [text for text in texts if is_taken(text) != python_takes(text)] == []
    assert 0 < sum(map(is_taken, texts)) < len(texts)


@pytest.mark.parametrize(
    ("raw", "taken"),
    [
        (b"\xf0\x90\x80\x80", True),
        (b"\xf0\x8f\xbf\xbf", False),  # overlong
        (b"\xf4\x8f\xbf\xbf", True),  # U+10FFFF, the last
        (b"\xf4\x90\x80\x80", False),
        (b"\xed\x9f\xbf", True),
        (b"\xed\xa0\x80", False),  # a surrogate
        (b"\xf0\x9f\x98", False),  # cut off
    ],
)
def test_the_edges_of_four_bytes(raw: bytes, taken: bool) -> None:
    assert is_taken(b"a" + raw + b"z\n") is taken is python_takes(raw)


@given(st.binary(max_size=64))
def test_any_bytes_are_judged_as_by_python(raw: bytes) -> None:
    assert is_taken(raw) == python_takes(raw)
