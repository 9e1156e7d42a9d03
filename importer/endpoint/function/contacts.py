"""One contact in plain JSON → one item in DynamoDB JSON, by the checks of the app. Pure.

A text stays text ("00123" too), a JSON number becomes N without going through a float, true/false BOOL, null NULL,
lists and objects L and M. Nothing is left out: a blank text is stored as a blank text, as the app's "blank means
empty".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from importer.check.cells import JsonNumber, JsonProblem, RepeatedNames, base64_text, dynamo_json
from importer.check.codes import message_of
from importer.check.contact_text import is_email, is_phone
from importer.endpoint.function.answers import ContactError
from importer.endpoint.function.config import FunctionConfig, KeyAttribute
from importer.profile.space_signs import SPACES
from importer.table.item_limits import (
    MAX_ITEM_BYTES,
    MAX_PARTITION_KEY_BYTES,
    MAX_SORT_KEY_BYTES,
    item_size,
    value_size,
)

Item = dict[str, dict[str, Any]]

MAX_NAME_CHARS = 255
"""AWS Developer Guide, "Naming rules": of key and index attributes; others may be longer, but none of a list is."""

KEY_WORDS = {"S": "a text", "N": "a number", "B": "a text in base64"}


@dataclass(frozen=True)
class Accepted:
    """A contact that passed: its place in the request, its item, its key in comparable form."""

    index: int
    item: Item
    key: tuple[str, ...]


class _Bad(Exception):
    """Carries code, attribute ("" = the whole contact) and, where the app has no code for it, the sentence."""

    def __init__(self, code: str, attribute: str = "", sentence: str = "") -> None:
        super().__init__(code)
        self.code, self.attribute, self.sentence = code, attribute, sentence


def sort_contacts(contacts: Sequence[Any], config: FunctionConfig) -> tuple[list[Accepted], list[ContactError]]:
    """Contacts to write, no key twice, and the errors of all others."""
    accepted: list[Accepted] = []
    errors: list[ContactError] = []
    for index, contact in enumerate(contacts):
        try:
            accepted.append(read_contact(index, contact, config))
        except _Bad as bad:
            errors.append(ContactError(index, 422, bad.code, message_of(bad.code, bad.attribute, bad.sentence)))
    kept, losers = settle_duplicates(accepted, config.duplicates)
    return kept, sorted(errors + losers, key=lambda error: error.index)


def read_contact(index: int, contact: Any, config: FunctionConfig) -> Accepted:
    """The contact as an item. Raises _Bad with the first thing that is wrong."""
    if not isinstance(contact, dict):
        raise _Bad("contact_not_an_object", "", "a contact must be a JSON object")
    if isinstance(contact, RepeatedNames):
        raise _Bad("json_name_repeated", "", "a contact must not name an attribute twice")
    sizes = (MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES)
    keys = {
        part.name: _key_value(contact.get(part.name), part, most)
        for part, most in zip(config.key, sizes, strict=False)
    }
    item = {name: keys.get(name) or _value(name, value) for name, value in contact.items()}
    _check_rule(contact, config.emails, is_email, "not_an_email")
    _check_rule(contact, config.phones, is_phone, "not_a_phone")
    if item_size(item) > MAX_ITEM_BYTES:
        raise _Bad("item_too_big")
    return Accepted(index, item, tuple(str(*value.values()) for value in keys.values()))


def settle_duplicates(accepted: Sequence[Accepted], rule: str) -> tuple[list[Accepted], list[ContactError]]:
    """Of contacts with one key, the first, the last or none is written; the others are told."""
    places: dict[tuple[str, ...], list[int]] = {}
    for one in accepted:
        places.setdefault(one.key, []).append(one.index)
    winner = {"first": min, "last": max}.get(rule)
    code = "duplicate_key" if winner else "key_conflict"
    losers = {
        index
        for listed in places.values()
        if len(listed) > 1
        for index in listed
        if winner is None or index != winner(listed)
    }
    told = message_of(code, "", "its key occurs in another contact of the request too" if winner else "")
    return (
        [one for one in accepted if one.index not in losers],
        [ContactError(index, 409, code, told) for index in sorted(losers)],
    )


def _key_value(value: Any, part: KeyAttribute, most_bytes: int) -> dict[str, Any]:
    if value is None or (isinstance(value, str) and not value.strip(SPACES)):
        raise _Bad("key_missing", part.name)
    if isinstance(value, JsonNumber) is not (part.type == "N") or not isinstance(value, str):
        raise _Bad("wrong_key_type", part.name, f"must be {KEY_WORDS[part.type]}: the table's key is of that type")
    typed = _binary(part.name, value) if part.type == "B" else _value(part.name, value)
    if value_size(*next(iter(typed.items()))) > most_bytes:
        raise _Bad("key_too_long", part.name)
    return typed


def _binary(name: str, text: str) -> dict[str, Any]:
    base64, code = base64_text(text)
    if code:
        raise _Bad(code, name)
    return {"B": base64}


def _value(name: str, value: Any) -> dict[str, Any]:
    if not name or len(name) > MAX_NAME_CHARS:
        raise _Bad("bad_attribute_name", "", f"an attribute's name must have 1 to {MAX_NAME_CHARS} characters")
    try:
        name.encode()
        typed = dynamo_json(value)
        value_size(*next(iter(typed.items())))
    except JsonProblem as problem:
        raise _Bad(str(problem), name) from None
    except UnicodeEncodeError:
        raise _Bad("broken_unicode", "", "a text or a name has half of a Unicode pair") from None
    return typed


def _check_rule(contact: dict[str, Any], names: Sequence[str], keeps: Callable[[str], bool], code: str) -> None:
    """As the app's rules: a blank cell keeps them."""
    for name in names:
        value = contact.get(name)
        if value is None or value == "":
            continue
        if not isinstance(value, str) or not keeps(str(value)):
            raise _Bad(code, name)
