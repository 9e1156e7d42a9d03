"""Doubts: signs that a list was read wrongly, or that its key is none. A person looks and says that it is right.

What was accepted is kept in the run's folder with the very words of the doubt: when a list is read or cleaned anew
and the doubt says something else, it is asked again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from importer.errors import ConfigError
from importer.files import to_json, write_private
from importer.list_warning import ListWarning
from importer.plain_types import UNREADABLE, of_its_types
from importer.run.folder import RunFolder
from importer.run.staged import open_stage
from importer.run.turns import changing, refuse_frozen

if TYPE_CHECKING:
    from importer.clean import Recipe
    from importer.intake import EncodingExamples, Stage

STRANGE_SHARE = 0.3
"""Of the cells of a key called e-mail: from so many without an address on it is no key of addresses. Below, the rule
for e-mail holds the others back (it is set where more than 60 % keep it, so that nothing lies between)."""

FEWEST_STRANGE = 3
"""Fewer are bad cells of a short list, which the rule holds back."""

UNCHECKED_SHARE = 0.1
"""The same where no rule for e-mail looks at the key."""

FEWEST_CODE_DIGITS = 3
"""Of codes that may have lost zeros in front: shorter ones are numbers counted up."""

_OTHER_TYPE = '{"'
"""So begins a value of JSON that is no text; as a key it is held back."""

LOOKED_AT_ROWS = 2_000
"""About so many, evenly spread, of the first, the middle and the last slice each: enough to know what most of a
column's cells are."""

DUPLICATE_SHARE = 0.9
"""Of a list's rows: so many duplicates mean that the column is no key, or that rows were read as one and the same."""

_EMAIL_WORDS = frozenset(
    {"email", "emails", "emailid", "emailaddress", "emailadresse", "emailadres", "mail", "mails", "mailaddress"}
    | {"mailadresse", "courriel", "correo", "mejl", "epost", "eposta", "sahkoposti"}
)
_EMAIL_PAIRS = frozenset({"e mail", "e post", "posta elettronica"})
"""What columns of e-mail addresses are called, in the languages of the corpus."""

_ADDRESS = re.compile(r"\s*(?:mailto:)?[^@\s,;<>\"()]+@[^@\s,;<>\"()]+\.[^@\s.,;<>\"()]{2,}\s*")

_MONTH = r"(?:jan|feb|mar|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zé]*\.?"
_DATA_NAMES = {
    "an e-mail address": _ADDRESS,
    "a date": re.compile(
        rf"\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}(?:[ T][\d:.]+Z?)?|\d{{1,2}}[-. ]?{_MONTH}[-. ]\d{{2,4}}",
        re.IGNORECASE,
    ),
    "a phone number": re.compile(r"(?=(?:\D*\d){7})\+?\(?\d[\d\s()./-]{5,}\d"),
    "a web address": re.compile(r"(?i)(?:https?://|www\.)\S+"),
    "a number": re.compile(r"[-+]?\d+(?:[.,]\d+)*"),
}
_REPEATED = ("duplicate_key", "key_conflict")

_YEAR = re.compile(r"(?:19|20)\d\d")


def list_doubts(folder: RunFolder) -> tuple[ListWarning, ...]:
    """Every doubt that can be had by now: about the reading at once, about the key once schema and check are there.

    Raises ConfigError while the list has not been read.
    """
    from importer.run.schemas import read_recipe
    from importer.run.table_warnings import json_doubts, set_doubts, thousands_doubts

    stage = open_stage(folder)
    found = [one for one in stage.report.warnings if one.is_doubt]
    found += [
        *_about_encoding(folder),
        *_about_formats(folder, stage),
        *_about_delimiter(stage),
        *_about_table_above(folder, stage),
        *_about_columns(stage, read_recipe(folder)),
    ]
    if folder.schema.exists():
        found += _about_key(folder, stage)
    if folder.check.exists():
        found += [*_about_duplicates(folder), *thousands_doubts(folder), *set_doubts(folder), *json_doubts(folder)]
    return tuple(found)


