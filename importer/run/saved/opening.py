"""A list opened as a saved one: decided once and kept in the run's folder, so that no redraw decides it again.

What stood there before is kept beside, so that "Not this one?" and its undo each bring the other side back whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any

from importer.check import Agreed, dump_schema
from importer.clean import History, fit, load_history, portable
from importer.errors import ConfigError
from importer.files import to_json, write_private
from importer.plain_types import UNREADABLE, of_its_types
from importer.run.folder import RunFolder
from importer.run.saved.kind import SavedList, read_agreed
from importer.run.saved.library import load_saved, read_library, refuse_saved_anew
from importer.run.saved.matching import (
    REJECT_COLUMNS,
    FittedHeader,
    HeaderMatch,
    MatchKind,
    differences,
    fit_header,
    match_columns,
)
from importer.run.staged import open_stage
from importer.run.turns import changing, refuse_frozen
from importer.settings import Settings


@dataclass(frozen=True)
class Side:
    """Recipe (a history's JSON) and schema (YAML) of a list; empty text: there is none."""

    history: str = ""
    schema: str = ""


@dataclass(frozen=True)
class Opening:
    """How the list of a run was opened. `entry_id` and `name` say as which saved list, empty: as none.

    `opened` False with a name: it was, and a person took that back. `declined`: a person wants none of those offered.
    `settled` False: the recipe and schema of `mine` are still to be put in place (a crash came between).
    `linked`: the saved lists whose last list this becomes once it is imported. `mine` is what opening put in place,
    `other` what "the other way" puts there. Columns as in `HeaderMatch`; `left_out`: titles of steps. `agreed`: as in
    `SavedList`.
    """

    entry_id: str = ""
    name: str = ""
    opened: bool = False
    declined: bool = False
    settled: bool = True
    steps: int = 0
    rules: int = 0
    columns: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()
    mine: Side = field(default_factory=Side)
    other: Side = field(default_factory=Side)
    agreed: tuple[Agreed, ...] | None = ()

    def sentence(self) -> str:
        """`Opened as Partner monthly: 14 steps, 12 rules.`"""
        return f"Opened as {self.name}: {_count(self.steps, 'step')}, {_count(self.rules, 'rule')}."

    def without(self) -> str:
        """What of the saved list has no place in this one, in a sentence; "" for nothing."""
        told = [f"columns that the list has not ({', '.join(self.missing)})"] if self.missing else []
        told += [f"steps that do not fit ({'; '.join(self.left_out)})"] if self.left_out else []
        return f"Left out of {self.name}: {' and '.join(told)}." if told else ""


@dataclass(frozen=True)
class Candidate:
    """A saved list that the list may be, and what of it fits."""

    entry: SavedList
    match: HeaderMatch
    fitted: FittedHeader

    @property
    def opens_itself(self) -> bool:
        """True when every column, step and rule has its place: nothing to ask a person about."""
        return self.match.kind is not MatchKind.NEAR and self.fitted.whole

    def with_renamed(self, wanted: Mapping[str, str], columns: Sequence[str]) -> FittedHeader:
        """What fits with a person's word on columns of another name (saved name → the list's, "" for none).

        ConfigError when one column is taken twice, or the table's key is left without one.
        """
        match = self.match.with_renamed(wanted)
        fitted = fit_header(self.entry.recipe, self.entry.schema, columns, match)
        if fitted is None:
            raise ConfigError("The table's key is made of a column that is not there. Choose which one it is.")
        return fitted


def read_opening(folder: RunFolder) -> Opening:
    """How the list was opened; nothing decided yet where there is no record, or no whole one."""
    try:
        told: dict[str, Any] = json.loads(folder.opening.read_text("utf-8"))
        lists = {name: tuple(told[name]) for name in ("columns", "missing", "extra", "left_out", "linked")}
        agreed = read_agreed(told.get("agreed"))
        pairs = tuple((str(old), str(new)) for old, new in told["renamed"])
        sides = {name: Side(**told[name]) for name in ("mine", "other")}
        return of_its_types(Opening(**{**told, **lists, **sides, "renamed": pairs, "agreed": agreed}))
    except UNREADABLE:
        return Opening()


def find_candidates(settings: Settings, columns: Sequence[str], *, but: Sequence[str] = ()) -> tuple[Candidate, ...]:
    """Saved lists that a list with these columns may be, best first, without those whose ids are in `but`."""
    found = []
    for entry in read_library(settings).entries:
        match = match_columns(entry.columns, columns)
        fitted = match and fit_header(entry.recipe, entry.schema, columns, match)
        if match and fitted and entry.entry_id not in but:
            found.append(Candidate(entry, match, fitted))
    order = list(MatchKind)
    return tuple(sorted(found, key=lambda one: (not one.opens_itself, order.index(one.match.kind))))


def undecided_between(settings: Settings, folder: RunFolder) -> tuple[Candidate, ...]:
    """Saved lists that fit whole and as well as one another, while nobody has said which the list is or made a step:
    imported so, it would go in without the steps of any."""
    now = read_opening(folder)
    if not _can_change(folder) or now.name or now.declined or load_history(folder.recipe).moves:
        return ()
    found = find_candidates(settings, open_stage(folder).columns, but=now.linked)
    alike = [one for one in found if one.opens_itself and one.match.kind is found[0].match.kind]
    return tuple(alike) if len(alike) > 1 else ()


def decide_opening(settings: Settings, folder: RunFolder) -> Opening:
    """How the list on screen is opened: decided now if it never was and nobody worked on it yet.

    One saved list that fits whole and better than the others is opened; in any other case a person is asked.
    """
    if not _can_change(folder):
        return read_opening(folder)
    with changing(folder):
        return _decided(settings, folder, read_opening(folder)) if _can_change(folder) else read_opening(folder)


def open_as(
    settings: Settings,
    folder: RunFolder,
    entry_id: str,
    wanted: Mapping[str, str] | None = None,
    *,
    seen: SavedList | None = None,
) -> Opening:
    """Put the saved recipe, fitted to the list, and the saved schema in place of what is there.

    `wanted`: a person's word on columns of another name (saved name → the list's, "" for none); `seen`: the saved
    list as it was on screen. Raises ConfigError when the plan is frozen, the entry is gone, or the list does not have
    what the table's key is made of, ChangedElsewhere when the saved list is not as it was seen.
    """
    with changing(folder):
        refuse_frozen(folder)
        return _put_saved(folder, refuse_saved_anew(load_saved(settings, entry_id), seen), wanted)


def open_whole(
    settings: Settings, folder: RunFolder, entry: SavedList, wanted: Mapping[str, str] = MappingProxyType({})
) -> Opening:
    """As `open_as`, where nobody can be asked: ConfigError, saying all that is different, unless it fits whole.
    `wanted`: what was said of columns of another name beforehand, as in `open_as`."""
    columns = open_stage(folder).columns
    match = match_columns(entry.columns, columns)
    if wanted and match is not None:
        unknown = [old for old in wanted if old not in entry.columns]
        if unknown or any(new not in ("", *columns) for new in wanted.values()):
            raise ConfigError(
                f'--column names a column that is not there. "{entry.name}" has {", ".join(entry.columns)}; the list '
                f"has {', '.join(columns)}."
            )
        if match.unsure and all(old in wanted for old in match.unsure):
            return open_as(settings, folder, entry.entry_id, {**dict(match.sure), **wanted})
    found = [one for one in find_candidates(settings, columns) if one.entry.entry_id == entry.entry_id]
    if not found or not found[0].opens_itself:
        raise misfit(entry, columns)
    return open_as(settings, folder, entry.entry_id)


def take_back(folder: RunFolder) -> Opening:
    """From the saved list to what was there before, or back again: each side is kept as it was left."""
    with changing(folder):
        refuse_frozen(folder)
        now = read_opening(folder)
        if not now.name:
            raise ConfigError("This list was not opened as a saved one. There is nothing to take back.")
        return _change_sides(folder, now)


def decline(folder: RunFolder) -> Opening:
    """None of those offered: a plain list, and it is not asked again."""
    with changing(folder):
        return _keep(folder, replace(read_opening(folder), declined=True))


def link_saved(folder: RunFolder, entry_id: str) -> Opening:
    """Once imported, the list is the last one of that saved list too."""
    with changing(folder):
        now = read_opening(folder)
        return _keep(folder, replace(now, linked=(*_without(now.linked, entry_id), entry_id)))


def misfit(entry: SavedList, columns: Sequence[str]) -> ConfigError:
    """All that is different, so that a person can mend the list or the saved one."""
    match = match_columns(entry.columns, columns) or HeaderMatch(
        MatchKind.NEAR,
        missing=tuple(name for name in entry.columns if name not in columns),
        extra=tuple(name for name in columns if name not in entry.columns),
    )
    told = " ".join(differences(match)) or "Its steps do not fit the columns."
    near = dict(match.renamed)
    say = " ".join(f'--column "{old}={near.get(old, "")}"' for old in match.unsure[:3])
    more = " and so on" if len(match.unsure) > 3 else ""
    way = "Rename the columns in the file, or open it on the File page and say which they are."
    if say:
        none = "nothing behind the = where the list has none"
        way = f"Say which they are: on the File page, or with {say}{more} ({none})."
    return ConfigError(f'The list does not fit "{entry.name}". {told} {way}')


def _can_change(folder: RunFolder) -> bool:
    return folder.stage.exists() and not folder.frozen


def _decided(settings: Settings, folder: RunFolder, now: Opening) -> Opening:
    if not now.settled:
        return _put_in_place(folder, now)
    columns = open_stage(folder).columns
    if now.opened and now.columns != columns and _side(folder) == now.mine:
        now = _change_sides(folder, now)  # it was read otherwise, and nobody has touched what was put in place
        now = _keep(folder, Opening(linked=_without(now.linked, now.entry_id)))
    if now.name or now.declined or not _untouched(folder):
        return now
    best = find_candidates(settings, columns, but=now.linked)
    if not best or not best[0].opens_itself or (len(best) > 1 and _as_good(best[0], best[1])):
        return now
    return open_as(settings, folder, best[0].entry.entry_id)


def _put_saved(folder: RunFolder, entry: SavedList, wanted: Mapping[str, str] | None) -> Opening:
    stage = open_stage(folder)
    match = match_columns(entry.columns, stage.columns)
    if match is not None and wanted is not None:
        match = match.with_renamed(wanted)
    fitted = None if match is None else fit_header(entry.recipe, entry.schema, stage.columns, match)
    if match is None or fitted is None:
        raise misfit(entry, stage.columns)
    meant = portable(fitted.recipe, [spec.column for spec in fitted.schema.key_specs])
    recipe = fit(meant.recipe, stage)
    opening = Opening(
        entry_id=entry.entry_id,
        name=entry.name,
        opened=True,
        settled=False,
        steps=len(recipe.operations),
        rules=sum(len(spec.rules) for spec in fitted.schema.columns),
        columns=stage.columns,
        renamed=match.renamed,
        missing=match.missing,
        extra=match.extra,
        left_out=(*fitted.left_out, *(step.title() for step in meant.key_steps)),
        agreed=entry.agreed,
        linked=_with(read_opening(folder).linked, entry.entry_id, stage.columns),
        mine=Side(History(recipe.operations).to_json(), dump_schema(fitted.schema)),
        other=_side(folder),
    )
    return _put_in_place(folder, _keep(folder, opening))


def _as_good(one: Candidate, other: Candidate) -> bool:
    return other.opens_itself and one.match.kind is other.match.kind


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def _without(linked: Sequence[str], entry_id: str) -> tuple[str, ...]:
    return tuple(one for one in linked if one != entry_id)


def _with(linked: Sequence[str], entry_id: str, columns: Sequence[str]) -> tuple[str, ...]:
    """Rows that were rejected and come back are no month's list."""
    others = _without(linked, entry_id)
    return others if set(REJECT_COLUMNS) <= set(columns) else (*others, entry_id)


def _untouched(folder: RunFolder) -> bool:
    """True as long as nobody has made a step or looked at types and rules."""
    return not folder.schema.exists() and not load_history(folder.recipe).moves


def _side(folder: RunFolder) -> Side:
    history = load_history(folder.recipe)
    empty = not history.moves and not history.undone
    schema = folder.schema.read_text("utf-8") if folder.schema.exists() else ""
    return Side("" if empty else history.to_json(), schema)


def _change_sides(folder: RunFolder, now: Opening) -> Opening:
    back = not now.opened
    linked = _with(now.linked, now.entry_id, now.columns) if back else _without(now.linked, now.entry_id)
    other = replace(now, opened=back, settled=False, mine=now.other, other=_side(folder), linked=linked)
    return _put_in_place(folder, _keep(folder, other))


def _put_in_place(folder: RunFolder, opening: Opening) -> Opening:
    """The record came first; if this is cut short, the next look does it again."""
    for path, text in ((folder.schema, opening.mine.schema), (folder.recipe, opening.mine.history)):
        if text:
            write_private(path, text)
        else:
            path.unlink(missing_ok=True)
    return _keep(folder, replace(opening, settled=True))


def _keep(folder: RunFolder, opening: Opening) -> Opening:
    write_private(folder.opening, to_json(asdict(opening)))
    return opening
