from __future__ import annotations

import email_validator
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from importer.check import (
    RULES,
    Allowed,
    CountryCode,
    Date,
    Email,
    Length,
    Pattern,
    Phone,
    Range,
    Required,
    Rule,
    Unique,
    make_rule,
)
from importer.check.codes import CODES
from importer.check.contact_text import is_email_exactly
from importer.errors import ConfigError


def passes(rule: Rule, *texts: str) -> list[bool]:
    return rule.passes(pd.Series(list(texts), dtype="str")).tolist()


def test_required_wants_something_to_read() -> None:
    assert passes(Required(), "x", "", " ", "\u00a0", "\u200b", "0") == [True, False, False, False, False, True]


@pytest.mark.parametrize(
    "rule", [Pattern("x"), Allowed(("x",)), Range("5"), Length(9), Unique(), Email(), Phone(), CountryCode(), Date()]
)
def test_a_blank_cell_passes_every_rule_but_required(rule: Rule) -> None:
    assert passes(rule, "", "") == [True, True]
    assert passes(Required(), "") == [False]


def test_a_pattern_is_for_the_whole_cell() -> None:
    assert passes(Pattern("[A-Z]{2}"), "DE", "de", "DEU", "xDE", "DE\n") == [True, False, False, False, False]
    assert passes(Pattern("a|b"), "a", "b", "ab") == [True, True, False]
    assert passes(Pattern(r"(?i)\p{L}+"), "Ångström", "a1") == [True, False]


def test_a_pattern_that_hangs_other_engines_is_answered_at_once() -> None:
    assert passes(Pattern("(a+)+b"), "a" * 5000) == [False]


def test_allowed_values() -> None:
    assert passes(Allowed(("gold", "silver")), "gold", "Gold", "tin") == [True, False, False]
    assert passes(Allowed(("Gold",), ignore_case=True), "gold", "GOLD", "tin") == [True, True, False]


def test_a_range_reads_numbers_from_text() -> None:
    assert passes(Range("0", "120"), "0", "120", "120.0", " 7 ", "1e2") == [True] * 5
    assert passes(Range("0", "120"), "121", "-1", "x", "120.000000000000000001") == [False] * 4
    assert passes(Range(max="5"), "-1e100", "5", "5.1") == [True, True, False]


def test_length_counts_characters() -> None:
    assert passes(Length(2, 3), "é", "éé", "ééé", "éééé") == [False, True, True, False]
    assert passes(Length(max=2), "ab", "abc") == [True, False]


def test_unique_fails_every_row_of_a_repeated_text() -> None:
    assert passes(Unique(), "a", "b", "a", "", "") == [False, True, False, True, True]


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("ann@example.com", True),
        ("ann+tag@mail.example.co.uk", True),
        ("o'neil@example.org", True),
        ("ännchen@müller.example.de", True),
        ("a@xn--mller-kva.de", True),
        ("ann@example", False),
        ("ann@localhost", False),
        ("ann@mail.test", False),
        ("ann.example.com", False),
        ("ann@@example.com", False),
        ("ann@exam ple.com", False),
        (" ann@example.com", False),
        ("ann@example.com\n", False),
        ("ann@example.com;bob@example.com", False),
        (".ann@example.com", False),
        ("ann..b@example.com", False),
        ("ann@-example.com", False),
        ("ann@example.com.", False),
        ("Ann <ann@example.com>", False),
        ("x" * 65 + "@example.com", False),
        ("ann@" + "x" * 64 + ".com", False),
        ("   ", False),
    ],
)
def test_email_addresses(text: str, good: bool) -> None:
    assert passes(Email(), text) == [good]


@given(st.from_regex(r"[a-zA-Z0-9.!_'+-]{1,12}@[a-zA-Z0-9.-]{1,20}\.[a-zA-Z0-9-]{1,6}", fullmatch=True))
def test_the_quick_expression_accepts_nothing_that_the_library_refuses(text: str) -> None:
    try:
        email_validator.validate_email(text, check_deliverability=False, strict=True)
        good = True
    except email_validator.EmailNotValidError:
        good = False
    assert passes(Email(), text) == [good]


