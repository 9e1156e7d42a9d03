"""Tables drawn in text: with signs between the cells and at the edges (Markdown, the consoles of MySQL and
PostgreSQL), or with columns of fixed width. Pure.

A drawing is kept in the dialect as one text: the sign that stands between the cells and at the edges (`|`), only
between them (`a|b`, `a,b`) or at the left edge too (`|a|b`), or the places in the line at which columns begin
(`0,20,30`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from importer.intake.cells import shape_of

SIGNS = "|│┃║"
"""What stands between the cells of drawn tables."""

FILLED_UP_TO = ",;"
"""The same of lists whose cells are filled up with spaces, in every line."""

NO_NAMES = frozenset(",;@|")

LINES_LOOKED_AT = 200

FEWEST_LINES = 3
"""With the header: of two lines anything may stand below each other."""

GAP = 2
"""Columns of fixed width have so many spaces between them: one stands between words, and in each phone number."""

SHARE = 0.9
"""Of the lines, that are drawn alike: a title and a count of rows may stand around the table."""

_RULE = re.compile(r"(?=.*[-─═=]{2})[\s|+\-=:│┃║─━═┼┿╂╪╫╬├┤┝┥╞╡╟╢╠╣┌┐└┘╒╕╘╛╓╖╙╜╔╗╚╝┬┴╤╧╥╨╦╩]+")
"""A line that only rules off."""

_KINDS = {"text": "words", "mixed": "words", "e-mail": "address", "address": "address"}
"""Of shapes; those of numbers, dates and phone numbers are one kind, for they stand in each other."""

_QUOTED = re.compile(r'(?:\A| )"')

_DASHES = re.compile(r" *-{2,}(?: +-{2,})+ *")
_CROSSED = re.compile(r"-+(?:\+-+)+")


def find_drawing(text: str, *, is_cut: bool) -> str:
    """How the lines of `text` are drawn; "" where they are not. `is_cut`: a usual delimiter cuts nearly all of them
    alike, so that only edges and rules count."""
    lines = [line for line in text.splitlines() if line.strip()][:LINES_LOOKED_AT]
    if len(lines) < FEWEST_LINES:
        return ""
    return _sign_of(lines) or _ruled(lines) or _aligned(lines) or ("" if is_cut or "\t" in text else _fixed(lines))


def sign_in(drawn: str) -> str:
    """The sign between the cells of a drawing; "" where its columns have fixed places."""
    return drawn[1] if drawn.startswith("a") else next((sign for sign in SIGNS if sign in drawn), "")


def _sign_of(lines: Sequence[str]) -> str:
    """The sign between cells that stands at both edges of nearly all lines; or, with a crossed rule below the first
    line, as often in each line as crosses in the rule."""
    for sign in SIGNS:
        rows = [line.strip() for line in lines if sign in line and not _RULE.fullmatch(line)]
        if len(rows) < 2:
            continue
        edged = sum(len(row) > 1 and row.startswith(sign) and row.endswith(sign) for row in rows)
        has_rule = any(map(_RULE.fullmatch, lines[:4]))
        if edged == len(rows) and (has_rule or len(rows) >= FEWEST_LINES) and len(rows) > SHARE * len(lines) - 4:
            return sign
        rule = lines[1].strip().replace("─", "-").replace("┼", "+")
        if _CROSSED.fullmatch(rule) and all(row.count(sign) == rule.count("+") for row in rows):
            return sign
    return ""


def _ruled(lines: Sequence[str]) -> str:
    """Where columns begin by a line of dashes below their names."""
    rule = next((line for line in lines[1:4] if _DASHES.fullmatch(line)), "")
    starts = [found.start() for found in re.finditer("-+", rule)]
    ends = [found.end() for found in re.finditer("-+", rule)]
    gaps = [(end, start) for end, start in zip(ends, starts[1:], strict=False)]
    rows = [line for line in lines if not _RULE.fullmatch(line)]
    fit = sum(all(not line[end:start].strip() for end, start in gaps) for line in rows)
    return ",".join(map(str, [0, *starts[1:]])) if rule and fit >= SHARE * len(rows) - 1 else ""


def _aligned(lines: Sequence[str]) -> str:
    """The form of a table whose cells are filled up with spaces, so that the signs between them stand below each
    other; a title above and a count of rows below may have none. Cells in quotes are none of a drawing."""
    for sign in SIGNS + FILLED_UP_TO:
        rows = [line for line in lines if sign in line and not _RULE.fullmatch(line)]
        is_quoted = any(re.search(rf"(?:\A|{re.escape(sign)}) *\"", row) for row in rows)
        if len(rows) < max(FEWEST_LINES, SHARE * len(lines) - 2) or is_quoted:
            continue
        places = Counter(tuple(at for at, one in enumerate(row) if one == sign) for row in rows)
        (usual, count), counts = places.most_common(1)[0], {len(found) for found in places}
        is_padded = any(f"  {sign}" in row for row in rows) or all(row.startswith(f"{sign} ") for row in rows)
        if sign in FILLED_UP_TO and (count < len(lines) or usual[0] == 0):
            continue
        if is_padded and count >= SHARE * len(rows) and len(counts) == 1 and usual[-1] > 0:
            return f"{sign}a{sign}b" if usual[0] == 0 else f"a{sign}b"
    return ""


def _fixed(lines: Sequence[str]) -> str:
    """Where columns begin by what is blank in every line, but for a title above or a count of rows below."""
    for skipped in range(min(3, len(lines) - FEWEST_LINES + 1)):
        for left_out in (0, 1):
            rows = lines[skipped : len(lines) - left_out]
            starts = _columns(rows) if len(rows) >= FEWEST_LINES else []
            if len(starts) > 1 and all(
                _is_column(rows, at, end) for at, end in zip(starts, [*starts[1:], 0], strict=True)
            ):
                return ",".join(map(str, [0, *starts[1:]]))
    return ""


def _columns(rows: Sequence[str]) -> list[int]:
    """Places behind GAP spaces or more in every line; or behind one, as the longest cell leaves, where a name begins
    behind GAP spaces, and each cell."""
    filled = _filled(rows)
    width = len(filled) - 1
    named = {found.end() for found in re.finditer(rf" {{{GAP},}}(?=\S)", rows[0])}
    wide = [
        at
        for at in range(width)
        if filled[at]
        and (
            not any(filled[max(0, at - GAP) : at])
            or (at in named and not filled[at - 1] and all(_begins(row, at) for row in rows))
        )
    ]
    if any(_QUOTED.search(row) for row in rows):
        return wide  # cells in quotes are none of a drawing: the space is a delimiter
    return sorted({*wide, *(at for _, at, is_sure in _behind_names(rows, wide) if is_sure)})


def _filled(rows: Sequence[str]) -> bytearray:
    """For each place, whether any row has more than a space there; one place more than the longest row."""
    filled = bytearray(max(map(len, rows)) + 1)
    for row in rows:
        for at, sign in enumerate(row):
            filled[at] |= sign != " "
    return filled


def maybe_two(lines: Sequence[str], drawn: str) -> list[int]:
    """Numbers of the columns of fixed width that may be two: their names have a space where all of their cells have
    one. `lines`: from the header on."""
    rows = [line for line in lines if line.strip()][:LINES_LOOKED_AT]
    if not rows or sign_in(drawn) or any(map(_RULE.fullmatch, rows)):
        return []
    return sorted({number for number, _, _ in _behind_names(rows, list(_starts(drawn)))})


def _behind_names(rows: Sequence[str], starts: Sequence[int]) -> list[tuple[int, int, bool]]:
    """(number of the column at `starts`, place in it, whether a column surely begins there) of places behind one
    space in every row, the names too, with cells before and behind. A first row with signs of cells has no names."""
    if not NO_NAMES.isdisjoint(rows[0]):
        return []
    filled = _filled(rows)
    ends = [*starts[1:], len(filled)]
    found = []
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1):
        words = [at for at in range(start + 2, end) if rows[0][at - 1 : at] == " " and rows[0][at : at + 1].isalpha()]
        places = [start, *(at for at in words if not filled[at - 1] and any(filled[start:at])), end]
        for left, at, right in zip(places, places[1:], places[2:], strict=False):
            halves = [(row[left:at], row[at:right]) for row in rows[1:]]
            both = [(one, other) for one, other in halves if one.strip() and other.strip()]
            if both:
                is_column = _is_column(rows, left, at) and _is_column(rows, at, right)
                is_usual = 2 * len(both) >= sum(bool((one + other).strip()) for one, other in halves)
                is_sure = is_column and is_usual and (_are_two(both) or not _is_column(rows, left, right))
                found.append((number, at, is_sure))
    return found


def _are_two(halves: Sequence[tuple[str, str]]) -> bool:
    """Whether cells before and behind a place are filled up to it with spaces, as words of one cell are not; or are
    of another kind, numbers before words."""
    if any(one.endswith("  ") or other.startswith(" ") for one, other in halves):
        return True
    kinds = [{_KINDS.get(shape_of(cell), "data") for cell in cells} for cells in zip(*halves, strict=True)]
    return all(len(kind) == 1 for kind in kinds) and kinds[0] != kinds[1]


def _begins(row: str, at: int) -> bool:
    """Whether a cell begins at this place, or is blank as far as GAP spaces."""
    return row[at : at + 1] != " " or not row[at : at + GAP].strip()


def _is_column(rows: Sequence[str], start: int, end: int) -> bool:
    """Whether the column has a name, and most of its cells begin or end at one place."""
    cells = [row[start : end or None] for row in rows]
    if not cells[0].strip():
        return False
    filled = [cell for cell in cells if cell.strip()]
    left = sum(not cell.startswith(" ") for cell in filled)
    last = max(len(cell.rstrip()) for cell in filled)
    right = sum(len(cell.rstrip()) == last for cell in filled)
    return max(left, right) >= SHARE * len(filled)


@lru_cache(maxsize=64)
def _starts(drawn: str) -> tuple[int, ...]:
    return tuple(map(int, drawn.split(",")))


def cut_drawn(line: bytes, drawn: str) -> list[bytes]:
    """The cells of a line of a drawn table, without the spaces around them; none of a line that only rules off."""
    text = line.decode("utf-8", "replace")
    if _RULE.fullmatch(text) or not text.strip():
        return []
    if sign := sign_in(drawn):
        bare = text.strip()
        edged = drawn == sign and len(bare) > 1 and bare.startswith(sign) and bare.endswith(sign)
        inside = bare[1:-1] if edged else text[1:] if drawn.startswith(sign) and drawn != sign else text
        cells = re.split(rf"(?<!\\){re.escape(sign)}", inside)
        return [cell.strip().replace(f"\\{sign}", sign).encode() for cell in cells]
    starts = _starts(drawn)
    cells = [text[start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True)]
    return [cell.encode() for cell in cells]
