"""The reason on the screen does not flicker, and of several the most telling is shown."""

from __future__ import annotations

from importer.write import Outcome, Verdict
from importer.write.restraint import Restraint

THROTTLED = Outcome(Verdict.THROTTLED, reason="throttled: a hot partition key")
HANDED_BACK = Outcome(Verdict.SETTLED, reason="items handed back unprocessed")
FINE = Outcome(Verdict.SETTLED)


def test_a_reason_stays_for_5_s_and_goes() -> None:
    restraint = Restraint()
    restraint.heard(THROTTLED, 10.0)
    restraint.heard(FINE, 10.1)
    assert restraint.reason(14.9) == "throttled: a hot partition key"
    assert restraint.reason(15.1) == ""


def test_a_throttle_is_told_before_rows_handed_back() -> None:
    restraint = Restraint()
    restraint.heard(HANDED_BACK, 10.0)
    assert restraint.reason(10.0) == "items handed back unprocessed"
    restraint.heard(THROTTLED, 10.5)
    restraint.heard(HANDED_BACK, 11.0)
    assert restraint.reason(11.0) == "throttled: a hot partition key"


def test_two_reasons_of_one_rank_do_not_take_turns() -> None:
    restraint = Restraint()
    seen = set()
    for step in range(100):
        restraint.heard(Outcome(Verdict.RETRY, reason=("errors 500", "errors 503")[step % 2]), step / 10)
        seen.add(restraint.reason(step / 10))
    assert seen == {"errors 500"}
