"""What a source holds: the lists that one may mean, and what lies beside them."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from importer.errors import SourceError
from importer.intake.containers import (
    ARCHIVES,
    EMPTY,
    STREAMS,
    TYPED,
    Entry,
    container_kind,
    is_bundle,
    joined,
    list_entries,
    list_sheets,
    unpacked,
)
from importer.intake.effort import effort_for
from importer.intake.feed import open_source
from importer.intake.workbook import WORKBOOK_KINDS

ALL = "all"
"""Every list of a source together, as one."""

MOST_DEPTH = 4
"""Containers in containers: a zip of zips of gzips. Nobody packs deeper."""

MOST_COUNTED_BYTES = 64 * 1024 * 1024
"""Of a sheet as a plain list: counted in half a second."""

LIST_ENDINGS = re.compile(
    r"\.(csv|tsv|tab|psv|dat|json|jsonl|ndjson|xlsx|xlsm|xlsb|xls|ods|parquet)(\.(gz|bz2|xz|zst))?$"
    r"|\.(zip|tar|tgz|tar\.(gz|bz2|xz|zst))$",
    re.IGNORECASE,
)

NO_LIST_ENDINGS = re.compile(
    r"\.(pdf|docx?|rtf|odt|pages|pptx?|odp|png|jpe?g|gif|webp|svg|ico|mp[34]|mov|html?|css|js|xml|ya?ml|md|ini|log"
    r"|exe|dll|sha\d*|md5|sig|asc|vcf|ics|eml|msg)$",
    re.IGNORECASE,
)

BESIDE_A_LIST = re.compile(
    r"^(read[ _-]?me|lies[ _-]?mich|lisez[ _-]?moi|leeme|leame|leggimi|licen[cs]e|copying|about|info|letter|cover"
    r"|notes?|changelog|terms|manifest)\b",
    re.IGNORECASE,
)
"""How files are called that go with lists."""


@dataclass(frozen=True)
class Member:
    """A file of an archive or a sheet of a workbook. `name` is what `--member` takes; a sheet of a workbook in an
    archive is `book.xlsx/Sheet`. `aside`: why it is not taken for a list, as `is empty`; "" for one that is."""

    name: str
    size_bytes: int = 0
    aside: str = ""

    @property
    def is_list(self) -> bool:
        return not self.aside


class HoldsNoList(SourceError):
    """An archive or a workbook in which nothing is a list; `why` is how a member's `aside` says it."""

    def __init__(self, message: str, why: str) -> None:
        self.why = why
        super().__init__(message)


def list_members(source: Path, depth: int = 0) -> tuple[Member, ...]:
    """Its lists and then all else, each in the source's order; empty for a file that is one list itself.

    Raises SourceError: damaged, no list in it.
    """
    with open_source(source) as stream:
        stamp = os.fstat(stream.fileno())
    with effort_for(source, asked="parts"):
        return _list_members(source, depth, (stamp.st_size, stamp.st_mtime_ns, stamp.st_ino))


@lru_cache(maxsize=64)
def _list_members(source: Path, depth: int, _stamp: tuple[int, int, int]) -> tuple[Member, ...]:
    """Kept as long as the file is the same: to tell an empty sheet it has to be unpacked."""
    kind = container_kind(source)
    if depth > MOST_DEPTH:
        raise SourceError(f'The file "{source.name}" is packed more than {MOST_DEPTH} times over. Unpack it.')
    if kind in STREAMS:
        with _told_as(inner := unpacked(source), source.name):
            return list_members(inner, depth + 1)
    if kind in WORKBOOK_KINDS:
        return _lists_first(
            source, [Member(name, 0, aside) for name, aside in list_sheets(source)], "sheet with anything in it"
        )
    if kind in ARCHIVES:
        return _lists_first(source, _files(source, depth), "list")
    return ()


@contextmanager
def _told_as(hidden: Path, name: str) -> Iterator[None]:
    """A refusal of what was unpacked names it as the person knows it."""
    try:
        yield
    except SourceError as error:
        error.args = (str(error).replace(f'"{hidden.name}"', f'"{name}"'),)
        raise


def is_several_files(source: Path) -> bool:
    """Whether the source is the files that were named together, each of them wanted."""
    return is_bundle(source)


