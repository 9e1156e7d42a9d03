"""Where looking for alike values and for the same person pays, guessed from names and shapes of columns. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from importer.clean.fold import fold
from importer.clean.people_keys import FIRST_NAMES, LAST_NAMES, MAX_COMPARED_ROWS, PersonColumns
from importer.errors import ConfigError
from importer.profile import ColumnProfile, ListProfile

MOST = 0.5
"""Share of the filled cells that must have a shape for the column to be of that kind; and distinct values a filled
cell, up to which names come again often enough to compare them."""

_PLACES = frozenset(
    (
        *("company", "companies", "organisation", "organization", "org", "firm", "firma", "employer", "account"),
        *("city", "town", "ort", "stadt", "ville", "place", "country", "land", "state", "province", "region"),
        *("county", "district", "title", "job", "role", "position", "function", "department", "dept", "division"),
        *("team", "industry", "branch", "sector", "category", "segment", "source", "campaign", "status", "product"),
        *("brand", "vendor", "supplier", "customer", "school", "university"),
    )
)
"""Words in the names of columns whose values are names that come again."""

_NO_NAMES = frozenset(
    {"whole number", "decimal number", "date", "date and time", "e-mail", "phone", "yes/no", "web address", "empty"}
)
"""Shapes (`importer.profile.SHAPES`) of what is not written in two ways by a slip, or has a step of its own."""

_WHOLE = ("full name", "fullname", "name", "contact name", "contact", "person")
_PHONE = frozenset(("phone", "telephone", "tel", "mobile", "cell", "telefon", "handy", "cellphone"))
_EMAIL = frozenset(("email", "mail"))
_BIRTH = (
    *("date of birth", "birth date", "birthdate", "birthday", "dob", "born", "birth", "geburtsdatum", "geburtstag"),
    *("geb datum", "geboren", "date de naissance", "fecha de nacimiento", "data di nascita", "geboortedatum"),
)
_STREET = (
    *("street number", "house number", "number", "hausnummer", "hausnr", "street", "street address", "street name"),
    *("address", "address 1", "address 2", "address1", "address2", "address line 1", "address line 2", "strasse"),
    *("anschrift", "adresse", "rue", "calle", "via", "direccion", "indirizzo"),
)
_TOWN = (
    *("zip", "zip code", "zipcode", "postcode", "postal code", "plz", "cap", "code postal", "codigo postal"),
    *("suburb", "city", "town", "ort", "stadt", "ville", "ciudad", "citta"),
)
_NUMBER = (
    *("soc sec id", "ssn", "social security number", "national id", "nino", "nin", "tax id", "passport"),
    *("passport number", "personal number", "personnummer", "insurance number", "svnr", "sozialversicherungsnummer"),
    *("steuer id", "codice fiscale", "cpf", "nif", "dni", "nir", "tax", "tax no", "tax number", "tin", "ssn no"),
    *("passport no", "passport nr", "passport id", "steuernummer", "passnummer", "insurance no", "national id no"),
    *("member no", "member number", "membership no", "membership number", "mitgliedsnummer", "patient no"),
)


@dataclass(frozen=True)
class ClusterColumns:
    """Columns to look for alike values in: `first` those where it pays, the best first; then the others."""

    first: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True)
class PersonGuess:
    """Which columns seem to tell people apart; None and () where nothing was found."""

    email: str | None
    phone: str | None
    names: tuple[str, ...]
    birth: str | None = None
    address: tuple[str, ...] = ()
    number: str | None = None

    @property
    def columns(self) -> PersonColumns | None:
        """The same as they can be looked through; None when they are not enough to tell people apart."""
        try:
            return PersonColumns(self.email, self.phone, self.names, self.birth, self.address, self.number)
        except ConfigError:
            return None


def cluster_columns(profile: ListProfile, columns: Sequence[str], keys: Iterable[str] = ()) -> ClusterColumns:
    """Of `columns` (the list's after the recipe; those it made come last) all but the `keys` and what is no text."""
    known, taken = {column.name: column for column in profile.columns}, frozenset(keys)
    wanted = [name for name in columns if name not in taken and _has_names(known.get(name))]
    first = [name for name in wanted if name in known and _comes_again(known[name])]
    first.sort(key=lambda name: not _is_place(name))
    placed = frozenset(first)
    return ClusterColumns(tuple(first), tuple(name for name in wanted if name not in placed))


def guess_person_columns(profile: ListProfile, columns: Sequence[str]) -> PersonGuess:
    """Only columns that the list still has after the recipe (`columns`); of a list too long to be compared neither
    birth date nor address nor number."""
    there = frozenset(columns)
    known = [column for column in profile.columns if column.name in there]
    names = {fold(name): name for name in reversed(columns)}
    first, last, whole = (_named(names, words) for words in (FIRST_NAMES, LAST_NAMES, _WHOLE))
    people = (first, last) if first and last else (whole or first or last,)
    email, phone = _best(known, "e-mail", _EMAIL), _best(known, "phone", _PHONE)
    called = tuple(name for name in people if name)
    if profile.rows > MAX_COMPARED_ROWS:
        return PersonGuess(email, phone, called)
    street = [names[word] for word in _STREET if word in names] if _has_street(names) else []
    address = [*street, *(names[word] for word in _TOWN if word in names)] if street else []
    order = list(columns)
    return PersonGuess(
        email,
        phone,
        called,
        _named(names, _BIRTH),
        tuple(sorted(address, key=order.index)),
        _named(names, _NUMBER),
    )


def _has_street(names: dict[str, str]) -> bool:
    """A town alone is no address, and a "number" alone may be any."""
    return any(word in names for word in _STREET if "number" not in word and "nr" not in word)


def _has_names(column: ColumnProfile | None) -> bool:
    return column is None or (column.main_shape not in _NO_NAMES and column.distinct > 1)


def _comes_again(column: ColumnProfile) -> bool:
    return column.main_shape == "text" and (column.distinct <= MOST * column.filled or _is_place(column.name))


def _is_place(name: str) -> bool:
    return not _PLACES.isdisjoint(fold(name).split())


def _named(names: dict[str, str], words: Sequence[str]) -> str | None:
    return next((names[word] for word in words if word in names), None)


def _best(columns: Sequence[ColumnProfile], shape: str, words: frozenset[str]) -> str | None:
    """The column of this shape, one with such a word in its name before others; else one that is called so."""
    called = [column for column in columns if words & set(fold(column.name).replace("e mail", "email").split())]
    shaped = [column for column in columns if column.filled and column.shape_count(shape) > MOST * column.filled]
    both = [column for column in shaped if column in called]
    found = both or shaped or [column for column in called if column.filled]
    return found[0].name if found else None
