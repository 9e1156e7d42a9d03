"""Number formats of spreadsheets: what text a cell's number stands for under one. Pure.

The value is what counts, not what a format shows of it: 0.005 under `0` stays 0.005, 12 % stays 0.12. Two kinds of
format say what the number *is*, though: a date or duration, and a code whose digits are spread over places and signs
(`00000`, `000-00-0000`, `(###) ###-####`). ECMA-376 part 1, 18.8.30 and 18.8.31.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import accumulate, groupby
from operator import itemgetter

from importer.intake import sheet_notes
from importer.intake.sheet_values import (
    FIRST_YEAR_DAYS,
    LONGEST_DURATION_DAYS,
    duration_text,
    moment_reader,
    number_text,
    number_writer,
)

BUILT_IN = {
    **{0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00"},
    **{12: "# ?/?", 13: "# ??/??", 14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy"},
    **{18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm"},
    **dict.fromkeys((*range(27, 32), 36, *range(50, 55), 57, 58, *range(71, 76)), "yyyy-mm-dd"),
    **dict.fromkeys((32, 33, 34, 35, 55, 56), "yyyy-mm-dd"),
    **{45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@"},
    **{76: "h:mm", 77: "yyyy-mm-dd h:mm", 78: "mm:ss", 79: "[h]:mm:ss", 80: "mm:ss.0", 81: "yyyy-mm-dd"},
}
"""What the numbers of formats without a code of their own mean; those of East Asia and Thailand are dates and times
in the words of the country (18.8.30). A number that is not here shows a number as it is."""

MOST_CODE_CHARACTERS = 255
"""Excel's own limit; a longer code is not looked at."""

LEAST_PHONE_DIGITS = 7
"""From here on a number after a plus or a zero is a phone number."""

CACHED_TEXTS = 20_000
"""Of a style."""

Tell = Callable[[str], None]
"""Is told what a cell's text does not show, by a code of `sheet_notes`."""

