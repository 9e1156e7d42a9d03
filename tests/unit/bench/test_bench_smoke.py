"""The measuring scripts run with tiny numbers, so that they cannot rot. No figure is asserted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from strict_endpoint import AMAZON

BENCH = Path(__file__).resolve().parents[2] / "bench"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
NEEDS_NGINX = pytest.mark.skipif(NGINX is None, reason="apt-get install nginx libnginx-mod-http-echo wrk")


def run(script: str, *arguments: str) -> str:
    """What the script prints."""
    command = [sys.executable, str(BENCH / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@NEEDS_NGINX
def test_import_bench_measures_ours_beside_batch_writer_and_over_tls() -> None:
    told = run(
        "bench_import.py",
        *("--rows", "60", "--slow-rows", "30", "--rounds", "1", "--clients", "none", "--only", "sink", "tls"),
    )
    lines = [line for line in told.splitlines() if line.startswith("sink, ")]
    assert [line.split("  ")[0] for line in lines] == ["sink, write"] * 2 + ["sink, whole"] * 2 + ["sink, write"] * 2
    assert [" ".join(line.split()[2:]).split(" ")[0] for line in lines].count("ours") == 3
    assert "ours, TLS" in lines[-1]


@NEEDS_NGINX
def test_step_bench_tells_every_step() -> None:
    told = run("bench_steps.py", "--rows", "60", "--rounds", "1", "--memory-rows")
    for step in ("read", "recipe", "check", "take up", "convert", "build", "pack", "sign", "send", "ledger"):
        assert any(line.startswith(step) for line in told.splitlines()), step


@NEEDS_NGINX
def test_the_sink_answers_as_amazon_does_header_for_header() -> None:
    code = """
import http.client, zlib
from bench_kit.sink import nginx_sink
with nginx_sink() as sink:
    for agent, target in (("Boto3", "BatchWriteItem"), ("contact-importer", "BatchWriteItem"), ("", "DescribeTable")):
        connection = http.client.HTTPConnection(sink.url.removeprefix("http://"))
        connection.request("POST", "/", b"{}", {"User-Agent": agent, "X-Amz-Target": "DynamoDB_20120810." + target})
        reply = connection.getresponse()
        body = reply.read()
        print(*reply.headers.keys(), reply.headers["x-amz-crc32"] == str(zlib.crc32(body)), b"Capacity" in body)
        connection.close()
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=BENCH, capture_output=True, text=True, check=False)
    names = " ".join(AMAZON.order)
    assert done.stdout.splitlines() == [f"{names} True {told}" for told in (False, True, False)], done.stderr


def test_missing_nginx_is_said_with_what_to_install(tmp_path: Path) -> None:
    code = "from bench_kit.sink import program; program('no-such-program')"
    done = subprocess.run([sys.executable, "-c", code], cwd=BENCH, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "/usr/sbin/no-such-program is missing. Install what the bench needs: "
        "apt-get install nginx libnginx-mod-http-echo wrk openssl"
    )
