"""Uploads in slices, on disk under random ids: what a ticket allows, how far a file has come, when it is whole.

An upload is two files in the uploads folder: `<id>.json`, the ticket (a digest of its token, its end, the size the
browser announced), and `<id>.part`, the bytes so far. Nothing is kept in memory, so a restart of the app loses
nothing and the browser goes on at the size it is told.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

SLICE_BYTES = 8 * 1024 * 1024
"""What one request carries. 8 MB kept the server at 160 MB for a file of 1 GB."""

MAX_BYTES = 100 * 1000**3
"""Refused above this before a byte is written; the disk is the nearer limit."""

TICKET_LIFE_S = 12 * 3600
"""Long enough for 100 GB at 20 Mbit/s to be resumed the next morning, short enough to be useless later."""

RESERVE_BYTES = 256 * 1000**2
"""Kept free for the ledger and the stage when a file is let in."""

_ID = re.compile(r"[0-9a-f]{32}")


class UploadRefused(Exception):
    """A request that may not go on: an HTTP status, a sentence, and the size so far where the browser can resume."""

    def __init__(self, status: int, message: str, size_bytes: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.size_bytes = size_bytes


@dataclass(frozen=True)
class Ticket:
    """What the page hands to the browser: good for one file, until `expires_at` (seconds since 1970)."""

    upload_id: str
    token: str
    expires_at: float


@dataclass(frozen=True)
class _State:
    """What is kept of a ticket: its token's digest, until when it is good, the size that the browser announced with
    the first slice, and whether all of the file came."""

    token: str
    expires_at: float
    total: int | None = None
    done: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether every value is of its kind, as in a file that nobody damaged."""
        total = self.total is None or type(self.total) is int
        kinds = (type(self.token), type(self.done)) == (str, bool)
        return total and kinds and isinstance(self.expires_at, (int, float))


@dataclass
class Slice:
    """A slice on its way into its file. `size`: bytes of the file so far."""

    descriptor: int
    size: int
    total: int
    came: int = 0

    def write(self, data: bytes) -> None:
        """Append the bytes. Raises UploadRefused: 413 more than a slice or than was announced, 507 disk full."""
        self.came += len(data)
        if self.came > SLICE_BYTES:
            raise _slice_too_large()
        if self.size + len(data) > self.total:
            raise UploadRefused(413, "More bytes than announced.")
        view = memoryview(data)
        try:
            while view:
                written = os.pwrite(self.descriptor, view, self.size)
                view, self.size = view[written:], self.size + written
        except OSError as error:
            raise UploadRefused(
                507, "The server could not write to its disk. Free some space, then go on."
            ) from error


