"""Which signs of a text may stand between its cells, and how its cells may be quoted, before anything is tried."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

USUAL = (",", ";", "\t", "|")
"""What nearly all lists use, in the order of how often; the order decides between equals."""

WORDY = (":", "#", "&", " ")
"""What words, times and addresses hold anyway."""

RARE = (":", "^", "~", "#", "&", "\x1f", "\x1e", "\x01", "¦", "§", " ")
"""Looked for outside of words, times and addresses, and only where they come once in two lines or more."""

DOUBLED = ("||", "::", "@@")

RUNS_TRIED = 4

_RUN = re.compile(
    r"""(?<=[\w"')])([^\w\s\0"'.@/\\+()-][^\w\r\n\0"'.@/\\+()-]{1,3}|[ \t][^\w\r\n\0"'.@/\\+()-]{1,2})(?=[\w"'(+])"""
)
"""Two to four signs that are no part of words, numbers, addresses."""

_QUOTED = re.compile(r"""(?<![\w"'\\])(?:"(?:[^"\r\n]|"")*+"(?![\w"])|'(?:[^'\r\n]|'')*+'(?![\w']))""")
"""What stands in quotes on one line, whatever stands around it."""

_TOKEN = re.compile(
    r"""\b[a-z]{2,8}://[^\s,;|"'<>]+|\bwww\.[^\s,;|"'<>]+|(?<=\d):(?=\d)|(?<![\w.+-])[\w.+-]++@[\w.-]+"""
    r"""|\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[T ]\d{1,2}(?=:)""",
    re.IGNORECASE,
)
"""Addresses of pages and people, and the colons of times: signs in them are none between cells."""

_COMMENT = re.compile(r"^[^\S\r\n]*+#[^\r\n]*", re.MULTILINE)
"""Looked for within its line: past line ends, a million blank lines would be gone through from each of them."""

_SEP_LINE = re.compile(r'"?sep=([^\r\n"\0\'][^\r\n"\0\']?)"?', re.IGNORECASE)


def delimiters_in(text: str) -> list[str]:
    """Signs that may stand between cells, the usual ones first; none where all stands in quotes or words."""
    bare = _outside_quotes(text)
    words = _TOKEN.sub("", bare)
    lines = sum(1 for line in bare.splitlines() if line.strip()) or 1
    found = [sign for sign in USUAL if sign in bare]
    found += [sign for sign in RARE if 2 * words.count(sign) >= lines]
    found += [sign for sign in (*DOUBLED, *_runs(bare, lines)) if sign in bare and sign not in found]
    doubled = {sign[0] for sign in found if sign[0] * 2 == sign and bare.count(sign[0]) == 2 * bare.count(sign)}
    return list(dict.fromkeys(sign for sign in found if sign not in doubled))


def _outside_quotes(text: str) -> str:
    """The text without comments and without what stands in quotes. Where hardly a line is left without its comments,
    `#` begins cells."""
    bare = _QUOTED.sub('""', text)
    without = _COMMENT.sub("", bare)
    filled = (line for line in without.splitlines() if line.strip())
    return (without if len(list(islice(filled, 2))) == 2 else bare) or text


def _runs(bare: str, lines: int) -> list[str]:
    """Delimiters of several signs: runs that come about once a line or more, between words or quotes."""
    counts = Counter(_RUN.findall(bare))
    return [sign for sign, count in counts.most_common(RUNS_TRIED) if count >= 0.8 * lines]


def is_run_whole(run: str, text: str) -> bool:
    """Whether the first sign of `run` hardly ever stands alone, outside of quotes and words."""
    words = _TOKEN.sub("", _outside_quotes(text))
    share = 0.8 if run.count(run[0]) > 1 else 0.95
    return words.count(run) * run.count(run[0]) >= share * words.count(run[0])


def quotings_in(texts: Sequence[str]) -> list[tuple[str, str]]:
    """(quote, escape) that may hold: signs that occur, and none."""
    quotes = [quote for quote in "\"'" if any(quote in text for text in texts)]
    if not quotes:
        return [('"', "")]
    escaped = [(quote, "\\") for quote in quotes if any(f"\\{quote}" in text for text in texts)]
    return [*escaped, *((quote, "") for quote in quotes), ("", "")]


def named_delimiter(sample: bytes) -> str:
    """The delimiter that a first line `sep=;` names, as Excel writes it; empty when there is none."""
    first = re.split(r"[\r\n]", sample[:64].decode("utf-8", "replace"), maxsplit=1)[0]
    found = _SEP_LINE.fullmatch(first)
    return found.group(1) if found else ""


def line_end_of(sample: bytes) -> str:
    """The line end that comes most often."""
    windows = sample.count(b"\r\n")
    counts = {"\r\n": windows, "\n": sample.count(b"\n") - windows, "\r": sample.count(b"\r") - windows}
    best = max(counts, key=lambda end: counts[end])
    return best if counts[best] else "\n"
