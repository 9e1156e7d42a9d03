"""Batches are prepared beside the sending, and the interpreter is as it was once they are."""

import gc
import hashlib
import sys

import pytest
from unit.run.run_folders import frozen_folder

from importer.run import Ledger
from importer.run.feed import GIVE_WAY_S, feed_batches
from importer.run.unchanged import planned_list
from importer.write.request import TableBody

WIDE = "email,name\n" + "".join(f"p{row}@example.com,Zoë {row}\n" for row in range(60))


@pytest.fixture
def feeding(tmp_path):
    folder = frozen_folder(tmp_path, WIDE)
    with Ledger.open(folder.ledger) as ledger:
        yield lambda: feed_batches(planned_list(folder, ledger)[1], ledger, TableBody("Contacts", insert=False))


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
