from __future__ import annotations

import pytest

from importer.clean import ParseList, ParseYesNo
from importer.errors import ConfigError


def test_words_for_yes_and_no_become_true_and_false_and_others_stay(frame_of):
    frame = frame_of(a=["Ja", "NON ", "1", "off", "✓", "maybe", ""])
    assert ParseYesNo("a").apply(frame)["a"].tolist() == ["true", "false", "true", "false", "true", "maybe", ""]
    assert ParseYesNo("a").unparsed(frame) == 1


def test_words_can_be_given(frame_of):
    step = ParseYesNo("a", ("Kept",), ("gone",))
    assert step.apply(frame_of(a=["kept", "GONE", "yes"]))["a"].tolist() == ["true", "false", "yes"]


@pytest.mark.parametrize(("yes", "no"), [((), ("n",)), (("y", " "), ("n",)), (("y",), ("Y",))])
def test_words_that_say_nothing_or_both_are_refused(yes, no):
    with pytest.raises(ConfigError, match=r'Field "(yes|no)"'):
        ParseYesNo("a", yes, no)


@pytest.mark.parametrize(
    ("put", "before", "after"),
    [
        (";", "red, blue,,red ", "red;blue"),
        ("", "red, blue", "red,blue"),
        (";", " red ", "red"),
        (";", " , ,", ""),
        (";", "a;b, c", "a;b, c"),
        (";", "a;b", "a;b"),
    ],
)
def test_lists_are_tidied_and_never_made_longer(frame_of, put, before, after):
    assert ParseList("a", ",", put).apply(frame_of(a=[before]))["a"].tolist() == [after]


def test_a_list_needs_a_separator():
    with pytest.raises(ConfigError, match='Field "separator" is empty'):
        ParseList("a", "")


def test_members_that_hold_the_new_separator_are_counted(frame_of):
    assert ParseList("a", ",", ";").unparsed(frame_of(a=["a;b, c", "a,b"])) == 1
