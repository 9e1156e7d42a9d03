"""Everything a person should know about a list before it is imported, gathered for pages and command line alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from importer.check import ODD_ROW_CODE, REPEATS_KEY, Cause, CheckResult, DynamoType, words_for
from importer.clean import PersonCluster, PersonColumns, find_people, guess_person_columns
from importer.errors import ConfigError
from importer.intake import Stage
from importer.list_warning import ListWarning
from importer.plan import Mode
from importer.run.doubts import list_doubts
from importer.run.folder import RunFolder
from importer.run.prepare import prepare_profile
from importer.run.saved.replay import replay_warnings
from importer.run.schemas import read_recipe, read_schema
from importer.run.staged import open_stage, staged_rows
from importer.run.table_warnings import causes_of, how_to_say, type_reason, type_warnings
from importer.table import ELEMENT, NO_SAMPLE, KnownTable, TableDescription, TableSample


@dataclass(frozen=True)
class Asked:
    """What is asked about: the list in `folder`, and the table it goes to.

    `description` None: the table is not known. `sample`: some of its items; None where they were not looked at, with
    an `error` where they could not be. `mode` None: what happens to contacts that are there already is not decided.
    `people_rows`: rows of the longest list that is looked through for people who are in it twice, which takes
    seconds; the Check page does it when its tab is opened. `people_reasons`: whether all that puts the rows of one
    person together is wanted, which takes longer.
    """

    folder: RunFolder
    description: TableDescription | None = None
    sample: TableSample | None = None
    mode: Mode | None = None
    people_rows: int = 0
    people_reasons: bool = True

    @cached_property
    def people(self) -> tuple[PersonCluster, ...]:
        """Rows that are probably one person under different keys; () where they are not looked for."""
        if not self.people_rows or staged_rows(self.folder) > self.people_rows:
            return ()
        columns = self._person_columns
        if columns is None:
            return ()
        stage, recipe = open_stage(self.folder), read_recipe(self.folder)
        return find_people(recipe, columns, stage, all_reasons=self.people_reasons)

    @property
    def are_too_many(self) -> bool:
        """Whether people could be looked for and are not, for there are too many rows."""
        is_long = self.people_rows and staged_rows(self.folder) > self.people_rows
        return bool(is_long) and self._person_columns is not None

    @property
    def _person_columns(self) -> PersonColumns | None:
        stage, recipe = open_stage(self.folder), read_recipe(self.folder)
        return guess_person_columns(prepare_profile(self.folder), recipe.columns_after(stage.columns)).columns


READING_WORDS = {
    "row_too_long": (
        "1 row has more cells than there are columns",
        "{n} rows have more cells than there are columns",
    ),
    "row_too_short": ("1 row has too few cells", "{n} rows have too few cells"),
    "blank_line": ("1 blank line was left out", "{n} blank lines were left out"),
    "label_row": (
        "1 row below the header says what is in the columns and was left out",
        "{n} rows below the header say what is in the columns and were left out",
    ),
    "line_quotes": (
        "1 row stood in quotes as a whole; they were taken off",
        "{n} rows stood in quotes as a whole; they were taken off",
    ),
    "text_formula": (
        '1 row has a formula that is nothing but a text (="…"), which was read as the text',
        '{n} rows have a formula that is nothing but a text (="…"), which was read as the text',
    ),
    "joined_rows": (
        "1 row was joined of several that a line end in a cell had cut",
        "{n} rows were joined of several that a line end in a cell had cut",
    ),
    "curly_quotes": (
        "1 row has curly quotes that were read as quotes",
        "{n} rows have curly quotes that were read as quotes",
    ),
    "blank_columns": ("The last columns have no name, nothing stands in them, and they were left out",) * 2,
    "drawn_table": ("The list is a table drawn in text; its lines were cut at its columns",) * 2,
    "joined_header": ("The columns are named by several rows; their words were joined",) * 2,
    "mended_header": ("The header was read in another way than the rows",) * 2,
    "byte_order_mark": (
        "1 row held a byte-order mark, which was taken off",
        "{n} rows held a byte-order mark, which was taken off",
    ),
    "duplicate_header": ("1 column name is used twice", "{n} column names are used twice"),
    "empty_header": ("1 column has no name", "{n} columns have no name"),
    "unclosed_quote": ("1 row has a quote that never closes", "{n} rows have a quote that never closes"),
    "stray_quote": ("1 row has a quote in the middle of a cell", "{n} rows have a quote in the middle of a cell"),
    "undecodable_bytes": ("1 row has bytes that are no text", "{n} rows have bytes that are no text"),
    "repaired_bytes": ("1 row was read as Windows text", "{n} rows were read as Windows text"),
    "repaired_row": ("1 row was put together again", "{n} rows were put together again"),
    "header_too_long": ("The header has more names than there are columns",) * 2,
    "repeated_header": (
        "The header comes again and was left out",
        "The header comes again {n} times and was left out",
    ),
    "page_title": ("1 title inside the list was left out", "{n} titles inside the list were left out"),
    "comment": ("1 comment was left out", "{n} comments were left out"),
    "second_copy": ("The table stands in the file once more; the second copy was left out",) * 2,
    "footer": ("1 line below the table was left out", "{n} lines below the table were left out"),
    "nul_byte": ("1 row has a NUL byte", "{n} rows have a NUL byte"),
    "preamble": ("1 line above the header was left out", "{n} lines above the header were left out"),
    "not_an_item": ("1 item could not be read", "{n} items could not be read"),
    "row_too_big": (
        "1 row is too big to be read and was left out",
        "{n} rows are too big to be read and were left out",
    ),
}
"""Reading problems of one and of several rows. Garbled letters are told of each column instead."""

LOOKED_AT = 10_000
"""Reading problems looked through for the first of each kind."""

TOLD_ELSEWHERE = (REPEATS_KEY, "maybe_thousands", "one_member_each", "maybe_dynamodb_json")
"""What holds rows back, and what is told as a doubt."""


MOST_NAMED = 12
"""Attributes named in one line; the rest are counted."""

Source = Callable[[Asked], Iterable[ListWarning]]


def _items_not_seen(asked: Asked) -> Iterable[ListWarning]:
    """Said once, whoever wanted to look at them."""
    if asked.sample is not None and asked.sample.error:
        told = "The items in the table could not be looked at, so the list was not compared with them."
        yield ListWarning("table_not_looked_at", "", f"{told} {asked.sample.error}")


def _would_wipe(asked: Asked) -> Iterable[ListWarning]:
    """What contacts that are there already lose by an overwrite: it replaces the whole item."""
    if asked.mode is not Mode.OVERWRITE or asked.sample is None:
        return
    schema = read_schema(asked.folder)
    paths = {schema.path(spec): spec.type for spec in schema.imported}
    written = {path[:length] for path in paths for length in range(1, len(path) + 1)} | {*_met(asked.folder)}
    values = {path for path, kind in paths.items() if kind is not DynamoType.M}
    whole = {(name,): counts for name, counts in asked.sample.types.items()}
    entries = {
        path: counts
        for path, counts in asked.sample.entries.items()
        if path[:-1] in written - values and ELEMENT not in path
    }
    held = {".".join(path): sum(counts.values()) for path, counts in (whole | entries).items() if path not in written}
    if not held:
        return
    names = sorted(held, key=lambda name: (-held[name], name))
    told = ", ".join(f"{name} (in {held[name]:,})" for name in names[:MOST_NAMED])
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    items = "the 1 item" if asked.sample.items == 1 else f"{asked.sample.items:,} items"
    yield ListWarning(
        "would_wipe",
        "",
        "Overwriting replaces whole items: a contact of this list that is in the table already loses what the list "
        f"does not have. Of {items} looked at, these attributes are not in the list: {told}{more}.",
        max(held.values()),
    )


def _met(folder: RunFolder) -> tuple[tuple[str, ...], ...]:
    """What the list has of what the table's maps hold."""
    try:
        return CheckResult.open(folder.check).report.met
    except ConfigError:
        return ()


