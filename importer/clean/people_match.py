"""The same person without an e-mail address or phone number: by name, birth date, address and number. Pure.

Rows that share one of several keys are compared in pairs (blocking), field by field; what agrees counts for, what
differs against the two being one, as Fellegi and Sunter weigh record pairs (1969). A blank field counts nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.columns import map_distinct
from importer.clean.dates import ORDERS, iso_day
from importer.clean.fold import fold
from importer.clean.given_names import are_other_given, generation_of, given_of_whole

NEIGHBOURS = 24
"""Rows after a row with the same key, in order of their names, that it is compared with."""

MOST_PAIRS = 50_000
"""Compared at a time: about 600 bytes each. Those that others put together by then are left out."""

LEAST_SUM = 4.5
"""Of the weights below, from which two rows are one person: no single field but the number reaches it."""

SAME_NUMBER = 8.0

NAME, BIRTH, ADDRESS, NUMBER = range(4)
FIELD_WORDS = ("name", "birth date", "address", "number")

_SCALES: dict[int, tuple[tuple[float, float], ...]] = {
    NAME: ((95, 4.0), (90, 3.0), (85, 2.3), (74, 1.0), (67, -0.5), (38, -2.5), (0, -4.0)),
    BIRTH: ((100, 4.0), (87, 2.5), (75, 0.0), (0, -3.5)),
    ADDRESS: ((90, 4.0), (75, 2.5), (62, 0.4), (54, 0.0), (0, -2.2)),
    NUMBER: ((100, SAME_NUMBER), (85, 6.0), (70, 0.0), (0, -2.0)),
}
"""For each field the weight from a likeness (0 to 100) on. People move, so another address says little against it.
What tells those of one household apart is weighed again in `_settled`."""

OTHER_NAME, OTHER_BIRTH, OTHER_NUMBER = -4.0, -8.0, -2.0
"""Weights of two first names, two birth dates and two numbers that are not one with a slip: they outweigh all but the
same number."""

MARRIED_NAME = 1.0
"""Of the same first name beside the same number: a name may change."""

GENERATION_YEARS = 15
"""Between two birth dates, from which not even two slips make one of the other."""

LATEST_BIRTH = 2026
"""A birth year of two digits is one of the hundred that end with it."""


@cache
def agreeing(fields: tuple[int, ...], same: tuple[int, ...]) -> str:
    """Why two rows are put together, in words: which fields are the same, and which only similar."""
    groups = {"same": [field for field in fields if field in same], "similar": [f for f in fields if f not in same]}
    return ", ".join(
        f"{word} {' and '.join(filter(None, (', '.join(names[:-1]), names[-1])))}"
        for word, group in groups.items()
        if (names := [FIELD_WORDS[field] for field in group])
    )


@dataclass(frozen=True)
class PersonTexts:
    """Of each row what it is compared by, folded, "" where it is blank; parallel arrays."""

    rows: np.ndarray
    name: pa.Array
    birth: pa.Array
    address: pa.Array
    number: pa.Array
    given: pa.Array


def name_text(cells: pa.Array) -> pa.Array:
    """The words of the name, folded."""
    return map_distinct(cells, fold)


def given_text(cells: pa.Array, *, is_whole: bool) -> pa.Array:
    """The words of the first names, folded. `is_whole`: the cells have the last name too."""
    return map_distinct(cells, given_of_whole if is_whole else fold)


def address_text(cells: pa.Array) -> pa.Array:
    """The words of the address, folded."""
    return map_distinct(cells, fold)


def number_text(cells: pa.Array) -> pa.Array:
    """Letters and digits of a person's number."""
    return map_distinct(cells, lambda text: fold(text).replace(" ", ""))


def birth_text(cells: pa.Array) -> pa.Array:
    """Year, then day and month with the smaller first, so that both orders are the same; "" for what is no date."""
    return map_distinct(cells, _birth_of)


_SOLID = re.compile(r"((?:18|19|20)\d\d)(\d\d)(\d\d)(?:\D.*)?")
_YEAR_FIRST = re.compile(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})(?:\D.*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})\D+(\d{1,2})\D+(\d{4})(?:\D.*)?")


def _birth_of(text: str) -> str:
    bare = text.strip()
    if match := _YEAR_LAST.fullmatch(bare):
        one, other, year = match.groups()
    elif match := (_SOLID.fullmatch(bare) or _YEAR_FIRST.fullmatch(bare)):
        year, one, other = match.groups()
    elif day := next(filter(None, (iso_day(bare, order, LATEST_BIRTH) for order in ORDERS)), None):
        year, one, other = day[:10].split("-")
    else:
        return ""
    return year + "".join(sorted((one.zfill(2), other.zfill(2))))


