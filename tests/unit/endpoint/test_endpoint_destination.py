"""Sending to the endpoint: what leaves, and what each answer means for the rows."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from strict_endpoint.kit import contact_puts, typed

from importer.check import ColumnSpec, DynamoType, Schema
from importer.endpoint import EndpointDestination, batch_connection, endpoint_guards, key_file, load_key, save_key
from importer.endpoint.destination import BatchBody
from importer.errors import ConfigError
from importer.plan import Mode
from importer.settings import Settings
from importer.table import find_target
from importer.write import Batch, FailedRow, Outcome, Part, Reply, Verdict, build_puts

URL = "https://abc123.execute-api.us-gov-west-1.amazonaws.com/prod/contacts/batch"
PLACES = range(4)


def part(indexes: Any = PLACES) -> Part:
    return Part(Batch(0, range(100, 104), contact_puts(4).bodies, 4.0), indexes)


def read(status: int, body: Any, *, indexes: Any = PLACES, trouble: str = "") -> Outcome:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    destination, sent = EndpointDestination(URL), part(indexes)
    return destination.read(sent, destination.request(sent), Reply(status, {}, raw, trouble))


def error(index: int, code: str = "not_an_email", **more: Any) -> dict[str, Any]:
    return {"index": index, "status": 422, "code": code, "message": "p1@example.com is wrong", **more}


def test_contacts_leave_as_plain_json_with_every_digit() -> None:
    columns = [
        typed("email", "S", ['q"uo\\te@example.com', "zoë@example.com"]),
        typed("rate", "N", ["12345678901234567890123456789012345678", "-1.5E+50"]),
        typed("yes", "BOOL", ["true", None]),
        typed("none", "S", ["", ""], nulls=[1]),
        typed("list", "L", ['[{"N":"1.10"},{"M":{"a":{"NULL":true}}}]', None]),
    ]
    body = BatchBody()(build_puts(columns).bodies).data
    assert b'"rate":12345678901234567890123456789012345678' in body
    assert json.loads(body)["contacts"] == [
        {
            "email": 'q"uo\\te@example.com',
            "rate": 12345678901234567890123456789012345678,
            "yes": True,
            "none": "",
            "list": [1.1, {"a": None}],
        },
        {"email": "zoë@example.com", "rate": -1.5e50, "none": None},
    ]


def test_the_request_carries_the_key_and_the_place_does_not() -> None:
    destination = EndpointDestination(URL, "made-up-key")
    request = destination.request(part())
    assert request.headers == b"Content-Type: application/json\r\nX-Api-Key: made-up-key\r\n"
    assert (request.url, len(json.loads(request.body)["contacts"])) == (URL, 4)
    assert destination.place == f"endpoint {URL}"
    for wrong in ("two words", "line\nbreak", "schlüssel"):
        with pytest.raises(ConfigError, match="API key"):
            EndpointDestination(URL, wrong)


def test_all_imported() -> None:
    outcome = read(200, {"imported": 4, "errors": []})
    assert (outcome.verdict, outcome.written, outcome.failed) == (Verdict.SETTLED, [0, 1, 2, 3], [])


def test_errors_are_booked_to_their_contacts_by_code_and_never_in_the_answers_words() -> None:
    outcome = read(200, {"imported": 1, "errors": [error(1)]}, indexes=[1, 3])
    message = "The endpoint refused the contact (not_an_email). The code says why; fix the row and import it again."
    assert (outcome.verdict, outcome.written) == (Verdict.SETTLED, [1])
    assert outcome.failed == [FailedRow(3, "not_an_email", message)]


def test_contacts_handed_back_go_again_and_the_others_are_written() -> None:
    body = {"imported": 2, "code": "unprocessed", "errors": [error(0), error(3, "unprocessed", retry=True)]}
    outcome = read(503, body)
    assert (outcome.written, outcome.again) == ([1, 2], [3])
    assert [row.place for row in outcome.failed] == [0]


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b'{"imported":4,"err',
        {},
        {"imported": 4},
        {"errors": []},
        {"imported": 3, "errors": []},
        {"imported": True, "errors": [error(0), error(1), error(2)]},
        {"imported": 2, "errors": [error(1), error(1)]},
        {"imported": 3, "errors": [error(4)]},
        {"imported": 3, "errors": [error(-1)]},
        {"imported": 3, "errors": ["x"]},
        [],
    ],
)
def test_an_answer_that_does_not_count_every_contact_settles_none(body: Any) -> None:
    outcome = read(200, body)
    assert (outcome.verdict, outcome.unsure, list(outcome.written)) == (Verdict.RETRY, True, [])


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_the_gateways_trouble_is_tried_again(status: int) -> None:
    for body in (b"", {"message": "Endpoint request timed out"}, {"imported": 0, "errors": [], "code": "internal"}):
        outcome = read(status, body)
        assert (outcome.verdict, outcome.unsure) == (Verdict.RETRY, True)


@pytest.mark.parametrize(("trouble", "unsure"), [("lost", True), ("connect", False)])
def test_a_lost_reply_and_a_time_out_are_tried_again(trouble: str, unsure: bool) -> None:
    outcome = read(0, b"", trouble=trouble)
    assert (outcome.verdict, outcome.unsure) == (Verdict.RETRY, unsure)


@pytest.mark.parametrize(
    ("status", "code", "verdict", "says"),
    [
        (429, "THROTTLED", Verdict.THROTTLED, ""),
        (429, "QUOTA_EXCEEDED", Verdict.PAUSE, "quota"),
        (403, "INVALID_API_KEY", Verdict.PAUSE, "refuses the API key"),
        (404, "", Verdict.PAUSE, "no endpoint at this address"),
        (405, "", Verdict.PAUSE, "takes no contacts"),
        (301, "", Verdict.PAUSE, "own address"),
        (500, "table_missing", Verdict.PAUSE, "table is gone"),
        (500, "no_access", Verdict.PAUSE, "may not write"),
        (400, "bad_json", Verdict.PAUSE, "status 400"),
        (413, "body_too_large", Verdict.SPLIT, ""),
        (413, "REQUEST_TOO_LARGE", Verdict.SPLIT, ""),
        (400, "too_many_contacts", Verdict.SPLIT, ""),
    ],
)
def test_each_refusal_of_a_whole_request(status: int, code: str, verdict: Verdict, says: str) -> None:
    outcome = read(status, {"imported": 0, "errors": [], "code": code, "message": "p1@example.com"})
    assert outcome.verdict is verdict
    assert says in outcome.message
    assert "example.com" not in outcome.message


def test_a_certificate_that_cannot_be_verified_pauses() -> None:
    assert read(0, b"", trouble="tls").verdict is Verdict.PAUSE


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/contacts/batch",
        "ftp://x/contacts/batch",
        "https://k:s@example.com/x",
        "contacts",
        "https://x/?a",
    ],
)
def test_an_address_that_is_none_or_open_to_all_on_the_way_is_refused(url: str) -> None:
    with pytest.raises(ConfigError):
        batch_connection(url)


def test_the_target_says_the_address() -> None:
    target = find_target(batch_connection(URL), "(batch endpoint)")
    assert target.sentence() == f"batch endpoint {URL}"
    assert not target.same_place(find_target(batch_connection(URL.replace("prod", "test")), "(batch endpoint)"))


def test_what_the_endpoint_cannot_do_is_said_before_the_first_request() -> None:
    email, tags = ColumnSpec("E-Mail", "email"), ColumnSpec("Tags", "tags", DynamoType.SS)
    guards = endpoint_guards(Schema((email, tags), ("email",)), Mode.INSERT)
    assert [(one.code, one.blocking) for one in guards] == [("endpoint_mode", True), ("endpoint_type", True)]
    assert 'Column "Tags" is SS' in guards[1].message
    assert endpoint_guards(Schema((email,), ("email",)), Mode.OVERWRITE) == ()


def test_keys_are_kept_apart_by_address_in_private_files(tmp_path) -> None:
    settings, other = Settings(tmp_path / "home"), URL.replace("abc123", "def456")
    path = save_key(settings, URL, "made-up-key\n")
    assert path.name == "abc123.execute-api.us-gov-west-1.amazonaws.com-prod.key"
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert load_key(settings, URL, {}) == "made-up-key"
    assert load_key(settings, other, {}) == ""
    host = "abc123.execute-api.us-gov-west-1.amazonaws.com"
    assert load_key(replace(settings, endpoints=(host,)), URL, {"IMPORTER_ENDPOINT_KEY": "another"}) == "another"


def test_the_key_of_the_environment_goes_to_no_host_that_its_owner_did_not_name(tmp_path) -> None:
    """Whoever chooses an address on a page must not be sent a key that was meant for another."""
    settings, environ = Settings(tmp_path / "home"), {"IMPORTER_ENDPOINT_KEY": "made-up-key"}
    with pytest.raises(ConfigError, match="IMPORTER_ENDPOINTS does not name"):
        load_key(settings, "https://evil.example.org/prod/contacts/batch", environ)
    save_key(settings, "https://evil.example.org/prod/contacts/batch", "theirs")
    assert load_key(settings, "https://evil.example.org/prod/contacts/batch", environ) == "theirs"
    assert load_key(settings, "http://127.0.0.1:1/contacts/batch", environ) == "made-up-key"
    local = key_file(settings, "http://127.0.0.1:4566/restapis/f33208e5/prod/_user_request_/contacts/batch")
    assert local.name == "127.0.0.1-4566-restapis-f33208e5-prod-user-request.key"
