"""Which encoding makes the words of a list such as names and places are. Pure.

Each encoding is tried: its letters are weighed by how often they follow each other in one of the languages of its
region (`letter_pairs`), signs by where they stand. The sum is in nats, so that the difference of two readings says
how much likelier the one is. Each word counts once, however many rows have it. Why so, and how often it is right:
docs/decisions/0026-which-encoding.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from importer.intake.letter_pairs import PAIRS, SIGNS

PRIOR = {
    **{"cp1252": 0.0, "cp1250": 1.0, "cp1251": 1.0, "cp932": 1.5, "gb18030": 1.5, "big5": 1.5, "cp949": 1.5},
    **{
        "cp1253": 2.0,
        "cp1254": 2.0,
        "cp1255": 2.0,
        "cp1256": 2.0,
        "cp1257": 2.0,
        "iso8859-2": 2.5,
        "iso8859-15": 2.5,
    },
    **{"cp850": 4.0, "cp866": 3.0, "koi8-r": 3.0, "mac-roman": 4.0, "euc_jp": 3.0, "cp852": 4.5, "koi8-u": 4.0},
    **{"iso8859-7": 4.0, "cp1125": 4.0, "iso8859-5": 5.0, "iso8859-6": 5.0, "iso8859-13": 5.0, "mac-cyrillic": 5.0},
    **{"cp1258": 4.0, "iso8859-3": 7.0, "iso8859-14": 7.0, "iso8859-16": 9.0, "iso8859-4": 9.0},
    **{"cp874": 2.0, "mac-latin2": 5.0, "cp437": 5.0, "cp737": 5.0, "cp775": 5.0, "cp857": 5.0},
}
"""What lists come in, and how many nats seldomer than in Windows' Western one."""

MIXTURE, MIXTURE_NATS = "utf-8", 4.0
"""A list of rows in UTF-8 and rows in cp1252, as two that were copied together; how much seldomer it is."""

REGIONS: tuple[tuple[str, ...], ...] = (
    ("de", "fr", "es", "pt", "it", "nl", "sv", "no", "da", "fi", "is", "ca", "ga", "sq"),
    ("pl", "cs", "sk", "hu", "ro", "sl", "hr", "de", "sq"),
    ("tr", "de"),
    ("lt", "lv", "et"),
    ("ru", "uk", "bg", "be", "sr", "mk"),
    ("ar", "fa", "ur"),
    *(("el",), ("he",), ("th",), ("vi",), ("mt",), ("cy",), ("zh",), ("tw",), ("ja",), ("ko",)),
)
"""Languages whose words stand in one list; each word is weighed by the one that fits it best."""

LOOKED_AT_BYTES = 12_000
"""Of the lines with bytes above ASCII: some hundred words, ten times what decides."""

FIRST_LOOKS, FAR_NATS = (500, 2_000, 6_000), 60.0
"""Bytes of these lines; a reading so far behind in them has been the right one in none of the lists measured."""

SURE_NATS = 4.0
"""Ahead of the next reading with other words: of 1,160 short lists in 30 encodings 129 were less ahead, 37 of them
read wrongly; of the others 8 were, none of them in an encoding of Windows."""

STRANGE_SHARE = 0.25
"""Of the words: where so many are like none of any language, the encoding may be one that is not tried."""

STRANGE_NATS, FEW_WORDS = 8.0, 3
"""As far ahead, with more words (with fewer twice as far), a reading is believed though some are like none, as long
as half are like some."""

UNSEEN_PAIR, UNKNOWN_LETTER, MIXED_WORD = 9.0, 12.0, 15.0
"""Nats of what no list of the language had; MIXED_WORD of one with letters of two scripts."""

NUMBER_SIGN, NATURAL_SIGN, ODD_SIGN, STRAY_SIGN = 1.5, 5.0, 10.0, 16.0
"""NUMBER_SIGN of one that stands with a number as texts have it (1º, Nº 5, § 5): nearly as likely as the number;
STRAY_SIGN of one that no text has there, as the signs of Windows are within words written in DOS."""

