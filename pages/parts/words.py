"""The words on screen, each in one place, so that one thing has one name on every page."""

from __future__ import annotations

PRODUCT = "Contact importer"

PAGE_TITLES = {
    "file": "1 File",
    "columns": "2 Columns",
    "check": "3 Check",
    "import": "4 Import",
    "runs": "Runs",
    "saved": "Saved lists",
    "table": "Table",
    "settings": "Settings",
}

BUCKET_WORDS = {
    "written": "Written",
    "unchanged": "Unchanged",
    "skipped": "Left out",
    "duplicate": "Duplicate",
    "rejected": "Rejected",
    "failed": "Failed",
    "pending": "Pending",
}
"""In the order every bar, table and total shows them."""

LEFT_OUT_WORDS = "left out"
"""Before an import every one was left out by a step or by hand; in an insert-only run those that exist join them."""

BUCKET_HELP = {
    "written": "The service acknowledged these rows.",
    "unchanged": "The table holds these contacts just so already.",
    "skipped": "A step or you left these rows out, or insert-only did: their key is in the table already.",
    "duplicate": "Another row with the same key won.",
    "rejected": "Our check refused these rows; nothing was sent.",
    "failed": "The service refused these rows.",
    "pending": "Not sent yet.",
}

STATE_WORDS = {
    "draft": "Draft",
    "queued": "Waiting to start",
    "running": "Running",
    "paused": "Paused",
    "cancelled": "Cancelled",
    "finished": "Finished",
    "failed": "Stopped by an error",
}

EVENT_WORDS = STATE_WORDS | {"fix": "Fixed rows", "pace": "Pace"}
"""What happened in a run, by its kind."""

STATE_COLOURS = {
    "draft": "gray",
    "queued": "blue",
    "running": "blue",
    "paused": "orange",
    "cancelled": "gray",
    "finished": "green",
    "failed": "red",
}

PROBLEM_WORDS = {
    "row_too_long": "More cells than columns",
    "row_too_short": "Fewer cells than columns",
    "blank_line": "Blank line",
    "label_row": "Line that says what is in the columns",
    "line_quotes": "Quotes around a whole line",
    "curly_quotes": "Curly quotes around a delimiter",
    "joined_rows": "Row that a line end had cut, joined",
    "blank_columns": "Columns without a name and with nothing in them",
    "drawn_table": "Table drawn in text",
    "text_formula": "Formula that is nothing but a text",
    "joined_header": "Columns named by several rows",
    "mended_header": "Header read in another way than the rows",
    "byte_order_mark": "Byte-order mark inside the list",
    "duplicate_header": "Column name used twice",
    "empty_header": "Column without a name",
    "unclosed_quote": "Quote opened and never closed",
    "stray_quote": "Quote in the middle of a cell",
    "undecodable_bytes": "Bytes that are not text in this encoding",
    "repaired_bytes": "Bytes read as Windows text",
    "not_an_item": "Items that are no items",
    "other_member": "Other parts of the file, not read",
    "mojibake": "Letters garbled before it came here",
    "repaired_row": "Row put together again",
    "header_too_long": "More names than columns",
    "other_header": "Header with other columns inside the list",
    "page_title": "Title inside the list",
    "comment": "Comment",
    "repeated_header": "Header repeated",
    "second_table": "Second table in the file",
    "second_copy": "The whole table once more",
    "footer": "Line below the table",
    "nul_byte": "NUL byte",
    "preamble": "Line before the header",
    "row_too_big": "Row too big",
}

DELIMITER_WORDS = {
    ",": "comma  ,",
    ";": "semicolon  ;",
    "\t": "tab  ⇥",
    "|": "bar  |",
    ":": "colon  :",
    " ": "space",
}

QUOTE_WORDS = {'"': 'double  "', "'": "single  '", "": "none"}

TYPE_WORDS = {
    "S": "Text (S)",
    "N": "Number (N)",
    "BOOL": "Yes or no (BOOL)",
    "SS": "Set of texts (SS)",
    "NS": "Set of numbers (NS)",
    "BS": "Set of binaries (BS)",
    "L": "List (L)",
    "M": "Map (M)",
    "NULL": "Null (NULL)",
    "B": "Binary (B)",
}


TYPE_CHOICES = {kind: shown for kind, shown in TYPE_WORDS.items() if kind not in ("B", "BS")} | {
    "B:hex": "Binary, from hex (B)",
    "B:base64": "Binary, from base64 (B)",
    "BS:hex": "Set of binaries, from hex (BS)",
    "BS:base64": "Set of binaries, from base64 (BS)",
}
"""What a person may choose: a binary with how its cells are written."""

UNSAID_TYPES = {"B": "Binary (B): hex or base64?", "BS": "Set of binaries (BS): hex or base64?"}


def type_name(kind: str) -> str:
    """A type inside a sentence: `number (N)`; one that is not offered here by AWS's name alone."""
    shown = TYPE_WORDS.get(kind, kind)
    return shown[:1].lower() + shown[1:] if kind in TYPE_WORDS else shown


BLANK_WORDS = {"omit": "do not store the field", "empty": "empty text", "null": "null"}

NAME_WORDS = {
    "keep": "as in the file",
    "snake": "order_date",
    "camel": "orderDate",
    "pascal": "OrderDate",
}
"""How new fields may be called."""

INSTEAD_WORDS = {
    "first": "The first row with the key is imported instead",
    "last": "The last row with the key is imported instead",
    "reject": "No row with the key is imported",
}
"""What becomes of rows that have the same key, by the winner rule."""

WINNER_WORDS = {"first": "keep the first row", "last": "keep the last row", "reject": "reject them all"}

VERDICT_WORDS = {"reject": "Rejected by you", "drop": "Left out by you", "accept": "Accepted by you"}

MODE_WORDS = {
    "overwrite": "Overwrite: a row replaces the contact with the same key",
    "insert": "Insert only: a contact already in the table stays as it is",
}

PACE_WORDS = {
    "free": "As fast as the table takes it",
    "gentle": "Slow: pause 0.1 s between batches",
    "rows": "Limit rows per second",
    "wcu": "Limit write units per second",
}

SHOWN_CHARACTERS = 2_000
"""More of one cell is not sent to the browser where a person only looks at it."""

CRASHED = "Something went wrong here. Nothing was lost."
CRASHED_HELP = "Reload the page. If it happens again, give this reference to whoever looks after the app:"


def count(number: int, one: str, many: str | None = None) -> str:
    """`1,234 rows`: a number with its noun in the right form."""
    noun = one if number == 1 else (many or one + "s")
    return f"{number:,} {noun}"


def size(size_bytes: float) -> str:
    """`1.2 MB`: bytes in the unit a person reads (powers of 1,000, as file managers show)."""
    value = float(size_bytes)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:,.0f} {unit}" if unit == "bytes" else f"{value:,.1f} {unit}"
        value /= 1000
    return ""


def percent(part: int, whole: int) -> str:
    """`99.9 %`; never rounds up to 100 % while something is missing."""
    if whole <= 0:
        return "0 %"
    share = 100 * part / whole
    if part < whole:
        share = min(share, 99.9)
    return f"{share:.1f} %" if share < 100 else "100 %"


def moment(iso_text: str | None) -> str:
    """`2025-03-01 10:00 UTC` from ISO 8601; a dash for None."""
    if not iso_text:
        return "–"
    return iso_text[:16].replace("T", " ") + " UTC"
