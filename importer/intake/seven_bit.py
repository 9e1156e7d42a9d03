"""Letters above ASCII that are written in ASCII: by escape sequences, UTF-7 or quoted-printable. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from importer.list_warning import ListWarning

SIGNS_OF_ESCAPES = (b"\x1b$", b"\x1b(J", b"\x1b(I", b"~{")
"""With one of these begins what an encoding with escape sequences writes in two bytes a letter, or as half kana."""

_CANDIDATES = ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2", "iso2022_jp_2004", "hz")
"""The plainest first; of those that Python reads line by line."""

FEWEST_LETTERS = 2
"""Written in ASCII, from which on a list is doubted: a single one may be something else that looks like it."""

_ESCAPE = re.compile(r"\x1b\$(?:\)?[A-Z@]|\([A-Z])")
_HZ = re.compile(r"~\{(?:[!-w][!-~]){1,200}~\}")
_UTF_7 = re.compile(r"\+([A-Za-z0-9+/]{1,200})-")
"""Bounded: a long cell of base64 has a plus in every line."""
_QUOTED = re.compile(r"(?:=[CD][0-9A-F]=[89AB][0-9A-F]|=E[0-9A-F](?:=[89AB][0-9A-F]){2})")


def escape_encoding(lines: bytes) -> str:
    """Python's name of the encoding whose escape sequences these lines have; "" where none decodes them all."""
    is_iso = b"\x1b" in lines
    for name in _CANDIDATES if is_iso or _HZ.search(lines.decode("ascii", "replace")) else ():
        try:
            text = lines.decode(name)
        except UnicodeDecodeError:
            continue
        if (name != "hz") == is_iso and "\x1b" not in text and not text.isascii():
            return name
    return ""


def seven_bit_doubts(cells: Iterable[str]) -> Iterator[ListWarning]:
    """A doubt about letters that are still written in ASCII in these cells, with the name of how."""
    text = "\n".join(cells)
    ways = {
        "ISO-2022, an encoding with escape sequences": bool(_ESCAPE.search(text)),
        "HZ, an encoding with escape sequences": len(_HZ.findall(text)) >= FEWEST_LETTERS,
        "UTF-7": _is_utf_7(text),
        "quoted-printable, as mail programs do": len(_QUOTED.findall(text)) >= FEWEST_LETTERS
        and bool(re.search(rf"[A-Za-z]{_QUOTED.pattern}", text)),
    }
    for way in [way for way, is_seen in ways.items() if is_seen]:
        message = (
            f"Letters with accents or of other scripts seem to be written in ASCII ({way}): as it was read, their "
            "signs would be imported in their place. Save the list as UTF-8 where it comes from, and upload that."
        )
        yield ListWarning("letters_in_ascii", "", message, is_doubt=True)


def _is_utf_7(text: str) -> bool:
    """Whether all between plus and minus is UTF-7 of letters; digits alone are phone numbers."""
    runs = [run[0] for run in _UTF_7.finditer(text) if not run[1].isdigit()]
    return len(runs) >= FEWEST_LETTERS and all(map(_decodes_to_letters, runs))


def _decodes_to_letters(run: str) -> bool:
    try:
        letters = run.encode("ascii").decode("utf-7")
    except UnicodeDecodeError:
        return False
    return not any(sign.isascii() for sign in letters) and all(map(str.isalpha, letters))
