"""Clusters: values of a column that are probably one, for a person to look at. Nothing is changed here. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from importer.clean.fitting import ChunkSource
from importer.clean.fold import fingerprint, fold, ngram_fingerprint
from importer.clean.mapping import MapValues
from importer.clean.recipe import Recipe
from importer.errors import ConfigError
from importer.profile import SPACES, column_text

METHODS = ("fingerprint", "ngram", "distance")
"""Same words in whatever order and writing · same letters, words run together or apart · a slip of the pen apart."""

SIMILAR = 0.82
"""Edits (swapped neighbours count as one) a letter: from 6 letters on one edit, from 12 on two."""

FEWEST_LETTERS = 4
"""Of shorter values one edit makes another word."""

MAX_DISTINCT = 300_000
"""A column with more values is no list of names; counting it would take memory without bound."""

_EDGE = 3
_WINDOW = 160
"""Values are compared when they begin or end with the same three signs and have the same digits; where more than 160
do, each with its neighbours in order of the alphabet. So 100,000 values take seconds, not hours; what has a slip at
both its ends is not found."""


@dataclass(frozen=True)
class Cluster:
    """Values that are probably one, most frequent first, with how many rows have each. `suggested` is one of them."""

    values: tuple[tuple[str, int], ...]
    suggested: str
    method: str

    @property
    def rows(self) -> int:
        """Rows that have one of the values."""
        return sum(count for _, count in self.values)

    def to_operation(self, column: str, put: str | None = None, leave: Iterable[str] = ()) -> MapValues:
        """Once a person approved: all values but those to `leave` become `put` (`suggested`, if nothing is said).

        Raises ConfigError when nothing would change.
        """
        text, left = self.suggested if put is None else put, set(leave)
        return MapValues(column, tuple((value, text) for value, _ in self.values if value not in left | {text}))


def count_values(recipe: Recipe, column: str, stage: ChunkSource) -> Counter[str]:
    """Each value that is not blank and how many rows have it, after `recipe`; reads the stage once.

    Raises ConfigError for more than `MAX_DISTINCT` different values.
    """
    counts: Counter[str] = Counter()
    for chunk in stage.chunks():
        for found in pc.value_counts(column_text(recipe.apply(chunk).frame, column)).to_pylist():
            counts[found["values"]] += found["counts"]
        if len(counts) > MAX_DISTINCT:
            break
    return names_among(counts, column)


def names_among(counts: Counter[str], column: str) -> Counter[str]:
    """The values that are not blank. Raises ConfigError for more than `MAX_DISTINCT` of them."""
    if len(counts) > MAX_DISTINCT:
        raise ConfigError(
            f'Column "{column}" has more than {MAX_DISTINCT:,} different values: too many to compare. '
            "Choose a column of names that come again, such as company or city."
        )
    return Counter({value: count for value, count in counts.items() if value.strip(SPACES)})


def find_clusters(counts: Mapping[str, int], method: str, *, similar: float = SIMILAR) -> tuple[Cluster, ...]:
    """Clusters of two values or more, most rows first. Raises ConfigError for a method that is none of METHODS."""
    if method not in METHODS:
        raise ConfigError(f"There is no such way to find clusters. Choose one of: {', '.join(METHODS)}.")
    groups = _near(counts, similar) if method == "distance" else _same_key(counts, _KEYS[method])
    clusters = [_cluster(values, counts, method) for values in groups]
    return tuple(sorted(clusters, key=lambda cluster: (-cluster.rows, cluster.suggested)))


_KEYS: dict[str, Callable[[str], str]] = {"fingerprint": fingerprint, "ngram": ngram_fingerprint}


def _cluster(values: Iterable[str], counts: Mapping[str, int], method: str) -> Cluster:
    ordered = sorted(values, key=lambda value: (-counts[value], _untidiness(value), value))
    return Cluster(tuple((value, counts[value]) for value in ordered), ordered[0], method)


def _untidiness(value: str) -> int:
    """Of equally frequent values the one in mixed case, without spaces too many, is suggested."""
    return (value in (value.lower(), value.upper())) + 2 * (" ".join(value.split()) != value)


def _same_key(values: Iterable[str], key: Callable[[str], str]) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for value in values:
        groups.setdefault(key(value), []).append(value)
    return [group for found, group in groups.items() if found and len(group) > 1]


def _near(counts: Mapping[str, int], similar: float) -> Iterator[list[str]]:
    """Around each value, the frequent first, those near it that no other has yet. Same folded text counts as one."""
    groups: dict[str, list[str]] = {}
    for value in counts:
        groups.setdefault(fold(value), []).append(value)
    keys = [key for key in groups if len(key) >= FEWEST_LETTERS]
    weights = [sum(counts[value] for value in groups[key]) for key in keys]
    near = _pairs(keys, similar)
    free = set(range(len(keys)))
    for centre in sorted(free, key=lambda at: (-weights[at], keys[at])):
        if centre not in free:
            continue
        members = [centre, *(other for other in sorted(near.get(centre, ())) if other in free and other != centre)]
        free.difference_update(members)
        values = [value for member in members for value in groups[keys[member]]]
        if len(values) > 1:
            yield values


def _pairs(keys: Sequence[str], similar: float) -> dict[int, set[int]]:
    """Positions of keys → positions of those near them."""
    near: dict[int, set[int]] = {}
    for block in _blocks(keys):
        for one, other in _near_in(block, keys, similar):
            near.setdefault(one, set()).add(other)
            near.setdefault(other, set()).add(one)
    return near


def _near_in(block: Sequence[int], keys: Sequence[str], similar: float) -> Iterator[tuple[int, int]]:
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cdist

    texts = [keys[at] for at in block]
    alike = cdist(texts, texts, scorer=OSA.normalized_similarity, score_cutoff=similar, dtype=np.float32)
    for one, other in np.argwhere(np.triu(alike, 1) > 0).tolist():
        yield block[one], block[other]


def _blocks(keys: Sequence[str]) -> Iterator[list[int]]:
    """Positions of keys that are worth comparing with each other."""
    for turned in (False, True):
        blocks: dict[tuple[str, str], list[int]] = {}
        for at, key in enumerate(keys):
            edge = key[-_EDGE:] if turned else key[:_EDGE]
            digits = "".join(sign for sign in key if sign.isdigit())
            blocks.setdefault((edge, digits), []).append(at)
        for block in blocks.values():
            if len(block) > 1:
                yield from _windows(block, keys, turned=turned)


def _windows(block: list[int], keys: Sequence[str], *, turned: bool) -> Iterator[list[int]]:
    if len(block) <= _WINDOW:
        yield block
        return
    ordered = sorted(block, key=lambda at: keys[at][::-1] if turned else keys[at])
    for start in range(0, len(ordered) - _WINDOW // 2, _WINDOW // 2):
        yield ordered[start : start + _WINDOW]
