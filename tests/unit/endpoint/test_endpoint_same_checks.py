"""One code: what the app says of a whole column, the endpoint says of one text."""

from __future__ import annotations

import email_validator
import numpy as np
import pandas as pd
import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from importer.check import DynamoType, Email, Phone, TypedColumn, item_sizes
from importer.check.contact_text import COUNTRY_CODES, SPECIAL_DOMAINS, is_email, is_phone
from importer.check.convert import convert_column
from importer.check.limits import key_missing
from importer.check.number_text import canonical_number
from importer.check.schema import ColumnSpec
from importer.profile import SPACES
from importer.table import item_size

NASTY = st.text(st.sampled_from("ab@.-_+ 0\u00e9\u200b\u3000\n\"'xn"), min_size=1, max_size=24)
ADDRESSES = st.from_regex(
    r"[a-z.+é]{1,8}@(?:[a-z0-9é-]{1,6}\.){0,3}(?:com|test|local|xn--p1ai|c0m|é)", fullmatch=True
)
PHONES = st.from_regex(r"\+?(?:00)?[0-9()\[\] .\-/\u2013]{1,18}(?: ?(?:x|ext\.?|#) ?[0-9]{1,7})?", fullmatch=True)
TEXTS = st.one_of(NASTY, ADDRESSES, PHONES, st.emails(), st.text(min_size=1, max_size=30))


def column(texts: list[str]) -> pd.Series:
    return pd.Series(texts, dtype="str")


@settings(max_examples=150)
@given(st.lists(TEXTS.filter(bool), min_size=1, max_size=20))
@example(["a@b.com", "zoë@example.com", "a@xn--p1ai", "a@b.test", "x" * 65 + "@a.com", "a@a.com\n", "A@B.TEST"])
def test_an_email_is_one_to_both(texts: list[str]) -> None:
    assert Email().passes(column(texts)).tolist() == [is_email(text) for text in texts]


@settings(max_examples=150)
@given(st.lists(TEXTS.filter(bool), min_size=1, max_size=20))
@example(["+1 555 0100 000 ext. 12", "00999123456", "+999 1234567", "1234567", "123456", "1234567\n", "+1+5550100"])
def test_a_phone_is_one_to_both(texts: list[str]) -> None:
    assert Phone().passes(column(texts)).tolist() == [is_phone(text) for text in texts]


@settings(max_examples=150)
@given(st.lists(st.from_regex(r"[+-]?[0-9]{0,42}\.?[0-9]{0,42}(?:[eE][+-]?[0-9]{1,4})?", fullmatch=True), min_size=1))
def test_a_number_has_one_canonical_text_or_one_reason(texts: list[str]) -> None:
    filled = [text for text in texts if text] or ["0"]
    spec = ColumnSpec("n", "n", DynamoType.N)
    conversion = convert_column(column(filled), spec)
    fatal = ("not_a_number", "number_too_precise", "number_out_of_range")
    for place, text in enumerate(filled):
        why = [name for name in fatal if name in conversion.failures and conversion.failures[name][place]]
        try:
            assert (conversion.column.text.iloc[place], why) == (canonical_number(text), [])
        except ValueError as error:
            assert why == [str(error)]


@settings(max_examples=100)
@given(st.text(max_size=40), st.integers(-(10**38) + 1, 10**38 - 1), st.booleans())
def test_an_item_is_as_large_to_both(text: str, number: int, flag: bool) -> None:
    canonical = canonical_number(str(number))
    one = np.array([True])
    columns = [
        TypedColumn("email", DynamoType.S, column([text]), one, ~one),
        TypedColumn("größe", DynamoType.N, column([canonical]), one, ~one),
        TypedColumn("flag", DynamoType.BOOL, column([str(flag).lower()]), one, ~one),
        TypedColumn("tags", DynamoType.L, column(['[{"S":"é"},{"N":"-1.50"}]']), one, ~one),
    ]
    item = {
        "email": {"S": text},
        "größe": {"N": canonical},
        "flag": {"BOOL": flag},
        "tags": {"L": [{"S": "é"}, {"N": "-1.50"}]},
    }
    assert item_sizes(columns, 1).tolist() == [item_size(item)]


@given(st.text(st.sampled_from(SPACES + "a"), max_size=6))
def test_a_key_is_blank_to_both(desk_free_text: str) -> None:
    one = np.array([True])
    missing = key_missing(TypedColumn("email", DynamoType.S, column([desk_free_text]), one, ~one))
    assert missing.tolist() == [not desk_free_text.strip(SPACES)]


def test_the_lists_written_down_are_those_of_the_libraries() -> None:
    assert set(COUNTRY_CODES) == set(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
    assert list(SPECIAL_DOMAINS) == sorted(email_validator.SPECIAL_USE_DOMAIN_NAMES)


@pytest.mark.parametrize(("text", "good"), [("a@example.com", True), ("nobody", False), ("zoë@exämple.com", True)])
def test_control_the_rule_says_both(text: str, good: bool) -> None:
    assert is_email(text) is good
