"""What a person says about a source: where it lies, which part of it is meant, and how it is to be read.

The same words on the command line, on the pages and in a saved list; what is left out is found by looking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from importer.errors import ConfigError, SourceError
from importer.intake.dialect import Dialect
from importer.intake.members import ALL, is_several_files, plain_source, resolve_members, typed_kind
from importer.intake.plain_notes import read_notes
from importer.intake.repair import REPAIR_KINDS, Repairs
from importer.intake.scan import guess_dialect

STDIN = "-"


@dataclass(frozen=True)
class SourceSpec:
    """`places`: paths, `s3://bucket/key`, or "-" for standard input; several are one list. `member`: a file of an
    archive or a sheet of a workbook, "all" for all of them as one list, "" for the only one. `header_row`: the row
    that names the columns, as a spreadsheet numbers it; up to `header_end` where several do and are joined, and then
    every row below them is a contact. Empty texts and None are found by looking at the list."""

    places: tuple[str, ...] = ()
    member: str = ""
    header_row: int | None = None
    encoding: str = ""
    delimiter: str = ""
    no_header: bool = False
    repair: tuple[str, ...] = ()
    header_end: int | None = None

    def __post_init__(self) -> None:
        if self.header_row is not None and self.no_header:
            raise ConfigError("A list without a header has no header row. Leave one of the two out.")
        if self.header_row is not None and self.header_row < 1:
            raise ConfigError("The header row is a row's number, 1 or more, as a spreadsheet shows it.")
        if self.header_end is not None and self.header_end < (self.header_row or self.header_end + 1):
            raise ConfigError("The last row of the header comes before the first. Name both, as in 1-2.")
        if STDIN in self.places and len(self.places) > 1:
            raise ConfigError("Standard input (-) is one list and is read alone.")
        if unknown := set(self.repair) - set(REPAIR_KINDS):
            raise ConfigError(f'There is no repair "{min(unknown)}". Repairs are: {", ".join(REPAIR_KINDS)}.')

    @property
    def repairs(self) -> Repairs:
        """What is to be repaired of what reading suggests."""
        return Repairs(kinds=frozenset(self.repair))

    def overrule(self, dialect: Dialect) -> Dialect:
        """The dialect that was found, with what this says of it."""
        told: dict[str, Any] = {}
        if self.encoding:
            told["encoding"] = self.encoding
        if self.delimiter:
            told |= {"delimiter": self.delimiter.replace("\\t", "\t"), "drawn": ""}
        if self.header_row is not None:
            rows = (self.header_end or self.header_row) - self.header_row + 1
            told |= {"preamble_rows": self.header_row - 1, "header_rows": rows}
            as_found = (dialect.preamble_rows, dialect.header_rows) == (self.header_row - 1, rows)
            told["label_rows"] = dialect.label_rows if as_found and self.header_end is None else 0
        if self.no_header:
            told |= {"header_rows": 0, "label_rows": 0}
        return replace(dialect, **told)

    def over(self, other: SourceSpec) -> SourceSpec:
        """This, and where it says nothing what `other` says; the places are this one's."""
        told = {name: getattr(self, name) or getattr(other, name) for name in _READING}
        if self.no_header or self.header_row is not None:
            told |= {"no_header": self.no_header, "header_row": self.header_row, "header_end": self.header_end}
        return SourceSpec(self.places, **told)

    def to_dict(self) -> dict[str, Any]:
        """How it is to be read, without the places, as plain JSON types; nothing for what is not said."""
        told = {name: getattr(self, name) for name in _READING if getattr(self, name)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in told.items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SourceSpec:
        """What `to_dict` wrote."""
        told = {name: values[name] for name in _READING if name in values}
        return cls(**{**told, "repair": tuple(told.get("repair", ()))})


_READING = tuple(field.name for field in fields(SourceSpec) if field.name != "places")


def find_dialect(source: Path, spec: SourceSpec) -> Dialect:
    """How `source` is to be read: as it was found to be and as `spec` says.

    Of several members each has its own dialect; of several files of JSON or of Parquet all are one list with one.
    Raises SourceError: no list, no such member, none named of several, of kinds that do not go together.
    """
    members = resolve_members(source, spec.member)
    if typed_kind(source, members):
        return find_member_dialect(source, ALL, spec)
    dialects = [find_member_dialect(source, name, spec) for name in members]
    exact = [dialect.member for dialect in dialects if is_exact(source, dialect.member)]
    if exact and len(dialects) > 1:
        others = next(dialect.member for dialect in dialects if dialect.member != exact[0])
        how = "" if is_several_files(source) else " (--member NAME)"
        raise SourceError(
            f'"{exact[0]}" gives its values types, "{others}" does not, or does so in another form: they cannot be '
            f"one list. Import them one by one{how}."
        )
    return join_dialects(dialects)


def find_member_dialect(source: Path, member: str, spec: SourceSpec) -> Dialect:
    """The dialect of one member. Raises SourceError that names it."""
    try:
        found = guess_dialect(source, member).dialect
        overruled = spec.overrule(found)
        signs = (overruled.encoding, overruled.delimiter) != (found.encoding, found.delimiter)
        if (overruled != found and is_exact(source, member)) or (signs and has_cells_of_its_own(source, member)):
            more = ", --header-row and --no-header" if is_exact(source, member) else ""
            raise SourceError(
                f'"{member or source.name}" has cells and an encoding of its own. Leave out --encoding and '
                f"--delimiter{more}."
            )
        return overruled
    except SourceError as error:
        raise told_of(error, source, member) from None


def is_exact(source: Path, member: str) -> bool:
    """Whether the list is made of typed values, so that there is nothing to be said of how it is read."""
    if member == ALL:
        return bool(typed_kind(source, resolve_members(source, ALL)))
    return read_notes(plain_source(source, member)).is_exact


def has_cells_of_its_own(source: Path, member: str) -> bool:
    """Whether the list is no delimited text, so that of its reading only the header is open."""
    return read_notes(plain_source(source, member)).is_ours


def join_dialects(dialects: Sequence[Dialect]) -> Dialect:
    """The dialect of a list that is made of members with these; the only one where there is one."""
    if len(dialects) == 1:
        return dialects[0]
    return replace(dialects[0], member=ALL, members=tuple(dialects))


def told_of(error: SourceError, source: Path, member: str) -> SourceError:
    """The error with the member's name where the file on disk has one of ours."""
    hidden = plain_source(source, member).name
    if hidden == source.name:
        return error
    return SourceError(str(error).replace(f'"{hidden}"', f'"{member or source.name}"'))
