"""Which column of the list is which attribute of the table: by name, by meaning, by likeness. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from rapidfuzz import fuzz

from importer.check.infer import attribute_name, free_name
from importer.check.rules import Required
from importer.check.schema import BlankMeans, ColumnSpec, DynamoType, Schema

SAME_TEXT, SAME_WORDS, SAME_MEANING = 1.0, 0.98, 0.93
MOST_ALIKE = 0.89
"""Likeness of letters alone is never sure: it is scaled to at most this."""

CONFIDENT = 0.9
"""From here on a match may be taken without a look at each: the same words, or another word for the same thing."""

LEAST = 0.6
"""Below it a match is noise: `state` and `date` have 0.59."""

_WORDS_FOR = {
    "email": "e mail|mail|email|email address|e mail address|mail address|mailadresse|e mail adresse|email adresse"
    "|courriel|adresse mail|adresse email|correo|correo electronico|posta elettronica",
    "phone": "phone|phone number|phone no|telephone|telephone number|tel|tel no|telefon|telefonnummer|tel nr|fon"
    "|telefono|numero de telephone",
    "mobile": "mobile|mobile phone|mobile number|cell|cell phone|cellphone|handy|handynummer|mobil|mobiltelefon"
    "|portable|movil|cellulare",
    "first name": "first name|firstname|given name|givenname|forename|fname|vorname|prenom|nombre|nome",
    "last name": "last name|lastname|family name|familyname|surname|lname|nachname|familienname|nom|nom de famille"
    "|apellido|apellidos|cognome",
    "full name": "name|full name|fullname|contact name|display name",
    "company": "company|company name|organisation|organization|org|firm|firma|employer|account name|societe"
    "|entreprise|empresa|unternehmen",
    "postcode": "postcode|post code|postal code|zip|zip code|zipcode|plz|postleitzahl|code postal|codigo postal|cap",
    "city": "city|town|ort|stadt|ville|ciudad|citta",
    "country": "country|land|pays|pais|paese|nation",
    "street": "street|street address|address line 1|strasse|rue|calle|via",
    "region": "state|province|region|bundesland|county",
    "title": "title|job title|position|role|funktion|stelle",
    "birthday": "birthday|birth date|birthdate|date of birth|dob|geburtsdatum|geburtstag|date de naissance",
    "website": "website|web site|url|homepage|web|webseite",
    "note": "note|notes|comment|comments|remark|remarks|bemerkung|bemerkungen|kommentar|notiz|notizen",
    "source": "source|origin|lead source|quelle|herkunft",
    "created": "created|created at|date created|created on|creation date|erstellt|erstellt am|angelegt am",
    "updated": "updated|updated at|last modified|modified|modified at|last updated|geaendert|geaendert am",
}
"""A meaning and the names lists give it, as `_words` writes them. They are of the trade: contacts."""

_MEANING = {phrase: meaning for meaning, phrases in _WORDS_FOR.items() for phrase in phrases.split("|")}


@dataclass(frozen=True)
class KnownAttribute:
    """An attribute of the table. `types`: DynamoDB type → how many sampled items have it so; a key's is certain."""

    name: str
    types: Mapping[str, int] = field(default_factory=dict, hash=False)
    is_key: bool = False

    @property
    def type(self) -> str:
        """The type that most items have it as, NULL aside; "" when none was seen."""
        seen = {kind: count for kind, count in self.types.items() if kind != DynamoType.NULL.value}
        return max(seen, key=lambda kind: seen[kind]) if seen else ""


@dataclass(frozen=True)
class AttributeMatch:
    """Column and attribute that look like the same. `confidence` 0 to 1, `reason` in plain words."""

    column: str
    attribute: KnownAttribute
    confidence: float
    reason: str

    @property
    def confident(self) -> bool:
        """Whether it may be taken without a look at it."""
        return self.confidence >= CONFIDENT


@dataclass(frozen=True)
class TypeConflict:
    """The table holds `attribute` as `seen` in `count` items, the schema writes column `column` as another type."""

    column: str
    attribute: str
    seen: str
    count: int


