from __future__ import annotations

import pytest

from importer.clean import RemoveInvisible
from importer.errors import ConfigError


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\u200bb", "ab"),
        ("\ufeffann", "ann"),
        ("so\u00adft", "soft"),
        ("\u202eabc\u202c", "abc"),
        ("nul\x00", "nul"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("\x80 is €", "\x80 is €"),
    ],
)
def test_what_nobody_sees_goes_and_what_has_a_meaning_stays(frame_of, before, after):
    assert RemoveInvisible(("a",)).apply(frame_of(a=[before]))["a"].tolist() == [after]


def test_no_column_named_means_all(frame_of):
    frame = RemoveInvisible().apply(frame_of(a=["x\u200b"], b=["\u200by"]))
    assert frame.to_dict("list") == {"a": ["x"], "b": ["y"]}
    assert RemoveInvisible().title() == "Remove invisible characters from every column"


def test_a_column_named_twice_is_refused():
    with pytest.raises(ConfigError, match='Field "columns" names a column twice'):
        RemoveInvisible(("a", "a"))
