"""What a service refuses or answers is told with what it said: attribute, index, type, the right that is missing, and
where something stands that is no DynamoDB; what is only busy is asked again."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from main_job.kit import MainJob, write_list
from strict_endpoint import Answer, Endpoint, running_endpoint
from strict_endpoint.limits import Refused, invalid

from importer.settings import Settings

WRONG_TYPE = (
    "One or more parameter values were invalid: Type mismatch for Index Key {} Expected: N Actual: S IndexName: {}"
)


@contextmanager
def a_service(tmp_path: Path, patch: pytest.MonkeyPatch) -> Iterator[tuple[Endpoint, MainJob]]:
    """The strict endpoint, and the command line against it; a test gives it another answer to an operation."""
    with running_endpoint() as endpoint, MainJob.in_home(Settings(tmp_path / "home"), patch, endpoint.url) as job:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "AKIDEXAMPLE")
        patch.setenv("AWS_REGION", "us-east-1")
        yield endpoint, job


def rows(count: int, header: str = "email,Age in years,size") -> str:
    return f"{header}\n" + "".join(f"p{number}@x.org,x{number},y{number}\n" for number in range(count))


def run(job: MainJob, file: Path, *options: str) -> tuple[int, dict[str, object], str]:
    code, out, err = job.command("run", file, "--table", "EmailContacts", *job.place, "--json", *options)
    return code, json.loads(out), err


def rejects(summary: dict[str, object]) -> list[dict[str, str]]:
    return list(csv.DictReader(Path(str(summary["rejects"])).read_text("utf-8").splitlines()))


def test_what_the_service_refuses_for_an_index_names_attribute_index_and_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_service(tmp_path, monkeypatch) as (endpoint, job):
        refused = {"p3@x.org": ("age_in_years", "byAge"), "p17@x.org": ("size", "bySize")}
        store = endpoint.service._batch_write

        def picky(request: dict) -> dict:
            puts = request["RequestItems"]["EmailContacts"]
            for put in puts:
                if (found := refused.get(put["PutRequest"]["Item"]["email"]["S"])) is not None:
                    raise invalid(WRONG_TYPE.format(*found))
            return store(request)

        endpoint.service._batch_write = picky  # type: ignore[method-assign]
        code, summary, _ = run(job, write_list(tmp_path, rows(40)))
        assert (code, summary["written"], summary["failed"]) == (3, 38, 2)
        told = {line["_column"]: line["_reason"] for line in rejects(summary)}
        assert told["Age in years"].endswith(
            '"age_in_years" is a key of index byAge: it wants type N, the row has S.'
        )
        assert told["size"].endswith('"size" is a key of index bySize: it wants type N, the row has S.')
        assert len(endpoint.service.items) == 38


def test_refused_row_after_row_names_them_too_and_pauses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_service(tmp_path, monkeypatch) as (endpoint, job):

        def never(_: dict) -> dict:
            raise invalid(WRONG_TYPE.format("size", "bySize"))

        endpoint.service._batch_write = never  # type: ignore[method-assign]
        code, summary, _ = run(job, write_list(tmp_path, rows(300)))
        assert (code, summary["state"], summary["failed"]) == (1, "paused", 0)
        assert '"size" is a key of index bySize: it wants type N' in str(summary["reason"])


def test_a_right_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_service(tmp_path, monkeypatch) as (endpoint, job):

        def denied(_: dict) -> dict:
            told = "User: arn:aws:iam::1:user/s is not authorized to perform: dynamodb:BatchWriteItem on resource: x"
            raise Refused("AccessDeniedException", told)

        endpoint.service._batch_write = denied  # type: ignore[method-assign]
        code, summary, _ = run(job, write_list(tmp_path, rows(3)))
        assert (code, summary["state"]) == (1, "paused")
        assert "dynamodb:BatchWriteItem is missing" in str(summary["reason"])


def test_a_throttled_look_at_the_table_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_service(tmp_path, monkeypatch) as (endpoint, job):
        describe, left = endpoint.service._describe, [Refused("ThrottlingException", "Rate exceeded")] * 3

        def busy(request: dict) -> dict:
            if left:
                raise left.pop()
            return describe(request)

        endpoint.service._describe = busy  # type: ignore[method-assign]
        code, summary, err = run(job, write_list(tmp_path, rows(3)))
        assert (code, summary["written"]) == (0, 3), err


@pytest.mark.parametrize(
    ("status", "told"), [(200, "no answer of DynamoDB's"), (403, "HTTP 403"), (301, "HTTP 301"), (404, "HTTP 404")]
)
def test_a_page_instead_of_dynamodb_is_told_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, told: str
) -> None:
    with a_service(tmp_path, monkeypatch) as (endpoint, job):
        page = Answer(
            status, b"<html>sign in</html>", {"Content-Type": "text/html", "Location": "http://127.0.0.1:9/"}
        )
        endpoint.service.handle = lambda headers, body: page  # type: ignore[method-assign, assignment]
        code, answer, err = run(job, write_list(tmp_path, rows(3)))
        assert code == 1
        assert told in str(answer["error"])
        assert endpoint.url in str(answer["error"])
        assert "KeyError" not in err


def test_requests_that_are_sent_elsewhere_pause_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_service(tmp_path, monkeypatch) as (endpoint, job):
        handle = endpoint.service.handle

        def moved(headers: dict, body: bytes) -> Answer:
            if headers["x-amz-target"].endswith("BatchWriteItem"):
                return Answer(301, b"", {"Location": "http://127.0.0.1:9/"})
            return handle(headers, body)

        endpoint.service.handle = moved  # type: ignore[method-assign]
        code, summary, _ = run(job, write_list(tmp_path, rows(3)))
        assert (code, summary["state"], summary["pending"]) == (1, "paused", 3)
        assert "HTTP 301" in str(summary["reason"])