def open_doubts(folder: RunFolder, warnings: Iterable[ListWarning]) -> tuple[ListWarning, ...]:
    """Those of `warnings` that are doubts which nobody accepted as they are."""
    accepted = accepted_doubts(folder)
    return tuple(warning for warning in warnings if warning.is_doubt and warning not in accepted)


def accept_doubts(folder: RunFolder, warnings: Iterable[ListWarning]) -> None:
    """Keep that a person has looked at these doubts and found the list right. ConfigError once the plan is frozen."""
    with changing(folder):
        refuse_frozen(folder)
        accepted = dict.fromkeys((*accepted_doubts(folder), *(one for one in warnings if one.is_doubt)))
        write_private(folder.accepted_doubts, to_json({"doubts": [warning.to_dict() for warning in accepted]}))


def accepted_doubts(folder: RunFolder) -> tuple[ListWarning, ...]:
    """What was accepted, in the order of that; ConfigError when the file is damaged."""
    try:
        text = folder.accepted_doubts.read_text("utf-8")
    except FileNotFoundError:
        return ()
    try:
        return tuple(of_its_types(ListWarning(**warning)) for warning in json.loads(text)["doubts"])
    except UNREADABLE as error:
        raise ConfigError(f"What was accepted of run {folder.run_id} cannot be read. Look at it again.") from error


def _about_delimiter(stage: Stage) -> Iterator[ListWarning]:
    """Another sign that cuts the list nearly as well."""
    rival = _rival(str(stage.folder), stage.report.source_sha256, json.dumps(stage.report.dialect.to_dict()))
    if rival:
        taken, other = (_NAMES.get(sign, f'"{sign}"') for sign in (stage.report.dialect.delimiter, rival))
        told = f"The list was cut at each {taken}, but {other} would cut it as well. Look at how the list was read."
        yield ListWarning("two_delimiters", "", told, is_doubt=True)


def _about_table_above(folder: RunFolder, stage: Stage) -> Iterator[ListWarning]:
    """A table above the one that was read, where no person said which row is the header."""
    reading = folder.draft().reading
    if not reading.get("header_row") and not reading.get("no_header"):
        report = stage.report
        doubt = _table_above(str(folder.source), report.source_sha256, json.dumps(report.dialect.to_dict()))
        yield from () if doubt is None else (doubt,)


@lru_cache(maxsize=32)
def _table_above(source: str, source_sha256: str, dialect_json: str) -> ListWarning | None:
    """Kept as long as the list and its dialect are these; none where its source is gone."""
    from pathlib import Path

    from importer.errors import SourceError
    from importer.intake import Dialect, find_table_above

    try:
        return find_table_above(Path(source), Dialect.from_dict(json.loads(dialect_json)))
    except SourceError:
        return None


def encoding_examples(folder: RunFolder) -> tuple[EncodingExamples, ...]:
    """How some words of the list are in the encoding it was read in and in others that are nearly as likely; empty
    where it is sure or a person said it. They are cells: for a page, and for no log."""
    if folder.draft().reading.get("encoding"):
        return ()
    report = open_stage(folder).report
    return _close_encodings(str(folder.source), report.source_sha256, json.dumps(report.dialect.to_dict()))


@lru_cache(maxsize=32)
def _close_encodings(source: str, source_sha256: str, dialect_json: str) -> tuple[EncodingExamples, ...]:
    """Kept as long as the list and its dialect are these; none where its source is gone."""
    from pathlib import Path

    from importer.errors import SourceError
    from importer.intake import Dialect, close_encodings

    try:
        return close_encodings(Path(source), Dialect.from_dict(json.loads(dialect_json)))
    except SourceError:
        return ()


def _about_encoding(folder: RunFolder) -> Iterator[ListWarning]:
    """Letters too few to tell the encoding."""
    from importer.intake import encoding_words

    found = encoding_examples(folder)
    if found:
        taken, others = found[0].encoding, [one.encoding for one in found[1:4]]
        named = " or ".join(f"{encoding_words(name)} (--encoding {name})" for name in others)
        told = (
            f"The list was read as {encoding_words(taken)}, but its letters are too few to be sure: in {named} some "
            f"words would be others. Look at names with accents, then say which it is (--encoding {taken} keeps it)."
        )
        yield ListWarning("encoding_unsure", "", told, is_doubt=True)