def resolve_members(source: Path, wanted: str = "") -> tuple[str, ...]:
    """The members that `wanted` means: a name, ALL, or "" for the only one; ("",) where the file is the list itself.

    Of several files that were named together, it is asked of each. Raises SourceError when there is no such member,
    MemberNotChosen when there are several and none is named.
    """
    members = list_members(source)
    if not members:
        if wanted not in ("", ALL):
            raise SourceError(f'"{source.name}" is one list and has no parts, so no part of that name. Name none.')
        return ("",)
    if not is_several_files(source):
        return _chosen(members, wanted, source.name)
    found: list[str] = []
    for entry in list_entries(source):
        mine = [member for member in members if member.name == entry.name or member.name.startswith(f"{entry.name}/")]
        inner = [replace(member, name=member.name[len(entry.name) + 1 :]) for member in mine]
        chosen = ("",) if inner and not inner[0].name else _chosen(inner, wanted, entry.name)
        found += [f"{entry.name}/{name}" if name else entry.name for name in chosen]
    return tuple(found)


def choose_members(entries: Sequence[Entry], name: str, wanted: str) -> tuple[str, ...]:
    """As `resolve_members` of entries that lie together under `name` without having been opened."""
    has_lists = any(LIST_ENDINGS.search(entry.name) and not _is_beside(entry) for entry in entries)
    members = [Member(entry.name, entry.size_bytes, _why_aside(entry, has_lists)) for entry in entries]
    if not any(member.is_list for member in members):
        raise SourceError(f'"{name}" holds no list. Look at the address.')
    return _chosen(members, wanted, name)


def plain_source(source: Path, member: str = "") -> Path:
    """The plain list of a source: itself, or what it unpacks to, kept in hidden files beside it.

    `member` "" means the only one, or the first; ALL, where the source has several and all are of one kind with types
    (JSON, Parquet), all of them in one. Raises SourceError.
    """
    with effort_for(source, asked=f"list {member}"):
        return _plain_source(source, member)


def _plain_source(source: Path, member: str) -> Path:
    if member == ALL and (kind := typed_kind(source, names := resolve_members(source, ALL))):
        return joined(source, kind, [_inside_of(source, name)[0] for name in names])
    inner, kind, part = _inside_of(source, member)
    if kind in TYPED:
        return unpacked(inner)
    if kind not in WORKBOOK_KINDS:
        return inner
    shown = member.removesuffix(part).rstrip("/") or source.name
    with _told_as(inner, source.name if inner == source else shown):
        return unpacked(inner, part or list_members(inner)[0].name)


def typed_kind(source: Path, members: Sequence[str]) -> str:
    """The kind of TYPED that all these members of a source are; "" where they are not, or there is one alone."""
    kinds = {_inside_of(source, name)[1] for name in members} if len(members) > 1 else set()
    return kinds.pop() if len(kinds) == 1 and kinds < {*TYPED} else ""


def _inside_of(source: Path, member: str) -> tuple[Path, str, str]:
    """The file that is no archive and not packed (any more), its kind, and what is left of the member's name."""
    shown = source.name
    for _ in range(MOST_DEPTH + 1):
        kind = container_kind(source)
        if kind in STREAMS:
            source = unpacked(source)
        elif kind in ARCHIVES:
            with _told_as(source, shown):
                member = member or list_members(source)[0].name
            names = [entry.name for entry in list_entries(source)]
            fitting = [name for name in names if member == name or member.startswith(f"{name}/")]
            if not fitting:
                raise SourceError(f'"{source.name}" has no part of that name any more. It holds {named(names)}.')
            entry = max(fitting, key=len)
            source, member, shown = unpacked(source, entry), member[len(entry) + 1 :], entry
        else:
            return source, kind, member
    raise SourceError(f'The file "{source.name}" is packed more than {MOST_DEPTH} times over. Unpack it.')


