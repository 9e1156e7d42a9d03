"""Which of several readings is right: rules that narrow them down, the surest evidence first; then the score.

Why in this order: docs/decisions/0024-how-a-reading-is-chosen.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from importer.intake.candidates import USUAL, WORDY, is_run_whole
from importer.intake.cells import is_data, shape_of
from importer.intake.trial import Trial

Rule = Callable[[Sequence[Trial], str], Sequence[Trial]]
"""The readings that a rule leaves, of the text; all of them where it has nothing to say."""

QUOTES_MATTER = 0.75
"""A reading with quotes is taken when it scores this much of one without them that leaves cells in their quotes."""

OPENING_MATTERS = 0.83
"""The same for a reading with `"` of one that leaves a `"` at the beginning of cells: a quote that never closes costs
a list of one row 15 %, one of three rows 8 %; a list in which `"` never closes a cell loses 20 % and more."""

STEADY = 0.95
"""A sign that cuts so many records alike is no sign by chance."""

FEWEST_PROOFS = 2
"""Rows in which `'` is a quote: in one it may be part of a name (`'s-Gravenhage'`)."""

RIVAL_SHARE = 0.75
"""Of the best score: a list that semicolons and commas cut as well has 0.79; of 790 others none has a rival."""


def choose(trials: Sequence[Trial], text: str) -> Trial:
    """The reading that is right as far as the evidence goes."""
    best = max(_left(trials, text), key=lambda trial: trial.score)
    return _quoted_after_all(best, single_quotes_prove_it(trials, text))


def rival_of(best: Trial, trials: Sequence[Trial], text: str) -> str:
    """Another delimiter that no rule excludes, that cuts nearly every record and scores nearly as much; else ""."""
    left = [
        trial
        for trial in _left(trials, text)
        if trial.width > 1 and trial.steady >= STEADY and not _shares_sign(trial.delimiter, best.delimiter)
    ]
    other = max(left, key=lambda trial: trial.score, default=None)
    return other.delimiter if other is not None and other.score >= RIVAL_SHARE * best.score else ""


def _shares_sign(one: str, other: str) -> bool:
    return one == other or bool({*one.strip(" ")} & {*other.strip(" ")})


def _left(trials: Sequence[Trial], text: str) -> Sequence[Trial]:
    left = trials
    for rule in RULES:
        left = rule(left, text) or left
    return left


def doubled_before_backslash(trials: Sequence[Trial], text: str) -> Sequence[Trial]:
    """Where every quote is in its place with quotes doubled, a backslash is text (JSON in cells)."""
    sound = {
        (trial.delimiter, trial.quote) for trial in trials if not trial.escape and trial.quoted and not trial.stray
    }
    return [trial for trial in trials if not (trial.escape and (trial.delimiter, trial.quote) in sound)]


def single_quotes_prove_it(trials: Sequence[Trial], text: str) -> Sequence[Trial]:
    """`'` is an apostrophe (`'t Hooft`, `''`) unless it proves to be the quote and `"` does not as well."""
    return [trial for trial in trials if trial.quote != "'" or _is_single_quote_proved(trial, trials)]


def _is_single_quote_proved(trial: Trial, trials: Sequence[Trial]) -> bool:
    """Whether `'` keeps rows together that fall apart without it (and with `"`, where that is in its place too); or
    there is no such `"`, and it stands in FEWEST_PROOFS rows around every cell of a column or what needs quotes."""
    others = [other for other in trials if other.delimiter == trial.delimiter]
    doubled = [other for other in others if other.quote == '"' and other.quoted > 4 * other.stray]
    if any(other.steady >= trial.steady for other in doubled):
        return False
    bare = next((other for other in others if not other.quote), None)
    if bare is None or (bare.width, bare.steady) != (trial.width, trial.steady):
        return bare is None or trial.width != bare.width or trial.steady > bare.steady
    columns = [[cell.strip() for cell in column if cell.strip()] for column in zip(*bare.cells[1:], strict=True)]
    return any(map(_is_in_single_quotes, columns))


def _is_in_single_quotes(cells: Sequence[str]) -> bool:
    """Whether `'` stands around all of a column's cells, or around several that hold it doubled or a usual sign."""
    around = [cell for cell in cells if len(cell) > 1 and cell.startswith("'") and cell.endswith("'")]
    inside = [cell[1:-1].replace("\\'", "''") for cell in around]
    closed = [cell for cell in inside if "'" not in cell.replace("''", "")]
    needed = sum(any(sign in cell for sign in ("''", *USUAL)) for cell in closed)
    is_all = len(around) == len(cells) and any(inside)
    return max(needed, len(around) * is_all) >= FEWEST_PROOFS


