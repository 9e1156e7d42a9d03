"""The write engine: typed columns → put requests → batches → signed requests → acknowledged rows."""

from importer.write.build import Puts, build_puts
from importer.write.destination import Destination, TableDestination
from importer.write.engine import stop_asked, write_batches
from importer.write.model import (
    Acknowledged,
    Ask,
    Batch,
    Body,
    BodyOf,
    Command,
    FailedRow,
    Failure,
    Outcome,
    Part,
    Reply,
    Request,
    Tick,
    Verdict,
)
from importer.write.pack import PackedSlice, pack_batches
from importer.write.reply import plain_body, unusable
from importer.write.request import TableBody, part_body
from importer.write.retry import Backoff
from importer.write.transport import HttpTransport, Transport

__all__ = [
    "Acknowledged",
    "Ask",
    "Backoff",
    "Batch",
    "Body",
    "BodyOf",
    "Command",
    "Destination",
    "FailedRow",
    "Failure",
    "HttpTransport",
    "Outcome",
    "PackedSlice",
    "Part",
    "Puts",
    "Reply",
    "Request",
    "TableBody",
    "TableDestination",
    "Tick",
    "Transport",
    "Verdict",
    "build_puts",
    "pack_batches",
    "part_body",
    "plain_body",
    "stop_asked",
    "unusable",
    "write_batches",
]