INNER_CAPITAL = 6.0
FOREIGN_SIGN = 9.6
SIGN_NATS = (3.7, 5.0, 6.5)
RARE_SIGN, KANA, HANGUL, NO_SIGN_OF_IT = 8.5, 4.0, 6.0, 12.0

STRANGE_LETTER, STRANGE_SIGN = 9.5, 7.6
"""Nats a letter, or a sign of a script that has thousands, from which on a word is like none."""

BEFORE_WORDS = frozenset("“‘„‚«‹…¿¡•")
BEHIND_WORDS = frozenset("”’‘»›…®™°ªº©")
DASHES = frozenset("–—·•\u00a0")
USUAL_SIGNS = BEFORE_WORDS | BEHIND_WORDS | DASHES | frozenset("€£§´½¼¾±×µ")
NEVER_AT_WORDS = frozenset("¶½¼¾")
CLITICS = frozenset(("s", "t", "d", "m", "ll", "re", "ve"))
VOWELS = frozenset("aeiouyh")
"""What a word begins with behind an apostrophe, h among them: d’Angelo, l’hôtel."""
DEGREES = frozenset("CFK")
CJK_SIGNS = frozenset("。、・（）「」，：！　々")
ORDINALS = frozenset("ªº")

_CUT = r"\x00-\x2c\x2f\x3a-\x40\x5b-\x60\x7b-\x7f"
_TOKEN = re.compile(rf"[^{_CUT}]*[^\x00-\x7f][^{_CUT}]*")
_MARKS = r"\u0300\u0301\u0303\u0309\u0323\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
"""Vowels and tones above and below letters, in Vietnamese and Thai."""
_WORD = re.compile(rf"(?:[^\W\d_½¼¾²³¹]|[{_MARKS}])+")
_MARK = re.compile(f"[{_MARKS}]")
_ODD = re.compile(r"[^\x00-\x7f]")
_AT_NUMBER = re.compile(
    r"(?<![^\W_])[Nn]\.?º(?!\w)|(?<![^\W_])[Nn]r?\.?[ºª°] ?\d|\d[ºª](?![^\W\d_]{3})|(?<!\w)№ ?\d"
    r"|§ ?\d|\d ?§|[£€¥] ?\d|\d ?[ck]?m[²³]"
)
"""Signs that stand with numbers; in other encodings their bytes are letters (Nº 5 is Nş 5 in cp1250)."""
_SHORTENED = re.compile(r"(?<!\w)(?:[NMDPC]|Av|Avd|Ctr|Dr|Prof|Sr|St)[ºª](?!\w)", re.IGNORECASE)
"""Words that Spanish and Portuguese cut so: Mª Carmen, Pº de Gracia."""
_DIGITS = re.compile(r"\d+")
_LETTERS_BEFORE, _LETTERS_AFTER = re.compile(r"[^\W\d_]*\Z"), re.compile(r"\A[^\W\d_]*")
_COMMA_BELOW = str.maketrans("şţ", "șț")
"""Romanian as encodings of one byte have it: with cedillas."""
_DOTTED_CAPITAL = str.maketrans("İ", "i")

_PAIR_NATS = {
    language: {text[at : at + 2]: float(nats) for nats, text in enumerate(texts) for at in range(0, len(text), 2)}
    for language, texts in PAIRS.items()
}
_LETTERS = {language: frozenset("".join(texts)) for language, texts in PAIRS.items()}
_SIGN_NATS = {
    language: {sign: nats for nats, text in zip(SIGN_NATS, texts, strict=True) for sign in text}
    for language, texts in SIGNS.items()
}


@dataclass(frozen=True)
class Reading:
    """A text in one encoding: what speaks against it (`nats`), its `words` with letters above ASCII in the order of
    the text, and the share of them that are `strange`."""

    encoding: str
    text: str
    nats: float
    words: tuple[str, ...]
    strange: float


