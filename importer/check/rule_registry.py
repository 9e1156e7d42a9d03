"""All rules by name, and how one is made from plain data (a YAML entry, a form). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING
from typing import Any

from importer.check.contact_rules import CountryCode, Email, Phone
from importer.check.date_rule import Date
from importer.check.rules import Allowed, Length, Pattern, Range, Required, Rule, Unique, check_names, fields_of
from importer.errors import ConfigError

RULES: dict[str, type[Rule]] = {
    rule.name: rule for rule in (Required, Pattern, Allowed, Range, Length, Unique, Email, Phone, CountryCode, Date)
}


def make_rule(name: str, params: Mapping[str, object] | None = None) -> Rule:
    """The rule `name` with its parameters; texts are turned into whole numbers, yes/no or lists where wanted.

    Raises ConfigError naming the rule and the field.
    """
    if name not in RULES:
        raise ConfigError(f'There is no rule "{name}". Known: {", ".join(RULES)}.')
    kind, given = RULES[name], dict(params or {})
    wanted = {field.name: field for field in fields_of(kind)}
    check_names(given, tuple(wanted), f"rule {name}")
    values: dict[str, Any] = {}
    for field_name, value in given.items():
        default = wanted[field_name].default
        values[field_name] = _converted(value, "" if default is MISSING else default, f"rule {name}: {field_name}")
    return kind(**values)


def _converted(value: object, like: object, where: str) -> object:
    """`value` as the type of the field's default."""
    if isinstance(like, bool):
        return _yes_no(value, where)
    if isinstance(like, int):
        return _whole_number(value, where)
    if isinstance(like, tuple):
        return _texts(value, where)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise ConfigError(f"{where} must be one text. Put it in quotes.")


def _yes_no(value: object, where: str) -> bool:
    words = {"true": True, "yes": True, "false": False, "no": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    raise ConfigError(f"{where} must be true or false.")


def _whole_number(value: object, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 9:
        return int(value)
    raise ConfigError(f"{where} must be a whole number, at most 9 digits.")


def _texts(value: object, where: str) -> tuple[str, ...]:
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return tuple(value)
    raise ConfigError(f"{where} must be a list of texts.")
