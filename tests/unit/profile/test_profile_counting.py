from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from importer.profile.hash_sample import HashSample, text_hashes
from importer.profile.top_values import TopValues


def _hashes(count, seed=1):
    return np.random.default_rng(seed).integers(0, 2**64, count, dtype=np.uint64)


def test_different_and_repeated_hashes_are_counted_exactly_below_the_cap():
    sample = HashSample(cap=1_000)
    once = _hashes(800)
    for part in (once[:500], once[300:], once[:10]):
        sample.add(part)
    assert (sample.distinct, sample.repeats, sample.exact) == (800, 210, True)


def test_above_the_cap_the_counts_are_estimates_that_say_so_and_memory_stays():
    sample = HashSample(cap=4_096)
    once = _hashes(200_000)
    for part in np.array_split(np.concatenate([once, once[:100_000]]), 30):
        sample.add(part)
    assert not sample.exact
    assert abs(sample.distinct - 200_000) < 200_000 * 0.08
    assert abs(sample.repeats - 100_000) < 100_000 * 0.12
    assert len(sample._kept) <= 4_096


def test_merged_samples_count_what_both_saw():
    once = _hashes(900)
    first, second = HashSample(cap=2_000), HashSample(cap=2_000)
    first.add(once[:600])
    second.add(once[500:])
    first.merge(second)
    assert (first.distinct, first.repeats, first.exact) == (900, 100, True)


def test_merging_an_exact_sample_with_an_estimate_is_an_estimate():
    small, large = HashSample(cap=1_024), HashSample(cap=1_024)
    small.add(_hashes(1_000, seed=2))
    large.add(_hashes(100_000, seed=3))
    small.merge(large)
    assert not small.exact
    assert abs(small.distinct - 101_000) < 101_000 * 0.15


def test_hashes_depend_on_the_text_alone():
    hashes = text_hashes(pa.array(["a", "b", "a", ""], pa.large_string()))
    assert hashes.dtype == np.uint64
    assert hashes[0] == hashes[2]
    assert len(set(hashes.tolist())) == 3


PARTS = st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=12), max_size=12)


def _top(parts, cap):
    top = TopValues(cap)
    for part in parts:
        values, counts = np.unique(part, return_counts=True) if part else (np.array([], dtype=str), np.array([], int))
        top.add(pa.array(values.tolist(), pa.large_string()), counts)
    return top


@given(PARTS, st.integers(1, 9))
def test_no_count_is_too_high_and_none_is_lower_than_it_says(parts, cap):
    top = _top(parts, cap)
    shown = dict(top.most_common(100))
    assert len(shown) <= cap
    for value in "abcdefgh":
        true = sum(part.count(value) for part in parts)
        assert shown.get(value, 0) <= true <= shown.get(value, 0) + top.undercount


@given(PARTS)
def test_counts_are_exact_while_there_is_room(parts):
    top = _top(parts, 8)
    every = [value for part in parts for value in part]
    assert top.undercount == 0
    assert dict(top.most_common(100)) == {value: every.count(value) for value in set(every)}


@given(PARTS, PARTS, st.integers(1, 9))
def test_the_bound_holds_after_a_merge(first, second, cap):
    top = _top(first, cap)
    top.merge(_top(second, cap))
    shown = dict(top.most_common(100))
    for value in "abcdefgh":
        true = sum(part.count(value) for part in first + second)
        assert shown.get(value, 0) <= true <= shown.get(value, 0) + top.undercount


def test_notes_are_no_values_that_repeat():
    top = TopValues()
    top.add(pa.array(["x" * 201, "y" * 200], pa.large_string()), np.array([5, 1]))
    assert top.most_common(5) == (("y" * 200, 1),)
