"""What of a list must be looked at anew, given what is kept of earlier checks, and what is kept of this one. I/O.

Kept of a column under its fingerprint: its notes, slice by slice, and whether more of it hangs on which rows are left
(cells that a suggestion is tried on, what a point is). What does is kept under a fingerprint with the rows, and what
is odd in it under one with what nearly all of its cells have in common.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from importer.check.alike_keys import AlikeFinder, AlikeKeys
from importer.check.chunk_work import Scope
from importer.check.gather import Gathered
from importer.check.kept_columns import CheckPrints, ColumnFile, KeptColumns
from importer.check.numbers import CellMarks
from importer.check.repeats import RepeatFinder, Repeats
from importer.check.report import Cause, CheckReport
from importer.check.schema import ColumnSpec, DynamoType, Schema
from importer.check.suggest import SUGGESTIBLE
from importer.clean import Recipe, lineage_of, operation_from_dict

DECIDED_BY_MARKS = ("maybe_thousands", "other_separator")
"""Causes of which the marks of a column's rows that are left decide."""


def scope_of(
    recipe: Recipe,
    columns: tuple[str, ...],
    schema: Schema,
    gathered: Gathered,
    kept: KeptColumns,
    *,
    stage: str,
    sure: Collection[str],
    whole: bool,
) -> Scope:
    """What is looked at anew of a list with these `columns`: all of it where nothing is kept, or for `whole`."""
    lineage = lineage_of(recipe, columns)
    prints = CheckPrints.of(stage, lineage, schema, facts=gathered.facts, shapes=gathered.shapes, sure=sure)
    new = {spec.column for spec in schema.columns if not _is_judged(kept, prints, spec)}
    keys = {spec.column for spec in schema.key_specs}
    for group in (keys, {spec.column for spec in schema.imported if schema.is_nested(spec)}):
        if new & group or (group is keys and prints.key not in kept):
            new |= group
    again = new | {name for name in prints.columns if not _is_known(kept, prints, name)}
    odd = {name for name, print_ in prints.odd.items() if print_ not in kept}
    as_it_came = set(lineage_of(Recipe(), columns).columns.values())
    written = {name: version for name, version in lineage.columns.items() if version not in as_it_came}
    versions = {name: _cleaned(prints, version) for name, version in written.items()}
    anew = again | odd | {name for name, version in versions.items() if version not in kept}
    passing = {_cleaned(prints, version) for version in lineage.passing}
    return Scope(
        columns=frozenset(new),
        again=frozenset(again),
        odd=frozenset(odd),
        cleaned=tuple(name for name in lineage.columns if name in anew),
        versions=frozenset(passing | set(versions.values())),
        kept=kept,
        prints=prints,
        every_step=any(version not in kept for version in passing),
        whole=whole,
    )


def _is_known(kept: KeptColumns, prints: CheckPrints, name: str) -> bool:
    facts = kept.facts(prints.columns[name])
    return facts is not None and (not facts["needs_rows"] or prints.with_rows(name) in kept)


def _is_judged(kept: KeptColumns, prints: CheckPrints, spec: ColumnSpec) -> bool:
    """Whether its cells need not be judged anew. Which places of the table a list or map has, only judging tells."""
    if spec.type in (DynamoType.L, DynamoType.M):
        return _is_known(kept, prints, spec.column)
    return kept.facts(prints.columns[spec.column]) is not None


def _cleaned(prints: CheckPrints, version: str) -> str:
    """The fingerprint under which it is kept that no step refused to make this version of a column."""
    return f"cleaned {prints.stage} {version}"


@dataclass(frozen=True)
class KnownRepeats:
    """Of all rows of the list, those dropped by steps too: which have the key of another, or the cell of another in
    one of the columns that must not repeat; and whose key looks like another's."""

    keys: Repeats
    unique: Mapping[str, Repeats]
    alike: AlikeKeys

    @classmethod
    def of(
        cls,
        schema: Schema,
        scope: Scope,
        finders: Mapping[str, RepeatFinder],
        alike: AlikeFinder | None,
        file: ColumnFile,
    ) -> KnownRepeats:
        """What the finders have, which is kept, and of other columns what was kept."""
        prints = {spec.column: scope.prints.columns[spec.column] for spec in schema.columns if spec.unique}
        prints[""] = scope.prints.key
        found: dict[str, Repeats] = {}
        for name, print_ in prints.items():
            if name in finders:
                found[name] = finders[name].repeats()
                file.add({print_: {"rows": found[name].rows, "first": found[name].first}})
            else:
                arrays = scope.kept.arrays(print_)
                found[name] = Repeats(arrays["rows"], arrays["first"])
        if alike is not None:
            keys = alike.alike()
            file.add({prints[""]: dict(zip(_ALIKE_NAMES, keys.arrays, strict=True))})
        else:
            keys = AlikeKeys(*(scope.kept.arrays(prints[""])[name] for name in _ALIKE_NAMES))
        return cls(found.pop(""), found, keys)


_ALIKE_NAMES = ("alike rows", "alike first", "alike exact")


def take_known(gathered: Gathered, scope: Scope) -> None:
    """What is kept of columns that were not looked at again, and hangs on more than single cells."""
    for name in scope.prints.columns.keys() - scope.again:
        facts = scope.kept.facts(scope.prints.with_rows(name))
        if facts is not None:
            gathered.met[name] = {tuple(path) for path in facts["met"]}
            gathered.marks[name] = CellMarks(*facts["marks"])
            for code, steps in facts["suggestions"].items():
                gathered.suggestions[code, name] = tuple(operation_from_dict(step, number=1) for step in steps)


def keep_known(gathered: Gathered, scope: Scope, report: CheckReport, file: ColumnFile) -> None:
    """Keep what was found out of the columns looked at again."""
    causes: dict[str, list[Cause]] = {}
    for cause in report.causes:
        causes.setdefault(cause.column, []).append(cause)
    for name in sorted(scope.again):
        met, marks = sorted(gathered.met.get(name, ())), gathered.marks.get(name, CellMarks())
        if name in scope.columns:
            codes = gathered.codes_met.get(name, set())
            needs_rows = bool(met) or not codes.isdisjoint({*SUGGESTIBLE, *DECIDED_BY_MARKS})
            file.add_facts(scope.prints.columns[name], {"needs_rows": needs_rows})
        file.add_facts(
            scope.prints.with_rows(name),
            {
                "met": met,
                "marks": [marks.decimals, marks.thousands, marks.commas, marks.separated],
                "suggestions": {
                    cause.code: [step.to_dict() for step in cause.suggestions]
                    for cause in causes.get(name, ())
                    if (cause.code, name) not in gathered.suggestions
                },
            },
        )
    if scope.prints.rows not in scope.kept:
        file.add_facts(scope.prints.rows, {})
    for version in scope.versions:
        file.add_facts(version, {})
    prints = scope.prints
    scope.kept.use({*prints.columns.values(), *prints.odd.values(), prints.key, prints.rows, *scope.versions})
