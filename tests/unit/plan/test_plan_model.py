"""The plan: its sentence, its way to disk and back, and what may not change after it is frozen."""

import json
from dataclasses import replace

import pytest

from importer.errors import ConfigError
from importer.plan import Mode, Pace, Plan, batches_of, differences, estimated_seconds, estimated_usd
from importer.table import Connection, KeyPart, TableKey, Target

EMBEDDED = Target(
    Connection("embedded", endpoint_url="http://127.0.0.1:41233"),
    "local",
    "EmailContacts",
    "dynoxide 1.2.1 (keeps data)",
)
PLAN = Plan(
    source_name="list.csv",
    source_sha256="5a",
    recipe_fingerprint="re",
    schema_fingerprint="5c",
    check_fingerprint="c4",
    dialect={"encoding": "utf-8", "delimiter": ","},
    mode=Mode.INSERT,
    target=EMBEDDED,
    key=TableKey(KeyPart("email", "S")),
    rows=2000,
    ready=1812,
    rejected=143,
    skipped=20,
    duplicate=25,
    slices=1,
    batches=73,
    estimated_wcu=1812.0,
    pace=Pace(rate_wcu=50.0),
)


def test_the_sentence_says_what_happens_to_every_row_and_where():
    assert PLAN.sentence() == (
        "Add 1,812 contacts, reject 143, leave out 20, leave out 25 duplicates; into table EmailContacts, embedded "
        "engine dynoxide 1.2.1 at 127.0.0.1:41233 (keeps data), keeping contacts that are there already."
    )


def test_parts_that_are_zero_are_left_out_and_one_is_singular():
    plan = replace(PLAN, mode=Mode.OVERWRITE, ready=1, rejected=0, skipped=0, duplicate=1)
    told = plan.sentence()
    assert told.startswith("Write 1 contact, leave out 1 duplicate; into table EmailContacts")
    assert told.endswith("replacing contacts that are there already.")


def test_a_plan_comes_back_from_json_as_it_was():
    again = Plan.from_dict(json.loads(json.dumps(PLAN.to_dict())))
    assert again == PLAN
    assert again.fingerprint() == PLAN.fingerprint()


@pytest.mark.parametrize("told", [{}, {"mode": "sideways"}, {**PLAN.to_dict(), "surprise": 1}])
def test_what_is_no_plan_is_a_plain_sentence(told):
    with pytest.raises(ConfigError, match="The plan of this run cannot be read"):
        Plan.from_dict(told)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"source_sha256": "xx"}, "the source changed"),
        ({"dialect": {"encoding": "cp1252"}}, "the way the file is read changed"),
        ({"recipe_fingerprint": "xx"}, "the recipe changed"),
        ({"schema_fingerprint": "xx"}, "the schema changed"),
        ({"check_fingerprint": "xx"}, "the outcome of the check changed"),
        ({"mode": Mode.OVERWRITE}, "the mode changed"),
        ({"target": replace(EMBEDDED, table="Other")}, "the destination changed"),
        ({"key": TableKey(KeyPart("id", "N"))}, "the table's key changed"),
    ],
)
def test_each_change_is_named(change, told):
    assert differences(PLAN, replace(PLAN, **change)) == (told,)


def test_pace_limits_and_the_embedded_engines_port_may_change():
    moved = replace(EMBEDDED, connection=Connection("embedded", endpoint_url="http://127.0.0.1:50000"))
    assert differences(PLAN, replace(PLAN, pace=Pace(workers=8), max_bad="5%", target=moved)) == ()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"rate_wcu": 0.0}, "more than 0"),
        ({"rate_rows": -1.0}, "more than 0"),
        ({"rate_wcu": float("nan")}, "more than 0"),
        ({"pause_s": 61.0}, "out of range"),
        ({"workers": 0}, "Choose 1 to 64"),
        ({"workers": 65}, "Choose 1 to 64"),
    ],
)
def test_a_pace_that_cannot_be_is_refused(wrong, told):
    with pytest.raises(ConfigError, match=told):
        Pace(**wrong)


def test_the_old_page_took_seven_minutes_and_the_estimate_knows_why():
    old = estimated_seconds(20_000, 20_000.0, Pace(pause_s=0.1, workers=1), latency_s=0.4)
    assert old == 400.0
    assert estimated_seconds(20_000, 20_000.0, Pace(workers=4), latency_s=0.004) == 0.8
    assert estimated_seconds(20_000, 20_000.0, Pace(rate_wcu=100.0), latency_s=0.004) == 200.0
    assert estimated_seconds(20_000, 20_000.0, Pace(rate_rows=500.0), latency_s=0.004) == 40.0


def test_price_and_batches():
    assert estimated_usd(1_000_000) == 0.625
    assert [batches_of(ready) for ready in (0, 1, 25, 26)] == [0, 1, 1, 2]
