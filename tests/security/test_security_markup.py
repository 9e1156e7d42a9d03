"""Text from a list never becomes HTML or Markdown."""

from __future__ import annotations

import pytest

from pages.parts.markup import plain, tag
from pages.parts.pictures import label
from pages.parts.upload_box import shown_name

HOSTILE = '<img src=x onerror="alert(1)">'


def test_children_and_attributes_are_escaped() -> None:
    made = tag("td", HOSTILE, title='"><script>')
    assert made == '<td title="&quot;&gt;&lt;script&gt;">&lt;img src=x onerror=&quot;alert(1)&quot;&gt;</td>'


def test_pieces_of_our_own_stay_html() -> None:
    assert tag("p", tag("b", "bold"), " & plain") == "<p><b>bold</b> &amp; plain</p>"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![x](http://evil.example/x.png)", "\\!\\[x\\]\\(http\\:\u2060//evil\\.example/x\\.png)"),
        (":red[boo] $x^2$", "\\:red\\[boo\\] \\$x\\^2\\$"),
        ("**bold** `code`", "\\*\\*bold\\*\\* \\`code\\`"),
        ("<b>", "\\<b\\>"),
        ("# head\nline", "\\# head·line"),
    ],
)
def test_markdown_signs_are_taken_as_signs(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Phone: must be a phone number (7 to 15 digits).",
        "E-Mail: must be an e-mail address.",
        "Kept (all of them) now",
    ],
)
def test_a_plain_sentence_has_no_backslashes_that_a_screen_reader_would_read(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (":smile: x", "\\:smile: x"),
        ("- a", "\\- a"),
        ("a -- b -> c", "a \\-\\- b \\-\\> c"),
        ("1. a", "1\\. a"),
        ("1) a", "1\\) a"),
        ("[x](y) z", "\\[x\\]\\(y) z"),
    ],
)
def test_the_same_signs_are_escaped_where_markdown_would_take_them(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_long_text_is_cut() -> None:
    assert plain("a" * 400, limit=10) == "a" * 9 + "…"


def test_chart_labels_hold_no_tags() -> None:
    assert label("<b>Ann</b>") == "&lt;b&gt;Ann&lt;/b&gt;"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\list.csv", "list.csv"),
        ("a\x00b\x1b[31m.csv", "ab[31m.csv"),
        ("\u202ecsv.exe", "csv.exe"),
        ("", "unnamed list"),
        ("x" * 500, "x" * 120),
    ],
)
def test_a_file_name_is_shown_as_text_and_cut(sent: str, shown: str) -> None:
    assert shown_name(sent) == shown