def _about_formats(folder: RunFolder, stage: Stage) -> Iterator[ListWarning]:
    """Numbers of a workbook whose formats cannot be seen, in columns of codes: zeros in front may be missing."""
    numbers = [name for name, kind in stage.report.typed.items() if kind == "N"]
    if not (stage.report.formats_unseen and numbers and folder.profile.exists()):
        return
    from importer.check import is_identifier_name
    from importer.profile import load_profile

    try:
        profile = load_profile(folder.profile)
    except ConfigError:  # of an older app, or damaged: it is counted again before it is used
        return
    cells = {name: profile.column(name).numbers for name in numbers}
    codes = [
        name
        for name, found in cells.items()
        if is_identifier_name(name) and FEWEST_CODE_DIGITS <= found.digits_min < found.digits_max
    ]
    if codes:
        named = ", ".join(f'"{name}"' for name in codes[:8])
        told = (
            f"{named}: number cells of this kind of workbook come without the zeros that their format may show in "
            "front (00501). Compare some with the workbook; save it as .xlsx to keep them."
        )
        yield ListWarning("zeros_not_seen", codes[0] if len(codes) == 1 else "", told, len(codes), is_doubt=True)


ONE_THING_ROWS = 1000
_ONE_THING = re.compile(r"\s*[\w.+@-]*\s*")

_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", " ": "space"}


@lru_cache(maxsize=32)
def _rival(stage_folder: str, source_sha256: str, dialect_json: str) -> str:
    """The rival delimiter of the stage that these are of; none where its source is gone."""
    from pathlib import Path

    from importer.errors import SourceError
    from importer.intake import Stage, rival_delimiter

    stage = Stage.open(Path(stage_folder))
    try:
        return rival_delimiter(stage.packed, stage.report.dialect)
    except SourceError:
        return ""


def _about_columns(stage: Stage, recipe: Recipe) -> Iterator[ListWarning]:
    columns = stage.columns
    is_one = len(columns) == 1 and len(recipe.columns_after(columns)) == 1
    if is_one and not stage.report.declared and not _holds_one_thing(stage):
        told = "The list has one column only. Is another sign between its cells? Look at how it was read."
        yield ListWarning("one_column", columns[0], told, is_doubt=True)
    if stage.report.dialect.header_rows:
        places, kinds = _data_names(columns)
        if places:
            told = "one column" if len(places) == 1 else f"{len(places):,} columns"
            where = ", ".join(str(at + 1) for at in places[:5])
            yield ListWarning(
                "data_as_names",
                "",
                f"The name of {told} ({where}) looks like {' and '.join(kinds)}: the first row may be a contact and "
                "no header. Look at how the list was read.",
                len(places),
                is_doubt=True,
            )


def _holds_one_thing(stage: Stage) -> bool:
    """Whether no sign in the first cells of a list of one column may stand between cells: e-mail addresses, ids."""
    cells = next(iter(stage.chunks()), None)
    first = [] if cells is None else cells.iloc[:ONE_THING_ROWS, 0].tolist()
    return bool(first) and all(_ONE_THING.fullmatch(cell) for cell in first)


def _data_names(columns: Sequence[str]) -> tuple[list[int], list[str]]:
    """Columns whose names look like data (from 0), and what like. Years, months and 1, 2, 3 are names, too."""
    from importer.intake import names_in_series

    kinds: dict[int, str] = {}
    for at, name in enumerate(columns):
        found = next((kind for kind, pattern in _DATA_NAMES.items() if pattern.fullmatch(name.strip())), None)
        if found is not None:
            kinds[at] = found
    numbers = [columns[at].strip() for at, kind in kinds.items() if kind == "a number"]
    counted = [str(at) for at in range(int(numbers[0]), int(numbers[0]) + len(numbers))] if _is_whole(numbers) else []
    if all(map(_YEAR.fullmatch, numbers)) or (len(numbers) > 1 and numbers == counted):
        kinds = {at: kind for at, kind in kinds.items() if kind != "a number"}
    for at in names_in_series(columns):
        kinds.pop(at, None)
    return list(kinds), list(dict.fromkeys(kinds.values()))


