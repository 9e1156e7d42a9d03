"""The second process holds up nobody, whatever becomes of it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from importer.second_process import PatientEnd, SecondProcess, receive

PATIENCE_S = 60.0
LARGE = bytes(range(256)) * 32_768
"""8 MB: eight pipes full."""


@contextmanager
def loaded(patience_s: float) -> Iterator[SecondProcess]:
    with SecondProcess(patience_s=patience_s) as beside:
        give_up_s = time.monotonic() + PATIENCE_S
        while not beside.ready():
            assert time.monotonic() < give_up_s, "it did not load"
            time.sleep(0.02)
        yield beside


def test_a_large_piece_goes_and_comes_whole() -> None:
    piece = np.frombuffer(LARGE, dtype=np.uint8)
    with loaded(PATIENCE_S) as beside:
        assert bytes(beside.try_to(np.copy, piece)) == LARGE


@pytest.mark.parametrize("patient", [True, False], ids=["ours", "control"])
def test_a_process_that_stands_still_when_a_large_piece_is_sent_is_left(
    monkeypatch: pytest.MonkeyPatch, *, patient: bool
) -> None:
    """The control writes as Python does by itself, and hangs until the process is killed."""
    if not patient:
        monkeypatch.setattr(os, "set_blocking", lambda *_: None)
    done: list[int] = []
    with loaded(0.3) as beside:
        assert beside.do(len, b"it knows the work") == 17
        os.kill(beside.pid, signal.SIGSTOP)
        sending = threading.Thread(target=lambda: done.append(beside.do(len, LARGE)), daemon=True)
        sending.start()
        sending.join(PATIENCE_S if patient else 1.0)
        assert sending.is_alive() is not patient
        os.kill(beside.pid, signal.SIGKILL)
        sending.join(PATIENCE_S)
        assert not beside.ready(), "it is not asked again"
    assert done == [8_388_608], "the piece is done here"


def test_a_process_that_stands_still_in_the_middle_of_its_answer_is_left() -> None:
    ours, its = os.pipe()
    with os.fdopen(ours, "rb") as told, os.fdopen(its, "wb", buffering=0) as tells:
        tells.write(b"half of a he")
        with pytest.raises(TimeoutError):
            receive(PatientEnd(told, 0.05))
