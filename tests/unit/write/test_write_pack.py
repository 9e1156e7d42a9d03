"""Batches stay within what BatchWriteItem takes."""

from __future__ import annotations

import pytest
from strict_endpoint.kit import contact_puts, typed

from importer.write import build_puts, pack_batches


def test_25_puts_a_batch_in_order() -> None:
    batches = list(pack_batches(3, range(100, 160), contact_puts(60)))
    assert [len(batch.puts) for batch in batches] == [25, 25, 10]
    assert [batch.slice_index for batch in batches] == [3, 3, 3]
    assert [position for batch in batches for position in batch.positions] == list(range(100, 160))
    assert [put for batch in batches for put in batch.puts] == list(contact_puts(60).bodies)


def test_16_megabytes_on_the_wire_close_a_batch() -> None:
    # 390 KB each, and every quote takes two bytes on the wire: 25 would be 19 MB
    puts = build_puts([typed("email", "S", [f"{row:02}" + '"' * 390_000 for row in range(30)])])
    batches = list(pack_batches(0, range(30), puts))
    assert [len(batch.puts) for batch in batches] == [21, 9]
    assert all(len(batch.puts.joined) <= 16 * 1024 * 1024 - 1024 for batch in batches)


def test_a_put_larger_than_a_batch_travels_alone() -> None:
    puts = build_puts([typed("email", "S", ["a", "b" * 5000, "c"])])
    assert [list(batch.positions) for batch in pack_batches(0, range(3), puts, max_bytes=3000)] == [[0], [1], [2]]


def test_write_units_add_up() -> None:
    puts = build_puts([typed("email", "S", ["a", "b" * 3000, "c"])])
    assert [batch.wcu for batch in pack_batches(0, range(3), puts, max_items=2)] == [4.0, 1.0]


def test_positions_must_match_puts() -> None:
    with pytest.raises(ValueError, match="2 positions for 3 puts"):
        list(pack_batches(0, [0, 1], contact_puts(3)))


def test_batches_of_a_resumed_run_say_so() -> None:
    assert [batch.maybe_sent for batch in pack_batches(0, range(3), contact_puts(3), maybe_sent=True)] == [True]
