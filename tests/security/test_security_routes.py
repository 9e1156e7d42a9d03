"""The app's own routes stand on their own: no sign-in covers them, so the ticket and the bounds must hold."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from mutants import MANY, chances, mutant
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from importer.errors import FatalError
from pages.parts import downloads
from pages.parts.downloads import DOWNLOAD_PATH, Offer, Offers
from pages.parts.headers import SECURITY_HEADERS, OwnHosts, SecurityHeaders
from pages.parts.routes import ROUTES, TICKET_HEADER, UPLOAD_PATH
from pages.parts.sessions import SIGN_IN_COOKIE, sign_in_of
from pages.parts.upload_desk import SLICE_BYTES, UploadDesk

PATH = UPLOAD_PATH + "/{}?offset={}&total={}"


class Answer:
    """An answer as it came over ASGI."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""


def ask(method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
    """One request to an app with our routes and our middleware, without a socket."""
    path, _, query = url.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [
            (name.lower().encode(), value.encode())
            for name, value in ({"host": "127.0.0.1:80"} | (headers or {})).items()
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    answer, sent = Answer(), iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> dict[str, Any]:
        return next(sent, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    async def home(request: Any) -> PlainTextResponse:
        return PlainTextResponse("home")

    app = Starlette(
        routes=[*ROUTES, Route("/", home)], middleware=[Middleware(SecurityHeaders), Middleware(OwnHosts)]
    )
    asyncio.run(app(scope, receive, send))
    return answer


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UploadDesk:
    monkeypatch.setenv("IMPORTER_HOME", str(tmp_path))
    return UploadDesk(tmp_path / "uploads")


def test_with_a_ticket_a_slice_is_taken(desk: UploadDesk) -> None:
    ticket = desk.mint()
    answer = ask("PUT", PATH.format(ticket.upload_id, 0, 4), b"abcd", {TICKET_HEADER: ticket.token})
    assert (answer.status, answer.body) == (200, b'{"size":4}')
    path = desk.take(ticket.upload_id)
    assert path is not None
    assert path.read_bytes() == b"abcd"


def test_without_a_ticket_nothing_is_stored(desk: UploadDesk, tmp_path: Path) -> None:
    ticket = desk.mint()
    for headers in ({}, {TICKET_HEADER: ""}, {TICKET_HEADER: "guess"}):
        assert ask("PUT", PATH.format(ticket.upload_id, 0, 4), b"abcd", headers).status == 403
    assert ask("PUT", PATH.format("0" * 32, 0, 4), b"abcd", {TICKET_HEADER: ticket.token}).status == 403
    assert not list(tmp_path.rglob("*.part"))


def test_a_used_ticket_is_refused(desk: UploadDesk) -> None:
    ticket = desk.mint()
    headers = {TICKET_HEADER: ticket.token}
    assert ask("PUT", PATH.format(ticket.upload_id, 0, 4), b"abcd", headers).status == 200
    assert ask("PUT", PATH.format(ticket.upload_id, 4, 8), b"more", headers).status == 403
    assert ask("PUT", PATH.format(ticket.upload_id, 0, 4), b"evil", headers).status == 403


def test_a_wrong_offset_is_answered_with_the_size_so_far(desk: UploadDesk) -> None:
    ticket = desk.mint()
    headers = {TICKET_HEADER: ticket.token}
    ask("PUT", PATH.format(ticket.upload_id, 0, 9), b"abcd", headers)
    answer = ask("PUT", PATH.format(ticket.upload_id, 8, 9), b"x", headers)
    assert answer.status == 409
    assert b'"size":4' in answer.body


@pytest.mark.parametrize(("offset", "total"), [("-1", "4"), ("x", "4"), ("", "4"), ("0", "1e9"), ("0", "9" * 19)])
def test_numbers_that_are_none_are_refused(desk: UploadDesk, offset: str, total: str) -> None:
    ticket = desk.mint()
    answer = ask("PUT", PATH.format(ticket.upload_id, offset, total), b"abcd", {TICKET_HEADER: ticket.token})
    assert answer.status == 400


def test_a_slice_that_is_too_large_is_refused_by_its_length_alone(desk: UploadDesk) -> None:
    ticket = desk.mint()
    headers = {TICKET_HEADER: ticket.token, "content-length": str(SLICE_BYTES + 1)}
    assert ask("PUT", PATH.format(ticket.upload_id, 0, 10**8), b"small", headers).status == 413
    lying = {TICKET_HEADER: ticket.token}
    body = b"a" * (SLICE_BYTES + 1)
    assert ask("PUT", PATH.format(ticket.upload_id, 0, 10**8), body, lying).status == 413


@pytest.mark.parametrize("wanted", ["..%2f..%2fetc", "../../etc/passwd", "%00", "a/b"])
def test_a_path_for_an_id_reaches_nothing(desk: UploadDesk, tmp_path: Path, wanted: str) -> None:
    ticket = desk.mint()
    before = sorted(tmp_path.rglob("*"))
    answer = ask("PUT", f"{UPLOAD_PATH}/{wanted}?offset=0&total=4", b"abcd", {TICKET_HEADER: ticket.token})
    assert answer.status in (403, 404)
    assert sorted(tmp_path.rglob("*")) == before


def test_only_put_is_answered(desk: UploadDesk) -> None:
    for method in ("GET", "POST", "DELETE", "OPTIONS"):
        assert ask(method, PATH.format(desk.mint().upload_id, 0, 4)).status == 405


def test_every_answer_carries_the_security_headers(desk: UploadDesk) -> None:
    for method, url in (("GET", "/"), ("GET", "/nowhere"), ("PUT", PATH.format("0" * 32, 0, 4))):
        headers = ask(method, url).headers
        assert {name: headers.get(name.lower()) for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_plotly_is_served_from_the_installed_package_and_kept() -> None:
    answer = ask("GET", "/api/plotly.min.js")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert len(answer.body) > 1_000_000


ANN = f"{SIGN_IN_COOKIE}=ann"


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The sessions that are connected."""
    sessions = {"hers"}
    monkeypatch.setattr(downloads, "OFFERS", Offers(sessions.__contains__))
    return sessions


def offer(content: Path | bytes = b"rows", session: str = "hers", cookie: str = "ann") -> str:
    """Where the file is, offered to a session that was opened with this cookie."""
    signed_in = sign_in_of({SIGN_IN_COOKIE: cookie} if cookie else {})
    made = Offer(lambda: content, 'r\u00e9j"ect\n.csv', "text/csv", session, signed_in)
    return f"{DOWNLOAD_PATH}/{downloads.OFFERS.put('rejects', made)}"


@pytest.mark.usefixtures("connected")
def test_a_file_goes_to_the_session_that_it_was_offered_to_and_into_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 600_000)
    for content, length in ((b"rows", 4), (tmp_path / "file", 600_000)):
        answer = ask("GET", offer(content), headers={"cookie": ANN})
        assert (answer.status, len(answer.body)) == (200, length)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-length"] == str(length)
        assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''r%C3%A9j%22ect%0A.csv"


@pytest.mark.parametrize("headers", [{}, {"cookie": f"{SIGN_IN_COOKIE}=bob"}, {"cookie": f"{SIGN_IN_COOKIE}__1=ann"}])
@pytest.mark.usefixtures("connected")
def test_a_link_without_the_sign_in_of_its_session_hands_out_nothing(headers: dict[str, str]) -> None:
    answer = ask("GET", offer(), headers=headers)
    assert answer.status == 403
    assert answer.headers["cache-control"] == "no-store"
    assert b"rows" not in answer.body
    assert ask("GET", f"{DOWNLOAD_PATH}/guess", headers={"cookie": ANN}).status == 403


def test_a_link_ends_with_its_session(connected: set[str]) -> None:
    link = offer(cookie="")
    assert ask("GET", link).status == 200
    connected.clear()
    assert ask("GET", link).status == 403
    offer(session="another")
    connected.add("hers")
    assert ask("GET", link).status == 403, "and is forgotten"


def test_control_where_every_session_counts_as_connected_the_link_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "OFFERS", Offers(lambda _: True))
    link = offer(cookie="")
    offer(session="another")
    assert ask("GET", link).status == 200


@pytest.mark.usefixtures("connected")
def test_a_file_that_cannot_be_made_is_told_in_words() -> None:
    def fail() -> bytes:
        raise FatalError("The disk <lacks> 5 bytes.")

    made = Offer(fail, "x", "text/csv", "hers", sign_in_of({}))
    answer = ask("GET", f"{DOWNLOAD_PATH}/{downloads.OFFERS.put('x', made)}")
    assert answer.status == 409
    assert b"The disk &lt;lacks&gt; 5 bytes." in answer.body


@pytest.mark.parametrize(
    "host", ["rebound.example", "rebound.example:8501", "127.0.0.1.evil.example", "", "a b", "localhost@x"]
)
def test_a_host_that_is_none_of_the_apps_is_refused_on_every_route(desk: UploadDesk, host: str) -> None:
    ticket = desk.mint()
    for method, url in (("GET", "/"), ("GET", "/api/plotly.min.js"), ("PUT", PATH.format(ticket.upload_id, 0, 4))):
        answer = ask(method, url, b"abcd", {"host": host, TICKET_HEADER: ticket.token})
        assert answer.status == 421
        assert answer.headers["x-frame-options"] == "DENY"
    assert ask("GET", "/", headers={"host": "LOCALHOST:8501"}).status == 200


def test_the_page_may_connect_to_its_own_host_alone() -> None:
    policy = dict(part.split(" ", 1) for part in SECURITY_HEADERS["Content-Security-Policy"].split("; "))
    assert policy["connect-src"] == "'self' blob: data:"


def ask_of_upload(desk: UploadDesk, home: Path, chance: random.Random) -> None:
    """One request for a slice with something wrong in its address, ticket, numbers, body or kept state.

    It is stored or refused in words, and nothing is written but the upload itself.
    """
    ticket = desk.mint()
    parts = [ticket.upload_id.encode(), b"0", b"40", ticket.token.encode(), b"email,name\nann@example.com,Ann\n"]
    for at in chance.sample(range(5), chance.choice((0, 1, 1, 2))):
        parts[at] = mutant(chance, parts[at])
    upload_id, offset, total, token = (part.decode("latin-1").replace("\n", "") for part in parts[:4])
    state = desk.folder / f"{ticket.upload_id}.json"
    if chance.random() < 0.3:
        state.write_bytes(mutant(chance, state.read_bytes()))
    url = f"{UPLOAD_PATH}/{quote(upload_id)}?offset={quote(offset)}&total={quote(total)}"
    answer = ask("PUT", url, parts[4], {TICKET_HEADER: quote(token)})
    assert answer.status in (200, 400, 403, 404, 409, 413), (answer.status, answer.body, url)
    if answer.headers.get("content-type") == "application/json" and answer.status != 200:
        assert json.loads(answer.body)["message"].endswith((".", "?")), answer.body
    assert {path.name for path in home.iterdir()} <= {"uploads"}
    assert {path.suffix for path in desk.folder.iterdir()} <= {".json", ".part", ".lock"}
    for path in desk.folder.iterdir():
        assert path.stat().st_size < 20_000
        path.unlink()


def test_300_requests_with_something_wrong_are_answered_in_words(desk: UploadDesk, tmp_path: Path) -> None:
    for chance in chances("an upload", 0, 300):
        ask_of_upload(desk, tmp_path, chance)


@pytest.mark.soak
def test_10_000_requests_with_something_wrong_are_answered_in_words(desk: UploadDesk, tmp_path: Path) -> None:
    for chance in chances("an upload", 300, MANY + 300):
        ask_of_upload(desk, tmp_path, chance)
