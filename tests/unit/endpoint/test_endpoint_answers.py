"""What the endpoint answers to each kind of request, the wrong ones above all."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest

from importer.endpoint.function.config import FunctionConfig, KeyAttribute, read_config
from importer.errors import ConfigError

CORS = "Access-Control-Allow-Origin"
NO_KEY = "email: must not be blank: it is the table's key."


def test_contacts_are_written_as_they_are_and_counted(desk, people) -> None:
    answer = desk.send({"contacts": people(25)})
    assert (answer.status, answer.told) == (200, {"imported": 25, "received": 25, "errors": []})
    assert desk.calls[0][24] == {"email": {"S": "contact24@example.com"}, "first_name": {"S": "Zoë 24"}}
    assert len(desk.calls) == 1


def test_each_json_type_becomes_its_dynamodb_type_and_no_number_goes_through_a_float(desk) -> None:
    body = (
        '{"contacts":[{"email":"a@example.com","zip":"00123","big":12345678901234567890123456789012345678,'
        '"rate":1.10,"yes":true,"none":null,"blank":"","list":[1,"x"],"map":{"a":{"b":false}}}]}'
    )
    assert desk.send(body).status == 200
    assert desk.calls[0][0] == {
        "email": {"S": "a@example.com"},
        "zip": {"S": "00123"},
        "big": {"N": "12345678901234567890123456789012345678"},
        "rate": {"N": "1.1"},
        "yes": {"BOOL": True},
        "none": {"NULL": True},
        "blank": {"S": ""},
        "list": {"L": [{"N": "1"}, {"S": "x"}]},
        "map": {"M": {"a": {"M": {"b": {"BOOL": False}}}}},
    }


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (None, 400, "no_body"),
        ("", 400, "no_body"),
        ('{"contacts":[', 400, "bad_json"),
        ('{"contacts":[{"email":NaN}]}', 400, "bad_json"),
        ("[" * 100_000, 400, "bad_json"),
        ("[]", 400, "no_contacts"),
        ("{}", 400, "no_contacts"),
        ('{"contacts":{}}', 400, "no_contacts"),
        ('{"contacts":[]}', 400, "no_contacts"),
        ('{"contacts":[1],"contacts":[2]}', 400, "no_contacts"),
        (json.dumps({"contacts": [{"email": "a@example.com"}] * 26}), 400, "too_many_contacts"),
        (json.dumps({"contacts": [{"email": "x" * 5_000_000}]}), 413, "body_too_large"),
        (json.dumps({"contacts": [{"name": "no key"}]}), 422, "key_missing"),
        (json.dumps({"contacts": [{"email": "\u200b "}]}), 422, "key_missing"),
        (json.dumps({"contacts": [{"email": 5}]}), 422, "wrong_key_type"),
        (json.dumps({"contacts": [{"email": "nobody"}]}), 422, "not_an_email"),
        (json.dumps({"contacts": ["a@example.com"]}), 422, "contact_not_an_object"),
    ],
)
def test_a_wrong_request_gets_its_own_status_and_code_and_nothing_is_written(desk, body, status, code) -> None:
    answer = desk.send(body)
    assert (answer.status, answer.told["code"], answer.told["imported"]) == (status, code, 0)
    assert answer.told["message"]
    assert answer.headers[CORS] == "*"
    assert answer.headers["Content-Type"] == "application/json"
    assert desk.calls == []


@pytest.mark.parametrize(
    "kind", ["text/csv", "application/x-www-form-urlencoded", "application/json; charset=utf-16"]
)
def test_another_content_type_is_refused(desk, people, kind) -> None:
    answer = desk.send({"contacts": people(1)}, content_type=kind)
    assert (answer.status, answer.told["code"], answer.headers[CORS]) == (415, "wrong_content_type", "*")


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=UTF-8", "application/vnd.x+json", ""]
)
def test_json_is_taken_under_all_its_names(desk, people, kind) -> None:
    assert desk.send({"contacts": people(1)}, content_type=kind).status == 200


def test_a_body_in_base64_is_decoded_first(desk, people) -> None:
    body = base64.b64encode(json.dumps({"contacts": people(2)}).encode()).decode()
    event = {"httpMethod": "POST", "headers": None, "body": body, "isBase64Encoded": True}
    assert desk.event(event).told["imported"] == 2
    event["body"] = "not base64!"
    assert desk.event(event).told["code"] == "bad_encoding"


def test_one_bad_contact_never_sinks_the_others(desk, people) -> None:
    contacts = people(25)
    contacts[3] = {"first_name": "no key"}
    contacts[9]["email"] = "nobody"
    contacts[11]["age"] = 10**40 + 1
    answer = desk.send({"contacts": contacts})
    assert (answer.status, answer.told["imported"], answer.told["received"]) == (200, 22, 25)
    assert answer.told["errors"] == [
        {"index": 3, "status": 422, "code": "key_missing", "message": NO_KEY},
        {"index": 9, "status": 422, "code": "not_an_email", "message": "email: must be an e-mail address."},
        {"index": 11, "status": 422, "code": "number_too_precise", "message": "age: must have at most 38 digits."},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "written", "codes"),
    [
        ("first", ["1", "2"], [(2, "duplicate_key")]),
        ("last", ["2", "3"], [(0, "duplicate_key")]),
        ("reject", ["2"], [(0, "key_conflict"), (2, "key_conflict")]),
    ],
)
def test_of_contacts_with_one_key_the_rule_names_the_winner(desk, rule, written, codes) -> None:
    desk.config = replace(desk.config, duplicates=rule)
    contacts = [
        {"email": email, "n": n} for email, n in (("a@example.com", 1), ("b@example.com", 2), ("a@example.com", 3))
    ]
    answer = desk.send({"contacts": contacts})
    assert [item["n"]["N"] for item in desk.calls[0]] == written
    assert answer.codes == codes
    assert {error["status"] for error in answer.told["errors"]} == {409}


def test_a_request_of_duplicates_alone_is_a_conflict(desk) -> None:
    desk.config = replace(desk.config, duplicates="reject")
    answer = desk.send({"contacts": [{"email": "a@example.com"}] * 2})
    assert (answer.status, answer.told["code"], answer.told["imported"]) == (409, "key_conflict", 0)


@pytest.mark.parametrize(
    ("contact", "code"),
    [
        ('{"email":"a@example.com","x":{"y":1,"y":2}}', "json_name_repeated"),
        ('{"email":"a@example.com","email":"b@example.com"}', "json_name_repeated"),
        ('{"email":"a@example.com","":1}', "bad_attribute_name"),
        ('{"email":"a@example.com","x":"\\ud800"}', "broken_unicode"),
        ('{"email":"a@example.com","x\\ud800":1}', "broken_unicode"),
        ('{"email":"a@example.com","x":' + "[" * 40 + "]" * 40 + "}", "json_too_deep"),
        ('{"email":"a@example.com","x":1e200}', "number_out_of_range"),
        ('{"email":"' + "a" * 2100 + '@example.com"}', "key_too_long"),
        ('{"email":"a@example.com","x":"' + "x" * 410_000 + '"}', "item_too_big"),
    ],
)
def test_what_dynamodb_would_refuse_is_told_before_it_is_asked(desk, contact, code) -> None:
    answer = desk.send('{"contacts":[' + contact + ',{"email":"b@example.org"}]}')
    assert (answer.status, answer.codes, answer.told["imported"]) == (200, [(0, code)], 1)
    assert [item["email"]["S"] for item in desk.calls[0]] == ["b@example.org"]


def test_keys_of_two_parts_and_other_types(desk) -> None:
    desk.config = FunctionConfig("T", (KeyAttribute("id", "B"), KeyAttribute("at", "N")))
    answer = desk.send('{"contacts":[{"id":"AAE=","at":1.0},{"id":"AAE=","at":1},{"id":"AAE=","at":"1"}]}')
    assert desk.calls == [[{"id": {"B": "AAE="}, "at": {"N": "1"}}]]
    assert answer.codes == [(1, "duplicate_key"), (2, "wrong_key_type")]


def test_allowed_origins_are_echoed_and_others_get_no_permission(desk, people) -> None:
    desk.config = replace(desk.config, origins=("https://a.example.com", "https://b.example.com"))
    body = {"contacts": people(1)}
    assert desk.send(body, origin="https://b.example.com").headers[CORS] == "https://b.example.com"
    assert desk.send("broken", origin="https://b.example.com").headers[CORS] == "https://b.example.com"
    other = desk.send(body, origin="https://evil.example.org")
    assert CORS not in other.headers
    assert other.headers["Vary"] == "Origin"


def test_options_are_answered_and_other_methods_refused(desk) -> None:
    answer = desk.send(None, method="OPTIONS")
    assert (answer.status, answer.told) == (204, None)
    assert answer.headers["Access-Control-Allow-Methods"] == "OPTIONS,POST"
    assert "X-Api-Key" in answer.headers["Access-Control-Allow-Headers"]
    assert desk.send(None, method="GET").status == 405


def test_an_unexpected_error_is_a_clear_answer_and_its_text_is_nowhere(desk, people) -> None:
    def broken(items: object) -> None:
        raise RuntimeError("contact7@example.com")

    desk.last = broken
    answer = desk.send({"contacts": people(9)})
    assert (answer.status, answer.told["code"], answer.headers[CORS]) == (500, "internal", "*")
    assert "contact7" not in json.dumps([answer.told, desk.logged])
    assert desk.logged[0]["error"] == "RuntimeError"


def test_no_value_of_a_contact_reaches_log_or_answer(desk) -> None:
    planted = "planted-4711"
    contacts = [
        {"email": planted},
        {"email": f"{planted}@example.com", "x": "\ud800" + planted},
        planted,
        {"y": planted},
    ]
    contacts += [{"email": f"{planted}@example.org"}] * 2
    answer = desk.send({"contacts": contacts})
    assert answer.told["imported"] == 1
    assert planted not in json.dumps([answer.told, desk.logged])
    assert desk.logged == [
        {
            "request": "", "cold": False, "received": 6, "imported": 1, "calls": 1, "retries": 0, "throttled": 0,
            "errors": dict.fromkeys(
                ["not_an_email", "broken_unicode", "contact_not_an_object", "key_missing", "duplicate_key"], 1
            ),
            "status": 200, "ms": 0.0,
        }
    ]  # fmt: skip


def test_the_configuration_survives_the_environment_and_names_what_is_wrong() -> None:
    config = FunctionConfig(
        "T", (KeyAttribute("a:b"), KeyAttribute("n", "N")), ("https://x.example",), ("a:b",), (), "last", 10
    )
    assert read_config(config.to_environment()) == config
    for name, text in [("TABLE_NAME", ""), ("TABLE_KEY", "email"), ("DUPLICATES", "some"), ("MAX_CONTACTS", "26")]:
        with pytest.raises(ConfigError, match=name):
            read_config(config.to_environment() | {name: text})
