"""A first schema from the profile and the table: nothing is lost before a person has looked. Pure.

Text stays text. A column is another type only where the table says so (its key, an index, its items), or where every
filled cell is a number that DynamoDB writes with the very same signs, no identifier by its name or shape, and not to
be read in two ways. Names and types that the table has already are taken. E-mail and phone rules are set where most
cells keep them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import pandas as pd

from importer.check.attribute_match import KnownAttribute, known_attributes, with_type
from importer.check.contact_rules import CountryCode, Email, Phone
from importer.check.identifiers import is_identifier_name, is_other_number_name
from importer.check.key_choice import find_key, key_spec
from importer.check.names import NameStyle, attribute_name, folded, free_name, same_names, style_of, styled
from importer.check.rules import Rule
from importer.check.schema import (
    BINARY_TYPES,
    EMPTY_TYPES,
    BinaryForm,
    BlankMeans,
    ColumnSpec,
    DynamoType,
    Schema,
    TypedCells,
    TypeFrom,
)
from importer.intake import DeclaredColumn
from importer.profile import ColumnProfile, ListProfile
from importer.table import KnownTable

MOST = 0.6
"""Share of the filled cells that must have a shape before its rule is set: it must not reject most of the list."""

NEARLY_ALL = 0.9
"""Share of the filled cells that are numbers in some spelling from which on a person is asked how they are meant."""

CODE_DIGITS = 3
"""Whole numbers that all have the same length are codes (years, postcodes, departments) from so many digits on; of
two digits they are ages and shares as often."""

LONG_DIGITS = 7
"""A column without a shorter number than that holds telephone or account numbers rather than amounts."""


@dataclass(frozen=True)
class SchemaChoices:
    """A person's words on a first schema. `key_columns`: attribute of the key → column. `names` None: as the list and
    the table suggest. `nest_dots`: columns like `address.city` become one map."""

    key_columns: Mapping[str, str] = field(default_factory=dict)
    names: NameStyle | None = None
    nest_dots: bool = False


NO_CHOICES = SchemaChoices()


def infer_schema(
    profile: ListProfile,
    known: KnownTable,
    choices: SchemaChoices = NO_CHOICES,
    *,
    gone: Collection[str] = (),
    declared: Mapping[str, DeclaredColumn] | None = None,
    typed: Mapping[str, str] = MappingProxyType({}),
) -> Schema:
    """A schema for the list and the table. `gone`: columns that steps have taken out, so that they are no key.
    `declared`: columns whose type their source gives. `typed`: columns of a workbook whose cells are all numbers
    ("N") or booleans ("BOOL").

    Raises KeyColumnMissing when no column can be told to be the key, ConfigError when the choices do not fit.
    """
    columns = [column.name for column in profile.columns]
    taken_out = frozenset(gone)
    there = [column for column in columns if column not in taken_out]
    keys = dict(zip(find_key(there, known.key, choices.key_columns), known.key.parts, strict=True))
    table = known_attributes(known, nest_dots=choices.nest_dots)
    others = [column for column in columns if column not in keys]
    names = new_names(others, table, set(known.key.attributes), choices, all_columns=columns)
    by_name = {attribute.name: attribute for attribute in table}
    specs = []
    for column in profile.columns:
        part, source = keys.get(column.name), (declared or {}).get(column.name)
        attribute = part.attribute if part else names[column.name]
        spec = _spec_of(column, attribute, by_name.get(attribute), source, typed.get(column.name, ""))
        specs.append(key_spec(spec, part) if part else spec)
    return Schema(tuple(specs), known.key.attributes, indexes=index_names(known), nest_dots=choices.nest_dots)


def _spec_of(
    column: ColumnProfile, attribute: str, held: KnownAttribute | None, source: DeclaredColumn | None, typed: str
) -> ColumnSpec:
    first = retyped(ColumnSpec(column.name, attribute), column, held, source, typed)
    return first if first.typed_cells is not None else replace(first, rules=_rules_of(column, first.type))


def retyped(
    spec: ColumnSpec,
    column: ColumnProfile | None,
    held: KnownAttribute | None,
    source: DeclaredColumn | None,
    typed: str = "",
) -> ColumnSpec:
    """The column with the type that the table `held`, else its `source` gives it or its cells prove, and what comes
    with that: blanks, binaries, and cells with types of their own. `column` None: nothing is known of its cells."""
    is_held = held is not None and held.type != ""
    if source is None:
        kind = type_for(column, held, typed)
        by_cells = TypeFrom.SOURCE if typed and kind is not DynamoType.S else TypeFrom.CELLS
        return replace(with_type(spec, kind.value), type_from=None if is_held else by_cells, typed_cells=None)
    kind = DynamoType(held.type if held is not None and is_held else source.type)
    blank = BlankMeans(source.blank)
    return replace(
        spec,
        type=kind,
        blank=BlankMeans.OMIT if blank is BlankMeans.EMPTY and kind not in EMPTY_TYPES else blank,
        binary=BinaryForm.BASE64 if source.type == kind.value and kind in BINARY_TYPES else spec.binary,
        typed_cells=typed_cells_of(source, kind, may_differ=not is_held),
        type_from=None if is_held else TypeFrom.SOURCE,
    )


def typed_cells_of(source: DeclaredColumn, kind: DynamoType, *, may_differ: bool) -> TypedCells | None:
    """What whole values in cells are, by how the source wrote them. Its lists and maps are never read in two ways."""
    is_nested = kind in (DynamoType.L, DynamoType.M) and source.type == kind.value
    if not source.typed_cells and not is_nested:
        return None
    return TypedCells.OWN if may_differ else TypedCells.SAME


def index_names(known: KnownTable) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The indexes of the table as a schema has them."""
    return tuple((index.index, index.attributes) for index in known.index_keys)