def left_out(source: Path, taken: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """(member, why) of all that is not read when the members `taken` are; nothing is said of what is empty."""
    members = list_members(source)
    if ALL in taken:
        taken = resolve_members(source, ALL)
    taken = taken if any(taken) else [member.name for member in members[:1]]
    return tuple(
        (member.name, member.aside or "is another list")
        for member in members
        if member.name not in taken and member.aside != EMPTY
    )


class MemberNotChosen(SourceError):
    """A source holds several lists and nobody said which; `members` are those to choose from."""

    def __init__(self, name: str, members: Sequence[Member]) -> None:
        self.members = tuple(members)
        self.is_workbook = not any(member.size_bytes for member in members)
        lists = [member.name for member in members if member.is_list]
        super().__init__(
            f'"{name}" holds {len(lists):,} lists: {named(lists)}. Choose one, or all of them as one list.'
        )


def sheet_rows(source: Path, sheet: str) -> int | None:
    """How many rows of a sheet hold anything, its header too; None where it is too large to be counted by the way."""
    plain = plain_source(source, sheet)
    if plain.stat().st_size > MOST_COUNTED_BYTES:
        return None
    with plain.open(encoding="utf-8", newline="") as stream:
        try:
            return sum(1 for cells in csv.reader(stream) if any(cells))
        except csv.Error:  # a cell of more than 128 KB
            return None


def named(names: Sequence[str], limit: int = 12) -> str:
    """`"a", "b" and 3 more`."""
    shown = ", ".join(f'"{name}"' for name in names[:limit])
    return f"{shown} and {len(names) - limit:,} more" if len(names) > limit else shown


def _chosen(members: Sequence[Member], wanted: str, name: str) -> tuple[str, ...]:
    lists = [member.name for member in members if member.is_list]
    if wanted == ALL and ALL not in [member.name for member in members]:
        return tuple(lists)
    if wanted:
        fitting = [member.name for member in members if member.name == wanted]
        fitting = fitting or [member.name for member in members if member.name.startswith(f"{wanted}/")]
        fitting = fitting or [one.name for one in members if one.name.rsplit("/", 1)[-1] == wanted]
        if len(fitting) > 1:
            raise MemberNotChosen(name, [member for member in members if member.name in fitting])
        if not fitting:
            raise SourceError(f'"{name}" has no part called "{wanted}". It holds {named(lists)}.')
        return tuple(fitting)
    if len(lists) > 1:
        raise MemberNotChosen(name, members)
    return tuple(lists)


def _lists_first(source: Path, members: list[Member], what: str) -> tuple[Member, ...]:
    """The members with their lists first. Where nothing looks like a list, whatever is not surely something else is
    one; SourceError when all is."""
    if not any(member.is_list for member in members):
        told = "; ".join(f'"{member.name}" {member.aside}' for member in members[:5])
        raise HoldsNoList(
            f'"{source.name}" holds no {what}' + (f": {told}." if told else ".") + " Pack the list again.",
            f"holds no {what}",
        )
    return (*(one for one in members if one.is_list), *(one for one in members if not one.is_list))


def _files(source: Path, depth: int) -> list[Member]:
    """The files of an archive, those that are containers themselves with what they hold."""
    entries = list_entries(source)
    takes_all = is_several_files(source)
    has_lists = any(LIST_ENDINGS.search(entry.name) and not _is_beside(entry) for entry in entries)
    members: list[Member] = []
    for entry in entries:
        aside = "" if takes_all else _why_aside(entry, has_lists)
        members += (
            [Member(entry.name, entry.size_bytes, aside)] if aside else _inside(source, entry, depth, takes_all)
        )
    return members


def _inside(source: Path, entry: Entry, depth: int, takes_all: bool) -> list[Member]:
    """The file, or what it holds where that is more than one list. One that holds none is set aside alone, unless all
    are wanted: it refuses none of the lists beside it."""
    plain = [Member(entry.name, entry.size_bytes)]
    if not entry.may_hold_several:
        return plain
    try:
        with _told_as(path := unpacked(source, entry.name), entry.name):
            inner = list_members(path, depth + 1)
    except HoldsNoList as error:
        if takes_all:
            raise
        return [replace(plain[0], aside=error.why)]
    parts = [replace(member, name=f"{entry.name}/{member.name}") for member in inner]
    if sum(member.is_list for member in inner) == 1:
        return [*plain, *(part for part in parts if not part.is_list)]
    return parts or plain


def _is_beside(entry: Entry) -> bool:
    return bool(BESIDE_A_LIST.match(entry.name.rsplit("/", 1)[-1]))


def _why_aside(entry: Entry, has_lists: bool) -> str:
    if not entry.size_bytes:
        return EMPTY
    if entry.foreign:
        return f"is {entry.foreign}"
    if NO_LIST_ENDINGS.search(entry.name):
        return "is no list by its ending"
    if has_lists and (_is_beside(entry) or not LIST_ENDINGS.search(entry.name)):
        return "lies beside the lists"
    return ""