def rank_readings(odd_lines: bytes) -> list[Reading]:
    """The readings of lines with bytes above ASCII, the likeliest first. Those that are far behind in the first lines
    already are not read further; they are as far behind the best of the others as they were."""
    odd = odd_lines[:LOOKED_AT_BYTES]
    looks = [odd[: odd.rfind(b"\n", 1, size) + 1] or odd for size in FIRST_LOOKS if size < len(odd)]
    encodings = [*PRIOR, *([MIXTURE] if _is_mixture(odd) else [])]
    behind: list[tuple[Reading, float]] = []
    for look in looks:
        readings = _readings(look, encodings)
        ahead = min(reading.nats for reading in readings)
        behind += [(reading, reading.nats - ahead) for reading in readings if reading.nats >= ahead + FAR_NATS]
        encodings = [reading.encoding for reading in readings if reading.nats < ahead + FAR_NATS]
    readings = _readings(odd, encodings)
    best = min(reading.nats for reading in readings)
    readings += [replace(reading, nats=best + nats) for reading, nats in behind]
    return sorted(readings, key=lambda reading: reading.nats)


def _readings(odd: bytes, encodings: Sequence[str]) -> list[Reading]:
    """The readings in some encodings; what is the same text in several is weighed once."""
    texts = {encoding: _decoded(odd, encoding) for encoding in encodings}
    weighed = {text: _reading(text) for text in dict.fromkeys(texts.values())}
    return [
        replace(weighed[text], encoding=encoding, nats=PRIOR.get(encoding, MIXTURE_NATS) + weighed[text].nats)
        for encoding, text in texts.items()
    ]


def _decoded(odd: bytes, encoding: str) -> str:
    """The text; of a mixture each line is read as what it is."""
    return odd.decode(encoding, "importer_cp1252" if encoding == MIXTURE else "replace")


def rivals_of(readings: Sequence[Reading]) -> list[Reading]:
    """Those with other words than the best that may be right as well; none where the best is sure."""
    best = readings[0]
    others: list[Reading] = []
    for reading in readings[1:]:
        if reading.text != best.text and all(reading.text != other.text for other in others):
            others.append(reading)
    close = [other for other in others if other.nats < best.nats + SURE_NATS]
    ahead = others[0].nats - best.nats if others else 0.0
    is_ahead = ahead > STRANGE_NATS * (1 if len(best.words) > FEW_WORDS else 2)
    share = 2 * STRANGE_SHARE if is_ahead else STRANGE_SHARE
    return close or (others[:1] if best.strange > share else [])


def _is_mixture(odd: bytes) -> bool:
    """Whether some lines are UTF-8 and others are not."""
    lines = odd.split(b"\n")
    return 0 < sum(map(_is_utf8, lines)) < len(lines)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _reading(text: str) -> Reading:
    """What speaks against a text, in whatever encoding."""
    rest, usual_nats = _without_usual_signs(text)
    tokens: dict[str, str] = {}
    for token in _TOKEN.findall(rest):
        tokens.setdefault(_lower(token), token)
    words = {_lower(word): word for token in tokens.values() for word in _WORD.findall(token) if not word.isascii()}
    signs = {_DIGITS.sub("9", lower): token for lower, token in tokens.items()}
    sign_nats = [_signs_of(token) for token in signs.values()]
    nats = usual_nats + sum(sign_nats)
    whole: list[tuple[str, str]] = []
    mixed = 0
    for lower, word in words.items():
        scripts = {_script(sign) for sign in word if sign not in ORDINALS}
        if len(scripts) > 1:
            mixed += 1
            nats += max(MIXED_WORD, FOREIGN_SIGN * len(_ODD.findall(word)))
        elif scripts and "" not in scripts:
            whole.append((lower, scripts.pop()))
            nats += INNER_CAPITAL * sum(a.islower() and b.isupper() for a, b in pairwise(word))
    letters, strange = _of_best_region(whole)
    stray = sum(one >= STRAY_SIGN for one in sign_nats)
    share = (strange + mixed + stray) / max(1, len(words) + stray)
    return Reading("", text, nats + letters, tuple(words.values()), share)


