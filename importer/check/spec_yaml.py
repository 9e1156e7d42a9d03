"""The rule spec as YAML. Pure.

    version: 1
    key: [email]                # attribute names: partition[, sort]
    winner: last                # of rows with the same key: first, last, or reject all of them
    indexes: {byAge: [age]}     # key attributes of the table's secondary indexes; may be left out
    nest_dots: true             # attribute address.city is entry city of map address; default false
    held: [{path: [address, zip], types: [S]}]    # what the table's maps and lists have; may be left out
    columns:
      - column: E-Mail          # as the list calls it, after the recipe
        attribute: email        # null: not imported (its rules still hold)
        type: S                 # S N BOOL SS NS BS L M NULL B; default S
        blank: omit             # an empty cell: omit the attribute, write the type's empty value, or null
        separator: ";"          # of the members of a set (SS, NS, BS)
        typed_cells: own        # cells like {"N":"5"} are that value; same: only if of the column's type; index: and
                                # empty ones are left out. Default: no
        type_from: cells        # nobody said the type: cells, source or earlier list. Default: it was said
        binary: hex             # types B and BS: cells are hex or base64; there is no default
        rules:
          - required            # a bare name, or name and parameters
          - email
          - phone: {region: US}
          - pattern: {pattern: "[A-Z]{2}", means: two capital letters}
          - allowed: {values: [gold, silver], ignore_case: true}
          - range: {min: "0", max: "120", message: An age is 0 to 120}   # any rule may carry a message of your own
          - length: {min: 2, max: 40}
          - unique

Every scalar is read as the text it was written as, so `no`, `007` and `1.10` stay what they look like. Unknown
fields, repeated fields and anchors are refused, with their line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

import yaml

from importer.check.rule_registry import make_rule
from importer.check.rules import Rule
from importer.check.schema import (
    DEFAULT_SEPARATOR,
    BinaryForm,
    BlankMeans,
    ColumnSpec,
    DynamoType,
    Schema,
    TypedCells,
    TypeFrom,
    Winner,
)
from importer.errors import ConfigError
from importer.plain_types import HALF_SIGN

MAX_SCHEMA_CHARS = 2_000_000

MAX_DEPTH = 50
"""A schema is six levels deep."""

_TOP = ("version", "key", "winner", "indexes", "nest_dots", "held", "columns")
_COLUMN = ("column", "attribute", "type", "blank", "separator", "binary", "typed_cells", "type_from", "rules")

Choice = TypeVar("Choice", bound=Enum)
Made = TypeVar("Made")


@dataclass(frozen=True)
class _Field:
    """A value and where it stands: `path` as `columns[2].type`, `line` from 1."""

    value: Any
    path: str
    line: int

    def wrong(self, message: str) -> ConfigError:
        return ConfigError(f"Schema line {self.line}: {self.path or 'the schema'} {message}")


@lru_cache(maxsize=4)
def load_schema(text: str) -> Schema:
    """The schema in `text`, read once: with 100,000 allowed values that takes a second.

    Raises ConfigError with line and field for anything that is not as it must be.
    """
    top = _mapping(_read(text), _TOP)
    version = _required(top, "version")
    if _text(version) != "1":
        raise version.wrong(
            "must be 1. A newer version of this app wrote the schema, or the field has a typing error."
        )
    columns = _required(top, "columns")
    specs = tuple(_column(one) for one in _sequence(columns))
    key_field = _required(top, "key")
    key = tuple(_text(one) for one in _sequence(key_field))
    winner = _choice(top["winner"], Winner) if "winner" in top else Winner.LAST
    indexes = _indexes(top["indexes"]) if "indexes" in top else ()
    nest_dots = _flag(top["nest_dots"]) if "nest_dots" in top else False
    held = _held(top["held"]) if "held" in top else ()
    return _located(key_field, lambda: Schema(specs, key, winner, indexes, nest_dots, held), "Schema: ")


def dump_schema(schema: Schema) -> str:
    """YAML that `load_schema` reads back to an equal schema."""
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # libyaml writes in a tenth of the time
    return str(yaml.dump(schema.to_dict(), Dumper=dumper, sort_keys=False, allow_unicode=True, width=110))


def refuse_long(text: str) -> None:
    """Raises ConfigError for a text that is longer than any schema."""
    if len(text) > MAX_SCHEMA_CHARS:
        raise ConfigError(f"The schema has {len(text):,} characters, more than {MAX_SCHEMA_CHARS:,}. Is it a schema?")


def _read(text: str) -> _Field:
    refuse_long(text)
    try:
        node = _compose(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(
            f"Schema line {line}: this is not YAML ({error.problem}). Check the line's layout."
        ) from None
    except yaml.YAMLError:
        raise ConfigError("The schema is not YAML text. Load a schema that this app saved.") from None
    if node is None:
        raise ConfigError("The schema is empty. Load a schema that this app saved, or make one on the Columns page.")
    return _Field(node, "", 1)


def _compose(text: str) -> Any:
    """libyaml reads in a tenth of the time; what it refuses is read again by the parser that names the line best."""
    for loader in (getattr(yaml, "CSafeLoader", yaml.SafeLoader), yaml.SafeLoader):
        try:
            refuse_odd_shapes(text, loader)
            return yaml.compose(text, Loader=loader)
        except yaml.YAMLError:
            if loader is yaml.SafeLoader:
                raise
    return None


def refuse_odd_shapes(text: str, loader: Any = yaml.SafeLoader) -> None:
    """Raises ConfigError for anchors, half signs and deep nesting, YAMLError for what is no YAML.

    Anchors could make a small text expand without end, and deep nesting exhaust the parser's stack."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise ConfigError(f"Schema line {line}: anchors (*) are not supported. Write the part out.")
        if isinstance(event, yaml.ScalarEvent) and HALF_SIGN.search(event.value):
            raise ConfigError(f"Schema line {line}: a text holds half a sign, which cannot be kept. Write the whole.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise ConfigError("The schema is not YAML text. Load a schema that this app saved.")


def _mapping(field: _Field, wanted: tuple[str, ...]) -> dict[str, _Field]:
    node = field.value
    if not isinstance(node, yaml.MappingNode):
        raise field.wrong(f"must be fields with values ({', '.join(wanted) or 'name: value'}).")
    out: dict[str, _Field] = {}
    for name_node, value_node in node.value:
        name = _text(_Field(name_node, f"a field's name in {field.path or 'the schema'}", _line(name_node)))
        inner = _Field(value_node, f"{field.path}.{name}" if field.path else name, _line(name_node))
        if name in out:
            raise inner.wrong("is there twice. Keep one of them.")
        if wanted and name not in wanted:
            raise inner.wrong(f"is not a field. Known here: {', '.join(wanted)}.")
        out[name] = inner
    return out


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def _sequence(field: _Field) -> list[_Field]:
    if not isinstance(field.value, yaml.SequenceNode):
        raise field.wrong("must be a list.")
    return [_Field(node, f"{field.path}[{place}]", _line(node)) for place, node in enumerate(field.value.value)]


def _is_null(field: _Field) -> bool:
    node = field.value
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _text(field: _Field) -> str:
    if not isinstance(field.value, yaml.ScalarNode) or _is_null(field):
        raise field.wrong("must be one text.")
    return str(field.value.value)


def _required(fields: dict[str, _Field], name: str) -> _Field:
    if name not in fields:
        raise ConfigError(f'Schema: field "{name}" is missing. Add it.')
    return fields[name]


def _choice(field: _Field, kind: type[Choice]) -> Choice:
    text = _text(field)
    for member in kind:
        if member.value == text:
            return member
    raise field.wrong(f'is "{text[:40]}". Choose one of: {", ".join(member.value for member in kind)}.')


def _flag(field: _Field) -> bool:
    text = _text(field)
    if text not in ("true", "false"):
        raise field.wrong(f'is "{text[:40]}". Write true or false.')
    return text == "true"


def _indexes(field: _Field) -> tuple[tuple[str, tuple[str, ...]], ...]:
    entries = _mapping(field, ()).items()
    return tuple((name, tuple(_text(one) for one in _sequence(listed))) for name, listed in entries)


def _held(field: _Field) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    out = []
    for entry in _sequence(field):
        parts = _mapping(entry, ("path", "types"))
        path, types = (_sequence(_required(parts, name)) for name in ("path", "types"))
        out.append((tuple(map(_text, path)), tuple(_choice(one, DynamoType).value for one in types)))
    return tuple(out)


def _column(field: _Field) -> ColumnSpec:
    fields = _mapping(field, _COLUMN)
    for name in ("column", "attribute"):
        if name not in fields:
            raise field.wrong(f'has no field "{name}". Add it.')
    attribute = None if _is_null(fields["attribute"]) else _text(fields["attribute"])
    rules = tuple(_rule(one) for one in _sequence(fields["rules"])) if "rules" in fields else ()
    return ColumnSpec(
        column=_text(fields["column"]),
        attribute=attribute,
        type=_choice(fields["type"], DynamoType) if "type" in fields else DynamoType.S,
        blank=_choice(fields["blank"], BlankMeans) if "blank" in fields else BlankMeans.OMIT,
        rules=rules,
        separator=_text(fields["separator"]) if "separator" in fields else DEFAULT_SEPARATOR,
        binary=_choice(fields["binary"], BinaryForm) if "binary" in fields else None,
        typed_cells=_choice(fields["typed_cells"], TypedCells) if "typed_cells" in fields else None,
        type_from=_choice(fields["type_from"], TypeFrom) if "type_from" in fields else None,
    )


def _rule(field: _Field) -> Rule:
    if isinstance(field.value, yaml.ScalarNode):
        name = _text(field)
        return _located(field, lambda: make_rule(name))
    entries = _mapping(field, ())
    if len(entries) != 1:
        raise field.wrong("must be one rule: its name, or its name and parameters.")
    ((name, given),) = entries.items()
    params = {} if _is_null(given) else {one: _plain(value) for one, value in _mapping(given, ()).items()}
    return _located(given, lambda: make_rule(name, params))


def _plain(field: _Field) -> object:
    if isinstance(field.value, yaml.SequenceNode):
        return [_text(one) for one in _sequence(field)]
    return _text(field)


def _located(field: _Field, make: Callable[[], Made], prefix: str | None = None) -> Made:
    """What `make` makes; its ConfigError gets the line in front."""
    try:
        return make()
    except ConfigError as error:
        where = f"Schema line {field.line}: {field.path}: " if prefix is None else prefix
        raise ConfigError(f"{where}{error}") from None
