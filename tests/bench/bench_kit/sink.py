"""A service that says yes to everything: nginx, one worker, at once or after a delay, plain or with TLS.

It answers as Amazon DynamoDB does, header for header (but for the server's name, which nginx keeps): the checksum is
the last one, and right. Whoever asks for consumed capacity is told it; nginx knows who asks by the User-Agent, as it
looks into no body.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench_kit.contacts import TABLE

INSTALL = "apt-get install nginx libnginx-mod-http-echo wrk openssl"
ECHO_MODULE = Path("/usr/lib/nginx/modules/ngx_http_echo_module.so")

DESCRIPTION = {
    "Table": {
        "TableName": TABLE,
        "TableStatus": "ACTIVE",
        "TableArn": f"arn:aws:dynamodb:us-east-1:000000000000:table/{TABLE}",
        "AttributeDefinitions": [{"AttributeName": "email", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "email", "KeyType": "HASH"}],
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "ItemCount": 0,
        "TableSizeBytes": 0,
        "CreationDateTime": 0,
    }
}

WRITTEN = '{"UnprocessedItems":{}}'
WRITTEN_AT = (
    '{"ConsumedCapacity":[{"CapacityUnits":25.0,"Table":{"CapacityUnits":25.0},"TableName":"'
    f'{TABLE}"}}],"UnprocessedItems":{{}}}}'
)
DESCRIBED = json.dumps(DESCRIPTION, separators=(",", ":"))
ASKS_CAPACITY = "contact-importer"
"""The User-Agent of `importer.write`; the other clients do not ask."""

CONFIG = """
{modules} daemon off; worker_processes 1; {affinity} pid {folder}/pid; error_log {folder}/errors crit;
events {{ worker_connections 512; }}
http {{
  access_log off; keepalive_requests 100000000; keepalive_timeout 600s; client_max_body_size 20m;
  client_body_buffer_size 1m; client_body_temp_path {folder}/body; tcp_nodelay on; server_tokens off;
  default_type application/x-amz-json-1.0;
  map $http_x_amz_target$http_user_agent $answer {{
    default '{written}'; ~DescribeTable '{described}'; ~{asks_capacity} '{written_at}';
  }}
  map $http_x_amz_target$http_user_agent $checksum {{
    default {crc[written]}; ~DescribeTable {crc[described]}; ~{asks_capacity} {crc[written_at]};
  }}
  server {{ listen 127.0.0.1:{port} {tls}; {certificate}
    add_header x-amzn-RequestId {request_id}; add_header x-amz-crc32 $checksum;
    location / {{ {delay} }}
    location /answer {{ return 200 $answer; }}
  }}
}}
"""


ANSWERS = {"written": WRITTEN, "written_at": WRITTEN_AT, "described": DESCRIBED}


@dataclass(frozen=True)
class Sink:
    """`url`, and the CA bundle that its certificate is to be checked against ("" = plain HTTP)."""

    url: str
    ca_bundle: str = ""


@contextlib.contextmanager
def nginx_sink(*, delay_ms: int = 0, tls: bool = False, core: int | None = None) -> Iterator[Sink]:
    """nginx with a configuration of its own; SystemExit saying what to install when something is missing.

    `core` pins its one worker.
    """
    folder = Path(tempfile.mkdtemp(prefix="bench-sink-"))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    modules = ""
    if delay_ms:
        modules = f"load_module {_needed(ECHO_MODULE)};"
    config = CONFIG.format(
        folder=folder,
        port=port,
        modules=modules,
        affinity=f"worker_cpu_affinity {1 << core:b};" if core is not None else "",
        **ANSWERS,
        crc={name: zlib.crc32(text.encode()) for name, text in ANSWERS.items()},
        asks_capacity=ASKS_CAPACITY,
        request_id="DJQ5482KAPDE18QMTNTB07ETPVVV4KQNSO5AEMVJF66Q9ASUAAJG",
        delay=f"echo_read_request_body; echo_sleep {delay_ms / 1000}; echo_exec /answer;"
        if delay_ms
        else "return 200 $answer;",
        tls="ssl" if tls else "",
        certificate=make_certificate(folder) if tls else "",
    )
    (folder / "conf").write_text(config)
    command = [program("nginx"), "-p", str(folder), "-c", str(folder / "conf")]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield Sink(f"{'https' if tls else 'http'}://127.0.0.1:{port}", str(folder / "ca.pem") if tls else "")
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def program(name: str) -> str:
    """Where a system program is."""
    return _needed(Path(shutil.which(name) or f"/usr/sbin/{name}"))


def _needed(path: Path) -> str:
    if not path.exists():
        raise SystemExit(f"{path} is missing. Install what the bench needs: {INSTALL}")
    return str(path)


def make_certificate(folder: Path) -> str:
    """A throw-away CA (ca.pem) and a certificate of its for 127.0.0.1; nginx's words for it."""
    openssl = program("openssl")
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "1", "-extfile", "names"]
    for command in (
        ["req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "1", "-subj", "/CN=bench CA"],
        ["req", *new_key, "-keyout", "own.key", "-out", "own.csr", "-subj", "/CN=127.0.0.1"],
        ["x509", "-req", "-in", "own.csr", "-out", "own.pem", *signing],
    ):
        subprocess.run([openssl, *command], cwd=folder, check=True, capture_output=True)
    return f"ssl_certificate {folder}/own.pem; ssl_certificate_key {folder}/own.key;"


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(400):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise SystemExit("nginx did not come up")


def cores() -> tuple[int | None, int | None]:
    """The core for the client and the one for the sink; None where there are fewer than two."""
    if not hasattr(os, "sched_getaffinity"):
        return None, None
    found = sorted(os.sched_getaffinity(0))
    return (found[0], found[1]) if len(found) > 1 else (None, None)
