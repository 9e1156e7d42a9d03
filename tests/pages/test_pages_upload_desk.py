"""An upload in slices: whole, resumable, bounded, and nobody's but the ticket holder's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pages.parts.upload_desk import RESERVE_BYTES, SLICE_BYTES, TICKET_LIFE_S, UploadDesk, UploadRefused


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def make_desk(folder: Path, **options: object) -> UploadDesk:
    return UploadDesk(folder / "uploads", **options)


def refused(desk: UploadDesk, *request: object) -> UploadRefused:
    with pytest.raises(UploadRefused) as caught:
        desk.put_slice(*request)
    return caught.value


def test_slices_make_the_file_byte_for_byte(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    ticket = desk.mint()
    assert desk.put_slice(ticket.upload_id, ticket.token, 0, 10, b"abcdef") == 6
    assert desk.take(ticket.upload_id) is None
    assert desk.put_slice(ticket.upload_id, ticket.token, 6, 10, b"ghij") == 10
    path = desk.take(ticket.upload_id)
    assert path is not None
    assert path.read_bytes() == b"abcdefghij"


def test_a_slice_at_the_wrong_offset_is_told_where_to_go_on(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    ticket = desk.mint()
    desk.put_slice(ticket.upload_id, ticket.token, 0, 10, b"abcd")
    answer = refused(desk, ticket.upload_id, ticket.token, 0, 10, b"abcd")
    assert (answer.status, answer.size_bytes) == (409, 4)
    assert desk.put_slice(ticket.upload_id, ticket.token, 4, 10, b"efghij") == 10


def test_another_process_goes_on_where_the_first_stopped(tmp_path: Path) -> None:
    first = make_desk(tmp_path)
    ticket = first.mint()
    first.put_slice(ticket.upload_id, ticket.token, 0, 6, b"abc")
    second = make_desk(tmp_path)
    assert second.size(ticket.upload_id, ticket.token) == 3
    assert second.put_slice(ticket.upload_id, ticket.token, 3, 6, b"def") == 6


def test_a_ticket_is_good_for_one_file_and_once(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    ticket = desk.mint()
    desk.put_slice(ticket.upload_id, ticket.token, 0, 4, b"ab")
    assert refused(desk, ticket.upload_id, ticket.token, 2, 5, b"cde").status == 403
    desk.put_slice(ticket.upload_id, ticket.token, 2, 4, b"cd")
    assert refused(desk, ticket.upload_id, ticket.token, 0, 4, b"evil").status == 403
    assert desk.take(ticket.upload_id) is not None
    assert desk.take(ticket.upload_id) is None


@pytest.mark.parametrize("upload_id", ["", "0" * 32, "../../etc/passwd", "A" * 32, "0" * 31])
def test_an_id_that_was_never_given_out_is_refused(tmp_path: Path, upload_id: str) -> None:
    desk = make_desk(tmp_path)
    token = desk.mint().token
    assert refused(desk, upload_id, token, 0, 4, b"abcd").status == 403
    assert desk.take(upload_id) is None


def test_a_wrong_or_old_token_is_refused(tmp_path: Path) -> None:
    clock = Clock(1_000_000_000.0)
    desk = make_desk(tmp_path, clock=clock)
    ticket, other = desk.mint(), desk.mint()
    assert refused(desk, ticket.upload_id, other.token, 0, 4, b"abcd").status == 403
    assert desk.put_slice(ticket.upload_id, ticket.token, 0, 4, b"ab") == 2
    clock.now += TICKET_LIFE_S + 1
    assert refused(desk, ticket.upload_id, ticket.token, 2, 4, b"cd").status == 403


def test_too_much_is_refused_before_it_is_stored(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, max_bytes=1000)
    ticket = desk.mint()
    assert refused(desk, ticket.upload_id, ticket.token, 0, 1001, b"a").status == 413
    assert refused(desk, ticket.upload_id, ticket.token, 0, 3, b"abcd").status == 413
    assert refused(desk, ticket.upload_id, ticket.token, 0, 900, b"a" * (SLICE_BYTES + 1)).status == 413
    assert desk.size(ticket.upload_id, ticket.token) == 0


def test_a_full_disk_is_said_with_the_bytes_that_are_missing(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, free_bytes=lambda folder: RESERVE_BYTES + 100)
    ticket = desk.mint()
    answer = refused(desk, ticket.upload_id, ticket.token, 0, 1100, b"a")
    assert answer.status == 507
    assert "1,000 bytes" in answer.message
    assert desk.put_slice(ticket.upload_id, ticket.token, 0, 100, b"a" * 100) == 100


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    ticket = desk.mint()
    assert refused(desk, ticket.upload_id, ticket.token, 0, 0, b"").status == 400


def test_only_the_owner_may_read_what_lies_there(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    ticket = desk.mint()
    desk.put_slice(ticket.upload_id, ticket.token, 0, 4, b"ab")
    modes = {path.suffix: path.stat().st_mode & 0o777 for path in desk.folder.iterdir()}
    assert modes[".json"] == 0o600
    assert modes[".part"] == 0o600
    assert desk.folder.stat().st_mode & 0o777 == 0o700
    assert not any(ticket.token in path.read_text("utf-8", "replace") for path in desk.folder.iterdir())


def test_what_expired_is_cleared_away_with_the_next_ticket(tmp_path: Path) -> None:
    clock = Clock(2_000_000_000.0)
    desk = make_desk(tmp_path, clock=clock)
    old = desk.mint()
    desk.put_slice(old.upload_id, old.token, 0, 4, b"ab")
    for path in desk.folder.iterdir():
        os.utime(path, (clock.now, clock.now))
    clock.now += TICKET_LIFE_S + 1
    desk.mint()
    assert [path for path in desk.folder.iterdir() if path.name.startswith(old.upload_id)] == []
