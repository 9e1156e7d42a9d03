"""Small pieces of the screen."""

from __future__ import annotations

from pages.parts.pieces import cell


def test_spaces_at_the_ends_of_a_cell_are_shown() -> None:
    assert cell(" ada@example.com\u00a0") == (
        '<span><span class="ci-space">␣</span>ada@example.com<span class="ci-space">␣</span></span>'
    )


def test_spaces_inside_stay_and_signs_stay_text() -> None:
    assert cell("Ada <b> X") == "Ada <b> X"
    assert cell(" <b>") == '<span><span class="ci-space">␣</span>&lt;b&gt;</span>'


def test_a_cell_of_spaces_alone_is_blank() -> None:
    assert "blank" in cell(" \u200b ")
