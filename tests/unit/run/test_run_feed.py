"""Batches are prepared beside the sending, and the interpreter is as it was once they are."""

import gc
import hashlib
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from unit.run.run_folders import frozen_folder

from importer.run import Ledger, feed
from importer.run.feed import GIVE_WAY_S, PackWork, SliceToSend, feed_batches, growing
from importer.run.unchanged import planned_list
from importer.write.request import TableBody

WIDE = "email,name\n" + "".join(f"p{row}@example.com,Zoë {row}\n" for row in range(60))


@pytest.fixture
def planned(tmp_path):
    folder = frozen_folder(tmp_path, WIDE)
    with Ledger.open(folder.ledger) as ledger:
        yield planned_list(folder, ledger)[1], ledger


@pytest.fixture
def feeding(planned):
    return lambda: feed_batches(*planned, TableBody("Contacts", insert=False))


def test_every_ready_row_is_in_one_batch(feeding):
    with feeding() as fed:
        batches = list(fed)
    assert [list(batch.positions) for batch in batches] == [
        [*range(25)],
        [*range(25, 50)],
        [*range(50, 60)],
    ]
    assert batches[2].puts[9] == (
        '{"PutRequest":{"Item":{"email":{"S":"p59@example.com"},"name":{"S":"Zoë 59"}}}}'.encode()
    )


def test_each_batch_comes_with_the_body_that_writes_it(feeding):
    with feeding() as fed:
        last = list(fed)[-1]
    puts = b",".join(last.puts)
    assert last.body.data == b'{"RequestItems":{"Contacts":[' + puts + b']},"ReturnConsumedCapacity":"INDEXES"}'
    assert last.body.sha256 == hashlib.sha256(last.body.data).hexdigest().encode()
    assert last.body.target == "DynamoDB_20120810.BatchWriteItem"


def test_the_preparing_thread_gives_way_only_as_long_as_a_run_is_fed(feeding):
    before_s, frozen = sys.getswitchinterval(), gc.get_freeze_count()
    with feeding():
        assert sys.getswitchinterval() == pytest.approx(GIVE_WAY_S)
        assert gc.get_freeze_count() > frozen
    assert sys.getswitchinterval() == pytest.approx(before_s)
    assert gc.get_freeze_count() == 0


def test_who_stops_early_waits_for_the_piece_in_hand_and_not_for_those_after_it(planned, monkeypatch):
    listed, ledger = planned
    monkeypatch.setattr(feed, "usable_cores", lambda: 2)
    monkeypatch.setattr(feed, "SHORT_ROWS", 10)
    begun, go_on = [], threading.Event()
    prepared = PackWork.__call__

    def slowly(work, slice_):
        begun.append(len(slice_.rows))
        assert go_on.wait(30)
        return prepared(work, slice_)

    class Preparing(ThreadPoolExecutor):
        def shutdown(self, wait=True, *, cancel_futures=False):
            super().shutdown(wait=False, cancel_futures=cancel_futures)
            go_on.set()
            super().shutdown(wait=wait)

    monkeypatch.setattr(PackWork, "__call__", slowly)
    monkeypatch.setattr(feed, "ThreadPoolExecutor", Preparing)
    with feed_batches(listed, ledger, TableBody("Contacts", insert=False)):
        while not begun:  # pieces of 10, 20 and 30 rows are asked for; the first is in hand
            time.sleep(0.001)
    assert begun == [10]


@pytest.mark.parametrize(
    ("rows", "lengths"),
    [(4, [4]), (5_000, [5_000]), (5_001, [5_000, 1]), (25_000, [5_000, 10_000, 10_000])],
)
def test_a_slice_is_cut_into_pieces_that_grow(rows, lengths):
    assert growing(rows) == lengths


@pytest.mark.parametrize("lengths", [[60], [25, 35], [10, 20, 30], [30, 20, 10]])
def test_pieces_hold_the_rows_of_the_slice_in_order(planned, lengths):
    listed, _ = planned
    rows = listed.checked.ready_rows(0)
    whole = SliceToSend(0, np.arange(60), rows, maybe_sent=True)
    work = PackWork(listed, TableBody("Contacts", insert=False))

    pieces = list(whole.pieces(lengths))
    batches = [batch for piece in pieces for batch in work(piece)]

    assert [len(piece.rows) for piece in pieces] == lengths
    assert [piece.goes_on for piece in pieces] == [True] * (len(lengths) - 1) + [False]
    assert [position for batch in batches for position in batch.positions] == list(range(60))
    assert [put for batch in batches for put in batch.puts] == [put for batch in work(whole) for put in batch.puts]
    assert all(batch.maybe_sent for batch in batches)


def test_the_frame_of_a_slice_is_read_once_for_its_pieces_and_not_kept(planned, monkeypatch):
    listed, _ = planned
    read = []
    frame = type(listed).frame
    monkeypatch.setattr(type(listed), "frame", lambda self, index: read.append(index) or frame(self, index))
    whole = SliceToSend(0, np.arange(60), listed.checked.ready_rows(0), maybe_sent=False)
    work = PackWork(listed, TableBody("Contacts", insert=False))

    for piece in whole.pieces([10, 20, 30]):
        work(piece)
    assert read == [0]
    work(whole)
    assert read == [0, 0]
