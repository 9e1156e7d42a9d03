"""Makes importer/intake/letter_pairs.py: how letters above ASCII follow others in names and places of many languages.

The words are those of Faker's lists of names, cities, streets, companies and jobs (MIT) and of the names of countries
and languages in CLDR, by Babel (BSD). Nothing of them is kept but the frequency of pairs, and of single characters
where a language has thousands. Run it where both are installed: `python tools/letter_pairs.py > letter_pairs.py`.
"""

from __future__ import annotations

import importlib
import math
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import faker.providers
from babel import Locale

LOCALES = {
    "de": "de_DE de_AT de_CH", "fr": "fr_FR fr_CH fr_CA fr_BE fr_QC", "es": "es_ES es_MX es_AR es_CL es_CO",
    "pt": "pt_PT pt_BR", "it": "it_IT", "nl": "nl_NL nl_BE", "sv": "sv_SE", "no": "no_NO", "da": "da_DK",
    "fi": "fi_FI", "is": "is_IS", "pl": "pl_PL", "cs": "cs_CZ", "sk": "sk_SK", "hu": "hu_HU", "ro": "ro_RO",
    "sl": "sl_SI", "hr": "hr_HR", "tr": "tr_TR", "lt": "lt_LT", "lv": "lv_LV", "et": "et_EE", "ru": "ru_RU",
    "uk": "uk_UA", "bg": "bg_BG", "el": "el_GR", "he": "he_IL", "ar": "ar_AA ar_SA ar_PS ar_DZ",
    "th": "th_TH", "zh": "zh_CN", "tw": "zh_TW", "ja": "ja_JP", "ko": "ko_KR",
    "ca": "es_CA", "ga": "ga_IE", "sq": "", "mt": "", "cy": "", "mk": "mk_MK", "sr": "", "be": "",
    "fa": "fa_IR", "ur": "", "vi": "vi_VN",
}  # fmt: skip
IN_CLDR = {"no": "nb", "tw": "zh_Hant", "zh": "zh_Hans"}
MANY_SIGNS = ("zh", "tw", "ja", "ko")
TONES = "\u0300\u0301\u0303\u0309\u0323"
"""Of Vietnamese, which cp1258 has behind their letters."""

WORD = rf"(?:[^\W\d_]|[{TONES}\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])+"
"""As `letter_fit` has it."""

PROVIDERS = ("person", "address", "company", "job", "lorem", "color", "date_time", "bank")

MOST_NATS = 8
MOST_TIMES = 3
"""A word counts so often at most, in however many lists it stands."""

MANY_WORDS = 400
"""Of a language with so many words with letters above ASCII, pairs that come once are left out."""

SMOOTHING = 4
CLASSES = (50, 250, 700)
WIDTH = 108


def texts_in(value: object, depth: int = 0) -> Iterator[str]:
    """All texts in nested lists and dicts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts_in([*value, *value.values()], depth)
    elif isinstance(value, list | tuple | set) and depth < 5:
        for part in value:
            yield from texts_in(part, depth + 1)


def with_tones_behind(text: str) -> str:
    """Vietnamese as cp1258 has it: a letter that it lacks without its tone, and the tone."""
    letters = []
    for letter in unicodedata.normalize("NFC", text):
        parts = [letter] if letter.encode("cp1258", "ignore") else unicodedata.normalize("NFD", letter)
        rest = unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES))
        letters += [rest, *(part for part in parts if part in TONES)]
    return "".join(letters)


def words_of(language: str) -> Counter[str]:
    """Words and how many times each stands in the lists."""
    words: Counter[str] = Counter()
    folder = Path(str(faker.providers.__file__)).parent
    for locale in LOCALES[language].split():
        for provider in PROVIDERS:
            if not (folder / provider / locale).is_dir():
                continue
            module = importlib.import_module(f"faker.providers.{provider}.{locale}")
            kinds = [kind for kind in vars(module).values() if isinstance(kind, type)]
            lists = [vars(kind) for kind in kinds if kind.__module__ == module.__name__]
            own = [value for one in lists for name, value in one.items() if not name.startswith("__")]
            for text in texts_in(own):
                words.update(words_in("" if "{{" in text else text, language))
    names = Locale.parse(IN_CLDR.get(language, language))
    for text in (*names.territories.values(), *names.languages.values()):
        words.update(words_in(text, language))
    return words


def words_in(text: str, language: str) -> list[str]:
    """The words of a text, as the encodings of one byte have them."""
    return re.findall(WORD, with_tones_behind(text) if language == "vi" else text)


def pair_classes(words: Counter[str]) -> list[str]:
    """Pairs by how many nats (-ln of the share of the first letter's followers) they cost, from 0 to MOST_NATS."""
    pairs: Counter[tuple[str, str]] = Counter()
    before: Counter[str] = Counter()
    for word, count in words.items():
        lower = "^" + word.replace("İ", "i").lower() + "$"
        for first, second in pairwise(lower):
            pairs[first, second] += min(MOST_TIMES, count)
            before[first] += min(MOST_TIMES, count)
    is_rich = sum(not word.isascii() for word in words) > MANY_WORDS
    classes = [""] * (MOST_NATS + 1)
    for (first, second), count in sorted(pairs.items()):
        if not (first + second).isascii() and (count > 1 or not is_rich):
            nats = min(MOST_NATS, round(-math.log(count / (before[first] + SMOOTHING))))
            classes[nats] += first + second
    return classes


def sign_classes(words: Counter[str]) -> list[str]:
    """The most frequent characters, in CLASSES."""
    signs: Counter[str] = Counter()
    for word in words:
        signs.update(sign for sign in word if not sign.isascii())
    ranked = [sign for sign, _ in signs.most_common(CLASSES[-1])]
    return ["".join(sorted(ranked[start:end])) for start, end in zip((0, *CLASSES), CLASSES, strict=False)]


def say(line: str) -> None:
    """A line of the module."""
    sys.stdout.write(line + "\n")


def show(name: str, by_language: dict[str, list[str]]) -> None:
    """A dict of tuples of long texts as Python."""
    say(f"{name}: dict[str, tuple[str, ...]] = {{")
    for language, classes in by_language.items():
        say(f'    "{language}": (')
        for text in classes:
            pieces = [text[at : at + WIDTH] for at in range(0, len(text), WIDTH)] or [""]
            say("\n".join(f'        "{piece}"' for piece in pieces) + ",")
        say("    ),")
    say("}")


if __name__ == "__main__":
    found = {language: words_of(language) for language in LOCALES}
    say('"""How letters above ASCII follow others in names and places, and which signs are common. Data.\n')
    say('Made by tools/letter_pairs.py; what it costs in nats is the place of a text in its tuple."""\n')
    say("from __future__ import annotations\n\n# fmt: off")
    show("PAIRS", {one: pair_classes(words) for one, words in found.items() if one not in MANY_SIGNS})
    say('"""Language → pairs of letters (`^` and `$` are the ends of a word), those that cost 0 nats first."""\n')
    show("SIGNS", {one: sign_classes(words) for one, words in found.items() if one in MANY_SIGNS})
    say('"""Language → its 50 most frequent signs, the 200 next, the 450 next."""')
