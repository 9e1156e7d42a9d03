"""The encoding of a list: the ladder, with the runners-up.

Byte-order mark → NUL pattern (UTF-16/32) → strict UTF-8 → mostly UTF-8 → only signs (cp1252) → what its words are
likeliest in.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from importer.intake.dialect import Choice
from importer.intake.encodings import BOMS, find_codec
from importer.intake.foreign import foreign_kind
from importer.intake.letter_fit import MIXTURE, Reading, examples_of, rank_readings, rivals_of, stands_well
from importer.intake.seven_bit import escape_encoding

ALWAYS_OFFERED = ("utf-8", "cp1252", "cp1250", "cp1251", "cp850", "mac-roman", "utf-16-le", "cp932", "gb18030")

NATS_OF_SCORE = 8
"""So many nats behind the best a reading has 1/e of its score."""

FEW_CONTROL_SIGNS = 2
"""As a short list may have by damage; they are problems of their rows."""

_CONTROL = bytes(value for value in range(32) if value not in b"\t\n\r\x0b\x0c\x1a\x1b\x1c\x1d\x1e\x1f\x01\x02\x03")


SIGNS = frozenset("“”‘’„‚«‹»›–—…•®™°€£´½¼¾±×²³\u00a0")
"""What Windows' programs put into a text that is ASCII else."""

NEAR = 8
"""Of the letters before and behind a sign so many say whether it stands well."""

_ODD = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True)
class ByteCensus:
    """What a scan of the whole file found. `head` is its beginning; `odd_lines` are lines with bytes ≥ 0x80,
    `escaped_lines` those of ASCII that may have escape sequences of an encoding."""

    head: bytes
    odd_lines: bytes
    multibyte: int
    invalid: int
    escaped_lines: bytes = b""

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
    return "no text" if control > FEW_CONTROL_SIGNS and control * 20 > len(head) else ""


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
    elif census.is_ascii and (name := escape_encoding(census.escaped_lines)):
        first = Choice(name, 0.99, "Its escape sequences decode to letters in this encoding.")
    elif census.is_ascii:
        first = Choice("utf-8", 1.0, "Every character is ASCII, which is the same in nearly every encoding.")
    elif not census.invalid:
        first = Choice("utf-8", 1.0, "The whole file is valid UTF-8.")
    elif census.multibyte > census.invalid:
        reason = f"Valid UTF-8 but for {census.invalid:,} bytes, which are read as cp1252 and listed."
        first = Choice("utf-8", 0.9, reason)
    else:
        return _with_others(_by_letters(census.odd_lines))
    return _with_others([first])


def _by_letters(odd_lines: bytes) -> list[Choice]:
    if _only_signs(odd_lines):
        return [Choice("cp1252", 0.89, "Its only signs above ASCII are quotation marks, dashes and their like.")]
    readings = rank_readings(odd_lines)
    best, rivals = readings[0], rivals_of(readings)
    reason = "Its words are likeliest so" + ("; others are close." if rivals else ".")
    if best.encoding == MIXTURE:
        reason = f"Some rows are UTF-8, the others cp1252; each is read as what it is. {reason}"
    return [Choice(find_codec(best.encoding).name, 0.89, reason), *(_beside(other, best) for other in readings[1:])]


def _beside(other: Reading, best: Reading) -> Choice:
    """The choice of another reading, with words that would be others in it."""
    name = find_codec(other.encoding).name
    if other.text == best.text:
        return Choice(name, 0.01, "Every word is the same in it.")
    score = max(0.02, round(0.88 * math.exp((best.nats - other.nats) / NATS_OF_SCORE), 3))
    examples = zip(*examples_of((best, other), 2), strict=True)
    return Choice(name, score, f"In it {' and '.join(f'{mine} would be {theirs}' for mine, theirs in examples)}.")


def close_readings(odd_lines: bytes) -> tuple[Reading, ...]:
    """The likeliest reading of such lines and those with other words that are close to it; empty where it is sure."""
    readings = [] if not odd_lines or _only_signs(odd_lines) else rank_readings(odd_lines)
    rivals = rivals_of(readings) if readings else []
    return (readings[0], *rivals) if rivals else ()


def _only_signs(odd_lines: bytes) -> bool:
    """Whether all that is above ASCII are signs in cp1252, each where such signs stand."""
    text = f"{' ' * NEAR}{odd_lines.decode('cp1252', 'replace')} "
    places = [found.start() for found in _ODD.finditer(text)]
    return all(
        text[at] in SIGNS and stands_well(text[at], text[at - NEAR : at], text[at + 1 : at + NEAR]) for at in places
    )


def _with_others(first: Sequence[Choice]) -> tuple[Choice, ...]:
    choices = {choice.value: choice for choice in reversed(first)}
    ranked = sorted(choices.values(), key=lambda choice: -choice.score)
    known = {choice.value for choice in ranked}
    others = [Choice(name, 0.0, "Not likely; to be chosen by hand.") for name in ALWAYS_OFFERED if name not in known]
    return (*ranked, *others)