def new_names(
    columns: Sequence[str],
    table: Sequence[KnownAttribute],
    taken: set[str],
    choices: SchemaChoices = NO_CHOICES,
    *,
    all_columns: Sequence[str] = (),
) -> dict[str, str]:
    """Column → attribute, none of them in `taken` or twice: the table's own where a name is the same, else new ones
    in the style that is chosen or that `all_columns` and the table suggest."""
    parts = {column: _parts(column, choices) for column in (*columns, *all_columns)}
    known = [attribute.name for attribute in table]
    lived = [attribute.name for attribute in table if attribute.types]
    style = choices.names or style_of([part for listed in parts.values() for part in listed], lived)
    same = same_names([column for column in columns if len(parts[column]) == 1], [n for n in known if n not in taken])
    first = {tuple(map(folded, name.split("."))): name for name in reversed(known)} if choices.nest_dots else {}
    used, out, behind = taken | set(same.values()), dict(same), dict[str, int]()
    for column in columns:
        if column not in same:
            new = [styled(part, style) for part in parts[column]]
            path = tuple(map(folded, parts[column]))
            for length in range(1, len(path) + 1 if len(path) > 1 else 1):
                new[:length] = first.get(path[:length], ".".join(new[:length])).split(".")
            name = ".".join(new)
            is_no_path = choices.nest_dots and len(path) == 1 and "." in name
            out[column] = free_name(attribute_name(column) if is_no_path else name, used, behind)
            used.add(out[column])
    return out


def _parts(column: str, choices: SchemaChoices) -> list[str]:
    """The levels of a name; one where dots mean nothing, or there is nothing before or behind one of them."""
    parts = column.split(".") if choices.nest_dots else [column]
    return parts if all(map(folded, map(str.strip, parts))) else [column]


def renamed_new(schema: Schema, table: Sequence[KnownAttribute], choices: SchemaChoices) -> Schema:
    """The schema with all names that are not the table's made anew by the choices; what dots mean is chosen too, and
    a column that becomes an entry of the table's maps takes its type. `table`: with what its maps hold."""
    entries = {attribute.name: attribute.type for attribute in table if attribute.is_entry and choices.nest_dots}
    table = [attribute for attribute in table if choices.nest_dots or not attribute.is_entry]
    own = {attribute.name for attribute in table} | set(schema.key)
    fresh = [spec.column for spec in schema.imported if spec.attribute not in own]
    taken = {spec.attribute for spec in schema.imported if spec.attribute in own and spec.attribute is not None}
    names = new_names(fresh, table, taken, choices, all_columns=[spec.column for spec in schema.columns])
    columns = [replace(spec, attribute=names.get(spec.column, spec.attribute)) for spec in schema.columns]
    if not schema.nest_dots:
        columns = [with_type(spec, entries.get(str(spec.attribute)) or spec.type.value) for spec in columns]
    return replace(schema, columns=tuple(columns), nest_dots=choices.nest_dots)


def type_for(column: ColumnProfile | None, attribute: KnownAttribute | None, typed: str = "") -> DynamoType:
    """What the table says, else what the cells of a workbook are, or number where that is proved; else text. The
    numbers of a workbook can be read in one way only, but they may be codes."""
    if attribute is not None and attribute.type:
        return DynamoType(attribute.type)
    if typed == "BOOL":
        return DynamoType.BOOL
    return DynamoType.N if column is not None and _is_number(column, is_typed=typed == "N") else DynamoType.S


def is_ambiguous(column: ColumnProfile) -> bool:
    """Whether the column's numbers may be read in two ways: with three digits after each mark (12.000, 1,234,
    12 500), and seldom with a point that is surely a decimal one."""
    numbers = column.numbers
    return (
        0 < numbers.grouped >= numbers.decimals
        and numbers.numbers >= NEARLY_ALL * column.filled
        and not is_identifier_name(column.name)
    )


def _is_number(column: ColumnProfile, *, is_typed: bool = False) -> bool:
    numbers = column.numbers
    return (
        column.filled > 0
        and numbers.plain == column.filled
        and column.main_shape != "code"
        and not column.damage
        and not is_identifier_name(column.name)
        and (is_typed or not (numbers.grouped and numbers.grouped >= numbers.decimals))
        and not _are_codes(column)
    )


def _are_codes(column: ColumnProfile) -> bool:
    """Whole numbers of one length, or long ones only."""
    numbers = column.numbers
    if column.shape_count("whole number") < column.filled:
        return False
    same = numbers.digits_min == numbers.digits_max >= CODE_DIGITS
    return same or numbers.digits_min >= LONG_DIGITS


def _share(column: ColumnProfile, shape: str) -> float:
    return column.shape_count(shape) / column.filled if column.filled else 0.0


def _rules_of(column: ColumnProfile, kind: DynamoType) -> tuple[Rule, ...]:
    if kind is not DynamoType.S:
        return ()
    if _share(column, "e-mail") > MOST:
        return (Email(),)
    if _share(column, "phone") > MOST and _passes_most(Phone(), column) and not _are_other_numbers(column):
        return (Phone(), CountryCode())
    return ()


def _are_other_numbers(column: ColumnProfile) -> bool:
    """Order numbers, ISBNs and the like are written as telephone numbers are, but for a plus in front."""
    texts = [text for text, _ in column.top_values]
    international = sum(text.lstrip(" (").startswith(("+", "00")) for text in texts)
    return is_other_number_name(column.name) and international <= MOST * len(texts)


def _passes_most(rule: Rule, column: ColumnProfile) -> bool:
    """Tried on the most frequent values."""
    texts = [text for text, _ in column.top_values]
    if not texts:
        return False
    return bool(rule.passes(pd.Series(texts, dtype="str")).mean() > MOST)