def known_attributes(types: Mapping[str, Mapping[str, int]], key: Mapping[str, str]) -> tuple[KnownAttribute, ...]:
    """The key's attributes (name → type) first, then those seen in items, most often seen first."""
    keys = [KnownAttribute(name, {kind: 1} | dict(types.get(name, {})), True) for name, kind in key.items()]
    others = [KnownAttribute(name, counts) for name, counts in types.items() if name not in key]
    return (*keys, *sorted(others, key=lambda one: (-sum(one.types.values()), one.name)))


def match_attributes(columns: Sequence[str], known: Sequence[KnownAttribute]) -> tuple[AttributeMatch, ...]:
    """The best match of columns and attributes, each in one match at most, in the order of the columns.

    The surest go first; of equally sure ones those of the key, then as the columns come.
    """
    found = [
        AttributeMatch(column, attribute, *told)
        for column in columns
        for attribute in known
        if (told := likeness(column, attribute.name))[0] >= LEAST
    ]
    order = {column: place for place, column in enumerate(columns)}
    found.sort(key=lambda match: (-match.confidence, not match.attribute.is_key, order[match.column]))
    taken: dict[str, AttributeMatch] = {}
    used: set[str] = set()
    for match in found:
        if match.column not in taken and match.attribute.name not in used:
            taken[match.column] = match
            used.add(match.attribute.name)
    return tuple(taken[column] for column in columns if column in taken)


@lru_cache(maxsize=20_000)
def likeness(column: str, attribute: str) -> tuple[float, str]:
    """How sure it is that both names mean the same (0 to 1), and why."""
    if column == attribute:
        return SAME_TEXT, "same name"
    one, other = _words(column), _words(attribute)
    if one.replace(" ", "") == other.replace(" ", ""):
        return SAME_WORDS, "same words"
    meanings = _MEANING.get(one), _MEANING.get(other)
    if all(meanings):
        return (SAME_MEANING, "same meaning") if meanings[0] == meanings[1] else (0.0, "")
    if re.findall("[0-9]+", one) != re.findall("[0-9]+", other):
        return 0.0, ""  # address 1 and address 2 are as alike as two names can be, and never the same
    alike = max(fuzz.ratio(one.replace(" ", ""), other.replace(" ", "")), fuzz.token_sort_ratio(one, other)) / 100
    return round(alike * MOST_ALIKE, 2), "alike"


def _words(name: str) -> str:
    """`E-Mail`, `eMail` and `e_mail` as `e mail`: small, without accents, one space between words."""
    return attribute_name(name).replace("_", " ")


def take_matches(schema: Schema, matches: Iterable[AttributeMatch]) -> Schema:
    """The schema in which these columns become these attributes.

    A column that had the attribute gets one by its own name. One that becomes part of the key takes the key's type
    and must be filled.
    """
    columns = list(schema.columns)
    for match in matches:
        name = match.attribute.name
        before = next((spec for spec in columns if spec.attribute == name), None)
        taken = {spec.attribute for spec in columns if spec.attribute is not None} | {name}
        for at, spec in enumerate(columns):
            if spec.column == match.column:
                columns[at] = _as_attribute(spec, name, before if name in schema.key else None)
            elif spec.attribute == name:
                columns[at] = replace(spec, attribute=free_name(attribute_name(spec.column), taken))
    return replace(schema, columns=tuple(columns))


def _as_attribute(spec: ColumnSpec, name: str, key_before: ColumnSpec | None) -> ColumnSpec:
    if key_before is None or key_before.column == spec.column:
        return replace(spec, attribute=name)
    rules = spec.rules if spec.required else (Required(), *spec.rules)
    return replace(spec, attribute=name, type=key_before.type, blank=BlankMeans.OMIT, rules=rules)


def type_conflicts(schema: Schema, known: Sequence[KnownAttribute]) -> tuple[TypeConflict, ...]:
    """Attributes that the schema writes as a type that no sampled item has."""
    by_name = {attribute.name: attribute for attribute in known}
    found = []
    for spec in schema.imported:
        attribute = by_name.get(spec.attribute or "")
        if attribute and attribute.type and spec.type.value not in attribute.types:
            count = attribute.types[attribute.type]
            found.append(TypeConflict(spec.column, attribute.name, attribute.type, count))
    return tuple(found)
