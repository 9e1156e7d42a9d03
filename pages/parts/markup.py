"""HTML from text that anybody may have written: every child is escaped unless it is `Markup` already."""

from __future__ import annotations

import html
import re
from typing import Any

import streamlit as st

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=])")
_PUNCTUATION = r"(?<=[^\W\d_])[.:)](?=[\s.]|$)|(?<=[^\W\d_]\))\.(?=\s|$)|(?<=[^\W_])-(?=[^\W_])|(?<=\s)\((?=\w)"
"""Signs that are nothing but punctuation where they stand; screen readers spell out the backslash before others."""

_SIGNS = re.compile(f"({_PUNCTUATION})|{_MARKDOWN.pattern}")
_AUTOLINK = re.compile(r"(?i):(?=//)|www(?=\.)|.(?=@)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Markup(str):
    """HTML that is safe to show as it stands."""

    __slots__ = ()


def tag(name: str, *children: object, **attributes: object) -> Markup:
    """`<name …>children</name>`; all text in it escaped; `cls` becomes `class`, `_` becomes `-`."""
    pairs = []
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        written = "class" if key == "cls" else key.replace("_", "-")
        pairs.append(f' {written}="{html.escape(str(value), quote=True)}"')
    inner = "".join(child if isinstance(child, Markup) else html.escape(str(child), quote=True) for child in children)
    return Markup(f"<{name}{''.join(pairs)}>{inner}</{name}>")


def plain(text: object, limit: int = 300) -> str:
    """Text for a place that reads Markdown (labels, alerts): nothing in it is a link, an image or a directive."""
    flat = _CONTROL.sub("·", str(text))
    if len(flat) > limit:
        flat = flat[: limit - 1] + "…"
    unlinked = _AUTOLINK.sub("\\g<0>\u2060", flat)
    return _SIGNS.sub(lambda sign: sign[0] if sign[1] else f"\\{sign[0]}", unlinked)


def show(*parts: Markup, **options: Any) -> None:
    """Draw pieces made by `tag`; nothing else may come through here."""
    st.html("".join(parts), **options)