def alike_pairs(
    texts: PersonTexts, are_together: Callable[[int, int], bool] | None = None
) -> Iterator[tuple[int, int, str]]:
    """Places of two rows that are probably one person, and why; not those of rows (by their numbers) that
    `are_together` by the time that it is their turn."""
    pairs = _candidates(texts)
    fields = (texts.name, texts.birth, texts.address, texts.number)
    for start in range(0, len(pairs), MOST_PAIRS):
        left, right = np.divmod(pairs[start : start + MOST_PAIRS], len(texts.rows))
        if are_together is not None:
            rows = zip(texts.rows[left].tolist(), texts.rows[right].tolist(), strict=True)
            apart = np.array([not are_together(*two) for two in rows], dtype=bool)
            left, right = left[apart], right[apart]
        weights = np.stack([_weights(field, column, left, right) for field, column in enumerate(fields)])
        maybe = (weights.sum(axis=0) >= LEAST_SUM) & ((weights > 0).sum(axis=0) >= 2)
        maybe |= weights[NUMBER] == SAME_NUMBER
        yield from _judged(texts, left[maybe], right[maybe], weights[:, maybe], are_together)


def _judged(
    texts: PersonTexts,
    left: np.ndarray,
    right: np.ndarray,
    weights: np.ndarray,
    are_together: Callable[[int, int], bool] | None,
) -> Iterator[tuple[int, int, str]]:
    """Those of the pairs that are one person after a look at each. A list whose names are all alike has a dozen pairs
    a row, so what is read of the columns is read at once."""
    sides = (pa.array(left), pa.array(right))
    fields = (texts.name, texts.birth, texts.address, texts.number)
    same = np.stack([np.asarray(pc.equal(*(column.take(side) for side in sides))) for column in fields])
    rows = zip(texts.rows[left].tolist(), texts.rows[right].tolist(), strict=True)
    places = zip(left.tolist(), right.tolist(), strict=True)
    looks = zip(rows, places, weights.T.tolist(), same.T.tolist(), _pairs(texts, left, right), strict=True)
    for two, (one, other), of_pair, is_same, pair in looks:
        if are_together is not None and are_together(*two):
            continue
        settled = _settled(of_pair, pair)
        agreed = tuple(field for field, weight in enumerate(settled) if weight > 0)
        if len(agreed) >= 2 and sum(settled) >= LEAST_SUM:
            yield one, other, agreeing(agreed, tuple(field for field in agreed if is_same[field]))


class _Pair(NamedTuple):
    """The texts of two rows, as (one, other)."""

    names: tuple[str, str]
    given: tuple[str, str]
    births: tuple[str, str]

    @property
    def share_given(self) -> bool:
        """Whether both have a first name, more than its initial, in common."""
        one, other = (set(given.split()) for given in self.given)
        return any(len(word) > 1 for word in one & other)

    @property
    def are_days(self) -> bool:
        """Whether both birth dates are days; the slip that makes a 90th month of one says nothing of the other."""
        return all(birth and birth[4:6] <= "12" and birth[6:] <= "31" for birth in self.births)

    @property
    def years(self) -> int:
        """Between the birth dates."""
        one, other = (int(birth[:4]) for birth in self.births)
        return abs(one - other)


def _pairs(texts: PersonTexts, left: np.ndarray, right: np.ndarray) -> Iterator[_Pair]:
    """The texts of the rows in these places, two by two."""
    columns = [
        zip(*(column.take(pa.array(side)).to_pylist() for side in (left, right)), strict=True)
        for column in (texts.name, texts.given, texts.birth)
    ]
    return itertools.starmap(_Pair, zip(*columns, strict=True))


def are_family(texts: PersonTexts, one: int, other: int) -> bool:
    """Whether rows of names that are alike are two people all the same: by first name, birth date or Sr./Jr."""
    from rapidfuzz.distance import OSA

    pair = next(_pairs(texts, np.array([one]), np.array([other])))
    if pair.are_days:
        alike = OSA.normalized_similarity(*pair.births) * 100
        birth = next(weight for least, weight in _SCALES[BIRTH] if alike >= least)
    else:
        birth = 0.0
    settled = _settled([MARRIED_NAME, birth, 0.0, 0.0], pair)
    return settled[NAME] < 0 or settled[BIRTH] == OTHER_BIRTH


