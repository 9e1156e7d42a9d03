"""RemoveInvisible: signs that nobody sees and that make two equal texts differ. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from importer.clean.many_columns import ManyColumns

_SIGNS = (
    r"[\x00-\x08\x0e-\x1f\x7f\x{ad}\x{180e}\x{200b}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2069}\x{feff}"
    r"\x{fff9}-\x{fffb}]"
)
"""Control signs but tab and line ends, soft hyphen, zero-width space, word joiner, byte order mark, marks of writing
direction. Not the joiners U+200C and U+200D: inside a word they belong to Persian and to emoji. Not U+0080 to U+009F:
they are letters read in a wrong encoding, which can still be mended."""


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
    hit = pc.match_substring_regex(cells, _SIGNS)  # half the time of a replacement, and mostly there is none
    if not pc.any(hit).as_py():
        return cells
    clean = pc.replace_substring_regex(cells.filter(hit), pattern=_SIGNS, replacement="")
    return pc.replace_with_mask(cells, hit, clean)