def _without_usual_signs(text: str) -> tuple[str, float]:
    """The text without signs that stand with numbers and in shortened words, and their nats: each way they stand
    counts once, whatever the number."""
    nats = 0.0
    for pattern, sign_nats in ((_AT_NUMBER, NUMBER_SIGN), (_SHORTENED, NATURAL_SIGN)):
        nats += sign_nats * len({_DIGITS.sub("9", _lower(usual)) for usual in pattern.findall(text)})
        text = pattern.sub(" ", text)
    return text, nats


def _lower(text: str) -> str:
    """In small letters, one for each."""
    return text.translate(_DOTTED_CAPITAL).lower()


def _of_best_region(words: Sequence[tuple[str, str]]) -> tuple[float, int]:
    """(nats of all words in the region where they are likeliest, how many of them are strange there)."""
    best, of_best = 0.0, REGIONS[0]
    for languages in REGIONS:
        total = 0.0
        for word, script in words:
            total += _word_nats(word, script, languages)
            if languages is not REGIONS[0] and total > best:
                break
        else:
            best, of_best = total, languages
    return best, sum(_is_strange(word, script, of_best) for word, script in words)


def _is_strange(word: str, script: str, languages: tuple[str, ...]) -> bool:
    most = STRANGE_SIGN if script == "CJK" else STRANGE_LETTER
    return _word_nats(word, script, languages) > most * len(_ODD.findall(word)) + 1


@lru_cache(maxsize=100_000)
def _word_nats(word: str, script: str, languages: tuple[str, ...]) -> float:
    is_cjk = languages[0] in SIGNS
    if (script == "CJK") != is_cjk:
        return (UNKNOWN_LETTER if script == "CJK" else FOREIGN_SIGN) * len(word)
    if is_cjk:
        return sum(_sign_nats(sign, languages[0]) for sign in word if not sign.isascii())
    return min(_pairs_nats(f"^{word}$", language) for language in languages)


def _pairs_nats(word: str, language: str) -> float:
    known, letters = _PAIR_NATS[language], _LETTERS[language]
    word = word.translate(_COMMA_BELOW) if language == "ro" else word
    total = 0.0
    for pair in map("".join, pairwise(word)):
        if not pair.isascii():
            is_known = all(sign.isascii() or sign in letters for sign in pair)
            total += known.get(pair, UNSEEN_PAIR if is_known else UNKNOWN_LETTER)
    return total


def _sign_nats(sign: str, language: str) -> float:
    """Of one sign of a script that has thousands."""
    known = _SIGN_NATS[language].get(sign)
    if known is not None:
        return known
    name = unicodedata.name(sign, "")
    if language == "ko":
        is_common = name.startswith("HANGUL") and len(sign.encode("euc_kr", "ignore")) == 2
        return HANGUL if is_common else NO_SIGN_OF_IT
    if language == "ja" and name.startswith(("HIRAGANA", "KATAKANA")):
        return KANA
    return RARE_SIGN if name.startswith("CJK UNIFIED") else NO_SIGN_OF_IT


def _signs_of(token: str) -> float:
    """Nats of all in a token that is no letter."""
    return sum(
        _stray_nats(found.group(), token[: found.start()], token[found.end() :])
        for found in _ODD.finditer(token)
        if _is_sign(found.group())
    )


def _is_sign(sign: str) -> bool:
    """Whether a sign is none of the letters of a script that is known, nor of what stands above and below them."""
    is_letter = sign.isalpha() and bool(_script(sign)) and sign not in ORDINALS
    return not is_letter and not _MARK.match(sign)


