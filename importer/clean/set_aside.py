"""What a person said is not the same: kept in the run's folder, so that no reload and no other browser asks again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from importer.clean.clusters import Cluster
from importer.clean.people import PersonCluster
from importer.errors import ConfigError
from importer.files import write_private
from importer.plain_types import UNREADABLE

VERSION = 1

PEOPLE = ""
"""The topic of rows that are different people; every other topic is the name of a column, and none is empty."""


@dataclass(frozen=True)
class SetAside:
    """Marks by topic. A mark is a hash: no cell's value is kept here."""

    marks: frozenset[tuple[str, str]] = frozenset()

    def has(self, topic: str, mark: str) -> bool:
        """Whether this was put aside."""
        return (topic, mark) in self.marks

    def put(self, topic: str, mark: str) -> SetAside:
        """With one more."""
        return SetAside(self.marks | {(topic, mark)})

    def without(self, topic: str) -> SetAside:
        """With nothing put aside of this topic."""
        return SetAside(frozenset(one for one in self.marks if one[0] != topic))


def value_mark(cluster: Cluster) -> str:
    """The same for the same spellings, whichever way they were found; how many rows have each does not count."""
    return _mark(sorted(value for value, _ in cluster.values))


def person_mark(cluster: PersonCluster, list_version: str) -> str:
    """Of these rows of this list; read another way, the list may have other people in them."""
    return _mark([list_version, *map(str, cluster.rows)])


def load_set_aside(path: Path) -> SetAside:
    """What was put aside, nothing if there is no such file; ConfigError if it is damaged."""
    try:
        document = json.loads(path.read_bytes().decode("utf-8"))
        if document["version"] != VERSION:
            raise ValueError
        return SetAside(frozenset((str(topic), str(mark)) for topic, mark in document["marks"]))
    except FileNotFoundError:
        return SetAside()
    except UNREADABLE:
        raise ConfigError(
            f"What was put aside as not the same cannot be read from {path}. Delete that file; you are asked again."
        ) from None


def save_set_aside(path: Path, aside: SetAside) -> None:
    """Writes `path` (mode 0600), whole or not at all; FatalError when the disk refuses."""
    write_private(path, json.dumps({"version": VERSION, "marks": sorted(aside.marks)}))


def _mark(parts: Iterable[str]) -> str:
    return hashlib.sha256(json.dumps(list(parts)).encode()).hexdigest()[:32]