def _unpacking(asked: Asked) -> Iterable[ListWarning]:
    """What the workbook or archive held beside the list (hidden rows, merged cells), and how its text was read."""
    return [warning for warning in Stage.open(asked.folder.stage).report.warnings if not warning.is_doubt]


def _reading(asked: Asked) -> Iterable[ListWarning]:
    """What was odd about the file, by kind; not what holds its rows back."""
    stage = open_stage(asked.folder)
    held = {cause.code for cause in causes_of(asked.folder) if not cause.column and cause.holds_back}
    first: dict[str, int | None] = {}
    for problem in stage.problems(limit=LOOKED_AT):
        first.setdefault(problem.code, problem.row)
    for code, count in stage.report.problem_counts.items():
        if code in READING_WORDS and code not in held:
            one, many = READING_WORDS[code]
            told = (one if count == 1 else many).replace("{n}", f"{count:,}")
            yield ListWarning(code, "", f"{told}{_where(count, first.get(code))}.", count, first.get(code))


def _held(asked: Asked) -> Iterable[ListWarning]:
    """Rows that are not written, by cause, and the step that mends them."""
    for cause in (one for one in causes_of(asked.folder) if one.holds_back):
        row = cause.first_row
        told = f"{cause.title}{_where(cause.count, row)}; {_fate(asked, cause)}."
        if cause.suggestions and cause.verdict is None:
            told += f" To mend some or all: {words_for(cause.suggestions[0])}."
        if cause.column and cause.verdict is None:
            told += how_to_say(read_schema(asked.folder), cause)
        yield ListWarning(cause.code, cause.column, told, cause.count, row, holds_back=True)


