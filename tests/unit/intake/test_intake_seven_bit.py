"""Letters written in ASCII: escape sequences tell their encoding, other ways are asked about, look-alikes are not."""

from __future__ import annotations

import pytest

from importer.intake.seven_bit import escape_encoding, seven_bit_doubts


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("iso2022_jp", "鈴木 花子"), ("iso2022_jp_ext", "鈴木 ｽｽﾞｷ"), ("hz", "李小龙")],
)
def test_escape_sequences_that_all_decode_tell_the_encoding(encoding: str, name: str) -> None:
    assert escape_encoding(f"a@x.org,{name},ok\nb@x.org,{name}".encode(encoding)) == encoding


@pytest.mark.parametrize("lines", [b"a,\x1b[1mbold\x1b[0m", b"a,{~{}~}", b"a,~{x", b"a,\x1b$)C\x0e0h\x0f", b"a,b"])
def test_other_escapes_and_braces_are_no_encoding(lines: bytes) -> None:
    assert escape_encoding(lines) == ""


@pytest.mark.parametrize(
    ("cells", "way"),
    [
        (["J+APw-rgen Gro+AN8-", "K+APY-ln"], "UTF-7"),
        (["J=C3=BCrgen", "K=C3=B6ln"], "quoted-printable"),
        (["\x1b$)C\x0e0h\x0f", "b"], "ISO-2022"),
        (["~{Mu7<~}", "~{AuCt~}", "~/x"], "HZ"),
    ],
)
def test_letters_in_ascii_that_were_not_decoded_are_asked_about(cells: list[str], way: str) -> None:
    doubts = list(seven_bit_doubts(cells))
    assert [(doubt.code, doubt.is_doubt) for doubt in doubts] == [("letters_in_ascii", True)]
    assert way in doubts[0].message


@pytest.mark.parametrize(
    "cells",
    [
        ["+1-555-0100", "+49-30-123", "+120-555-0100", "ann+news-x@x.org", "bob+abc-d@x.org"],
        ["=C3=B6", "=C4=B7", "=A1+B2-C3", "https://x.org/?a=C3"],
        ["C+APw", "A+B-", "O+ blood - rare"],
        ["\x1b[1mbold", "{~{}~}", "~{home}"],
    ],
)
def test_phone_numbers_formulas_and_mail_tags_are_not(cells: list[str]) -> None:
    assert list(seven_bit_doubts(cells)) == []