ODD_SIGNS = [*"aB1.@-+_~<>\"'(),\\ \n\0\u00a0\u200b\u3000\u0301\u0338éß。＠﹫中𝒂"]
ODD_PIECES = st.sampled_from([*ODD_SIGNS, "--", "ex.com", "test", ".ARPA", "xn--", "Ã©", "@[1.2.3.4]", "x" * 64])


@settings(max_examples=400)
@given(st.lists(st.lists(ODD_PIECES, min_size=1, max_size=8).map("".join), min_size=1, max_size=8))
@example(
    [
        "zoë@example.com",
        "a@中.com",
        "a\u200b@b.com",
        "a@b.com\u200b",
        "a@b.com\u00a0",
        '"a b"@c.com',
        "A@x.TEST",
        "a@b。com",
    ]
)
def test_what_is_refused_at_a_look_the_library_refuses_too(texts: list[str]) -> None:
    expected = ["@" in text and len(text) <= 254 and is_email_exactly(text) for text in texts]
    assert passes(Email(), *texts) == expected


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("+1 202-555-0143", True),
        ("(202) 555-0143", True),
        ("0049 30 1234567", True),
        ("030/1234567", True),
        ("202.555.0143 ext. 12", True),
        ("+49\u00a030 1234567", True),
        ("12345", False),
        ("1234567890123456", False),
        ("+999 1234567", False),
        ("n/a", False),
        ("4.4E+11", False),
        ("202-555-0143 or 0144", False),
        ("=cmd", False),
    ],
)
def test_phone_numbers_without_a_region(text: str, good: bool) -> None:
    assert passes(Phone(), text) == [good]


def test_a_phone_number_says_its_country_or_is_no_phone_number() -> None:
    told = ("+44 20 7946 0123", "0044 20 7946 0123", "(+44) 20 7946 0123", " +44 20 7946 0123", "no phone", "12", "")
    assert passes(CountryCode(), *told) == [True] * 7
    assert passes(CountryCode(), "020 7946 0123", "(555) 555-0123", "5555550123") == [False] * 3