_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)" | \\(?P<escaped>.) | [_*](?P<space>.) | \[(?P<bracket>[^\]]*)\]
    | (?P<general>general) | (?P<half>AM/PM|A/P) | (?P<exponent>E[+-]) | (?P<place>[0#?])
    | (?P<date>y+|m+|d+|h+|s+|e+|g+|b+|a{3,4}) | (?P<sign>[.,%/@;"\[\\]) | (?P<literal>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)

_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+(?:E[+-]?[0-9]+)?)", re.IGNORECASE)
_COMPARE = {
    **{"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge},
    **{"=": operator.eq, "<>": operator.ne},
}
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_CURRENCY = re.compile(
    r"[$¢£¤¥৲৳฿៛₠-⃀﷼﹩＄￠￡￥￦]|\b(EUR|USD|GBP|CHF|JPY|CNY|INR|BRL|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|TRY|RUB|UAH"
    r"|ZAR|MXN|ARS|CLP|COP|PEN|KRW|THB|SGD|HKD|TWD|IDR|MYR|PHP|VND|AED|SAR|ILS|EGP|NGN|KES|kr|zł|Kč|Ft|lei|Rs|Fr)\b",
    re.IGNORECASE,
)
_CODE_PREFIX = re.compile(r"(?=[^\W\d]|\d+[^\W\d])[\w.]*[-_/#]")
_PHONE_PREFIX = re.compile(r"\+[0-9 ()]*|0+[1-9]{0,3} ?")
_THOUSANDS = re.compile(r"#{1,3}(?:([ '’.\u00a0\u202f])#{3})*([ '’.\u00a0\u202f])##0")


@dataclass(frozen=True)
class Section:
    """One part of a format code between semicolons; `holds`: whether it is for a number, None where nothing is said.

    `tokens` are (kind, text): `place` 0 # ?, `literal`, `sign`, `date` and `elapsed` letters.
    """

    tokens: tuple[tuple[str, str], ...]
    holds: Callable[[float], bool] | None

    def has(self, *kinds: str) -> bool:
        return any(kind in kinds for kind, _ in self.tokens)

    @property
    def letters(self) -> str:
        """A letter for each part of a date or time, minutes as `n`: `yyyy-mm-dd hh:mm` is `ymdhn`."""
        letters = [text[0].lower() for kind, text in self.tokens if kind in ("date", "elapsed")]
        for at, letter in enumerate(letters):
            after_hour = at > 0 and letters[at - 1] == "h"
            if letter == "m" and (after_hour or letters[at + 1 : at + 2] == ["s"]):
                letters[at] = "n"
        return "".join(letters)

    @property
    def is_date(self) -> bool:
        """Whether it shows a date, a time or a duration: its letters, and no digits but a second's fraction."""
        if not self.has("date", "elapsed"):
            return False
        kinds = "".join("." if text == "." else kind[0] for kind, text in self.tokens)
        return "p" not in re.sub(r"[de]\.p+", "", kinds)

    @property
    def shows_words(self) -> bool:
        """Whether it shows words and nothing of the number."""
        if self.has("place", "general", "date", "elapsed") or ("sign", "@") in self.tokens:
            return False
        return any(kind == "literal" and text.isalpha() for kind, text in self.tokens)


def number_shower(code: str, tell: Tell, *, from_1904: bool = False) -> Callable[[str], str]:
    """What makes the text of a cell from its number, both as text, under the format `code`.

    A number that is no date, or does not fit a code's places, comes back as `number_text` has it.
    """
    sections = read_sections(code)
    if sections is None:
        return _telling(sheet_notes.UNKNOWN_FORMAT, tell)
    choose = _chooser(sections)
    if any(section.is_date for section in sections):
        return _moment_shower(sections, choose, tell, from_1904=from_1904)
    codes = [_code_of(section, alone=len(sections) == 1) for section in sections]
    words = [section.shows_words for section in sections]
    if not any(codes) and not any(words):
        return number_writer(partial(tell, sheet_notes.LONG_NUMBER))
    if len(codes) == 1 and codes[0]:
        return partial(_code_text, codes[0])

    def show(text: str) -> str:
        try:
            at = choose(float(text))
        except ValueError:
            return text
        if words[at]:
            tell(sheet_notes.WORDS)
        return _code_text(codes[at], text)

    return show


def _code_text(code: Callable[[str], str] | None, text: str) -> str:
    plain = number_text(text)
    return (code(plain) if code and plain.isdigit() else "") or plain


def _telling(what: str, tell: Tell) -> Callable[[str], str]:
    def show(text: str) -> str:
        tell(what)
        return number_text(text)

    return show


def shows_time(code: str) -> bool:
    """Whether a format shows the time of day."""
    return any(set("hns") & set(section.letters) for section in read_sections(code) or () if section.is_date)


def read_sections(code: str) -> tuple[Section, ...] | None:
    """The parts of a format code for numbers, at most three; None for a code that no spreadsheet takes."""
    if len(code) > MOST_CODE_CHARACTERS:
        return None
    parts: list[list[tuple[str, str]]] = [[]]
    conditions: list[Callable[[float], bool] | None] = [None]
    for match in _TOKEN.finditer(code):
        kind, text = str(match.lastgroup), match.group(str(match.lastgroup))
        if kind == "sign" and text in '"[\\':
            return None
        if kind == "sign" and text == ";":
            parts.append([])
            conditions.append(None)
        elif kind == "bracket":
            conditions[-1] = _condition(text) or conditions[-1]
            parts[-1] += _bracket(text)
        elif kind in ("quoted", "escaped"):
            parts[-1] += [("literal", sign) for sign in text]
        elif kind != "space":
            parts[-1].append((kind, text))
    sections = [Section(tuple(part), holds) for part, holds in zip(parts, conditions, strict=True)]
    if len(sections) > 1 and ("sign", "@") in sections[-1].tokens:
        sections.pop()
    return tuple(sections[:3])


def _condition(bracket: str) -> Callable[[float], bool] | None:
    match = _CONDITION.fullmatch(bracket.strip())
    if match is None:
        return None
    compare, limit = _COMPARE[match.group(1)], float(match.group(2))
    return lambda value: bool(compare(value, limit))


def _bracket(text: str) -> list[tuple[str, str]]:
    """A duration's letters; the sign of `[$€-407]`; nothing for colours, conditions and languages."""
    if _ELAPSED.fullmatch(text):
        return [("elapsed", text)]
    return [("literal", sign) for sign in text[1:].split("-", maxsplit=1)[0]] if text.startswith("$") else []


def _chooser(sections: tuple[Section, ...]) -> Callable[[float], int]:
    """What says which section is for a number: as conditions have it, else for those above, below and at 0."""
    last = len(sections) - 1
    conditions = [section.holds for section in sections[:2]]
    if last == 0 and conditions[0] is None:
        return lambda _: 0
    if not any(conditions):
        return lambda value: 1 if value < 0 else 2 if value == 0 and last == 2 else 0
    otherwise = min(last, 2 if all(conditions) else 1)

    def choose(value: float) -> int:
        for at, holds in enumerate(conditions):
            if holds is not None and holds(value):
                return at
        return otherwise

    return choose


def _moment_shower(
    sections: tuple[Section, ...], choose: Callable[[float], int], tell: Tell, *, from_1904: bool
) -> Callable[[str], str]:
    first = next(section for section in sections if section.is_date)
    dated = [section if section.is_date else first for section in sections]
    readers = [_moment_reader(section, from_1904) for section in dated]
    doubts = [_doubt_of(section) for section in dated]

    def read(text: str) -> tuple[str | None, str]:
        """The moment, and what is unsure about it."""
        try:
            serial = float(text)
        except ValueError:
            return text, ""
        at = choose(serial)
        moment = readers[at](serial)
        return moment, sheet_notes.NO_DATE if moment is None else doubts[at](serial)

    # Days come again and again, moments seldom do.
    read_once = read if set("hns") & set(first.letters) else lru_cache(CACHED_TEXTS)(read)

    def show(text: str) -> str:
        moment, unsure = read_once(text)
        if unsure:
            tell(unsure)
        return number_text(text) if moment is None else moment

    return show


def _moment_reader(section: Section, from_1904: bool) -> Callable[[float], str | None]:
    letters = set(section.letters)
    if section.has("elapsed"):
        return lambda serial: duration_text(serial, with_seconds="s" in letters)
    return moment_reader(
        has_date=_has_date(letters),
        has_time=bool(letters & set("hns")),
        has_seconds="s" in letters,
        from_1904=from_1904,
    )


def _has_date(letters: set[str]) -> bool:
    """Whether a format shows a date. Days before hours, without a month or a year, count days (`d h:mm`)."""
    return bool(letters - set("hns")) and not ("h" in letters and letters <= set("dhns"))


def _doubt_of(section: Section) -> Callable[[float], str]:
    """What says of a number whether its format may be the wrong one: a code of `sheet_notes`, or ""."""
    letters = set(section.letters)
    if section.has("elapsed"):
        return lambda serial: sheet_notes.HOURS_OR_MOMENTS if abs(serial) >= LONGEST_DURATION_DAYS else ""
    if not _has_date(letters):
        return lambda _: ""
    has_time = bool(letters & set("hns"))

    def doubt(serial: float) -> str:
        is_one = 1 <= serial < FIRST_YEAR_DAYS and (has_time or serial % 1)
        return sheet_notes.FIRST_YEAR if is_one else ""

    return doubt


def _code_of(section: Section, *, alone: bool) -> Callable[[str], str] | None:
    """What spreads the digits of a whole number over a section's places; None where the section shows a number.

    A code has places in several groups (`00 00`, `###-####`), or pads with zeros (`00000`), or begins with a plus, a
    zero, or letters and a hyphen (`"CUST-"0`). What has a point, thousands, percent or a currency is a number.
    """
    if not section.has("place") or section.has("sign", "exponent", "general", "half", "elapsed"):
        return None
    tokens = [(kind == "place", text) for kind, text in section.tokens]
    runs = [(is_place, "".join(text for _, text in run)) for is_place, run in groupby(tokens, itemgetter(0))]
    groups = [at for at, (is_place, _) in enumerate(runs) if is_place]
    before = "".join(text for _, text in runs[: groups[0]]).lstrip()
    after = "".join(text for _, text in runs[groups[-1] + 1 :]).strip()
    inner = "".join(text for _, text in runs[groups[0] : groups[-1] + 1])
    if _CURRENCY.search(f"{before} {after}") or (len(groups) > 1 and _THOUSANDS.fullmatch(inner)):
        return None
    if inner == "0" * len(inner) and len(inner) > 1 and len(runs) == 1:
        return lambda digits: digits.zfill(len(inner))
    if len(groups) > 1 or inner.count("0") > 1:
        return _spreader(runs)
    return _prefixer(before) if alone and not after else None


def _prefixer(before: str) -> Callable[[str], str] | None:
    """What sets the beginning of a phone number or code before digits; None where it is no such thing."""
    if _PHONE_PREFIX.fullmatch(before):
        least = LEAST_PHONE_DIGITS - sum(map(str.isdigit, before))
        return lambda digits: before + digits if len(digits) >= least else ""
    return (lambda digits: before + digits) if _CODE_PREFIX.fullmatch(before) else None


def _spreader(runs: list[tuple[bool, str]]) -> Callable[[str], str]:
    """What sets digits on the groups of places from the right, all that is left on the first; "" where a group would
    stay empty: its signs would stand about no digits."""
    places = "".join(text for is_place, text in runs if is_place)
    blanks = places.replace("#", " ").replace("?", " ")
    ends = list(accumulate(len(text) if is_place else 0 for is_place, text in runs))
    spans = [
        ("" if is_place else text, end - len(text), end) for (is_place, text), end in zip(runs, ends, strict=True)
    ]

    def spread(digits: str) -> str:
        digits = digits.lstrip("0")
        text = blanks[: max(0, len(places) - len(digits))] + digits
        surplus = len(text) - len(places)
        out = ""
        for literal, start, end in spans:
            group = literal or text[start + surplus if start else 0 : end + surplus].replace(" ", "")
            if not group:
                return ""
            out += group
        return out.strip()

    return spread
