"""What counts as a space. The endpoint's function takes this module along: no import at all. Pure."""

from __future__ import annotations

WHITE_SPACE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""What Python's `str.isspace` says yes to: Unicode's White_Space and the four separators U+001C to U+001F."""

SPACES = WHITE_SPACE + "\u180e\u200b\u200c\u200d\u2060\ufeff"
"""What counts as a space at the ends of a cell: also the signs of no width that spreadsheets and web pages leave
behind (Mongolian separator, zero-width space, non-joiner, joiner, word joiner, byte order mark)."""
