"""Numbers of a workbook as Excel shows them, from the number and its format code."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

BUILT_IN = {
    **{0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00"},
    **{14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM"},
    **{20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00"},
    **{45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@"},
}
"""ECMA-376, part 1, 18.8.30. Formats 14 and 22 follow the reader's country in Excel; here they are ISO dates."""

_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_TOKENS = re.compile(
    r'\[(?:h+|m+|s+)\]|y+|m+|d+|h+|s+|AM/PM|A/P|\.0+|"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|.', re.IGNORECASE | re.DOTALL
)
_NUMBER = re.compile(r"[#0?][#0?,]*(?:\.[#0?]*,*)?")
_MONTHS = ["", *"January February March April May June July August September October November December".split()]  # noqa: SIM905
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()  # noqa: SIM905


def is_date_format(code: str) -> bool:
    """Whether a format shows a number as a date or a time."""
    if _ELAPSED.search(code):
        return True
    bare = _QUOTED.sub("", code.split(";", maxsplit=1)[0])
    return bool(re.search(r"[ymdhs]", bare, re.IGNORECASE)) and "general" not in bare.lower()


def show_number(text: str, code: str, *, from_1904: bool = False) -> str:
    """What Excel shows for the number `text` (as the workbook holds it) under format `code`.

    A whole number without a format keeps all its digits, where Excel goes over to 1.2E+12: it may be an identifier.
    """
    try:
        value = Decimal(text)
    except ArithmeticError:
        return text
    if not value.is_finite():
        return text
    if is_date_format(code):
        return _show_date(float(value), code, from_1904=from_1904) or _general(value)
    sections = code.split(";")
    if value < 0 and len(sections) > 1:
        return _show_pattern(-value, sections[1], signed=False)
    if value == 0 and len(sections) > 2:
        return _show_pattern(value, sections[2], signed=False)
    return _show_pattern(value, sections[0], signed=True)


def _general(value: Decimal) -> str:
    if value == value.to_integral_value() and abs(value) < Decimal(10) ** 20:
        return str(int(value))
    text = f"{float(value):.15g}"
    return text.upper() if "e" in text else text


def _show_pattern(value: Decimal, code: str, *, signed: bool) -> str:
    bare = _QUOTED.sub("", code)
    if "general" in bare.lower() or "@" in bare or not _NUMBER.search(bare) or "E" in bare.upper() or "/" in bare:
        shown = _general(value)
        return shown if signed or value <= 0 or "general" in bare.lower() else f"-{shown}"
    value *= 100 ** bare.count("%")
    pattern = _NUMBER.search(bare).group()  # type: ignore[union-attr]
    thousands = len(pattern) - len(pattern.rstrip(","))
    number = _digits(abs(value) / Decimal(1000) ** thousands, pattern.rstrip(","))
    sign = "-" if signed and value < 0 and any(digit in "123456789" for digit in number) else ""
    before, after = _around(code)
    return f"{sign}{before}{number}{after}".strip()


def _digits(value: Decimal, pattern: str) -> str:
    whole, _, part = pattern.partition(".")
    value = value.quantize(Decimal(1).scaleb(-len(part)), rounding=ROUND_HALF_UP)
    integer, _, fraction = f"{value:f}".partition(".")
    integer = integer.zfill(whole.count("0")) if whole.count("0") else integer.lstrip("0")
    if "," in whole:
        integer = _grouped(integer)
    while fraction and len(fraction) > part.count("0") and fraction.endswith("0"):
        fraction = fraction[:-1]
    return f"{integer}.{fraction}" if fraction or (part == "" and pattern.endswith(".")) else integer


def _grouped(integer: str) -> str:
    head = len(integer) % 3
    return ",".join(
        ([integer[:head]] if head else []) + [integer[at : at + 3] for at in range(head, len(integer), 3)]
    )


def _around(code: str) -> tuple[str, str]:
    """The literal text before and after the digits of a format."""
    found = _NUMBER.search(_QUOTED.sub(lambda one: "\0" * len(one.group()), code))
    if found is None:
        return "", ""
    return _literal(code[: found.start()]), _literal(code[found.end() :])


def _literal(piece: str) -> str:
    def shown(one: re.Match[str]) -> str:
        text = one.group()
        if text[0] == '"':
            return text[1:-1]
        if text[0] == "\\":
            return text[1]
        if text[0] == "[" and text.startswith("[$"):
            return text[2:-1].split("-")[0]
        return " " if text[0] == "_" else ""

    return _QUOTED.sub(shown, piece)


def _show_date(value: float, code: str, *, from_1904: bool) -> str:
    if value < 0 or value > 2_958_466:
        return ""
    whole, seconds = int(value), round((value % 1) * 86_400, 3)
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 31 if whole < 60 else 30)
    moment = start + timedelta(days=whole, seconds=round(seconds) if ".0" not in code else seconds)
    tokens = _TOKENS.findall(code.split(";", maxsplit=1)[0])
    half = any(token.upper() in ("AM/PM", "A/P") for token in tokens)
    out: list[str] = []
    for at, token in enumerate(tokens):
        minutes = token[0] in "mM" and _is_minutes(tokens, at)
        out.append(_date_part(token, moment, value, half=half, minutes=minutes))
    return "".join(out).strip()


def _is_minutes(tokens: list[str], at: int) -> bool:
    """An m beside hours or seconds means minutes."""
    letters = [
        (place, one.strip("[]")[0].lower()) for place, one in enumerate(tokens) if one.strip("[]")[:1].isalpha()
    ]
    order = [letter for place, letter in letters if place < at]
    later = [letter for place, letter in letters if place > at]
    return (bool(order) and order[-1] == "h") or (bool(later) and later[0] == "s")


def _date_part(token: str, moment: datetime, value: float, *, half: bool, minutes: bool) -> str:  # noqa: PLR0911
    letter, size = token[0].lower(), len(token)
    if letter == "[" and _ELAPSED.match(token):
        units = {"h": 24, "m": 1440, "s": 86_400}[token[1].lower()]
        return str(int(value * units + 1e-9)).zfill(size - 2)
    if token.upper() in ("AM/PM", "A/P"):
        return ("AM" if moment.hour < 12 else "PM")[: 2 if size > 3 else 1]
    if letter == "y":
        return f"{moment.year:04}" if size > 2 else f"{moment.year % 100:02}"
    if letter == "m" and not minutes:
        names = {3: _MONTHS[moment.month][:3], 4: _MONTHS[moment.month], 5: _MONTHS[moment.month][0]}
        return names.get(size, str(moment.month).zfill(min(size, 2)))
    if letter == "d":
        names = {3: _DAYS[moment.weekday()][:3], 4: _DAYS[moment.weekday()]}
        return names.get(size, str(moment.day).zfill(min(size, 2)))
    if letter in "hms" and token.isalpha():
        hour = (moment.hour % 12 or 12) if half else moment.hour
        return str({"h": hour, "m": moment.minute, "s": moment.second}[letter]).zfill(min(size, 2))
    if token.startswith(".0"):
        return f".{moment.microsecond:06}"[:size]
    return _literal(token) if _QUOTED.fullmatch(token) else token
