"""Rules in plain words: what each column must be, one line a rule; add one, take one away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from importer.check import Allowed, ColumnSpec, Email, Length, Pattern, Phone, Range, Required, Rule, Schema, Unique
from importer.errors import ImporterError
from importer.run import RunFolder, save_schema
from pages.parts.guard import guard
from pages.parts.markup import plain


def _pattern() -> Rule:
    pattern = st.text_input("The whole cell must match", placeholder="[A-Z]{2}[0-9]{4}")
    return Pattern(
        pattern=pattern, means=st.text_input("In words (optional)", placeholder="two letters, four digits")
    )


def _allowed() -> Rule:
    lines = st.text_area("Allowed values, one a line", height=120)
    any_case = st.checkbox("Capitals do not matter")
    return Allowed(values=tuple(line.strip() for line in lines.splitlines() if line.strip()), ignore_case=any_case)


def _range() -> Rule:
    low, high = st.columns(2)
    return Range(min=low.text_input("At least").strip(), max=high.text_input("At most").strip())


def _length() -> Rule:
    low, high = st.columns(2)
    least = int(low.number_input("At least (characters)", 0, 1_000_000, 0))
    return Length(min=least, max=int(high.number_input("At most (0: no limit)", 0, 1_000_000, 0)))


FORMS: dict[str, tuple[str, Callable[[], Rule]]] = {
    "required": ("must not be blank", Required),
    "email": ("must be an e-mail address", Email),
    "phone": ("must be a phone number", Phone),
    "allowed": ("must be one of these values", _allowed),
    "pattern": ("must match a pattern", _pattern),
    "range": ("must be a number in a range", _range),
    "length": ("must have a certain length", _length),
    "unique": ("must not occur twice", Unique),
}


def draw_rules(folder: RunFolder, schema: Schema) -> None:
    """All rules as sentences, each with its way out; below, the form for one more."""
    ruled = [spec for spec in schema.columns if spec.rules]
    if not ruled:
        st.info("No rules yet: every row passes that DynamoDB takes.", icon=":material/rule:")
    for spec in ruled:
        for rule in spec.rules:
            _draw_rule(folder, schema, spec, rule)
    if not folder.frozen:
        _draw_new(folder, schema)


def _draw_rule(folder: RunFolder, schema: Schema, spec: ColumnSpec, rule: Rule) -> None:
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    line.markdown(f"**{plain(spec.column)}** {plain(rule.sentence())}", width="stretch")
    key = f"away_{folder.run_id}_{schema.columns.index(spec)}_{rule.name}"
    if line.button("Take away", key=key, type="tertiary", icon=":material/close:", disabled=folder.frozen):
        _save(folder, schema, replace(spec, rules=tuple(other for other in spec.rules if other is not rule)))


def _draw_new(folder: RunFolder, schema: Schema) -> None:
    with st.container(border=True):
        st.markdown("**One more rule**")
        first, second = st.columns(2)
        columns = [spec.column for spec in schema.columns]
        column = first.selectbox("Column", columns, key=f"rule_column_{folder.run_id}")
        kind = second.selectbox("Rule", list(FORMS), format_func=lambda name: FORMS[name][0], key="rule_kind")
        with st.form(f"rule_{kind}", border=False), guard("rule"):
            wanted = _made(str(kind))
            if st.form_submit_button("Add the rule", icon=":material/add:"):
                rule = wanted()
                spec = schema.column(str(column))
                kept = tuple(other for other in spec.rules if other.name != rule.name)
                _save(folder, schema, replace(spec, rules=(*kept, rule)))


def _made(kind: str) -> Callable[[], Rule]:
    """The fields are drawn now; what they say is judged when the button is pressed."""
    try:
        rule = FORMS[kind][1]()
    except ImporterError as error:
        wrong = error

        def refuse() -> Rule:
            raise wrong

        return refuse
    return lambda: rule


def _save(folder: RunFolder, schema: Schema, spec: ColumnSpec) -> None:
    columns = tuple(spec if other.column == spec.column else other for other in schema.columns)
    save_schema(folder, replace(schema, columns=columns))
    st.rerun()
