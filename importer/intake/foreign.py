"""Files that are no lists: what each is, in plain words, and what to do with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from importer.errors import SourceError
from importer.intake.encodings import BOMS

SAVE_AS = "Open it in a spreadsheet program and save it as CSV UTF-8 or .xlsx"

SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"%!PS", "a PostScript file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"II*\0", "a picture"),
    (b"MM\0*", "a picture"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!\x1a", "a RAR archive"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\0\1\0\0Standard", "an Access database"),
    (b"\x7fELF", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"Obj\1", "an Avro file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"<stata_dta>", "a Stata file"),
    (b"\x1a\x45\xdf\xa3", "a film"),
)

SIGNS_WITH_NUL: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "a picture"),
    (b"BM", "a picture"),
    (b"MZ", "a program"),
    (b"!BDN", "an Outlook mailbox"),
    (b"ARROW1", "an Arrow (Feather) file"),
    (b"ORC", "an ORC file"),
    (b"$FL2", "an SPSS file"),
    (b"OggS", "a sound file"),
    (b"ID3", "a sound file"),
    (b"wOF", "a font"),
)
"""Signs that a text may begin with too (a column called ORCID), so a NUL byte must be near."""

_TAG = rb"<[A-Za-z_][\w:.-]*+(?:\s++[\w:.-]++\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'))*+\s*+/?>\s*+<"
_COMMENTS = rb"(?>--[^\n]*+\n|/\*(?:(?!\*/)[\s\S])*+\*/;?|\s)*+"
_STATEMENT = (
    rb"(?:CREATE\s+(?:TABLE|DATABASE|SCHEMA|SEQUENCE)\b|DROP\s+(?:TABLE|DATABASE)\b|INSERT\s+INTO\s+\S+\s*[(V]"
    rb"|SET\s+(?:NAMES\b|@?@?\w+\s*=)|BEGIN\s*(?:TRANSACTION\s*)?;|USE\s+\S+;|PRAGMA\s+\w+)"
)

TEXT_SIGNS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (
        re.compile(
            rb"(?:<\?xml[^>]*+>\s*+)?(?:<!--(?:(?!-->)[\s\S])*+-->\s*+)*+<(?:!doctype\s+html|html|head|body|table)\b",
            re.I,
        ),
        "HTML",
    ),
    (
        re.compile(
            rb"<\?xml[^>]*+>\s*+<\?mso-application progid=\"Excel|(?:<\?xml[^>]*+>\s*+)?<(?:ss:)?Workbook\b"
            rb"[^>]*urn:schemas-microsoft-com:office:spreadsheet"
        ),
        "an XML spreadsheet of Excel 2003",
    ),
    (
        re.compile(rb"(?:<\?xml[^>]*+>\s*+)?(?:<!(?:--(?:(?!-->)[\s\S])*+-->|DOCTYPE svg[^>]*+>)\s*+)*+<svg\b"),
        "a picture",
    ),
    (re.compile(rb"<\?xml\b|" + _TAG), "XML"),
    (re.compile(rb"version https://git-lfs"), "a pointer of Git LFS"),
    (re.compile(rb"(?:%YAML[^\n]*+\n)?---[ \t]*+\r?\n(?:#[^\n]*+\n)*+(?:- |[\w-]++:(?:[ \r\n]))"), "YAML"),
    (re.compile(rb"(?:#[^\n]*+\n|[\w-]++:[ \t]*+\r?\n)*+[ \t]*+- [\w-]++: [^\n,;\t]*+\n[ \t]++[\w-]++: "), "YAML"),
    (
        re.compile(
            rb"(?=[^\n]*+(?:\n[^\n]*)?@)"
            rb"(?:(?:From|To|Cc|Subject|Date|Reply-To|Message-ID): [^\n]++\n(?:[ \t]++[^\n]++\n)*+){2}"
        ),
        "an e-mail",
    ),
    (re.compile(rb"\$ion_1_0\b"), "Amazon Ion"),
    (re.compile(rb"BEGIN:VCARD\b", re.I), "vCard"),
    (re.compile(rb"BEGIN:VCALENDAR\b", re.I), "an iCalendar file"),
    (re.compile(rb"(?:version: *\d+\s++)?(?:#[^\n]*+\n\s*+)*+dn::? *\w+=", re.I), "LDIF"),
    (
        re.compile(
            rb"(?:Return-Path|Received|Delivered-To|MIME-Version|Message-ID): [^\n]*+\n(?:[ \t]|[A-Z][\w-]*+: )", re.I
        ),
        "an e-mail",
    ),
    (re.compile(rb"From \S+@\S+ +\w{3} \w{3} "), "a mailbox"),
    (re.compile(_COMMENTS + _STATEMENT, re.I), "SQL"),
)

ADVICE = {
    "HTML": f"(a web page). {SAVE_AS}",
    "XML": f". {SAVE_AS}, or export the list as CSV",
    "vCard": ". Export the contacts as CSV from the address book that wrote it",
    "an XML spreadsheet of Excel 2003": ". Open it in Excel and save it as .xlsx",
    "a pointer of Git LFS": " and not the file itself. Fetch that (git lfs pull)",
    "YAML": ". Export the list as CSV UTF-8 or JSON lines",
    "Amazon Ion": ". Export the table once more and choose DynamoDB JSON",
    "LDIF": ". Export the contacts as CSV from the address book or directory that wrote it",
    "SQL": "(a dump of a database). Export the table as CSV from the database",
    "an SQLite database": ". Export the table as CSV (in sqlite3: .mode csv, .output list.csv)",
    "an Access database": ". Export the table as CSV from Access",
    "an Outlook mailbox": ". Export the contacts as CSV from Outlook",
    "an e-mail": ". Save what is attached to it",
    "a mailbox": ". Export the addresses as CSV from the mail program",
    "an iCalendar file": ". It holds appointments. Export the contacts instead",
    "a 7z archive": ". Unpack it, or pack it as zip",
    "a RAR archive": ". Unpack it, or pack it as zip",
    "a PDF": ". Ask whoever made it for the list as CSV or .xlsx",
    "a picture": ". Ask for the list as CSV or .xlsx",
    "an Apple Numbers document": ". In Numbers choose File, Export To, CSV",
    "a workbook with a password": ". Open it and save it without one",
    "a Word document": ". Copy its table into a spreadsheet, then save that as .xlsx",
    "an OpenDocument text": ". Copy its table into a spreadsheet, then save that as .ods",
}

_OTHER_ADVICE = ". Export the list as CSV UTF-8, .xlsx, JSON lines or Parquet"

_IN_ZIP = (
    ("word/", "a Word document"),
    ("ppt/", "a presentation"),
    ("Index/Document.iwa", "an Apple Numbers document"),
    ("Index.zip", "an Apple Numbers document"),
    ("META-INF/MANIFEST.MF", "a program"),
    ("AndroidManifest.xml", "a program"),
    ("doc.kml", "a map"),
)


def foreign_kind(head: bytes) -> str:
    """What a file that begins with `head` is, where that is surely no list of any kind; "" else."""
    for sign, kind in (*SIGNS, *(SIGNS_WITH_NUL if b"\0" in head else ())):
        if head.startswith(sign):
            return kind
    if head[4:8] == b"ftyp":
        return "a picture" if head[8:11] in (b"hei", b"avi", b"mif") else "a film"
    if head[:4] == b"RIFF":
        return "a picture" if head[8:12] == b"WEBP" else "a film or a sound file"
    text = _without_mark(head).lstrip()
    return next((kind for pattern, kind in TEXT_SIGNS if pattern.match(text)), "")


def in_zip(names: Iterable[str]) -> str:
    """What a zip with these members is, where it is a document of another kind; "" else."""
    for name in names:
        for start, kind in _IN_ZIP:
            if name.startswith(start):
                return kind
    return ""


def refused(name: str, kind: str) -> SourceError:
    """The refusal of the file called `name`: what it is and what to do."""
    advice = ADVICE.get(kind, _OTHER_ADVICE)
    space = " " if advice.startswith("(") else ""
    return SourceError(f'The file "{name}" is {kind}{space}{advice}, then import that.')


def _without_mark(head: bytes) -> bytes:
    """The beginning as UTF-8, without a byte-order mark."""
    for mark, name in BOMS:
        if head.startswith(mark):
            body = head[len(mark) :]
            return body if name == "utf-8" else body.decode(name, "replace").encode()
    return head
