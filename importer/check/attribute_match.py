"""Which column of the list is which attribute of the table: by name, by meaning, by likeness. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from rapidfuzz import fuzz

from importer.check.names import attribute_name, free_name
from importer.check.rules import Required
from importer.check.schema import EMPTY_TYPES, BlankMeans, ColumnSpec, DynamoType, Schema
from importer.table import ELEMENT, KnownTable

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
    """An attribute of the table. `types`: DynamoDB type → how many sampled items have it so. `wants`: the type that
    the table insists on, as the attribute is part of its key (`is_key`) or of an index's; else "". `is_entry`: it is
    what a map holds (`address.city`).
    """

    name: str
    types: Mapping[str, int] = field(default_factory=dict, hash=False)
    is_key: bool = False
    wants: str = ""
    is_entry: bool = False

    @property
    def seen(self) -> dict[str, int]:
        """Types other than NULL and how many items have it so, the most frequent first."""
        seen = {kind: count for kind, count in self.types.items() if kind != DynamoType.NULL.value}
        return dict(sorted(seen.items(), key=lambda one: -one[1]))

    @property
    def type(self) -> str:
        """The type that a list should write: what the table insists on, else what its items have it as. Where they
        differ it is text, which holds any cell as it is, if some have it so, else the most frequent. "" is not known.
        """
        if self.wants:
            return self.wants
        return DynamoType.S.value if DynamoType.S.value in self.seen else next(iter(self.seen), "")


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


def known_attributes(known: KnownTable, *, nest_dots: bool = False) -> tuple[KnownAttribute, ...]:
    """The attributes of the table's key first, then those of its indexes' keys, then those seen in items, most often
    seen first. `nest_dots`: then what its maps hold, under names as `address.city`."""
    types, wants = known.sample.types, known.key_types
    insisted = [
        KnownAttribute(name, types.get(name, {}), name in known.key.attributes, kind) for name, kind in wants.items()
    ]
    others = [KnownAttribute(name, counts) for name, counts in types.items() if name not in wants]
    others.sort(key=lambda one: (-sum(one.types.values()), one.name))
    return (*insisted, *others, *(_entries(known, {*types, *wants}) if nest_dots else ()))


def _entries(known: KnownTable, taken: Collection[str]) -> Iterator[KnownAttribute]:
    for path, counts in known.sample.entries.items():
        name = ".".join(path)
        if name not in taken and ELEMENT not in path and not any("." in part for part in path):
            yield KnownAttribute(name, counts, is_entry=True)


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
    """The schema in which these columns become these attributes, of the type that the table has them as.

    A column that had the attribute gets one by its own name. One that becomes part of the key must be filled.
    """
    columns = list(schema.columns)
    for match in matches:
        name = match.attribute.name
        taken = {spec.attribute for spec in columns if spec.attribute is not None} | {name}
        for at, spec in enumerate(columns):
            if spec.column == match.column:
                columns[at] = _as_attribute(spec, match.attribute, in_key=name in schema.key)
            elif spec.attribute == name:
                columns[at] = replace(spec, attribute=free_name(attribute_name(spec.column), taken))
    return replace(schema, columns=tuple(columns))


def _as_attribute(spec: ColumnSpec, attribute: KnownAttribute, *, in_key: bool) -> ColumnSpec:
    taken = with_type(replace(spec, type_from=None), attribute.type) if attribute.type else spec
    if not in_key:
        return replace(taken, attribute=attribute.name)
    rules = spec.rules if spec.required else (Required(), *spec.rules)
    return replace(taken, attribute=attribute.name, blank=BlankMeans.OMIT, rules=rules)


def with_type(spec: ColumnSpec, kind: str) -> ColumnSpec:
    """The column as another type; a blank that would be that type's empty value, where it has none, is left out. A
    type that is another than before was said, or is the table's."""
    made = DynamoType(kind)
    empty = spec.blank is BlankMeans.EMPTY and made not in EMPTY_TYPES
    source = spec.type_from if made is spec.type else None
    return replace(spec, type=made, blank=BlankMeans.OMIT if empty else spec.blank, type_from=source)


def type_conflicts(schema: Schema, known: Sequence[KnownAttribute]) -> tuple[TypeConflict, ...]:
    """Attributes that the schema writes as a type that no sampled item has."""
    by_name = {attribute.name: attribute for attribute in known}
    found = []
    for spec in schema.imported:
        attribute = by_name.get(spec.attribute or "")
        if attribute and attribute.seen and spec.type.value not in attribute.seen:
            kind, count = next(iter(attribute.seen.items()))
            found.append(TypeConflict(spec.column, attribute.name, kind, count))
        elif schema.is_nested(spec):
            found += _not_maps(spec, by_name)
    return tuple(found)


def _not_maps(spec: ColumnSpec, by_name: Mapping[str, KnownAttribute]) -> Iterator[TypeConflict]:
    """What the table has as something else than the map that the column becomes a part of."""
    path = str(spec.attribute).split(".")
    for length in range(1, len(path)):
        attribute = by_name.get(".".join(path[:length]))
        if attribute and attribute.seen and "M" not in attribute.seen:
            kind, count = next(iter(attribute.seen.items()))
            yield TypeConflict(spec.column, attribute.name, kind, count)