def _is_whole(numbers: Sequence[str]) -> bool:
    return bool(numbers) and numbers[0].isascii() and numbers[0].isdigit() and len(numbers[0]) < 10


def _about_key(folder: RunFolder, stage: Stage) -> Iterator[ListWarning]:
    """A key called e-mail many of whose cells are no addresses."""
    from importer.check import Email
    from importer.run.schemas import read_recipe, read_schema

    recipe, schema = read_recipe(folder), read_schema(folder)
    for spec in schema.columns:
        if spec.attribute not in schema.key or not (is_email_name(spec.column) or is_email_name(spec.attribute)):
            continue
        if spec.column not in recipe.columns_after(stage.columns):
            continue
        known = (str(stage.folder), stage.report.source_sha256, json.dumps(stage.report.dialect.to_dict()))
        filled, strange, row = _strange_addresses(known, recipe.to_json(), spec.column)
        is_checked = any(isinstance(rule, Email) for rule in spec.rules)
        few = FEWEST_STRANGE if is_checked else 1
        if strange >= max(few, (STRANGE_SHARE if is_checked else UNCHECKED_SHARE) * filled):
            told = (
                f'Column "{spec.column}" is the key {spec.attribute}, but of {filled:,} cells looked at '
                f"{strange:,} {'holds' if strange == 1 else 'hold'} no e-mail address. Look at how the list was "
                "read, or choose another column."
            )
            yield ListWarning("key_is_no_address", spec.column, told, strange, row, is_doubt=True)


@lru_cache(maxsize=32)
def _strange_addresses(known: tuple[str, str, str], recipe_json: str, column: str) -> tuple[int, int, int | None]:
    """(filled cells looked at, those without an address, the row of the first). `known` says which stage it is."""
    from pathlib import Path

    from importer.clean import Recipe
    from importer.intake import Stage

    stage, recipe = Stage.open(Path(known[0])), Recipe.from_json(recipe_json)
    filled = strange = 0
    first: int | None = None
    has_unread = "not_an_item" in stage.report.problem_counts
    unread = [row for row, code in stage.blocking_rows().items() if code == "not_an_item"] if has_unread else []
    for at in sorted({0, stage.slices // 2, stage.slices - 1}) if stage.slices else ():
        chunk = stage.chunk(at)
        spread = chunk.iloc[:: max(1, len(chunk) // LOOKED_AT_ROWS)]
        cells = recipe.apply(spread).frame[column].drop(unread, errors="ignore")
        for row, cell in zip(cells.index.tolist(), cells.tolist(), strict=True):
            if isinstance(cell, str) and cell.strip() and not cell.startswith(_OTHER_TYPE):
                filled += 1
                if not _ADDRESS.fullmatch(cell):
                    strange, first = strange + 1, first if first is not None else row
    return filled, strange, first


def is_email_name(name: str) -> bool:
    """Whether a column or attribute is called what columns of e-mail addresses are called."""
    from importer.check import attribute_name

    words = attribute_name(name).split("_")
    pairs = {" ".join(pair) for pair in pairwise(words)}
    return bool(_EMAIL_WORDS & {*words} or _EMAIL_PAIRS & pairs)


def _about_duplicates(folder: RunFolder) -> Iterator[ListWarning]:
    """Nine in ten rows that repeat another's key, left out or rejected."""
    from importer.check import CheckResult

    report = CheckResult.open(folder.check).report
    rejected = max((cause.count for cause in report.causes if cause.code in _REPEATED), default=0)
    repeats = max(report.duplicate, rejected)
    if repeats and repeats >= DUPLICATE_SHARE * report.rows:
        told = (
            f"{repeats:,} of {report.rows:,} rows repeat the key of another row. Is its column what tells contacts "
            "apart? Look at how the list was read, or choose another key."
        )
        yield ListWarning("mostly_duplicates", "", told, repeats, is_doubt=True)