@dataclass(frozen=True)
class UploadDesk:
    """`folder` is the uploads folder; it is made (0700) with the first ticket."""

    folder: Path
    clock: Callable[[], float] = time.time
    max_bytes: int = MAX_BYTES
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free

    def mint(self) -> Ticket:
        """A new ticket. Clears away what expired."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._sweep()
        ticket = Ticket(secrets.token_hex(16), secrets.token_urlsafe(32), self.clock() + TICKET_LIFE_S)
        self._write_state(ticket.upload_id, _State(_digest(ticket.token), ticket.expires_at))
        return ticket

    def size(self, upload_id: str, token: str) -> int:
        """Bytes on disk so far."""
        self._state(upload_id, token)
        return self._size(upload_id)

    def put_slice(self, upload_id: str, token: str, offset: int, total: int, data: bytes) -> int:
        """Append one slice and return the size so far. Raises what `coming` raises."""
        if len(data) > SLICE_BYTES:
            raise _slice_too_large()
        with self.coming(upload_id, token, offset, total) as slice_:
            slice_.write(data)
        return slice_.size

    @contextmanager
    def coming(self, upload_id: str, token: str, offset: int, total: int) -> Iterator[Slice]:
        """A slice that is written as it comes. What came before a line was cut stays; what is refused does not.

        The first slice fixes the total. Raises `UploadRefused`: 403 ticket, 409 wrong offset (with the size so far),
        413 too large, 503 while another slice of the file is coming, 507 disk full.
        """
        self._state(upload_id, token)
        with self._locked(upload_id):
            self._accept_total(upload_id, self._state(upload_id, token), total)
            size = self._size(upload_id)
            if offset != size:
                raise UploadRefused(409, "The upload goes on at the size so far.", size)
            descriptor = os.open(self._part_path(upload_id), os.O_WRONLY | os.O_CREAT, 0o600)
            slice_ = Slice(descriptor, size, total)
            try:
                yield slice_
            except UploadRefused:
                os.ftruncate(descriptor, offset)
                raise
            finally:
                os.close(descriptor)
            if slice_.size == total:
                self._write_state(upload_id, replace(self._read_state(upload_id), done=True))

    def take(self, upload_id: str) -> Path | None:
        """The whole file, once: the ticket is spent. None when there is no finished upload of that id."""
        if not _ID.fullmatch(upload_id) or not self._ticket_path(upload_id).is_file():
            return None
        if not self._read_state(upload_id).done:
            return None
        self._ticket_path(upload_id).unlink(missing_ok=True)
        part = self._part_path(upload_id)
        return part if part.is_file() else None

    def _accept_total(self, upload_id: str, state: _State, total: int) -> None:
        if state.total is None:
            self._check_room(total)
            self._write_state(upload_id, replace(state, total=total))
        elif state.total != total:
            raise UploadRefused(403, "This ticket belongs to another file.")

    def _check_room(self, total: int) -> None:
        if total > self.max_bytes:
            raise UploadRefused(413, f"The file has {total:,} bytes; at most {self.max_bytes:,} are taken.")
        if total <= 0:
            raise UploadRefused(400, "The file is empty. Choose a file with at least a header row.")
        missing = total + RESERVE_BYTES - self.free_bytes(self.folder)
        if missing > 0:
            raise UploadRefused(
                507, f"The server's disk lacks {missing:,} bytes for this file. Free some, then go on."
            )

    def _state(self, upload_id: str, token: str) -> _State:
        if not _ID.fullmatch(upload_id) or not self._ticket_path(upload_id).is_file():
            raise _no_ticket()
        state = self._read_state(upload_id)
        if not hmac.compare_digest(state.token.encode("utf-8", "replace"), _digest(token).encode()):
            raise _no_ticket()
        if state.done or not self.clock() <= state.expires_at:
            raise UploadRefused(403, "This ticket is used up. Reload the page and choose the file again.")
        return state

    def _read_state(self, upload_id: str) -> _State:
        try:
            state = _State(**json.loads(self._ticket_path(upload_id).read_text("utf-8")))
        except (OSError, ValueError, TypeError, RecursionError):
            raise _no_ticket() from None
        if not state.is_whole:
            raise _no_ticket()
        return state

    def _write_state(self, upload_id: str, state: _State) -> None:
        fresh = self.folder / f"{upload_id}.{secrets.token_hex(4)}.new"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(state), file)
        fresh.replace(self._ticket_path(upload_id))

    @contextmanager
    def _locked(self, upload_id: str) -> Iterator[None]:
        """One slice of an upload at a time, over all processes; the second is told to come again."""
        with self._ticket_path(upload_id).with_suffix(".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UploadRefused(503, "Another slice of this file is coming in. Try again in a moment.") from None
            yield

    def _sweep(self) -> None:
        for path in self.folder.iterdir():
            if path.stat().st_mtime + TICKET_LIFE_S < self.clock():
                path.unlink(missing_ok=True)

    def _size(self, upload_id: str) -> int:
        part = self._part_path(upload_id)
        return part.stat().st_size if part.exists() else 0

    def _ticket_path(self, upload_id: str) -> Path:
        return self.folder / f"{upload_id}.json"

    def _part_path(self, upload_id: str) -> Path:
        return self.folder / f"{upload_id}.part"


def _slice_too_large() -> UploadRefused:
    return UploadRefused(413, f"A slice is at most {SLICE_BYTES:,} bytes.")


def _no_ticket() -> UploadRefused:
    return UploadRefused(403, "No ticket for this upload. Reload the page and choose the file again.")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
