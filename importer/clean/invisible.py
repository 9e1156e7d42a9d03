"""RemoveInvisible: signs that nobody sees and that make two equal texts differ. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.many_columns import ManyColumns

_UNSEEN = (
    r"\x00-\x08\x0e-\x1f\x7f\x{ad}\x{34f}\x{61c}\x{115f}\x{1160}\x{17b4}\x{17b5}\x{180e}\x{200b}\x{200e}\x{200f}"
    r"\x{202a}-\x{202e}\x{2060}-\x{206f}\x{3164}\x{feff}\x{ffa0}\x{fff0}-\x{fffb}\x{1bca0}-\x{1bca3}"
    r"\x{1d173}-\x{1d17a}"
)
"""Control signs but tab and line ends, soft hyphen, zero-width space, word joiner, fillers, byte order mark, marks of
writing direction. Not the joiners U+200C and U+200D: inside a word they belong to Persian and to emoji. Not U+0080 to
U+009F: they are letters read in a wrong encoding, which can still be mended."""

_SELECTORS = r"\x{180b}-\x{180d}\x{180f}\x{fe00}-\x{fe0f}\x{e0100}-\x{e01ef}"
"""Variation selectors, which belong to emoji, Mongolian and Han."""

_SIGNS = f"[{_UNSEEN}]"
_SIGNS_AND_SELECTORS = rf"[{_UNSEEN}{_SELECTORS}\x{{e0000}}-\x{{e0fff}}]"
"""Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt) but the joiners, and control signs."""

_STRAY_SELECTOR = (
    rf"([0-9A-Za-z\p{{Latin}}\p{{Greek}}\p{{Cyrillic}}.,@_\- ])[{_SELECTORS}]+([^\x{{20e3}}{_SELECTORS}]|$)"
)
"""A variation selector behind a letter or digit that has no variants, but in the keycaps of emoji."""


@dataclass(frozen=True)
class RemoveInvisible(ManyColumns):
    """Takes invisible signs out of `columns`; none named means every column of the list."""

    kind: ClassVar[str] = "remove_invisible"

    def title(self) -> str:
        return f"Remove invisible characters from {self.where}"

    def mended(self, cells: pa.Array) -> pa.Array | None:
        clean = without_invisible(cells)
        return None if clean is cells else clean


def without_invisible(cells: pa.Array) -> pa.Array:
    """The cells without signs that nobody sees; the very same array where there are none."""
    clean = _without(cells, _SIGNS, "")
    for _ in range(2):  # what ends one find may begin the next
        clean = _without(clean, _STRAY_SELECTOR, r"\1\2")
    return clean


def without_ignorable(cells: pa.Array) -> pa.Array:
    """The cells without anything that nobody sees, the variation selectors of Han and emoji too; the very same array
    where there are none."""
    return _without(cells, _SIGNS_AND_SELECTORS, "")


def _without(cells: pa.Array, pattern: str, put: str) -> pa.Array:
    hit = pc.match_substring_regex(cells, pattern)  # half the time of a replacement, and mostly there is none
    if not pc.any(hit).as_py():
        return cells
    clean = pc.replace_substring_regex(cells.filter(hit), pattern=pattern, replacement=put)
    return pc.replace_with_mask(cells, hit, clean)
