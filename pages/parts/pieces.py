"""Pieces that several pages draw: number cards, the bucket bar, facts, raw lines."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence

from importer.profile import SPACES
from importer.run import Buckets
from pages.parts import words
from pages.parts.colours import BUCKET_COLOURS
from pages.parts.markup import Markup, tag

BLANK = tag("span", "blank", cls="ci-blank")


def join(parts: Iterable[Markup]) -> Markup:
    """Pieces one after the other."""
    return Markup("".join(parts))


def card(label: str, number: int | str, more: str = "", colour: str | None = None) -> Markup:
    """One big number with its name, and a small line below."""
    shown = f"{number:,}" if isinstance(number, int) else number
    lines = [tag("div", shown, cls="ci-number"), tag("div", label, cls="ci-label")]
    if more:
        lines.append(tag("div", more, cls="ci-more"))
    return tag("div", *lines, cls="ci-card", style=f"--ci-tone:{colour}" if colour else None)


def cards(*made: Markup) -> Markup:
    """Cards side by side, two in a row on a phone."""
    return tag("div", *made, cls="ci-cards")


def bucket_bar(buckets: Buckets) -> Markup:
    """A stacked bar of all rows with its legend; the same order and colours everywhere."""
    counts = buckets.to_dict()
    total = max(1, sum(counts.values()))
    spoken = ", ".join(f"{words.BUCKET_WORDS[name]} {count:,}" for name, count in counts.items() if count)
    spans = [_span(name, count, total) for name, count in counts.items() if count]
    legend = [
        tag("span", swatch(BUCKET_COLOURS[name]), words.BUCKET_WORDS[name], " ", tag("b", f"{count:,}"))
        for name, count in counts.items()
        if count or name in ("written", "rejected", "failed")
    ]
    bar = tag("div", *spans, cls="ci-bar", role="img", aria_label=spoken or "no rows")
    return join([bar, tag("div", *legend, cls="ci-legend")])


def progress(head: str, aside: str, buckets: Buckets) -> Markup:
    """A progress bar whose colours are the buckets; pending is the empty part."""
    counts = buckets.to_dict()
    total = max(1, sum(counts.values()))
    done = total - counts["pending"] if sum(counts.values()) else 0
    spans = [_span(name, count, total) for name, count in counts.items() if count and name != "pending"]
    bar = tag(
        "div",
        *spans,
        cls="ci-progress",
        role="progressbar",
        aria_valuemin=0,
        aria_valuemax=100,
        aria_valuenow=100 * done // total,
        aria_label="Import",
    )
    return join([tag("div", tag("b", head), tag("span", aside, cls="ci-note"), cls="ci-progress-head"), bar])


def _span(name: str, count: int, total: int) -> Markup:
    share = f"width:{100 * count / total:.4f}%;background:{BUCKET_COLOURS[name]}"
    return tag("span", style=share, title=f"{words.BUCKET_WORDS[name]}: {count:,}")


def swatch(colour: str) -> Markup:
    """The small square of a legend."""
    return tag("span", cls="ci-swatch", style=f"background:{colour}")


def facts(pairs: Mapping[str, object]) -> Markup:
    """Names and values in two columns."""
    lines = [part for name, value in pairs.items() for part in (tag("dt", name), tag("dd", value))]
    return tag("dl", *lines, cls="ci-facts")


def cell(text: str) -> Markup | str:
    """A cell's text as text; a blank is said, and spaces at the ends are shown, not left to be guessed. Markup is no
    cell and stays as it is."""
    if isinstance(text, Markup):
        return text
    core = text.strip(SPACES)
    if not core:
        return BLANK
    start = text.index(core)
    before, after = text[:start], text[start + len(core) :]
    return tag("span", _spaces(before), core, _spaces(after)) if before or after else text


def _spaces(text: str) -> Markup:
    return tag("span", "␣" * len(text), cls="ci-space") if text else Markup()


def examples(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """A small table of cells; the first column is the row number."""
    top = tag("tr", *(tag("th", name) for name in head))
    body = [tag("tr", *(tag("td", _at_may_break(cell(value))) for value in row)) for row in rows]
    return tag("table", tag("thead", top), tag("tbody", *body), cls="ci-examples")


def reasons(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """A table of words, which wrap where there is little room; the last column goes first."""
    top = tag("tr", *(tag("th", name) for name in head))
    body = [tag("tr", *(tag("td", value) for value in row)) for row in rows]
    return tag("table", tag("thead", top), tag("tbody", *body), cls="ci-reasons")


def _at_may_break(shown: Markup | str) -> Markup:
    """A mail address too long for its column goes on in the next line at its @, not in the middle of a word."""
    safe = shown if isinstance(shown, Markup) else Markup(html.escape(shown, quote=True))
    return Markup(safe.replace("@", "<wbr>@"))


def raw_lines(lines: Sequence[str], delimiter: str, quote: str) -> Markup:
    """The first lines as they are in the file, with each separator that is none of a quoted cell standing out."""
    inside, made = False, []
    for number, line in enumerate(lines, 1):
        parts, inside = _split(line, delimiter, quote, inside)
        made.append(tag("div", tag("span", number, cls="ci-line-no"), *parts))
    return tag("div", *made, cls="ci-raw")


def _split(line: str, delimiter: str, quote: str, inside: bool) -> tuple[list[Markup | str], bool]:
    """The line's text and separators; whether a quoted cell goes on in the next line."""
    mark = tag("span", {"\t": "⇥", " ": "␠"}.get(delimiter, delimiter), cls="ci-sep")
    shown = line.replace("\r", "␍").replace("\x00", "␀")
    parts: list[Markup | str] = []
    for at, piece in enumerate(shown.split(delimiter) if delimiter else [shown]):
        if at:
            parts.append(delimiter if inside else mark)
        parts.append(piece)
        if quote and piece.count(quote) % 2:
            inside = not inside
    return parts, inside