def _fate(asked: Asked, cause: Cause) -> str:
    """What becomes of the rows of a cause that holds them back, and why."""
    rows = "its row is" if cause.count == 1 else "their rows are"
    if cause.code in (REPEATS_KEY, "key_conflict") or not cause.column:
        rows = "it is" if cause.count == 1 else "they are"
    if cause.verdict is not None:
        return f"{rows} {'left out' if cause.verdict == 'drop' else 'rejected'}, as decided"
    schema = read_schema(asked.folder)
    if cause.code == REPEATS_KEY:
        return f"of each key the {schema.winner.value} row is written"
    reason = type_reason(schema, cause, _known(asked))
    return f"{rows} held back{', ' if reason else ''}{reason}"


def _cells(asked: Asked) -> Iterable[ListWarning]:
    """What the check found odd about cells and keys and imports all the same; not what a person accepted."""
    for cause in causes_of(asked.folder):
        if not cause.blocking and cause.verdict is None and cause.code not in TOLD_ELSEWHERE:
            row = cause.first_row
            rule = f"{cause.rule[:1].upper()}{cause.rule[1:]}."
            if cause.code == ODD_ROW_CODE and cause.held_back:
                rule += f" {cause.held_back_words}"
            mend = f" To mend it: {words_for(cause.suggestions[0])}." if cause.suggestions else ""
            told = f"{cause.title}{_where(cause.count, row)}. {rule}{mend}"
            yield ListWarning(cause.code, cause.column, told, cause.count, row)


def _where(count: int, row: int | None) -> str:
    if row is None:
        return ""
    return f", row {row:,}" if count == 1 else f", first in row {row:,}"


def _doubts(asked: Asked) -> Iterable[ListWarning]:
    """Signs that the list was read wrongly, or that its key is none."""
    return list_doubts(asked.folder)


def _people(asked: Asked) -> Iterable[ListWarning]:
    """Rows that are probably one person under different keys; nothing is merged."""
    found = asked.people
    if asked.are_too_many:
        told = (
            f"The list has more than {asked.people_rows:,} rows and was not looked through for people who are in it "
            "twice. See Possible duplicates on the Check page, or run check on parts of the list."
        )
        yield ListWarning("people_not_searched", "", told)
    if found:
        rows, first = sum(len(person.rows) for person in found), found[0].rows[0]
        who = "1 person seems" if len(found) == 1 else f"{len(found):,} people seem"
        told = (
            f"{who} to be in the list more than once ({rows:,} rows, first in row {first:,}). They are imported as "
            "they are; see Possible duplicates on the Check page."
        )
        yield ListWarning("same_person", "", told, rows, first)


def _types(asked: Asked) -> Iterable[ListWarning]:
    """What is unsure about types, or not as the table has it."""
    return type_warnings(asked.folder, _known(asked))


def _known(asked: Asked) -> KnownTable | None:
    """What is known of the table; None where it is not known at all."""
    if asked.description is None:
        return None
    return KnownTable(asked.description.key, asked.description.index_keys, asked.sample or NO_SAMPLE)


LONGEST_NAME = 255
"""Characters of a field's name. AWS gives names of keys so many bytes; those of survey questions stay below."""


def _long_names(asked: Asked) -> Iterable[ListWarning]:
    """Names that are rather a text, and are stored with every contact."""
    fields = {spec.column: spec.attribute or spec.column for spec in read_schema(asked.folder).imported}
    long = [column for column, name in fields.items() if len(name) > LONGEST_NAME]
    if long:
        longest = max(len(fields[column]) for column in long)
        named = "1 column has a name" if len(long) == 1 else f"{len(long):,} columns have names"
        told = (
            f"{named} of more than {LONGEST_NAME} characters (the longest {longest:,}), which is stored with every "
            "contact and paid for. Give it a short field name, or leave it out, on the Columns page (--schema on "
            "the command line)."
        )
        yield ListWarning("long_name", long[0] if len(long) == 1 else "", told, len(long))


def _saved_steps(asked: Asked) -> Iterable[ListWarning]:
    """What steps of a saved list do to cells that have no problem."""
    return replay_warnings(asked.folder)


SOURCES: tuple[Source, ...] = (
    _doubts,
    _held,
    _unpacking,
    _reading,
    _types,
    _long_names,
    _saved_steps,
    _cells,
    _people,
    _items_not_seen,
    _would_wipe,
)
"""Who has something to say about a list."""


def list_warnings(asked: Asked) -> tuple[ListWarning, ...]:
    """What is unusual about the list, doubts about its reading first."""
    warnings = [warning for source in SOURCES for warning in source(asked)]
    return tuple(sorted(warnings, key=lambda warning: not warning.is_doubt))