def test_phone_numbers_of_a_region_are_checked_exactly() -> None:
    assert passes(Phone("DE"), "030 1234567", "+1 202-555-0143", "0", "+49 30") == [True, True, False, False]
    assert passes(Phone("US"), "030 1234567") == [False]


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("pattern", {}, "rule pattern: pattern is missing"),
        ("pattern", {"pattern": "("}, "rule pattern: pattern is not a regular expression"),
        ("pattern", {"pattern": "(?=x)"}, "use no look-around"),
        ("allowed", {"values": []}, "rule allowed: values is empty"),
        ("allowed", {"values": "gold"}, "rule allowed: values must be a list of texts"),
        ("range", {}, "min and max are both missing"),
        ("range", {"min": "5", "max": "4"}, "min is greater than max"),
        ("range", {"min": "NaN"}, "min is not a finite number"),
        ("range", {"min": "five"}, "min is not a number"),
        ("length", {"min": "x"}, "rule length: min must be a whole number"),
        ("length", {"min": 3, "max": 2}, "min is greater than max"),
        ("phone", {"region": "Germany"}, "region is not a country's two capital letters"),
        ("email", {"strict": "yes"}, 'rule email: there is no field "strict"'),
        ("shiny", {}, 'There is no rule "shiny". Known: required, pattern'),
    ],
)
def test_a_wrong_parameter_names_its_field(name: str, params: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        make_rule(name, params)
    assert message in str(error.value)


def test_rules_say_what_they_want_in_plain_words() -> None:
    assert Email().sentence() == "must be an e-mail address"
    assert Range("0", "120").sentence() == "must be a number from 0 to 120"
    assert Pattern("[A-Z]{2}", "two capital letters").sentence() == "must be two capital letters"
    assert Length(2, 2).sentence() == "must be exactly 2 characters long"
    assert Allowed(("a", "b")).sentence() == "must be one of: a, b"


def test_every_rule_has_a_code_that_is_explained() -> None:
    assert {rule.code for rule in RULES.values()} <= set(CODES)
    assert len({rule.code for rule in RULES.values()}) == len(RULES) == 10


BIG_PATTERNS = ["a" * 2001, "|".join(f"v{i:09d}" for i in range(20_000)), "(?:.?.?){1000}q", "((?:a{40}){9}b){9}"]


@pytest.mark.parametrize("pattern", BIG_PATTERNS)
def test_a_pattern_that_is_or_comes_to_more_than_2000_characters_is_refused_in_a_short_sentence(pattern: str) -> None:
    with pytest.raises(
        ConfigError, match=r"rule pattern: pattern (has|comes to) [0-9,]+ .*more than 2,000"
    ) as caught:
        Pattern(pattern)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("pattern", ["a" * 2000, r"[\p{L}\p{M} '-]{1,255}", "[^@]{1,1000}", "(?:[0-9]{4} ?){4}"])
def test_patterns_that_people_write_are_not_too_big(pattern: str) -> None:
    assert Pattern(pattern).pattern == pattern


@pytest.mark.parametrize("field", ["min", "max"])
@pytest.mark.parametrize("number", ["1" * 41, "1" * 1_000_000, "0." + "0" * 60])
def test_a_bound_of_more_than_40_digits_is_refused(field: str, number: str) -> None:
    with pytest.raises(ConfigError, match=f"rule range: {field} has more than 40 digits"):
        Range(**{field: number})


def test_a_bound_of_40_digits_and_the_greatest_number_of_the_table_are_fine() -> None:
    assert passes(Range(min="1" * 40), "1" * 39, "1" * 40) == [False, True]
    assert passes(Range(max="9.9999999999999999999999999999999999999E+125"), "1e125", "1e126") == [True, False]


def test_what_a_rule_says_is_short_however_long_its_parameters_are() -> None:
    assert len(Pattern("a" * 2000).sentence()) < 120
    assert len(Allowed(("x" * 100_000,) * 9).sentence()) < 320
    for wrong in ({"means": "x" * 201}, {"message": "x" * 201}):
        with pytest.raises(ConfigError, match=r"rule pattern: (means|message)"):
            Pattern("a", **wrong)
    with pytest.raises(ConfigError, match="rule date: format is over 40 characters"):
        Date("DD.MM.YYYY" + "." * 100)
    assert Pattern("a{2}", means="two letters").sentence() == "must be two letters"


def test_pandera_keeps_the_code_of_a_rule_beside_each_failing_cell_and_not_its_text() -> None:
    from importer.check.by_pandera import RulePass

    rule = Allowed(tuple(f"value {number}" for number in range(1000)))
    passing = RulePass({"a": [rule]})
    checks = passing._schema.columns["a"].checks
    assert [(check.name, check.error) for check in checks] == [("not_allowed", "not_allowed")]
    failing = passing.failures(pd.DataFrame({"a": pd.array(["value 7", "x"], dtype="str")}))
    assert {cause: mask.tolist() for cause, mask in failing.items()} == {("not_allowed", "a"): [False, True]}


def test_a_text_that_repeats_is_judged_once_and_the_answer_stands_for_all_its_cells() -> None:
    texts = ["+1 555 0100 200", "", "n/a", "5550134", "+999 1"] * 300
    judged = Phone().passes(pd.Series(texts, dtype="str", index=range(7, 1507)))
    assert judged.tolist() == [True, True, False, True, False] * 300
    assert Phone().passes(pd.Series(texts[:5], dtype="str")).tolist() == [True, True, False, True, False]
    assert Unique().passes(pd.Series([*("a" for _ in range(1500)), "b"], dtype="str")).sum() == 1