def _stray_nats(sign: str, before: str, after: str) -> float:
    """Nats of a sign by what stands before and after it. Drawings of boxes and signs of mathematics stand at no word,
    and quotation marks, currencies and their like not within one."""
    left, right = before[-1:], after[:1]
    at_word = left.isalpha() or right.isalpha()
    if _is_no_sign(sign) or (at_word and _is_never_at_words(sign)):
        return STRAY_SIGN
    if sign == "°" and not left.isalpha() and right in DEGREES:
        return NATURAL_SIGN
    if left.isalpha() and right.isalpha() and sign not in CJK_SIGNS:
        return _nats_within(sign, before, after)
    if sign in ORDINALS and not left:
        return ODD_SIGN
    if sign in DASHES or sign in CJK_SIGNS or (sign in USUAL_SIGNS and not at_word):
        return NATURAL_SIGN
    stands_well = sign in (BEFORE_WORDS if right.isalpha() else BEHIND_WORDS)
    return NATURAL_SIGN if stands_well and not (sign in "¿¡" and right.islower()) else ODD_SIGN


def stands_well(sign: str, before: str, after: str) -> bool:
    """Whether a sign stands where texts have it, by what is before and after it."""
    return _stray_nats(sign, before, after) == NATURAL_SIGN


def _nats_within(sign: str, before: str, after: str) -> float:
    """Nats of a sign between two letters."""
    is_natural = (sign == "’" and _is_apostrophe(before, after)) or (
        sign in "–—·\u00a0" and before[-1].islower() and after[0].isupper()
    )
    return NATURAL_SIGN if is_natural else ODD_SIGN if sign in "’´–—·\u00a0" else STRAY_SIGN


def _is_apostrophe(before: str, after: str) -> bool:
    """Whether it stands as in O’Brien, dell’Orto, Anna’s: `Garc’a` and `Holgu’n` are í of an old Mac."""
    left, right = len(_LETTERS_BEFORE.findall(before)[0]), _LETTERS_AFTER.findall(after)[0]
    if right.lower() in CLITICS or not right[0].isascii():
        return True
    begins_well = right[0].lower() in VOWELS or (left <= 2 and right[0].isupper())
    return begins_well and left <= 4 and len(right) > min(left, 2)


def _is_never_at_words(sign: str) -> bool:
    is_symbol = unicodedata.category(sign) in ("Sm", "So", "Sk") and sign not in BEHIND_WORDS | {"´"}
    return is_symbol or sign in NEVER_AT_WORDS


def _is_no_sign(sign: str) -> bool:
    """Whether no text has it: controls, what stands for undecodable bytes, letters of scripts that are not known, and
    the sign of no currency, which other encodings have in the place of the euro."""
    is_letter = sign.isalpha() and sign not in ORDINALS
    return sign in "\ufffd¤" or is_letter or unicodedata.category(sign) in ("Cc", "Cn", "Co")


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    """ "LATIN", "CYRILLIC", "GREEK", "HEBREW", "ARABIC", "THAI", "CJK" (China, Japan, Korea); "" for any other."""
    if letter.isascii():
        return "LATIN"
    name = unicodedata.name(letter, "").split(" ")[0]
    if name == "COMBINING" and _MARK.match(letter):
        return "LATIN"
    if name in ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"):
        return "CJK"
    return name if name in ("LATIN", "CYRILLIC", "GREEK", "HEBREW", "ARABIC", "THAI") else ""


def examples_of(readings: Iterable[Reading], most: int = 5) -> tuple[tuple[str, ...], ...]:
    """Of each reading its words at places where the readings differ, at most so many."""
    lines = [reading.text.splitlines() for reading in readings]
    found: list[tuple[str, ...]] = []
    for at_once in zip(*lines, strict=False):
        tokens = [_TOKEN.findall(line) for line in at_once]
        if len({len(one) for one in tokens}) == 1:
            found += [one for one in zip(*tokens, strict=True) if len(set(one)) > 1 and one not in found]
        elif len(set(at_once)) > 1:
            found.append(tuple(" ".join(one[:2]) for one in tokens))
        if len(found) >= most:
            break
    return tuple(zip(*found[:most], strict=True)) if found else tuple(() for _ in lines)
