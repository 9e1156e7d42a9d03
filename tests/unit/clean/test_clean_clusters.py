from __future__ import annotations

import pytest

from importer.clean import METHODS, Cluster, MapValues, Recipe, Trim, count_values, find_clusters
from importer.clean.fold import fingerprint, fold, ngram_fingerprint
from importer.errors import ConfigError


class Parts:
    def __init__(self, *frames):
        self._frames = frames

    def chunks(self):
        return iter(self._frames)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Söhne & Test, Ltd.", "sohne test ltd"),
        ("  STRASSE_12 ", "strasse 12"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Ærø", "aero"),
        ("ＡＢＣ", "abc"),
        ("--", ""),
    ],
)
def test_a_text_is_folded_to_letters_and_digits(text, folded):
    assert fold(text) == folded


def test_keys_forget_order_and_repeats():
    assert fingerprint("Ltd. Söhne, Test test") == "ltd sohne test"
    assert ngram_fingerprint("New York") == ngram_fingerprint("newyork") == "ewneorrkwyyo"
    assert ngram_fingerprint("a") == "a"


def test_values_are_counted_over_all_chunks_after_the_recipe(frame_of):
    stage = Parts(frame_of(c=["x ", "x", ""]), frame_of(rows=[9, 10], c=["x", " "]))
    assert count_values(Recipe((Trim(("c",)),)), "c", stage) == {"x": 3}


def test_the_same_words_are_one_cluster_and_the_most_frequent_is_suggested():
    counts = {"Acme, Inc.": 5, "ACME INC": 2, "inc acme": 1, "Beta": 9, "": 3}
    (cluster,) = find_clusters(counts, "fingerprint")
    assert cluster == Cluster((("Acme, Inc.", 5), ("ACME INC", 2), ("inc acme", 1)), "Acme, Inc.", "fingerprint")
    assert cluster.rows == 8


def test_of_equally_frequent_values_the_tidy_one_is_suggested():
    (cluster,) = find_clusters({"ACME": 1, "Acme": 1, "acme": 1, "Acme ": 1}, "fingerprint")
    assert cluster.suggested == "Acme"


def test_words_run_together_are_found_by_their_letter_pairs():
    assert find_clusters({"New York": 2, "NewYork": 1}, "fingerprint") == ()
    (cluster,) = find_clusters({"New York": 2, "NewYork": 1}, "ngram")
    assert cluster.suggested == "New York"


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("Springfield", "Springfeild", True),
        ("Boston", "Bostan", True),
        ("Besançon", "Besancon", True),
        ("Sample Industries", "Smapel Industries", True),
        ("Sample Industries", "Smaple Industrie", False),
        ("Store 12", "Store 13", False),
        ("Rome", "Roma", False),
        ("Köln", "Bonn", False),
    ],
)
def test_slips_of_the_pen_are_near_and_other_numbers_are_not(one, other, near):
    assert len(find_clusters({one: 2, other: 1}, "distance")) == near


def test_the_frequent_value_is_the_centre_so_that_no_chain_forms():
    counts = {"aaaaaabbbb": 1, "aaaaaabbbc": 5, "aaaaaabbcc": 1, "aaaaaabccc": 9, "aaaaaacccc": 1}
    found = find_clusters(counts, "distance", similar=0.9)
    assert [{value for value, _ in cluster.values} for cluster in found] == [
        {"aaaaaabccc", "aaaaaabbcc", "aaaaaacccc"},
        {"aaaaaabbbc", "aaaaaabbbb"},
    ]


def test_neighbours_are_found_where_very_many_values_begin_alike():
    counts = {f"Company {chr(97 + a)}{chr(97 + b)}xxxxx": 1 for a in range(26) for b in range(20)}
    assert find_clusters(counts | {"Company zzqqqqvvvv": 1, "Company zzqqqvvvv": 1}, "distance", similar=0.94) != ()


def test_an_approved_cluster_becomes_one_step(frame_of):
    cluster = Cluster((("Acme", 5), ("ACME", 2), ("Acmee", 1)), "Acme", "distance")
    assert cluster.to_operation("c") == MapValues("c", (("ACME", "Acme"), ("Acmee", "Acme")))
    assert cluster.to_operation("c", put="Acme Ltd", leave=["Acmee"]) == MapValues(
        "c", (("Acme", "Acme Ltd"), ("ACME", "Acme Ltd"))
    )
    with pytest.raises(ConfigError):
        cluster.to_operation("c", leave=["ACME", "Acmee"])


@pytest.mark.parametrize("method", METHODS)
def test_no_values_are_no_clusters(method):
    assert find_clusters({}, method) == ()
    assert find_clusters({"Acme": 3, "--": 1, "++": 1}, method) == ()


def test_a_way_that_is_none_is_refused():
    with pytest.raises(ConfigError, match="Choose one of: fingerprint, ngram, distance"):
        find_clusters({}, "guess")
