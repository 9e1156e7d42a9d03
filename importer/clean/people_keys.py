"""Keys under which the rows of one person meet: mailbox, phone number, name. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.columns import map_distinct
from importer.clean.fitting import ChunkSource
from importer.clean.fold import fingerprint, fold
from importer.clean.people_match import PersonTexts, address_text, birth_text, given_text, name_text, number_text
from importer.clean.recipe import Recipe
from importer.errors import ConfigError
from importer.profile import SPACES, column_text

FIRST_NAMES = (
    *("first name", "firstname", "given name", "forename", "vorname", "prenom", "first", "given names", "given"),
    *("voornaam", "fornavn", "fornamn", "nombre"),
)
LAST_NAMES = (
    *("last name", "lastname", "surname", "family name", "familyname", "nachname", "last", "second name", "nom"),
    *("nom de famille", "familienname", "achternaam", "etternavn", "efternavn", "efternamn", "apellido", "apellidos"),
)
"""Names of columns of first and last names, folded."""

PHONE_DIGITS = 9
"""The last digits, by which numbers with and without country code or trunk zero meet."""

MAX_ROWS = 2_000_000
"""About 60 bytes a row are kept: 120 MB for so many. A longer list is refused, not looked through in part."""


MAX_COMPARED_ROWS = 500_000
"""Rows whose names, birth dates and addresses are compared: about 300 bytes each, 150 MB for so many."""


@dataclass(frozen=True)
class PersonColumns:
    """Which columns tell people apart; `names` are put together in order, and so is `address`. `number`: one that a
    person has (insurance, tax, passport), not that of the row."""

    email: str | None = None
    phone: str | None = None
    names: tuple[str, ...] = ()
    birth: str | None = None
    address: tuple[str, ...] = ()
    number: str | None = None

    def __post_init__(self) -> None:
        if not (self.email or (self.phone and self.names) or self.are_compared):
            raise ConfigError(
                "Name a column of e-mail addresses, or one of phone numbers and those of the names, or two of: "
                "names, birth date, address, a person's number."
            )

    @property
    def are_compared(self) -> bool:
        """Whether rows can be compared field by field."""
        return sum(map(bool, (self.names, self.birth, self.address, self.number))) > 1

    @property
    def all(self) -> tuple[str, ...]:
        """Every column that is read."""
        columns = (self.email, self.phone, *self.names, self.birth, *self.address, self.number)
        return tuple(name for name in columns if name)


@dataclass(frozen=True)
class PersonKeys:
    """Of each row its number and keys, as parallel arrays: hashes of 64 bits, or numbers; 0 where there is none.

    Two mailboxes in a list of a million have the same hash with a chance of 3 in 100 million; a person looks anyway.
    `names` and `given` (first names) are kept of rows with a phone number only. `texts`: what rows are compared by,
    None where they are not.
    """

    rows: np.ndarray
    raw: np.ndarray
    email: np.ndarray
    phone: np.ndarray
    names: pa.LargeStringArray
    given: pa.LargeStringArray
    texts: PersonTexts | None = None


def gather_keys(recipe: Recipe, columns: PersonColumns, stage: ChunkSource) -> PersonKeys:
    """The keys of all rows after `recipe`, but of those that a person dropped or rejected by hand.

    Reads the stage once. Raises ConfigError for more than `MAX_ROWS` rows, or `MAX_COMPARED_ROWS` to be compared.
    """
    most = MAX_COMPARED_ROWS if columns.are_compared else MAX_ROWS
    out = np.array([row for row, verdict in recipe.row_verdicts().items() if verdict != "accept"], dtype=np.int64)
    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, pa.Array, pa.Array]] = []
    texts: list[tuple[pa.Array, ...]] = []
    rows = 0
    for chunk in stage.chunks():
        rows += len(chunk)
        if rows > most:
            others = "Leave out birth date, address and number, or split" if columns.are_compared else "Split"
            raise ConfigError(
                f"The list has more than {most:,} rows: too many to look for the same person in. "
                f"{others} it, or leave it to the key: of rows with the same key one wins."
            )
        frame = recipe.apply(chunk).frame
        frame = frame.loc[~frame.index.isin(out)]
        parts.append(_keys_of(frame, columns))
        if columns.are_compared:
            texts.append(_texts_of(frame, columns))
    numbers, raw, email, phone, names, given = zip(*parts, strict=True)
    return PersonKeys(
        rows=np.concatenate(numbers),
        raw=np.concatenate(raw),
        email=np.concatenate(email),
        phone=np.concatenate(phone),
        names=_joined(names),
        given=_joined(given),
        texts=PersonTexts(np.concatenate(numbers), *map(_joined, zip(*texts, strict=True))) if texts else None,
    )


def _joined(parts: Sequence[pa.Array]) -> pa.Array:
    return pa.chunked_array(parts, pa.large_string()).combine_chunks()


def _texts_of(frame: pd.DataFrame, columns: PersonColumns) -> tuple[pa.Array, ...]:
    """Name, birth date, address, number and first name of each row as they are compared."""
    blank = pa.array([""] * len(frame), pa.large_string())
    return (
        name_text(_together(frame, columns.names)) if columns.names else blank,
        birth_text(column_text(frame, columns.birth)) if columns.birth else blank,
        address_text(_together(frame, columns.address)) if columns.address else blank,
        number_text(column_text(frame, columns.number)) if columns.number else blank,
        _given_of(frame, columns.names) if columns.names else blank,
    )


def _given_of(frame: pd.DataFrame, names: Sequence[str]) -> pa.Array:
    """The first names: all columns of names but those of last names, or what is first in the only one."""
    given = [name for name in names if fold(name) not in LAST_NAMES]
    if len(names) > 1:
        return given_text(_together(frame, given if 0 < len(given) < len(names) else names[:1]), is_whole=False)
    if not given:
        return pa.array([""] * len(frame), pa.large_string())
    return given_text(column_text(frame, names[0]), is_whole=fold(names[0]) not in FIRST_NAMES)


def _keys_of(
    frame: pd.DataFrame, columns: PersonColumns
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, pa.Array, pa.Array]:
    """Row numbers, hash of the raw address and of its key, last digits of the phone, key of the name, first name."""
    nothing: np.ndarray = np.zeros(len(frame), dtype=np.uint64)
    raw, email, phone, names = nothing, nothing, nothing, pa.nulls(len(frame), pa.large_string())
    given = names
    if columns.email is not None:
        written = column_text(frame, columns.email)
        raw, email = _hashes(written), _hashes(email_key(written))
    if columns.phone is not None and columns.names:
        digits = phone_key(column_text(frame, columns.phone))
        has_phone = pc.not_equal(digits, "")
        phone = np.asarray(pc.if_else(has_phone, digits, "0").cast(pa.uint64()))
        names = pc.if_else(has_phone, _name_keys(frame, columns.names), None)
        given = pc.if_else(has_phone, _given_of(frame, columns.names), None)
    return frame.index.to_numpy(), raw, email, phone, names, given


def _name_keys(frame: pd.DataFrame, columns: Sequence[str]) -> pa.Array:
    return map_distinct(_together(frame, columns), fingerprint)


def _together(frame: pd.DataFrame, columns: Sequence[str]) -> pa.Array:
    """The cells of several columns with spaces between."""
    parts = [column_text(frame, name) for name in columns]
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, pa.scalar(" ", pa.large_string()))


def _hashes(cells: pa.Array) -> np.ndarray:
    """64 bits of each text (uint64), 0 for ""."""
    hashes = pd.util.hash_array(cells.to_numpy(zero_copy_only=False), categorize=False)
    return np.where(np.asarray(pc.equal(cells, "")), np.uint64(0), hashes)


def shared_keys(keys: np.ndarray) -> Iterator[np.ndarray]:
    """Positions of rows that share a key other than 0, key by key."""
    order = np.argsort(keys, kind="stable")
    order = order[np.searchsorted(keys[order], 1) :]
    ordered = keys[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])[: len(order)])
    ends: np.ndarray = np.append(starts[1:], len(order))
    several = ends - starts > 1
    for start, end in zip(starts[several].tolist(), ends[several].tolist(), strict=True):
        yield order[start:end]


def email_key(cells: pa.Array) -> pa.Array:
    """Addresses without capitals, name, tag (`ann+fair@`) and, for Gmail, dots: one mailbox, one key; "" if none."""
    bare = pc.utf8_lower(pc.utf8_trim(cells, characters=SPACES))
    for pattern, put in (
        (r"^mailto:\s*|^[^<>]*<\s*|\s*>$", ""),
        (r"^([^+@]+)\+[^@]*@", r"\1@"),
        (r"@googlemail\.com$", "@gmail.com"),
    ):
        bare = pc.replace_substring_regex(bare, pattern=pattern, replacement=put)
    gmail = pc.ends_with(bare, "@gmail.com")
    dotless = pc.replace_substring_regex(bare, pattern=r"\.", replacement="")
    bare = pc.if_else(gmail, pc.replace_substring_regex(dotless, pattern="gmailcom$", replacement="gmail.com"), bare)
    return pc.if_else(pc.match_substring_regex(bare, r"^[^@\s]+@[^@\s]+$"), bare, pa.scalar("", pa.large_string()))


def phone_key(cells: pa.Array) -> pa.Array:
    """The last digits of each number; "" for fewer than `PHONE_DIGITS`, and for what has letters in it."""
    digits = pc.replace_substring_regex(cells, pattern="[^0-9]", replacement="")
    good = pc.and_(
        pc.greater_equal(pc.utf8_length(digits), PHONE_DIGITS),
        pc.invert(pc.match_substring_regex(cells, "[A-Za-z]")),
    )
    return pc.if_else(good, pc.utf8_slice_codeunits(digits, -PHONE_DIGITS), pa.scalar("", pa.large_string()))
