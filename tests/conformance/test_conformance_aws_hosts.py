"""The main job as it runs on AWS: region, credentials and hosts of AWS's own, TLS, and replies in Amazon's form.

A proxy of this test stands for the way to AWS: it takes the tunnel to any of AWS's hosts, shows a certificate for it,
and passes requests on to the strict endpoint (DynamoDB) or answers for STS.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from main_job.kit import MainJob
from socket_kit import certificate, read_message, server
from strict_endpoint import AMAZON, Answer, Endpoint, running_endpoint

from importer.settings import Settings

ACCOUNT = "123456789012"
"""The one that the strict endpoint's table belongs to."""
IDENTITY = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::{ACCOUNT}:user/steward</Arn><UserId>AIDA</UserId><Account>{ACCOUNT}</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>""".encode()
AWS = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "made-up",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
}
HOSTS = [
    ({"AWS_REGION": "eu-west-1"}, "dynamodb.eu-west-1.amazonaws.com", "eu-west-1"),
    (
        {"AWS_REGION": "us-east-1", "AWS_USE_FIPS_ENDPOINT": "true"},
        "dynamodb-fips.us-east-1.amazonaws.com",
        "us-east-1",
    ),
    ({"AWS_REGION": "us-gov-west-1"}, "dynamodb.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
    ({"AWS_REGION": "us-east-2", "AWS_USE_DUALSTACK_ENDPOINT": "true"}, "dynamodb.us-east-2.api.aws", "us-east-2"),
    (
        {"AWS_REGION": "eu-west-1", "AWS_ACCOUNT_ID": ACCOUNT},
        f"{ACCOUNT}.ddb.eu-west-1.amazonaws.com",
        "eu-west-1",
    ),
    ({"AWS_REGION": "cn-north-1"}, "dynamodb.cn-north-1.amazonaws.com.cn", "cn-north-1"),
]


@dataclass
class WayToAws:
    """`asked`: of each request its host (as the tunnel, TLS and the request itself name it) and signed scope."""

    bundle: Path
    context: ssl.SSLContext
    endpoint: Endpoint
    asked: list[tuple[set[str], str]] = field(default_factory=list)

    def talk(self, connection: socket.socket, number: int) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(65536)
        tunnel = head.split()[1].decode().removesuffix(":443")
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        where = urlsplit(self.endpoint.url)
        with (
            self.context.wrap_socket(connection, server_side=True) as secured,
            socket.create_connection((where.hostname, where.port)) as table,
        ):
            while request := read_message(secured):
                self.asked.append(({tunnel, header(request, "host")}, header(request, "authorization")))
                if tunnel.startswith("sts"):
                    secured.sendall(AMAZON.written(Answer(200, IDENTITY, {"Content-Type": "text/xml"})))
                else:
                    table.sendall(request)
                    secured.sendall(read_message(table))


def header(request: bytes, name: str) -> str:
    found = re.search(rf"(?mi)^{name}:[ ]*(.*?)\r$", request.decode("latin-1"))
    return found[1] if found else ""


@contextmanager
def way_to_aws(folder: Path, patch: pytest.MonkeyPatch, *names: str) -> Iterator[WayToAws]:
    bundle, context = certificate(folder, *names)
    with running_endpoint() as endpoint:
        way = WayToAws(bundle, context, endpoint)
        with server(way.talk) as port:
            patch.setenv("https_proxy", f"http://127.0.0.1:{port}")
            yield way


@pytest.mark.parametrize(("environ", "host", "region"), HOSTS, ids=[host for _, host, _ in HOSTS])
def test_a_list_arrives_at_every_kind_of_host_that_aws_has(
    environ: dict[str, str], host: str, region: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suffix = ".cn" if region.startswith("cn-") else ""
    names = (host, f"sts.{region}.amazonaws.com{suffix}", f"sts-fips.{region}.amazonaws.com", f"sts.{region}.api.aws")
    file = tmp_path / "contacts.csv"
    file.write_text("email,name\n" + "".join(f"p{row}@example.com,Zoë {row}\n" for row in range(60)), "utf-8")
    with (
        way_to_aws(tmp_path, monkeypatch, *names) as way,
        MainJob.in_home(Settings(tmp_path / "home"), monkeypatch, way.endpoint.url) as job,
    ):
        for name, value in {**AWS, "AWS_CA_BUNDLE": str(way.bundle), **environ}.items():
            monkeypatch.setenv(name, value)
        code, out, err = job.command("run", file, "--table", "EmailContacts", "--json")
        assert code == 0, out + err
        stored = list(way.endpoint.service.items.values())
    assert sorted(item["name"]["S"] for item in stored) == sorted(f"Zoë {row}" for row in range(60))
    assert set(way.endpoint.service.sent.values()) == {1}
    of_table = [(hosts, scope) for hosts, scope in way.asked if host in hosts]
    assert len(of_table) >= 4
    assert all(hosts == {host} and f"/{region}/dynamodb/aws4_request" in scope for hosts, scope in of_table)
