"""The benchmark's kinds of pollution of one table, made anew by seed, each with the clean truth beside.

What a polluted record means: a delimiter too many leaves one cell more, a delimiter too few joins two cells and the
record ends in an empty one, a quote too many is part of its cell. Records of a second table are no records of the
first.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from corpus.case import Case, Row
from corpus.people import PRODUCT_HEADER, contacts, product
from corpus.writing import Style, cell, line, text

ROWS = 83
BASE = Style()
FILE_WEIGHTS = {
    "source": 1, "no_payload": 15, "no_trailing_newline": 184, "double_trailing_newline": 5, "no_header": 470,
    "header_multirow_2": 47, "header_multirow_3": 47, "preamble": 282, "multitable_less": 63, "multitable_more": 63,
    "multitable_same": 63, "header_only": 3, "one_data_row": 4, "record_delimiter_cr": 7, "record_delimiter_lf": 1691,
    "delimiter_tab": 4, "delimiter_semicolon": 834, "delimiter_space": 4, "delimiter_comma_space": 101,
    "quote_apostrophe": 11, "escape_backslash": 1, "escape_none": 7,
}  # fmt: skip
"""How often each was found among real files (the benchmark's own weights, rounded)."""
OTHER_WEIGHT = 3.0
ROW_WEIGHTS = {"less": 0.37, "more": 0.37, "quote": 0.01, "delimiter": 0.05}


def table(seed: int, rows: int = ROWS) -> list[Row]:
    """The rows that are polluted."""
    random = Random(seed)
    return [product(random) for _ in range(rows)]


def polluted(seed: int) -> Iterator[Case]:
    """All of them, about 2,350 files."""
    rows = table(seed)
    yield from _whole_file(rows)
    yield from _dialects(rows)
    yield from _apart(rows, Random(seed + 1))
    yield from _ragged(rows)
    yield from _quotes(rows)


def _case(name: str, content: bytes, header: Row | None, rows: list[Row]) -> Case:
    return Case(name, content, header, tuple(rows), FILE_WEIGHTS.get(name, OTHER_WEIGHT))


def _whole_file(rows: list[Row]) -> Iterator[Case]:
    head = PRODUCT_HEADER
    lines = [line(row, BASE) for row in [head, *rows]]
    yield _case("source", text(lines, BASE), head, rows)
    yield _case("no_payload", b"", (), [])
    yield _case("no_trailing_newline", text(lines, BASE, last_end=False), head, rows)
    yield _case("double_trailing_newline", text([*lines, ""], BASE), head, rows)
    yield _case("no_header", text(lines[1:], BASE), None, rows)
    yield _case("header_only", text(lines[:1], BASE), head, [])
    yield _case("one_data_row", text(lines[:2], BASE), head, rows[:1])
    for count in (2, 3):
        joined = tuple(" ".join([name] * count) for name in head)
        yield _case(f"header_multirow_{count}", text([lines[0]] * (count - 1) + lines, BASE), joined, rows)
    groups = ("When", "", "What", "", "Price", "Kind", "", "Where", "")
    joined = tuple(f"{group} {name}".strip() for group, name in zip(groups, head, strict=True))
    yield _case("header_groups", text([line(groups, BASE), *lines], BASE), joined, rows)
    again = (*head[:7], "DATE", "Qty")
    yield _case("header_duplicate", text([line(again, BASE), *lines[1:]], BASE), (*head[:7], "DATE_2", "Qty_2"), rows)
    gaps = (*head[:2], "", *head[3:8], "")
    named = (*head[:2], "column_3", *head[3:8], "column_9")
    yield _case("header_empty_cells", text([line(gaps, BASE), *lines[1:]], BASE), named, rows)
    long = (*head[:8], "Comments" * 100)
    yield _case("header_long", text([line(long, BASE), *lines[1:]], BASE), long, rows)
    commas = [one + "," for one in lines]
    yield _case("trailing_delimiter", text(commas, BASE), (*head, "column_10"), [(*row, "") for row in rows])
    yield _case(
        "trailing_delimiter_rows", text([lines[0], *commas[1:]], BASE), (*head, "column_10"), [(*r, "") for r in rows]
    )
    spread = [one for each in lines for one in (each, "")]
    yield _case("empty_lines_between", text(spread, BASE), head, rows)
    yield _case("empty_lines_before", text(["", "", *lines], BASE), head, rows)
    yield _case("sep_line", text(["sep=,", *lines], BASE), head, rows)


def _dialects(rows: list[Row]) -> Iterator[Case]:
    head = PRODUCT_HEADER
    signs = {
        "tab": "\t", "semicolon": ";", "space": " ", "comma_space": ", ", "pipe": "|", "colon": ":", "caret": "^",
        "tilde": "~", "two_pipes": "||", "two_colons": "::", "two_tabs": "\t\t", "semicolon_space": "; ", "hash": "#",
        "tilde_pipe": "~|~", "unit_separator": "\x1f", "broken_bar": "¦", "spaced_pipe": " | ",
    }  # fmt: skip
    for name, sign in signs.items():
        yield _dialect(f"delimiter_{name}", rows, BASE.but(delimiter=sign))
        yield _dialect(f"delimiter_{name}_quote_all", rows, BASE.but(delimiter=sign, quoting="all"))
    for name, end in {"cr": "\r", "lf": "\n"}.items():
        yield _dialect(f"record_delimiter_{name}", rows, BASE.but(line_end=end))
    yield _dialect("quote_apostrophe", rows, BASE.but(quote="'"))
    yield _dialect("quote_apostrophe_all", rows, BASE.but(quote="'", quoting="all"))
    yield _dialect("quote_all", rows, BASE.but(quoting="all"))
    yield _dialect("escape_backslash", rows, BASE.but(escape="\\"))
    yield _dialect("escape_backslash_apostrophe", rows, BASE.but(escape="\\", quote="'"))
    yield _dialect("escape_none", rows, BASE.but(escape=None))
    yield _dialect("escape_none_all", rows, BASE.but(escape=None, quoting="all"))
    plain = [tuple(text.replace(",", "").replace('"', "") for text in row) for row in rows]
    yield _dialect("quote_none", plain, BASE.but(quoting="none"))
    tabs = [tuple(text.replace('"', " inch") for text in row) for row in rows]
    yield _dialect("quote_none_tab", tabs, BASE.but(quoting="none", delimiter="\t"))
    broken = [(*row[:8], "first line\r\nsecond line" if at % 7 == 0 else row[8]) for at, row in enumerate(rows)]
    yield _dialect("newline_in_cell", broken, BASE)
    broken = [(*row[:8], "first line\nsecond line" if at % 7 == 0 else row[8]) for at, row in enumerate(rows)]
    yield _dialect("lone_newline_in_cell", broken, BASE)
    for name in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac-roman"):
        accents = [(*row[:5], "Café für Ñandú", *row[6:]) for row in rows]
        yield _dialect(f"encoding_{name}", accents, BASE.but(encoding=name))
    yield Case("source_lf_semicolon", text([line(row, BASE.but(delimiter=";")) for row in [head, *rows]],
               BASE.but(line_end="\n")), head, tuple(rows), OTHER_WEIGHT)  # fmt: skip


def _dialect(name: str, rows: list[Row], style: Style) -> Case:
    return _case(name, text([line(row, style) for row in [PRODUCT_HEADER, *rows]], style), PRODUCT_HEADER, rows)


def _apart(rows: list[Row], random: Random) -> Iterator[Case]:
    head = PRODUCT_HEADER
    lines = [line(row, BASE) for row in [head, *rows]]
    titles = ["Products of the season", "Made by: nobody", "Page 1 of 1", "Internal use only", "Draft"]
    yield _case("preamble", text([titles[0], titles[1], "", *lines], BASE), head, rows)
    for count in (1, 2, 5):
        before = titles[:count]
        padded = [title + "," * 8 for title in before]
        yield _case(f"preamble_{count}", text([*before, *lines], BASE), head, rows)
        yield _case(f"preamble_{count}_empty_row", text([*before, "", *lines], BASE), head, rows)
        yield _case(f"preamble_{count}_delimited", text([*padded, *lines], BASE), head, rows)
        yield _case(f"preamble_{count}_delimited_empty_row", text([*padded, "," * 8, *lines], BASE), head, rows)
    notes = ["Total: 83 rows", "Source: invented", "All prices without tax"]
    for count in (1, 3):
        after = notes[:count]
        padded = [note + "," * 8 for note in after]
        yield _case(f"footer_{count}", text([*lines, *after], BASE), head, rows)
        yield _case(f"footer_{count}_empty_row", text([*lines, "", *after], BASE), head, rows)
        yield _case(f"footer_{count}_delimited", text([*lines, *padded], BASE), head, rows)
        yield _case(f"footer_{count}_delimited_empty_row", text([*lines, "," * 8, *padded], BASE), head, rows)
    people = contacts(random, 40)
    same = [("No", "Mail", "First", "Last", "Phone", "Company", "City", "Date", "Score"), *(r[:9] for r in people)]
    less = [("No", "Mail", "First", "Last"), *(row[:4] for row in people)]
    more = [(*same[0], "Note", "Flag"), *((*row, "y") for row in people)]
    for name, second in {"same": same, "less": less, "more": more}.items():
        told = [line(row, BASE) for row in second]
        yield _case(f"multitable_{name}", text([*lines, "", *told], BASE), head, rows)
        yield _case(f"multitable_{name}_no_gap", text([*lines, *told], BASE), head, rows)
    again = [*lines[:30], lines[0], *lines[30:60], lines[0], *lines[60:]]
    yield _case("header_repeated", text(again, BASE), head, rows)


def _ragged(rows: list[Row]) -> Iterator[Case]:
    whole = [PRODUCT_HEADER, *rows]
    width = len(PRODUCT_HEADER)
    for number, row in enumerate(whole):
        cells = [cell(text, BASE) for text in row]
        for at in range(1, width):
            joined = _joined(cells[at - 1], cells[at])
            if joined is not None:
                short = (*row[: at - 1], joined, *row[at + 1 :], "")
                told = ",".join([*cells[: at - 1], cells[at - 1] + cells[at], *cells[at + 1 :]])
                yield _row_case(f"row_less_sep_{number}_{at}", whole, (number, told), short, ROW_WEIGHTS["less"])
        for at in range(width):
            told = ",".join([*cells[:at], "", *cells[at:]])
            yield _row_case(
                f"row_more_sep_{number}_{at}", whole, (number, told), (*row[:at], "", *row[at:]), ROW_WEIGHTS["more"]
            )
        if number:
            style = BASE.but(delimiter=" ")
            told = line(row, style)
            if "," not in told:
                yield _row_case(
                    f"row_delimiter_{number}",
                    whole,
                    (number, told),
                    (told, *[""] * (width - 1)),
                    ROW_WEIGHTS["delimiter"],
                )


def _joined(left: str, right: str) -> str | None:
    """What two neighbours say when the delimiter between them is gone; None where quotes blur that."""
    return None if '"' in left + right else left + right


def _row_case(name: str, whole: list[Row], place: tuple[int, str], row: Row, weight: float) -> Case:
    number, told = place
    lines = [line(found, BASE) for found in whole]
    content = text([*lines[:number], told, *lines[number + 1 :]], BASE)
    if number == 0:
        return Case(name, content, _header_truth(row), tuple(whole[1:]), weight)
    return Case(name, content, PRODUCT_HEADER, (*whole[1:number], row, *whole[number + 1 :]), weight)


def _header_truth(row: Row) -> Row:
    """A header with a cell too few: blanks get a name by their place; with an empty one too many: without it."""
    if len(row) > len(PRODUCT_HEADER):
        return tuple(name for name in row if name)
    return tuple(name or f"column_{at}" for at, name in enumerate(row, 1))


def _quotes(rows: list[Row]) -> Iterator[Case]:
    whole = [PRODUCT_HEADER, *rows]
    for number, row in enumerate(whole):
        cells = [cell(text, BASE) for text in row]
        for at, found in enumerate(cells):
            quoted = found.startswith('"')
            stray = '""' + found[1:] if quoted else '"' + found
            told = ",".join([*cells[:at], stray, *cells[at + 1 :]])
            truth = (*row[:at], '"' + row[at], *row[at + 1 :])
            yield _row_case(f"row_extra_quote_{number}_{at}", whole, (number, told), truth, ROW_WEIGHTS["quote"])
