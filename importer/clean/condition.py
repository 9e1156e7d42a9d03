"""Conditions: which rows of a chunk are meant, by one column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.fields import Fields, wrong_field
from importer.clean.patterns import check_pattern
from importer.profile import column_text, is_blank


class ConditionTest(StrEnum):
    """What a condition asks of a cell; the value is both the JSON word and the word on screen."""

    IS_BLANK = "is blank"
    IS_NOT_BLANK = "is not blank"
    EQUALS = "equals"
    DIFFERS = "differs from"
    CONTAINS = "contains"
    LACKS = "does not contain"
    STARTS = "starts with"
    ENDS = "ends with"
    MATCHES = "matches"


NO_TEXT = (ConditionTest.IS_BLANK, ConditionTest.IS_NOT_BLANK)


_ASK: dict[str, Callable[[pa.Array, str], pa.Array]] = {
    ConditionTest.IS_BLANK: lambda cells, _: is_blank(cells),
    ConditionTest.IS_NOT_BLANK: lambda cells, _: pc.invert(is_blank(cells)),
    ConditionTest.EQUALS: pc.equal,
    ConditionTest.DIFFERS: pc.not_equal,
    ConditionTest.CONTAINS: pc.match_substring,
    ConditionTest.LACKS: lambda cells, text: pc.invert(pc.match_substring(cells, text)),
    ConditionTest.STARTS: pc.starts_with,
    ConditionTest.ENDS: pc.ends_with,
    ConditionTest.MATCHES: pc.match_substring_regex,
}


@dataclass(frozen=True)
class Condition:
    """Rows where `column` meets `test`, exact as to case and spaces; "matches" looks for a pattern anywhere."""

    column: str
    test: str
    text: str = ""

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "test", ConditionTest(self.test))
        except ValueError:
            raise wrong_field("test", f"must be one of: {', '.join(test.value for test in ConditionTest)}.") from None
        if self.test in NO_TEXT and self.text:
            raise wrong_field("text", f'must be empty for the test "{self.test}".')
        if self.test not in NO_TEXT and not self.text:
            raise wrong_field("text", 'is empty. Give a text, or use the test "is blank".')
        if self.test == ConditionTest.MATCHES:
            check_pattern(self.text, field="text")

    def mask(self, frame: pd.DataFrame) -> pa.Array:
        """True for each row of the chunk that is meant (a boolean array as long as the chunk)."""
        return _ASK[self.test](column_text(frame, self.column), self.text)

    def words(self) -> str:
        """`phone is blank`, `city equals "Paris"`: for the screen, as it quotes what the person typed."""
        return f"{self.column} {self.test}" + (f' "{self.text}"' if self.text else "")

    def renamed(self, old: str, new: str) -> Condition:
        """The same condition on a column that is called otherwise."""
        return replace(self, column=new) if self.column == old else self

    def to_dict(self) -> dict[str, object]:
        """What `from_dict` takes."""
        return {"column": self.column, "test": str(self.test), "text": self.text}

    @classmethod
    def from_dict(cls, data: object) -> Condition:
        """ConfigError naming the field that is wrong."""
        fields = Fields(data)
        column, test, text = fields.text("column"), fields.text("test"), fields.text("text", "")
        fields.finish()
        return cls(column, test, text)
