"""What is left of a text when its writing does not count: keys under which alike values meet. Pure.

Fingerprint and n-gram fingerprint as OpenRefine's "key collision" (its manual, "Clustering in depth").
"""

from __future__ import annotations

import re
import unicodedata

_NO_MARK = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h"}
)
"""Letters that decomposition does not take apart (ß becomes ss by `casefold`)."""

_NO_LETTER = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Small letters and digits without accents, one space for whatever stands between words."""
    if text.isascii():
        return _NO_LETTER.sub(" ", text.lower()).strip()
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_NO_MARK))
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return _NO_LETTER.sub(" ", bare).strip()


def fingerprint(text: str) -> str:
    """The words, folded, each once, in order of the alphabet: `Söhne & Test, Ltd.` → `ltd sohne test`."""
    return " ".join(sorted(set(fold(text).split())))


def ngram_fingerprint(text: str, size: int = 2) -> str:
    """The groups of `size` neighbouring letters, each once, in order: words run together or apart are the same."""
    bare = fold(text).replace(" ", "")
    return "".join(sorted({bare[at : at + size] for at in range(max(len(bare) - size + 1, 1))}))
