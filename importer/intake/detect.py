"""The encoding of a list from statistics of its bytes: the ladder, with the runners-up.

Byte-order mark → NUL pattern (UTF-16/32) → strict UTF-8 → mostly UTF-8 → chardet limited to what lists come in →
cp1252.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import chardet

from importer.intake.dialect import Choice
from importer.intake.encodings import BOMS, find_codec
from importer.intake.foreign import foreign_kind

PLAUSIBLE = frozenset(
    {"cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp850", "cp852", "cp866"}
    | {"iso-8859-2", "iso-8859-15", "koi8-r", "mac-roman", "cp932", "gb18030", "big5", "euc-jp", "cp949"}
)
"""What chardet may answer: with all its encodings allowed it gives rare ones to short Western lists."""

PRIOR = {"cp1252": 1.35, "cp850": 1.05, "mac-roman": 1.05}
"""Weights for near ties: short Western lists score the same in several encodings, and most are cp1252."""

ALWAYS_OFFERED = ("utf-8", "cp1252", "cp1250", "cp1251", "cp850", "mac-roman", "utf-16-le", "cp932", "gb18030")

_CONTROL = bytes(value for value in range(32) if value not in b"\t\n\r\x0b\x0c\x1a\x1b\x1c\x1d\x1e\x1f\x01\x02\x03")


SENSE_BYTES = 20_000
"""Of the lines with bytes above ASCII, looked at character by character."""

USUAL_SIGNS = frozenset("\u00a0“”‘’„‚–—…€£§°·´«»®©™ºª¿¡。、・（）「」，：！")

CJK_SIGNS = frozenset("。、・（）「」，：！　々")

APOSTROPHES = frozenset("’‘`´")

BEFORE_WORDS = frozenset("“‘„‚«‹…€£")
BEHIND_WORDS = frozenset("“”‘’»›…®™°€£")
"""Signs that stand at a word by nature, though not within one."""

DASHES = frozenset("–—")

SIGNS = BEFORE_WORDS | BEHIND_WORDS | DASHES | APOSTROPHES | {"\u00a0", "•"}

NO_NAME_HAS = frozenset("¯¸¨¤¦¬±÷×¶\u00ad")
"""Before a letter: what another encoding makes of one."""

VOWELS = frozenset("aeiouyáàâäãåéèêëíîïóôöõøúûüæœı")

RARE_LETTERS = dict.fromkeys("ûùìòÿþðµªºƒĳŀĺŕ", 0.5)
"""Letters that names of people and places seldom have, though encodings do."""

_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc]{2}")

_EMPTY_CELLS = re.compile(rb"[,;|\t\"]{2,}")
"""Of rows that are mostly empty nothing else would be seen."""

_ODD = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True)
class ByteCensus:
    """What a scan of the whole file found. `head` is its beginning; `odd_lines` are lines with bytes ≥ 0x80."""

    head: bytes
    odd_lines: bytes
    multibyte: int
    invalid: int

    @property
    def is_ascii(self) -> bool:
        """Whether no byte is above 0x7F."""
        return not self.multibyte and not self.invalid


def binary_kind(head: bytes) -> str:
    """What a file that is no list is, in plain words; empty for text that may be one."""
    if kind := foreign_kind(head):
        return kind
    if any(head.startswith(mark) for mark, _ in BOMS) or nul_pattern(head):
        return ""
    control = len(head) - len(head.translate(None, _CONTROL))
    return "no text" if control * 20 > len(head) else ""


def nul_pattern(head: bytes) -> str:
    """The UTF-16 or UTF-32 that the places of NUL bytes tell of; empty when they tell of none."""
    size = len(head) - len(head) % 4
    if size < 4:
        return ""
    shares = [head[place:size:4].count(0) * 4 / size for place in range(4)]
    if min(shares[2:]) > 0.9 > shares[0] and _decodes(head[:size], "utf-32-le"):
        return "utf-32-le"
    if min(shares[:2]) > 0.9 > shares[3] and _decodes(head[:size], "utf-32-be"):
        return "utf-32-be"
    even, odd = (shares[0] + shares[2]) / 2, (shares[1] + shares[3]) / 2
    if odd > 0.3 and even < 0.05 and _decodes(head[:size], "utf-16-le"):
        return "utf-16-le"
    if even > 0.3 and odd < 0.05 and _decodes(head[:size], "utf-16-be"):
        return "utf-16-be"
    return ""


def _decodes(raw: bytes, name: str) -> bool:
    """Whether a beginning decodes, but for a last character that may be cut, and is not full of control signs."""
    try:
        text = raw.decode(name)
    except UnicodeDecodeError as error:
        if error.start < len(raw) - 4:
            return False
        text = raw[: error.start].decode(name)
    return sum(sign < " " and ord(sign) in _CONTROL for sign in text) * 20 <= len(text)


def rank_encodings(census: ByteCensus) -> tuple[Choice, ...]:
    """Candidates, best first; the first is the guess."""
    marked = next((name for mark, name in BOMS if census.head.startswith(mark)), "")
    if marked:
        first = Choice("utf-8-sig" if marked == "utf-8" else marked, 1.0, "The file begins with its byte-order mark.")
    elif pattern := nul_pattern(census.head):
        first = Choice(pattern, 0.98, "Every second byte is NUL, as in this encoding.")
    elif census.is_ascii:
        first = Choice("utf-8", 1.0, "Every character is ASCII, which is the same in nearly every encoding.")
    elif not census.invalid:
        first = Choice("utf-8", 1.0, "The whole file is valid UTF-8.")
    elif census.multibyte > census.invalid:
        reason = f"Valid UTF-8 but for {census.invalid:,} bytes, which are read as cp1252 and listed."
        first = Choice("utf-8", 0.9, reason)
    else:
        return _with_others(_by_statistics(census.odd_lines))
    return _with_others([first])


def _by_statistics(odd_lines: bytes) -> list[Choice]:
    if _only_signs(odd_lines):
        return [Choice("cp1252", 0.89, "Its only signs above ASCII are quotation marks, dashes and their like.")]
    found = chardet.detect_all(
        _EMPTY_CELLS.sub(b" ", odd_lines),
        ignore_threshold=True,
        include_encodings=PLAUSIBLE,
        compat_names=False,
        no_match_encoding="cp1252",
    )
    scores = {str(one["encoding"]): float(one["confidence"]) for one in found if one["encoding"]}
    choices = []
    for name, confidence in scores.items():
        score = min(0.89, confidence * PRIOR.get(name, 1.0) * _sense(odd_lines, name))
        choices.append(Choice(find_codec(name).name, round(score, 3), "By the statistics of its letters."))
    return choices or [Choice("cp1252", 0.1, "Nothing fits better; most Western lists of Windows are in it.")]


def _sense(odd_lines: bytes, name: str) -> float:
    """0.1 to 1: how well the decoded characters above ASCII stand where such characters do: letters that names have,
    capitals not in the middle of a word, signs not within words, no kana in Chinese or Korean."""
    text = odd_lines[:SENSE_BYTES].decode(name, "replace")
    places = [found.start() for found in _ODD.finditer(text)]
    weights = [_place_weight(text, at) for at in places]
    if name in ("gb18030", "big5", "big5hkscs", "cp949") and _KANA.search(text):
        return 0.3
    strange = 0.8 if any(text[at] in NO_NAME_HAS and text[at + 1 : at + 2].isalpha() for at in places) else 1.0
    return strange * (0.1 + 0.9 * (sum(weights) / len(places)) ** 3) if places else 1.0


def _only_signs(odd_lines: bytes) -> bool:
    """Whether all that is above ASCII are signs in cp1252, in places where such signs stand."""
    text = odd_lines[:SENSE_BYTES].decode("cp1252", "replace")
    places = [found.start() for found in _ODD.finditer(text)]
    if not all(text[at] in SIGNS for at in places):
        return False
    return bool(places) and sum(_place_weight(text, at) for at in places) >= 0.75 * len(places)


def _place_weight(text: str, at: int) -> float:
    letter, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if letter in SIGNS or (letter in USUAL_SIGNS and not letter.isalpha()):
        return _sign_weight(letter, before, after)
    if not letter.isalpha() or _is_misplaced(text, at):
        return 1.0 if letter in CJK_SIGNS else 0.0
    if letter.lower() in "çñ" and after.isalpha() and after.lower() not in VOWELS:
        return 0.0
    if letter.lower() == "ń" and after and after.lower() in VOWELS:
        return 0.3
    return RARE_LETTERS.get(letter.lower(), 1.0)


def _sign_weight(sign: str, before: str, after: str) -> float:
    """Quotation marks and their like stand at words, apostrophes within them, dashes anywhere, others apart."""
    if before.isalpha() and after.isalpha():
        return 1.0 if sign in APOSTROPHES else 0.7 if sign in DASHES else 0.0
    if sign in DASHES or sign in CJK_SIGNS or not (before.isalpha() or after.isalpha()):
        return 1.0
    return 1.0 if sign in (BEFORE_WORDS if after.isalpha() else BEHIND_WORDS) else 0.0


def _is_misplaced(text: str, at: int) -> bool:
    """Whether a capital stands within a word of small letters, or a small letter at a word of capitals."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if text[at].isupper():
        return before.isalpha() and (before.islower() or after.islower())
    if not text[at].islower():
        return False
    return (after.isupper() and not before.isalpha()) or (text[max(0, at - 2) : at].isupper() and not after.isalpha())


def _with_others(first: Sequence[Choice]) -> tuple[Choice, ...]:
    choices = {choice.value: choice for choice in reversed(first)}
    ranked = sorted(choices.values(), key=lambda choice: -choice.score)
    known = {choice.value for choice in ranked}
    others = [Choice(name, 0.0, "Not likely; to be chosen by hand.") for name in ALWAYS_OFFERED if name not in known]
    return (*ranked, *others)
