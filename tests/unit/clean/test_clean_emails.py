from __future__ import annotations

import email_validator
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.clean import NormaliseEmails


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (" Ann@EXAMPLE.com ", "ann@example.com"),
        ("Ann Sample <ann@example.com>", "ann@example.com"),
        ("mailto:ann@example.com", "ann@example.com"),
        ("E-Mail: ann@example.com", "ann@example.com"),
        ("ann@exämple.org", "ann@exämple.org"),
        ("ann@xn--exmple-cua.org", "ann@exämple.org"),
        ("O'Neil@example.museum", "o'neil@example.museum"),
    ],
)
def test_addresses_are_written_bare_and_small(frame_of, before, after):
    frame = frame_of(mail=[before])
    assert NormaliseEmails("mail").apply(frame)["mail"].tolist() == [after]
    assert NormaliseEmails("mail").unparsed(frame) == 0


def test_the_part_before_the_at_may_keep_its_capitals(frame_of):
    frame = frame_of(mail=["Ann@EXAMPLE.com", "Bo <Bo@EXAMPLE.museum>"])
    assert NormaliseEmails("mail", lower=False).apply(frame)["mail"].tolist() == [
        "Ann@example.com",
        "Bo@example.museum",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "no address",
        "a@@b.co",
        "a b@example.com",
        "a@b",
        "a@example.com;b@example.com",
        "a@x.test",
        "@b.co",
        "a@-b.co",
    ],
)
def test_what_is_no_address_stays_and_is_counted(frame_of, text):
    frame = frame_of(mail=[text, ""])
    assert NormaliseEmails("mail").apply(frame)["mail"].tolist() == [text, ""]
    assert NormaliseEmails("mail").unparsed(frame) == 1


def _by_library(text: str) -> str:
    try:
        return email_validator.validate_email(text, check_deliverability=False).normalized
    except email_validator.EmailNotValidError:
        return text


LABELS = st.text("aZ09-", min_size=1, max_size=4)
ADDRESSES = st.builds(
    "{}@{}.{}".format,
    st.text("aZ9._+-", min_size=1, max_size=6),
    st.lists(LABELS, min_size=1, max_size=2).map(".".join),
    st.sampled_from(["co", "DE", "com", "test", "c", "museum", "x1", "onion", "info"]),
)


@settings(max_examples=200)
@given(st.lists(ADDRESSES, min_size=1, max_size=20))
def test_the_plain_expression_says_what_the_library_says(texts):
    index = pd.RangeIndex(1, len(texts) + 1, name="row")
    frame = pd.DataFrame({"mail": pd.Series(texts, index, dtype="str")})
    assert NormaliseEmails("mail", lower=False).apply(frame)["mail"].tolist() == [_by_library(text) for text in texts]