def _settled(weights: Sequence[float], pair: _Pair) -> list[float]:
    """The weights after a look at what tells parents, children and twins of one household apart."""
    out = list(weights)
    if pair.are_days and weights[BIRTH] <= 0 and (weights[BIRTH] < 0 or pair.years >= GENERATION_YEARS):
        out[BIRTH] = OTHER_BIRTH
    is_other_given = are_other_given(*pair.given, *pair.names)
    if is_other_given:
        out[NAME] = min(out[NAME], OTHER_NAME)
    elif weights[NUMBER] == SAME_NUMBER and pair.share_given:
        out[NAME] = max(out[NAME], MARRIED_NAME)
    one, other = map(generation_of, pair.names)
    if one != other:
        if one and other:
            out[NAME] = OTHER_BIRTH
        elif out[BIRTH] <= 0:
            out[NAME] = min(out[NAME], 0.0)
    if (is_other_given or out[BIRTH] == OTHER_BIRTH or out[NAME] == OTHER_BIRTH) and out[NUMBER] < SAME_NUMBER:
        out[NUMBER] = min(out[NUMBER], OTHER_NUMBER if out[NUMBER] else 0.0)
    return out


def _weights(field: int, column: pa.Array, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The weight of one field for each pair."""
    from rapidfuzz import fuzz, process
    from rapidfuzz.distance import OSA

    out: np.ndarray = np.zeros(len(left))
    filled = np.asarray(pc.not_equal(column, ""))
    both = np.flatnonzero(filled[left] & filled[right])
    if not len(both):
        return out
    one = column.take(pa.array(left[both])).to_pylist()
    other = column.take(pa.array(right[both])).to_pylist()
    if field in (BIRTH, NUMBER):
        alike = process.cpdist(one, other, scorer=OSA.normalized_similarity, dtype=np.float64) * 100
    else:
        alike = process.cpdist(one, other, scorer=fuzz.token_sort_ratio, dtype=np.float64)
        run_on = [[text.replace(" ", "") for text in side] for side in (one, other)]
        alike = np.maximum(alike, process.cpdist(*run_on, scorer=fuzz.ratio, dtype=np.float64))
    scale = _SCALES[field]
    out[both] = np.select([alike >= least for least, _ in scale], [weight for _, weight in scale])
    return out


def _candidates(texts: PersonTexts) -> np.ndarray:
    """Pairs worth comparing, each once, as left × rows + right (left < right)."""
    size = len(texts.rows)
    found: list[np.ndarray] = [np.empty(0, dtype=np.int64)]
    order_by: np.ndarray = np.empty(size, dtype=np.int64)
    order_by[pc.sort_indices(texts.name).to_numpy()] = np.arange(size)
    for key in _keys(texts):
        hashes = np.where(np.asarray(pc.equal(key, "")), np.uint64(0), _hash(key))
        order = np.lexsort((order_by, hashes))
        order = order[np.searchsorted(hashes[order], 1) :]
        for step in range(1, NEIGHBOURS + 1):
            same = hashes[order[:-step]] == hashes[order[step:]]
            if not same.any():
                break
            one, other = order[:-step][same], order[step:][same]
            found.append(np.minimum(one, other) * size + np.maximum(one, other))
    return np.unique(np.concatenate(found))


def _hash(cells: pa.Array) -> np.ndarray:
    return pd.util.hash_array(cells.to_numpy(zero_copy_only=False), categorize=False)


def _keys(texts: PersonTexts) -> Iterator[pa.Array]:
    """Keys of which two rows of one person nearly always share at least one, whatever slip was made in the others."""
    name, birth, address, number = texts.name, texts.birth, texts.address, texts.number
    name = map_distinct(name, lambda text: " ".join(sorted(text.split())))
    first = pc.utf8_slice_codeunits(name, 0, 4)
    last = map_distinct(name, lambda text: text.split()[-1][:4] if text else "")
    digits = pc.replace_substring_regex(address, pattern="[^0-9]+", replacement="")
    letters = pc.replace_substring_regex(address, pattern="[^a-z]+", replacement="")
    yield number
    yield pc.utf8_slice_codeunits(number, 0, 4)
    yield pc.utf8_slice_codeunits(number, -4)
    yield name
    yield birth
    yield address
    yield _both(first, birth)
    yield _both(last, birth)
    yield _both(first, last)
    yield _both(first, pc.utf8_slice_codeunits(birth, 0, 6))
    yield _both(last, pc.utf8_slice_codeunits(birth, 4))
    yield _both(first, digits)
    yield _both(last, digits)
    yield _both(pc.utf8_slice_codeunits(letters, 0, 8), pc.utf8_slice_codeunits(digits, -4))
    yield _both(pc.utf8_slice_codeunits(digits, -4), birth)


def _both(one: pa.Array, other: pa.Array) -> pa.Array:
    """Both texts as one key; "" where one is missing."""
    joined = pc.binary_join_element_wise(one, other, pa.scalar("|", pa.large_string()))
    there = pc.and_(pc.not_equal(one, ""), pc.not_equal(other, ""))
    return pc.if_else(there, joined, pa.scalar("", pa.large_string()))