def quotes_in_place(trials: Sequence[Trial], text: str) -> Sequence[Trial]:
    """Where quotes stand around cells they are quotes, so what stands in them is cut by nothing."""
    quoted = [trial for trial in trials if trial.quote]
    best = max(quoted, key=lambda trial: trial.score, default=None)
    if best is not None and best.quoted:
        proved = [trial for trial in single_quotes_prove_it(trials, text) if trial.quote]
        best = max(proved, key=lambda trial: trial.score, default=None)
    if best is None or not best.quoted or 4 * best.stray > best.quoted:
        return trials
    return [trial for trial in quoted if trial.quote == best.quote]


def first_sign_alone(trials: Sequence[Trial], text: str) -> Sequence[Trial]:
    """A run of signs stands between cells only where its first sign alone does not cut the records as well."""
    steady: dict[str, float] = {}
    for trial in trials:
        if len(trial.delimiter) == 1 and trial.width > 1:
            steady[trial.delimiter] = max(steady.get(trial.delimiter, 0.0), trial.steady, trial.alike)
    return [
        trial
        for trial in trials
        if len(trial.delimiter) == 1
        or steady.get(trial.delimiter[0], 0.0) < trial.steady - 0.05
        or is_run_whole(trial.delimiter, text)
    ]


def tab_never_by_chance(trials: Sequence[Trial], text: str) -> Sequence[Trial]:
    """Nobody types a tab into a cell."""
    by_tab = [trial for trial in trials if "\t" in trial.delimiter]
    proven = any(trial.width > 1 and trial.steady > 0.8 and _fills_columns(trial) for trial in by_tab)
    return by_tab if proven else trials


def _fills_columns(trial: Trial) -> bool:
    return any(sum(bool(cell.strip()) for cell in row) > 1 for row in trial.cells)


def names_are_cut_too(trials: Sequence[Trial], text: str) -> Sequence[Trial]:
    """A sign that words hold anyway stands between cells only where it cuts the first record too, or below a title
    one that names columns of data."""
    return [trial for trial in trials if trial.delimiter not in WORDY or trial.width < 2 or _cuts_names(trial)]


def _cuts_names(trial: Trial) -> bool:
    first, *others = trial.cells or [[]]
    names = not any(map(is_data, first)) and any(is_data(cell) for row in others for cell in row)
    return trial.first_width > 1 or names


def lists_in_cells(trials: Sequence[Trial], text: str) -> Sequence[Trial]:
    """Of two signs that both cut every record, the one between things of one kind stands inside a cell."""
    steady = [trial for trial in trials if trial.width > 1 and trial.steady >= STEADY]
    inside = {
        inner.delimiter
        for outer in steady
        for inner in steady
        if outer.delimiter != inner.delimiter and outer.quote == inner.quote
        if _holds_lists(outer, inner.delimiter) and not _holds_lists(inner, outer.delimiter)
    }
    return [trial for trial in trials if trial.delimiter not in inside]


def _holds_lists(trial: Trial, sign: str) -> bool:
    """Whether `sign` stands only in columns whose cells are lists of things of one kind."""
    found = False
    for column in zip(*trial.cells[1:], strict=True):
        cells = [cell for cell in column if sign in cell]
        if not cells:
            continue
        shapes = {shape_of(item) for cell in cells for item in cell.split(sign)} - {"empty"}
        if len(cells) < STEADY * len(column) or len(shapes) != 1 or "mixed" in shapes:
            return False
        found = True
    return found


RULES: tuple[Rule, ...] = (
    first_sign_alone,
    names_are_cut_too,
    doubled_before_backslash,
    quotes_in_place,
    single_quotes_prove_it,
    tab_never_by_chance,
    lists_in_cells,
)


def _quoted_after_all(best: Trial, trials: Sequence[Trial]) -> Trial:
    """A few damaged quotes must not make all others literal: where cells stand in quotes, quotes are quotes; and a
    cell that begins with `"` tells of quoting, so that the quote is listed when it never closes."""
    if not best.quote and best.opened and not best.wrapped:
        doubled = [trial for trial in trials if trial.quote == '"' and trial.delimiter == best.delimiter]
        other = max(doubled, key=lambda trial: trial.score, default=best)
        return other if other.score >= OPENING_MATTERS * best.score else best
    if best.quote or not best.wrapped:
        return best
    others = [trial for trial in trials if trial.quote and trial.delimiter == best.delimiter]
    other = max(others, key=lambda trial: (best.wrapped - trial.wrapped, trial.score), default=best)
    is_better = other.wrapped < best.wrapped and other.score >= QUOTES_MATTER * best.score
    return other if is_better else best
