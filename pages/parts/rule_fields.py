"""The fields of a rule, empty or filled from one that is there; what the rule would fail, before it is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from importer.check import Allowed, CountryCode, Date, Email, Length, Pattern, Phone, Range, Required, Rule, Unique
from importer.clean import known_regions
from importer.errors import ImporterError
from pages.parts import words
from pages.parts.markup import plain, show
from pages.parts.pieces import examples
from pages.parts.rule_counts import Ruled, counts_of


@dataclass(frozen=True)
class Fields:
    """Where fields are drawn: `key` before each widget's own, `old` the rule that fills them."""

    key: str
    old: Rule | None

    def now(self, name: str, empty: Any) -> Any:
        """What the old rule has in this field."""
        return getattr(self.old, name, empty)

    def text(self, name: str, label: str, place: Any = st, **options: Any) -> str:
        """A line of text."""
        return str(place.text_input(label, self.now(name, ""), key=f"{self.key}_{name}", **options)).strip()


def _pattern(fields: Fields) -> Rule:
    pattern = fields.text("pattern", "The whole cell must match", placeholder="[A-Z]{2}[0-9]{4}")
    means = fields.text("means", "In words (optional)", placeholder="two letters, four digits")
    return Pattern(pattern=pattern, means=means)


def _allowed(fields: Fields) -> Rule:
    given = "\n".join(fields.now("values", ()))
    lines = st.text_area("Allowed values, one a line", given, height=120, key=f"{fields.key}_values")
    any_case = st.checkbox("Capitals do not matter", fields.now("ignore_case", False), key=f"{fields.key}_case")
    return Allowed(values=tuple(line.strip() for line in lines.splitlines() if line.strip()), ignore_case=any_case)


def _range(fields: Fields) -> Rule:
    low, high = st.columns(2)
    return Range(min=fields.text("min", "At least", low), max=fields.text("max", "At most", high))


def _length(fields: Fields) -> Rule:
    low, high = st.columns(2)
    least = low.number_input("At least (characters)", 0, 1_000_000, fields.now("min", 0), key=f"{fields.key}_least")
    most = high.number_input("At most (0: no limit)", 0, 1_000_000, fields.now("max", 0), key=f"{fields.key}_most")
    return Length(min=int(least), max=int(most))


def _phone(fields: Fields) -> Rule:
    regions = ["", *known_regions()]
    region = st.selectbox(
        "Country of numbers without + (optional)",
        regions,
        index=regions.index(fields.now("region", "")) if fields.now("region", "") in regions else 0,
        format_func=lambda code: code or "any country: 7 to 15 digits",
        key=f"{fields.key}_region",
    )
    return Phone(region=str(region))


def _date(fields: Fields) -> Rule:
    form = fields.text("format", "Written as (optional)", placeholder="2024-03-31, or e.g. DD.MM.YYYY")
    low, high = st.columns(2)
    return Date(
        format=form,
        not_before=fields.text("not_before", "Not before (optional)", low, placeholder="1900-01-01"),
        not_after=fields.text("not_after", "Not after (optional)", high, placeholder="2024-12-31"),
    )


FORMS: dict[str, tuple[str, Callable[[Fields], Rule]]] = {
    "required": ("must not be blank", lambda _: Required()),
    "email": ("must be an e-mail address", lambda _: Email()),
    "phone": ("must be a phone number", _phone),
    "allowed": ("must be one of these values", _allowed),
    "pattern": ("must match a pattern", _pattern),
    "range": ("must be a number in a range", _range),
    "date": ("must be a date", _date),
    "length": ("must have a certain length", _length),
    "country_code": ("should start with + and the country code", lambda _: CountryCode()),
    "unique": ("must not occur twice", lambda _: Unique()),
}


def draw_fields(kind: str, key: str, old: Rule | None = None) -> Rule | ImporterError:
    """The rule that the fields say now, or what is still wrong with it."""
    fields = Fields(key, old)
    rule: Rule | ImporterError
    try:
        rule = FORMS[kind][1](fields)
    except ImporterError as error:
        rule = error
    message = fields.text(
        "message",
        "What to say of a cell that fails (optional)",
        placeholder="Partner code is two letters and four digits",
        help="Your words in the place of ours: on the cards, in the reject file and on the command line.",
    )
    if isinstance(rule, ImporterError):
        return rule
    try:
        return replace(rule, message=message)
    except ImporterError as error:
        return error


def draw_foretold(ruled: Ruled, column: str, rule: Rule, key: str) -> None:
    """What the rule would do to the list: how many rows fail, and three of them."""
    asked = False
    if ruled.long:
        asked = st.button("How many rows would it fail?", icon=":material/calculate:", key=f"{key}_ask")
    count = counts_of(ruled, [(column, rule)], asked=asked).get((column, rule.name))
    if count is None:
        return
    if not count.rows:
        st.markdown(":green-badge[:material/check: No row would fail]")
        return
    verb = "would fail"
    st.markdown(f":orange-badge[{words.count(count.rows, 'row')} {verb}] of {ruled.stage.rows:,}")
    show(examples(["row", column], [(f"{row:,}", _short(text)) for row, text in count.examples]))


def draw_still_wrong(error: ImporterError, key: str) -> None:
    """The same below fields of which some are filled; of empty ones nothing is said yet."""
    begun = (value for name, value in st.session_state.items() if str(name).startswith(f"{key}_"))
    if any(isinstance(value, str) and value.strip() for value in begun):
        st.warning(plain(_by_label(error), limit=2000), icon=":material/edit:")


def draw_wrong(error: ImporterError) -> None:
    """What is wrong with the fields, in words."""
    st.error(plain(_by_label(error), limit=2000), icon=":material/error:")


def _by_label(error: ImporterError) -> str:
    """The error with the fields as the page calls them, and not as a schema file does."""
    text = re.sub(r"^rule \w+: ", "", str(error))
    for name, label in (("not_before", '"Not before"'), ("not_after", '"Not after"')):
        text = text.replace(name, label)
    return text[:1].upper() + text[1:]


def _short(text: str) -> str:
    return text if len(text) <= words.SHOWN_CHARACTERS else text[: words.SHOWN_CHARACTERS] + " …"
